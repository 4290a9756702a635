import { bypassIn, isLocalHost } from '../host-keys.ts';
import { isPrivateKeyName } from '../key-names.ts';
import type { ShellCommand } from '../shell.ts';
import type { SaidAt } from '../../key.ts';
import type { Reading, Tool } from '../tool.ts';

/** What any program may be given. */
export interface EveryTool extends Pick<Tool, 'read'> {
  /** Whether there may be any of it in a script. */
  isIn(text: string): boolean;
}

/** Programs that only look for a text. */
const seekers: ReadonlySet<string> = new Set(['grep', 'egrep', 'fgrep', 'rg', 'ag', 'ack', 'test', '[', 'assert', 'assert_contains']);

/** Programs that take such a setting among other words, or write what they are given to files. */
const speakers = /^(?:|echo|printf|cat|tee|sed|awk|export|declare|typeset|local|readonly|env|set|git|rsync|ssh.*|sftp|scp|mosh|autossh|sshfs|ansible.*|add-content|set-content|out-file|crudini|augtool|vagrant|packer|docker|podman|kubectl|borg|restic|duplicity|parallel|pssh|pscp|lftp)$/;

/** Settings in what any program is given: `ssh -o`, `git -c core.sshCommand=`, `echo ... >> ~/.ssh/config`, a variable set before it. */
export const hostKeys: EveryTool = {
  isIn: (text) => /KeyChecking|UserKnownHostsFile|host_key_checking/i.test(text),
  read(command) {
    if (seekers.has(command.name)) return [];
    const { args, assignments, input } = command;
    const texts = [...args.map(({ value }) => value), ...assignments.map(({ name, value }) => `${name}=${value}`), ...input ? [input.text] : []];
    // `-o` and its value may be two words.
    const setting = bypassIn(texts.join('\n'));
    if (setting === undefined || texts.some((text) => isLocalHost(text)) || /^\s*Host(?:Name)?\s+(?:localhost|127\.)/im.test(input?.text ?? '')) return [];
    // What is only told to people, by a function that may be called anything.
    const isOption = args.some(({ value }, i) => /^-o./.test(value) && bypassIn(value) || args[i - 1]?.value === '-o' && bypassIn(value));
    if (!isOption && assignments.length === 0 && !speakers.test(command.name)) return [];
    if (/^(?:echo|printf)$/.test(command.name) && !command.feeds && !command.redirections.some(({ operator }) => operator.startsWith('>') && operator !== '>&')) return [];
    const at = args.findIndex(({ value }) => /^(?:-o)?StrictHostKeyChecking=?\s*["']?(?:no|off|false)["']?$/i.test(value));
    const said: SaidAt | undefined = at < 0 ? undefined : { first: at + 1, last: at + 1, form: args[at]!.text.replace(/(StrictHostKeyChecking[=\s]*["']?)\w+/i, '$1{}') };
    return [{ tool: command.name === '' ? 'a variable' : command.name, does: { act: 'trust-any-host', setting, ...said && { said } } }];
  },
};

/** What stays inside of the shell, and so out of the list of processes. */
const builtins: ReadonlySet<string> = new Set(['', 'echo', 'printf', 'export', 'local', 'declare', 'typeset', 'readonly', 'eval', 'test', '[', '[[', 'return', 'read', 'set']);

/** A key among the words of a program: `kubectl create secret generic x --from-literal=key="$(cat id_rsa)"`. */
export const toldKeys: EveryTool = {
  isIn: (text) => text.includes('$('),
  read(command): readonly Reading[] {
    if (builtins.has(command.name)) return [];
    for (const { text } of command.args) {
      const [, file] = /\$\(\s*(?:cat|<|base64(?:\s+-w\s?0)?(?:\s+-i)?)\s*["']?([^\s"')|]+)["']?\s*(?:\|[^)]*)?\)/.exec(text) ?? [];
      if (file !== undefined && isPrivateKeyName(file)) return [{ tool: command.name, does: { act: 'tell-secret', option: optionOf(command, text), what: 'key', isVariable: false } }];
    }
    return [];
  },
};

function optionOf({ args }: ShellCommand, text: string): string {
  const at = args.findIndex((arg) => arg.text === text);
  return /^(--?[\w-]+)(?==)/.exec(text)?.[1] ?? /^--?[\w-]+$/.exec(args[at - 1]?.text ?? '')?.[0] ?? 'a word';
}
