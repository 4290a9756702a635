import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { SourceFile } from '../key.ts';
import { fileFacts } from './facts.ts';
import { git, GitError, startGit } from './git.ts';
import { chunkPaths, fileList, type FileList } from './list.ts';
import { isIgnoredFolder, isTracked, repositoryOf } from './repository.ts';
import { emptyLog, shownPath, type Log, type Source } from './source.ts';
import { absolute, unreadable, walk } from './walk.ts';
import { countBreaks, windowBuffer, WindowReader } from './windows.ts';

export interface FilesOptions {
  readonly cwd: string;
  /** Files, folders and globs, as the user gave them. */
  readonly paths: readonly string[];
  /** Look at what git ignores too. */
  readonly noIgnore?: boolean;
  /** The policy's `ignores`. */
  readonly isIgnored?: (absolutePath: string) => boolean;
  /** Told of every list as soon as it is known, so that other threads can take turns at it. */
  readonly share?: (list: FileList) => void;
}

/** Opens files and folders. What cannot be listed is a failure in the log, and the rest goes on. */
export async function openFiles(options: FilesOptions): Promise<Source> {
  const log = emptyLog();
  const lists: FileList[] = [];
  /** Untracked files, which git takes longer to find: they come while the tracked ones are read. */
  const later: Promise<FileList | undefined>[] = [];
  const listing: Listing = { options, log, later, add: (list) => add(list, lists, options) };
  for (const path of options.paths) {
    const found = target(path, options.cwd);
    if (found) addTarget(found, listing);
    else {
      const matches = await expand(path, options.cwd);
      if (matches.length === 0) log.failures.push({ path, message: 'no such file or folder, and no file matches it as a pattern' });
      for (const match of matches) addTarget(match, listing);
    }
  }
  return { log, files: () => readLists(lists, listing) };
}

function add(list: FileList, lists: FileList[], { share }: FilesOptions): void {
  if (list.paths.length === 0) return;
  lists.push(list);
  share?.(list);
}

async function* readLists(lists: FileList[], listing: Listing): AsyncGenerator<Iterable<SourceFile>> {
  const { options, log, later } = listing;
  const nested: string[] = [];
  for (;;) {
    for (const list of lists.splice(0)) yield readList(list, options.cwd, log, nested);
    for (const list of await Promise.all(later.splice(0))) if (list) add(list, lists, options);
    // Submodules and other repositories inside this one: they have their own lists.
    for (const folder of nested.splice(0)) listFolder(folder, listing);
    if (lists.length === 0 && later.length === 0) return;
  }
}

/** What goes along while folders are listed. */
interface Listing {
  readonly options: FilesOptions;
  readonly log: Log;
  readonly later: Promise<FileList | undefined>[];
  add(list: FileList): void;
}

/** A list of what is below a folder, but for what the policy ignores. */
function listed(folder: string, { cwd, isIgnored }: FilesOptions, raw: Buffer, tracked: boolean | undefined, log: Log): FileList {
  const shown = shownRoot(cwd, folder);
  const list = fileList(folder, shown, raw, tracked);
  if (!isIgnored) return list;
  const kept: Buffer[] = [];
  for (let chunk = 0; chunk < list.chunks.length - 1; chunk++) {
    for (const path of chunkPaths(list, chunk)) {
      if (isIgnored(absolute(folder, path).toString())) log.skipped.push({ path: shown + path.toString(), reason: 'ignored by policy' });
      else kept.push(Buffer.from(path), NUL);
    }
  }
  return fileList(folder, shown, Buffer.concat(kept), tracked);
}

const NUL = Buffer.from([0]);

interface Target {
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'other';
  readonly isSymlink: boolean;
}

/** What a path the user named is; a symbolic link that was named is followed. */
function target(path: string, cwd: string): Target | undefined {
  const at = resolve(cwd, path);
  try {
    const stat = statSync(at);
    return { path: at, kind: stat.isDirectory() ? 'folder' : stat.isFile() ? 'file' : 'other', isSymlink: lstatSync(at).isSymbolicLink() };
  } catch (error) {
    // An unreadable folder on the way is no missing file: let the reader say so.
    return (error as NodeJS.ErrnoException).code === 'EACCES' ? { path: at, kind: 'file', isSymlink: false } : undefined;
  }
}

async function expand(pattern: string, cwd: string): Promise<readonly Target[]> {
  const { default: glob } = await import('fast-glob');
  if (!glob.isDynamicPattern(pattern)) return [];
  const matches = await glob(pattern, { cwd, absolute: true, dot: true, onlyFiles: false, followSymbolicLinks: false, suppressErrors: false, markDirectories: false });
  return matches.sort().flatMap((path) => {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    // A link that a pattern meets was not named: where it leads was not asked for.
    if (!stat || stat.isSymbolicLink()) return [];
    return [{ path, kind: stat.isDirectory() ? 'folder' as const : stat.isFile() ? 'file' as const : 'other' as const, isSymlink: false }];
  });
}

function addTarget({ path, kind, isSymlink }: Target, listing: Listing): void {
  const { options: { cwd }, log } = listing;
  if (kind === 'folder') return listFolder(path, listing);
  if (kind === 'other') return void log.failures.push({ path: shownPath(cwd, path), message: 'neither a file nor a folder; pipe its content to --stdin' });
  listing.add({ ...fileList(dirname(path), shownRoot(cwd, dirname(path)), Buffer.from(`${basename(path)}\0`), undefined), named: isSymlink ? 'link' : 'file' });
}

