import { baseName } from '../place.ts';
import { countBefore } from '../sorted.ts';
import { scopesOf, type Script, type ShellCommand, type ShellWord } from './shell.ts';

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

/** All nine permission bits that a mode of chmod(1) leaves; `undefined` where it only changes some, or is not known. */
export function modeIn(text: string): number | undefined {
  if (/^[0-7]{3,4}$/.test(text)) return Number.parseInt(text, 8) & 0o777;
  return /^(?:u=[rwx]*,)?(?:go|og)=$|^go-rwx$|^og-rwx$|^u=[rwx]+,go=$/.test(text) ? 0o600 : undefined;
}

/** Whether other commands see to it that nobody else can read a file: `before` it is written, or `later`. */
export function isGuarded(path: string, command: ShellCommand, script: Script): 'before' | 'later' | undefined {
  const { closed, umasks } = deedsOf(script);
  const umask = lastBefore(umasks, command);
  if (umask !== undefined && /^0?[0-7]?77$|^u=\w+,(?:g=,o=|go=)$|^go=$|^0?177$/.test(umask)) return 'before';
  const closings = placesOf(closed, path);
  if (closings.some(({ first }) => first < command.start)) return 'before';
  return closings.some(({ last }) => last > command.start) ? 'later' : undefined;
}

/** Whether a later command removes a file. */
export function isRemoved(path: string, command: ShellCommand, script: Script): boolean {
  return placesOf(deedsOf(script).removed, path).some(({ last }) => last > command.start);
}

/** Where the first and the last command begin that name a file. */
interface Named {
  readonly first: number;
  last: number;
}

/** What a script does with files, gone through once: it is asked for every command in it. */
interface Deeds {
  /** By all that the words of its commands may mean. */
  readonly closed: ReadonlyMap<string, Named>;
  readonly removed: ReadonlyMap<string, Named>;
  /** By the process that they hold for, in the order in which they stand there. */
  readonly umasks: ReadonlyMap<string, readonly { readonly start: number; readonly mode: string }[]>;
}

const known = new WeakMap<Script, Deeds>();

function deedsOf(script: Script): Deeds {
  let deeds = known.get(script);
  if (!deeds) known.set(script, deeds = readDeeds(script));
  return deeds;
}

function readDeeds({ commands }: Script): Deeds {
  const closed = new Map<string, Named>(), removed = new Map<string, Named>();
  const umasks = new Map<string, { start: number; mode: string }[]>();
  const note = (map: Map<string, Named>, { args, start }: ShellCommand): void => {
    for (const meaning of args.flatMap(({ value }) => meaningsOf(value))) {
      const named = map.get(meaning);
      if (named) named.last = start;
      else map.set(meaning, { first: start, last: start });
    }
  };
  for (const command of commands) {
    const { name, args, scope, start } = command;
    if (closes(command)) note(closed, command);
    if (/^(?:rm|shred|unlink|srm|del|remove-item)$/.test(name)) note(removed, command);
    if (name !== 'umask' || args.length === 0) continue;
    const list = umasks.get(scope);
    const umask = { start, mode: args.at(-1)!.value };
    if (list) list.push(umask);
    else umasks.set(scope, [umask]);
  }
  return { closed, removed, umasks };
}

function closes({ name, args }: ShellCommand): boolean {
  if (name === 'chmod') return args.some(({ value }) => { const mode = modeIn(value); return mode !== undefined && (mode & 0o077) === 0; });
  return name === 'install' && args.some(({ value }, i) => /^-m0?[46]00$|^--mode=0?[46]00$/.test(value) || value === '-m' && /^0?[46]00$/.test(args[i + 1]?.value ?? ''));
}

/** The mode that the last umask before a command leaves, of those in its own process and in the ones around it. */
function lastBefore(umasks: Deeds['umasks'], command: ShellCommand): string | undefined {
  let last: { start: number; mode: string } | undefined;
  for (const scope of umasks.size > 0 ? scopesOf(command) : []) {
    const list = umasks.get(scope) ?? [];
    const found = list[countBefore(list.length, (i) => list[i]!.start < command.start) - 1];
    if (found && found.start > (last?.start ?? -1)) last = found;
  }
  return last?.mode;
}

const plain = (text: string): string => text.replace(/^\$\{?HOME\}?|^~\w*/, '~').replace(/^\/root\//, '~/').replace(/(?<!\/)\/+$/, '');
const folderOf = (text: string): string => text.replace(/\/[^/]*$/, '');

/** What a word may mean: a path, a file of that name wherever it is, a folder with all in it, or with a pattern what is in one. */
function meaningsOf(word: string): readonly string[] {
  const path = plain(word), name = baseName(word);
  return [`is ${path}`, ...name === '' ? [] : [`named ${name}`], ...word.includes('*') ? [`in ${folderOf(path)}`] : []];
}

function placesOf(map: ReadonlyMap<string, Named>, file: string): readonly Named[] {
  const path = plain(file), folder = folderOf(path);
  return [`is ${path}`, `named ${baseName(file)}`, `is ${folder}`, `in ${folder}`].flatMap((meaning) => map.get(meaning) ?? []);
}
