import { endOfPipe, fileWrittenBy, isGuarded, outputOf } from '../files.ts';
import { isPrivateKeyName, isPrivateKeyVariable } from '../key-names.ts';
import type { ShellCommand } from '../shell.ts';
import type { Reading, Tool } from '../tool.ts';

const clipboards: ReadonlySet<string> = new Set(['pbcopy', 'xclip', 'xsel', 'wl-copy', 'clip', 'set-clipboard', 'scb', 'termux-clipboard-set']);

/** Where what a command prints is seen in the end. */
function seenOn(command: ShellCommand): 'terminal' | 'clipboard' | undefined {
  const end = endOfPipe(command);
  if (!end || end.isCaptured || outputOf(end) || end.redirections.some(({ operator }) => operator === '>&')) return undefined;
  if (clipboards.has(end.name)) return 'clipboard';
  return end === command || /^(?:base64|tr|sed|awk|fold|xxd|head|tail)$/.test(end.name) ? 'terminal' : undefined;
}

/** Programs that print what a file holds. */
export const cat: Tool = {
  names: ['cat', 'less', 'more', 'bat', 'batcat', 'head', 'tail', 'type', 'get-content', 'gc'],
  read(command) {
    const files = command.args.filter(({ value }) => !value.startsWith('-'));
    // With what is told beside it, it makes another file; what a here-document says is no file.
    const [file] = files;
    if (files.length !== 1 || !file || command.input || !isPrivateKeyName(file.value)) return [];
    const to = seenOn(command);
    return to ? [{ tool: command.name, does: { act: 'show', what: 'file', name: file.value, to } }] : [];
  },
};

/** Programs that print their words. */
export const echo: Tool = {
  names: ['echo', 'printf'],
  read(command, script) {
    const variable = command.args.flatMap(({ variables }) => variables).find(isPrivateKeyVariable);
    // Only what is a key and nothing else: a sentence about one may name its file.
    if (variable === undefined || !command.args.every(({ value, variables, isKnown }) => variables.length > 0 || isKnown && /^(?:-[neE]+|%s(?:\\n)?|\\n|%b)$/.test(value))) return [];
    if (!command.args.some(({ text }) => new RegExp(`^["']?(?:\\$[{(]?(?:\\w+\\.)*|\\$?\\{\\{[\\s\\w.-]*[\\s.])${variable}\\s*[})]{0,2}(?:\\\\n)?["']?$`).test(text))) return [];
    const path = fileWrittenBy(command);
    if (path !== undefined) {
      const guard = isGuarded(path, command, script);
      return guard === 'before' ? [] : [{ tool: command.name, does: { act: 'write', path, variable, isClosedLater: guard === 'later' } }];
    }
    const to = seenOn(command);
    return to ? [{ tool: command.name, does: { act: 'show', what: 'variable', name: variable, to } }] : [];
  },
};

/** Programs that put a file into the clipboard. */
export const clipboard: Tool = {
  names: [...clipboards],
  read(command): readonly Reading[] {
    const file = command.redirections.find(({ from, operator }) => from === 0 && operator === '<')?.target ?? (command.name === 'xclip' ? command.args.find(({ value }) => isPrivateKeyName(value)) : undefined);
    return file && isPrivateKeyName(file.value) ? [{ tool: command.name, does: { act: 'show', what: 'file', name: file.value, to: 'clipboard' } }] : [];
  },
};
