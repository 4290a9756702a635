import { baseName } from '../place.ts';
import type { Script, ShellCommand, ShellWord } from './shell.ts';

/** What commands do to files, told by redirections, pipes, and the commands before and behind them. */

/** Programs that change what goes through them, and show it like what they were given. */
const filters: ReadonlySet<string> = new Set(['base64', 'tr', 'sed', 'awk', 'fold', 'xxd', 'head', 'tail', 'openssl', 'sort', 'grep', 'envsubst']);

/** The command at the end of a pipe of filters; `undefined` where something else reads it. */
export function endOfPipe(command: ShellCommand): ShellCommand | undefined {
  let at = command;
  for (let next = at.feeds; next !== undefined; next = at.feeds) {
    if (next === 'other' || next.redirections.some(({ from }) => from === 0)) return undefined;
    at = next;
    if (!filters.has(at.name)) return at;
  }
  return at;
}

export function outputOf({ redirections }: ShellCommand): ShellWord | undefined {
  return redirections.findLast(({ from, operator }) => from === 1 && /^(?:>[>|]?|&>>?)$/.test(operator))?.target;
}

/** The file that what a command prints is written to: by a redirection, or by tee in its pipe. */
export function fileWrittenBy(command: ShellCommand): string | undefined {
  const own = outputOf(command);
  if (own) return isFile(own.value) ? own.value : undefined;
  const end = endOfPipe(command);
  if (!end) return undefined;
  if (end.name === 'tee') {
    const file = end.args.find(({ value }) => !value.startsWith('-'));
    return file && isFile(file.value) ? file.value : undefined;
  }
  const target = filters.has(end.name) ? outputOf(end) : undefined;
  return target && isFile(target.value) ? target.value : undefined;
}

function isFile(path: string): boolean {
  return !/^\/dev\/|^&|^\d$|^\/proc\//.test(path) && path !== '-' && !/^\$\{?GITHUB_/.test(path);
}

/** Permission bits that a mode of chmod(1) or umask(1) leaves to group and others; `undefined` where it only changes some or is not known. */
export function modeIn(text: string): number | undefined {
  if (/^[0-7]{3,4}$/.test(text)) return Number.parseInt(text, 8) & 0o777;
  return /^(?:u=[rwx]*,)?(?:go|og)=$|^go-rwx$|^og-rwx$|^u=[rwx]+,go=$/.test(text) ? 0o600 : undefined;
}

/** Whether other commands see to it that nobody else can read a file: `before` it is written, or `later`. */
export function isGuarded(path: string, command: ShellCommand, { commands }: Script): 'before' | 'later' | undefined {
  const at = commands.indexOf(command);
  const isFor = (words: readonly ShellWord[]): boolean => words.some(({ value }) => sameFile(value, path));
  const closes = ({ name, args }: ShellCommand): boolean => {
    if (name === 'chmod') return args.some(({ value }) => { const mode = modeIn(value); return mode !== undefined && (mode & 0o077) === 0; }) && isFor(args);
    return name === 'install' && args.some(({ value }, i) => /^-m0?[46]00$|^--mode=0?[46]00$/.test(value) || value === '-m' && /^0?[46]00$/.test(args[i + 1]?.value ?? '')) && isFor(args);
  };
  const umask = commands.slice(0, at).findLast(({ name, args, scope }) => name === 'umask' && args.length > 0 && command.scope.startsWith(scope))?.args.at(-1)?.value;
  if (umask !== undefined && /^0?[0-7]?77$|^u=\w+,(?:g=,o=|go=)$|^go=$|^0?177$/.test(umask)) return 'before';
  if (commands.slice(0, at).some(closes)) return 'before';
  return commands.slice(at + 1).some(closes) ? 'later' : undefined;
}

/** Whether a later command removes a file. */
export function isRemoved(path: string, command: ShellCommand, { commands }: Script): boolean {
  return commands.slice(commands.indexOf(command) + 1).some(({ name, args }) => /^(?:rm|shred|unlink|srm|del|remove-item)$/.test(name) && args.some(({ value }) => sameFile(value, path)));
}

function sameFile(pattern: string, path: string): boolean {
  const plain = (text: string): string => text.replace(/^\$\{?HOME\}?|^~\w*/, '~').replace(/^\/root\//, '~/').replace(/\/+$/, '');
  if (plain(pattern) === plain(path) || baseName(pattern) !== '' && baseName(pattern) === baseName(path)) return true;
  // A folder with all in it, or a pattern.
  const folder = plain(path).replace(/\/[^/]*$/, '');
  return plain(pattern) === folder || /[*]/.test(pattern) && plain(pattern).replace(/\/[^/]*$/, '') === folder;
}
