import { isPrivateKeyName } from '../key-names.ts';
import { generators } from './generators.ts';
import type { Reading, Tool } from '../tool.ts';
import type { ShellWord } from '../shell.ts';

/** A mode as chmod(1) takes it: all of it in octal, or what is given to others, `go+r`, over what a key's file has at least. */
function modeIn(text: string): number | undefined {
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
  const bits = mode.isKnown ? modeIn(mode.value) : undefined;
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

export const umask: Tool = {
  names: ['umask'],
  read(command, script) {
    const [word] = command.args;
    if (!word?.isKnown || !/^0{1,4}$/.test(word.value)) return [];
    const makes = script.commands.slice(script.commands.indexOf(command)).some((later) => later.scope.startsWith(command.scope) && generators.some((tool) => tool.names.includes(later.name) && tool.read(later, script).some(({ does }) => does.act === 'generate')));
    return makes ? [{ tool: 'umask', does: { act: 'set-mode', path: '', mode: 0o777, said: { first: 1, last: 1, form: '{}' } } }] : [];
  },
};