function listFolder(folder: string, { options, log, later, add: found }: Listing): void {
  const { cwd, noIgnore = false } = options;
  try {
    const top = noIgnore ? undefined : gitListed(folder);
    if (top !== undefined) {
      later.push(startGit(['ls-files', '-z', '--others', '--exclude-standard'], folder)
        .then((raw) => (raw.length === 0 ? undefined : listed(folder, options, raw, false, log)), (error: GitError) => void log.failures.push({ path: shownPath(cwd, folder), message: error.message })));
      found(listed(folder, options, git(['ls-files', '-z', '--cached'], { cwd: folder }), true, log));
      return;
    }
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    log.failures.push({ path: shownPath(cwd, folder), message: `${error.message}; every file is looked at instead, ignored ones too` });
  }
  const tracked = repositoryOf(folder) === undefined ? false : undefined;
  for (const part of walk(folder, cwd, log)) found(listed(folder, options, part, tracked, log));
}

/**
 * The work tree whose list of files is to be taken for a folder; `undefined` where every file is to be looked at: outside of a repository,
 * in a folder that git ignores but the user named, and in an SSH folder, where an ignored key is still a key to audit.
 */
function gitListed(folder: string): string | undefined {
  const top = repositoryOf(folder);
  return top === undefined || /(?:^|\/)\.ssh(?:\/|$)/.test(folder) || isIgnoredFolder(top, folder) ? undefined : top;
}

function shownRoot(cwd: string, folder: string): string {
  const shown = shownPath(cwd, folder);
  return shown === '.' ? '' : shown.endsWith('/') ? shown : `${shown}/`;
}

/** Reads the chunks of a list that no other thread has taken. `nested`: folders met where a file was listed, which is how git lists other repositories. */
export function* readList(list: FileList, cwd: string, log: Log, nested: string[]): Generator<SourceFile> {
  const folders = list.tracked === true ? new Set<string>() : undefined;
  for (let chunk = Atomics.add(list.turn, 0, 1); chunk < list.chunks.length - 1; chunk = Atomics.add(list.turn, 0, 1)) {
    let last: string | Buffer = '';
    for (const path of chunkPaths(list, chunk)) {
      // A file with a merge conflict is listed once for each side.
      if (path === last) continue;
      last = path;
      const shown = list.shownRoot + path.toString();
      if (folders && typeof path === 'string' && !isRealFolder(list.root, path, folders)) log.skipped.push({ path: shown, reason: 'behind a symbolic link' });
      else yield* readFile(list, path, shown, log, nested, cwd);
    }
  }
}

/** One for this thread. */
const buffer = windowBuffer();

/** Whether no folder on the way to a tracked file has been replaced by a symbolic link. */
function isRealFolder(root: string, path: string, known: Set<string>): boolean {
  const slash = path.lastIndexOf('/');
  if (slash < 0) return true;
  const folder = path.slice(0, slash);
  if (known.has(folder)) return true;
  if (!isRealFolder(root, folder, known)) return false;
  if (lstatSync(`${root}/${folder}`, { throwIfNoEntry: false })?.isSymbolicLink()) return false;
  known.add(folder);
  return true;
}

/** Opening a FIFO would wait for a writer, and a link would lead out of what was asked. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);

function* readFile(list: FileList, path: string | Buffer, shown: string, log: Log, nested: string[], cwd: string): Generator<SourceFile> {
  const at = absolute(list.root, path);
  let fd: number;
  try {
    fd = openSync(at, list.named === 'link' ? FLAGS & ~(constants.O_NOFOLLOW ?? 0) : FLAGS);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ELOOP' || code === 'EMLINK') log.skipped.push({ path: shown, reason: 'symbolic link' });
    else if (code === 'ENXIO') log.skipped.push({ path: shown, reason: 'socket' });
    else if (code === 'ENOENT' && list.tracked === true) log.skipped.push({ path: shown, reason: 'not in the work tree' });
    else unreadable(shown, error, log);
    return;
  }
  try {
    const facts = (): ReturnType<typeof fileFacts> => fileFacts(at.toString(), fd, list.tracked ?? tracked(at.toString(), log, shown), list.named === 'link');
    const reader = new WindowReader(shown, buffer, facts, (end) => countLines(fd, end));
    let count = readSync(fd, buffer, 0, buffer.length, null);
    // Only an ordinary file that is neither empty nor huge has said enough by now.
    if (count === 0 || count === buffer.length) {
      const stat = fstatSync(fd);
      if (!stat.isFile()) {
        log.skipped.push({ path: shown, reason: stat.isFIFO() ? 'named pipe' : 'device' });
        return;
      }
    }
    log.files++;
    for (; count > 0; count = readSync(fd, reader.room(), 0, reader.room().length, null)) {
      log.bytes += count;
      reader.add(count);
      if (!reader.full) {
        // A short read of an ordinary file is its end, unless it is being written to: then what came is what there was.
        break;
      }
      yield reader.window();
      reader.shift();
    }
    yield reader.last();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EISDIR') nested.push(resolve(at.toString()));
    else unreadable(shown, error, log);
  } finally {
    closeSync(fd);
  }
}

/** Line breaks in the first `end` bytes of a file: read again, since only a large file with a key needs it. */
function countLines(fd: number, end: number): number {
  const part = Buffer.alloc(1 << 16);
  let lines = 0;
  for (let at = 0; at < end; ) {
    const count = readSync(fd, part, 0, Math.min(part.length, end - at), at);
    if (count === 0) break;
    lines += countBreaks(part.subarray(0, count));
    at += count;
  }
  return lines;
}

function tracked(path: string, log: Log, shown: string): boolean | undefined {
  const top = repositoryOf(dirname(path));
  if (top === undefined) return false;
  try {
    return isTracked(top, path);
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    log.failures.push({ path: shown, message: error.message });
    return undefined;
  }
}
