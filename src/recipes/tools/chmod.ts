import { isPrivateKeyName } from '../key-names.ts';
import { generators } from './generators.ts';
import type { Reading, Tool } from '../tool.ts';
import { scopesOf, type Script, type ShellWord } from '../shell.ts';

/** A mode as chmod(1) takes it: all of it in octal, or what is given to others, `go+r`, over what a key's file has at least. */
function modeGiven(text: string): number | undefined {
  if (/^[0-7]{3,4}$/.test(text)) return Number.parseInt(text, 8) & 0o777;
  const [, who = '', operator, bits = ''] = /^([ugoa]*)([+=])([rwx]+)$/.exec(text) ?? [];
  if (operator === undefined) return undefined;
  const three = (bits.includes('r') ? 4 : 0) | (bits.includes('w') ? 2 : 0) | (bits.includes('x') ? 1 : 0);
  const all = who === '' || who.includes('a');
  return 0o600 | (all || who.includes('g') ? three << 3 : 0) | (all || who.includes('o') ? three : 0);
}

/** `~/.ssh`, in whatever home. */
const isSshFolder = (path: string): boolean => /(?:^|\/)\.ssh\/?$/.test(path);

function modesOf(tool: string, mode: ShellWord, index: number, form: string, paths: readonly ShellWord[]): readonly Reading[] {
  const bits = mode.isKnown ? modeGiven(mode.value) : undefined;
  if (bits === undefined) return [];
  return paths.filter(({ value }) => isPrivateKeyName(value) || isSshFolder(value)).slice(0, 1).map(({ value }) => ({
    tool, does: { act: 'set-mode', path: value, mode: bits, ...isSshFolder(value) && { isFolder: true as const }, said: { first: index, last: index, form } },
  }));
}

export const chmod: Tool = {
  names: ['chmod'],
  read({ args }) {
    const at = args.findIndex(({ value }) => !/^-(?:[Rcfv]+|-\w+)$/.test(value));
    return at < 0 ? [] : modesOf('chmod', args[at]!, at + 1, '{}', args.slice(at + 1));
  },
};

export const install: Tool = {
  names: ['install'],
  read({ args }) {
    for (const [i, { value }] of args.entries()) {
      const [, option = '', attached] = /^(-m|--mode=?)(.*)$/.exec(value) ?? [];
      if (option === '') continue;
      const paths = args.filter((word, j) => j > i && !word.value.startsWith('-'));
      return attached === '' ? args[i + 1] ? modesOf('install', args[i + 1]!, i + 2, '{}', paths.slice(1).reverse()) : [] : modesOf('install', { ...args[i]!, value: attached! }, i + 1, `${option}{}`, paths.reverse());
    }
    return [];
  },
};

const makers = new WeakMap<Script, ReadonlyMap<string, number>>();

/** Where the last command begins that makes a key, by the scope that it is in or below: a script is gone through once. */
function lastMakers(script: Script): ReadonlyMap<string, number> {
  let last = makers.get(script);
  if (!last) {
    const starts = new Map<string, number>();
    for (const command of script.commands) {
      if (!generators.some((tool) => tool.names.includes(command.name) && tool.read(command, script).some(({ does }) => does.act === 'generate'))) continue;
      for (const scope of scopesOf(command)) starts.set(scope, command.start);
    }
    makers.set(script, last = starts);
  }
  return last;
}

export const umask: Tool = {
  names: ['umask'],
  read(command, script) {
    const [word] = command.args;
    if (!word?.isKnown || !/^0{1,4}$/.test(word.value)) return [];
    const makes = (lastMakers(script).get(command.scope) ?? -1) > command.start;
    return makes ? [{ tool: 'umask', does: { act: 'set-mode', path: '', mode: 0o777, said: { first: 1, last: 1, form: '{}' } } }] : [];
  },
};
