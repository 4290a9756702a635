import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { FileFacts, SourceFile } from '../key.ts';
import { withoutPastedKey } from '../text.ts';
import { fileFacts, forgetFolders, realPath, realPathOfFile } from './facts.ts';
import { git, GitError, startGit, trackedPaths, type Output } from './git.ts';
import { chunkPaths, fileList, type FileList } from './list.ts';
import { forgetRepositories, ignoredOf, isIgnoredFolder, repositoryOf, trackedFact } from './repository.ts';
import { emptyLog, shownPath, type Log, type Source } from './source.ts';
import { absolute, isSshFolder, kindOf, unreadable, walk } from './walk.ts';
import { windowBuffer, WindowReader } from './windows.ts';

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

/** Files and folders, opened. */
export interface FilesSource extends Source {
  /** Folders that were met where a file was listed: what is put here is read when `files()` is called again. */
  readonly nested: string[];
}

/** Opens files and folders. What cannot be listed is a failure in the log, and the rest goes on. */
export async function openFiles(options: FilesOptions): Promise<FilesSource> {
  forgetRepositories();
  forgetFolders();
  const log = emptyLog();
  const targets = new Map<string, Target>();
  for (const path of options.paths) {
    const found = target(path, options.cwd);
    for (const each of found ? [found] : await expand(path, options, log)) targets.set(each.path, each);
  }
  const listing: Listing = { options, log, lists: [], later: [], entered: new Set(), ...(overlap(targets) && { seen: new Set() }) };
  listFiles([...targets.values()].filter(({ kind }) => kind !== 'folder'), listing);
  for (const { path, kind } of targets.values()) if (kind === 'folder') listFolder(path, listing);
  const nested: string[] = [];
  return { log, nested, files: () => readLists(listing, nested) };
}

async function* readLists(listing: Listing, nested: string[]): AsyncGenerator<Iterable<SourceFile>> {
  const { options, log, lists, later } = listing;
  for (;;) {
    for (const list of lists.splice(0)) yield readList(list, options.cwd, log, nested);
    for (const { folder, untracked } of later.splice(0)) {
      try {
        const { stdout, stderr } = await untracked;
        add(listed(folder, stdout, false, listing), listing);
        notOpenedByGit(folder, stderr, listing);
      } catch (error) {
        if (!(error instanceof GitError)) throw error;
        log.failures.push({ path: shownPath(options.cwd, folder), message: error.message });
      }
    }
    // Submodules and other repositories inside this one: they have their own lists.
    for (const folder of nested.splice(0)) enter(folder, listing);
    if (lists.length === 0 && later.length === 0) return;
  }
}

/** What goes along while folders are listed. */
interface Listing {
  readonly options: FilesOptions;
  readonly log: Log;
  /** Lists that are to be read. */
  readonly lists: FileList[];
  /** Untracked files, which git takes longer to find: they come while the tracked ones are read. */
  readonly later: { readonly folder: string; readonly untracked: Promise<Output> }[];
  /** Folders that were listed. */
  readonly entered: Set<string>;
  /** Files that were listed, where what the user named overlaps: each is read once. */
  readonly seen?: Set<string>;
}

function add(list: FileList, { lists, options: { share } }: Listing): void {
  if (list.paths.length === 0) return;
  lists.push(list);
  share?.(list);
}

/** A list of what is below a folder, but for what the policy ignores and what is in a list already. */
function listed(folder: string, raw: Buffer, tracked: boolean | undefined, { options: { cwd, isIgnored }, log, seen }: Listing): FileList {
  const shown = shownRoot(cwd, folder);
  const list = fileList(folder, shown, raw, tracked);
  if (!isIgnored && !seen) return list;
  const kept: Buffer[] = [];
  for (let chunk = 0; chunk < list.chunks.length - 1; chunk++) {
    for (const path of chunkPaths(list, chunk)) {
      const at = absolute(folder, path);
      const name = typeof at === 'string' ? at : at.toString('latin1');
      if (isIgnored?.(at.toString())) log.skipped.push({ path: shown + path.toString(), reason: 'ignored by policy' });
      else if (!seen?.has(name)) kept.push(Buffer.from(path), NUL);
      seen?.add(name);
    }
  }
  return fileList(folder, shown, Buffer.concat(kept), tracked);
}

const NUL = Buffer.from([0]);

interface Target {
  readonly path: string;
  readonly kind: 'file' | 'link' | 'folder' | 'other';
}

/** What a path the user named is; a symbolic link that was named is followed. */
function target(path: string, cwd: string): Target | undefined {
  const at = resolve(cwd, path);
  try {
    const stat = statSync(at);
    if (stat.isDirectory()) return { path: at, kind: 'folder' };
    if (!stat.isFile()) return { path: at, kind: 'other' };
    return { path: at, kind: lstatSync(at).isSymbolicLink() ? 'link' : 'file' };
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    // An unreadable folder on the way, or links in a circle, make no missing file: let the reader say so.
    return ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(code) ? undefined : { path: at, kind: 'link' };
  }
}

/** Whether one file can be reached through two targets. */
function overlap(targets: ReadonlyMap<string, Target>): boolean {
  return [...targets.keys()].some((path) => isBelow(path, targets));
}

/** Whether a path lies in a folder that is a target. */
function isBelow(path: string, targets: ReadonlyMap<string, Target>): boolean {
  for (let at = dirname(path), last = path; at !== last; last = at, at = dirname(at)) if (targets.get(at)?.kind === 'folder') return true;
  return false;
}

/**
 * The files and folders that a pattern matches, but for what git ignores. What lies in a folder that matches comes with the folder.
 * A pattern without a match is a failure in the log.
 */
async function expand(pattern: string, { cwd, noIgnore = false }: FilesOptions, log: Log): Promise<readonly Target[]> {
  const { default: glob } = await import('fast-glob');
  const fail = (message: string): readonly Target[] => {
    log.failures.push({ path: withoutPastedKey(pattern), message });
    return [];
  };
  if (!glob.isDynamicPattern(pattern)) return fail('no such file or folder');
  let paths: readonly string[];
  try {
    paths = await glob(pattern, { cwd, absolute: true, dot: true, onlyFiles: false, followSymbolicLinks: false, suppressErrors: false, ...(!pattern.includes('.git') && { ignore: ['**/.git'] }) });
  } catch (error) {
    const { code, path = '' } = error as NodeJS.ErrnoException;
    return fail(code === 'EACCES' || code === 'EPERM' ? `permission denied: ${shownPath(cwd, path)}` : `cannot be expanded: ${code ?? 'failed'}`);
  }
  if (paths.length === 0) return fail('no file or folder matches it');
  const matches = new Map<string, Target>();
  for (const path of [...paths].sort()) {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    const kind = stat && kindOf(stat);
    // fast-glob knows names by their text only.
    if (path.includes('\ufffd') && !stat) fail(`${shownPath(cwd, path)} matches, and its name is not UTF-8: name its folder`);
    else if (kind === 'file' || kind === 'folder') matches.set(path, { path, kind });
    // A link that a pattern meets was not named: where it leads was not asked for.
    else log.skipped.push({ path: shownPath(cwd, path), reason: kind ?? 'vanished' });
  }
  const found = [...matches.values()].filter(({ path }) => !isBelow(path, matches));
  if (noIgnore) return found;
  const byTop = new Map<string, Target[]>();
  const kept: Target[] = [];
  for (const match of found) {
    const top = repositoryOf(realPath(dirname(match.path)));
    if (top === undefined || isSshFolder(match.path)) kept.push(match);
    else byTop.set(top, [...byTop.get(top) ?? [], match]);
  }
  for (const [top, some] of byTop) {
    try {
      const ignored = new Set(ignoredOf(top, some.map(({ path }) => realPathOfFile(path))));
      kept.push(...some.filter(({ path }) => !ignored.has(realPathOfFile(path))));
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      fail(error.message);
      kept.push(...some);
    }
  }
  return found.length > 0 && kept.length === 0 ? fail('all that matches it is ignored by git; --no-ignore looks at it') : kept;
}

/** Lists files that the user named, those of one folder together. */
function listFiles(targets: readonly Target[], listing: Listing): void {
  const { options: { cwd, isIgnored }, log, seen } = listing;
  const lists = new Map<string, { folder: string; kind: 'file' | 'link'; names: string[] }>();
  for (const { path, kind } of targets) {
    seen?.add(path);
    if (kind === 'other') log.failures.push({ path: shownPath(cwd, path), message: 'neither a file nor a folder; pipe its content to --stdin' });
    else if (isIgnored?.(path)) log.skipped.push({ path: shownPath(cwd, path), reason: 'ignored by policy' });
    else {
      const folder = dirname(path);
      const list = lists.get(`${kind} ${folder}`) ?? { folder, kind: kind === 'link' ? 'link' : 'file', names: [] };
      list.names.push(basename(path));
      lists.set(`${kind} ${folder}`, list);
    }
  }
  for (const { folder, kind, names } of lists.values()) {
    const list = fileList(folder, shownRoot(cwd, folder), Buffer.from(names.map((name) => `${name}\0`).join('')), undefined);
    add({ ...list, named: true, ...(kind === 'link' && { links: true }) }, listing);
  }
}

function listFolder(folder: string, listing: Listing): void {
  const { options: { cwd, noIgnore = false }, log, later, entered } = listing;
  entered.add(folder);
  try {
    const top = noIgnore ? undefined : listedBy(folder);
    if (top !== undefined) {
      const untracked = startGit(['ls-files', '-z', '--others', '--exclude-standard'], { cwd: folder });
      // It is waited for when the tracked files have been read.
      untracked.catch(() => {});
      const cached = realPath(folder) === top ? trackedPaths(top) : git(['ls-files', '-z', '--cached'], { cwd: folder });
      if (!isForeign(cached)) {
        later.push({ folder, untracked });
        add(listed(folder, cached, true, listing), listing);
        return;
      }
    }
  } catch (error) {
    fail(folder, error, listing);
  }
  // Repositories that are met on the way have their own lists.
  const repositories: string[] | undefined = noIgnore ? undefined : [];
  const links: string[] = [];
  for (const part of walk(folder, cwd, log, repositories, links)) add(listed(folder, part, undefined, listing), listing);
  if (links.length > 0) add({ ...listed(folder, Buffer.from(links.map((path) => `${path}\0`).join('')), undefined, listing), links: true }, listing);
  for (const repository of repositories ?? []) listFolder(repository, listing);
}

/** git warns of folders it may not open, and passes over them. */
function notOpenedByGit(folder: string, stderr: string, { options: { cwd }, log }: Listing): void {
  const top = repositoryOf(realPath(folder)) ?? folder;
  for (const [, name = ''] of stderr.matchAll(/^warning: could not open directory '([^]*?)\/?': /gm)) {
    log.failures.push({ path: shownPath(cwd, join(top, name)), message: 'permission denied' });
  }
}

/** What git answers in the folder of a submodule that is not checked out. */
function isForeign(cached: Buffer): boolean {
  return cached.toString('latin1') === './\0';
}

function fail(folder: string, error: unknown, { options: { cwd }, log }: Listing): void {
  if (!(error instanceof GitError)) throw error;
  log.failures.push({ path: shownPath(cwd, folder), message: `${error.message}; every file is looked at instead, ignored ones too` });
}

/** A folder that was met where a file was listed: a submodule, another repository, or what has taken the place of a tracked file. */
function enter(folder: string, listing: Listing): void {
  if (listing.entered.has(folder)) return;
  try {
    // In a submodule that is not checked out git lists nothing; what has replaced a file is in the list of untracked files.
    const isList = repositoryOf(folder) === folder || (readdirSync(folder).length > 0 && isForeign(git(['ls-files', '-z', '--cached'], { cwd: folder })));
    if (isList) listFolder(folder, listing);
  } catch (error) {
    if (error instanceof GitError) fail(folder, error, listing);
    else unreadable(shownPath(listing.options.cwd, folder), error, listing.log);
  }
}

/**
 * The top of the work tree whose list of files is to be taken for a folder. Every file is looked at outside of a repository, in a folder that
 * git ignores but the user named, and in an SSH folder, where an ignored key is still a key to audit. Throws GitError.
 */
function listedBy(folder: string): string | undefined {
  const real = realPath(folder);
  const top = repositoryOf(real);
  return top === undefined || isSshFolder(folder) || isSshFolder(real) || isIgnoredFolder(top, real) ? undefined : top;
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
      if (path === last || (typeof path !== 'string' && typeof last !== 'string' && path.equals(last))) continue;
      last = path;
      const shown = list.shownRoot + path.toString();
      if (folders && !isRealFolder(list.root, path, folders)) {
        log.skipped.push({ path: shown, reason: 'behind a symbolic link' });
        continue;
      }
      const at = absolute(list.root, path);
      const fd = open(list, at, shown, log);
      if (fd === undefined) continue;
      try {
        const count = readSync(fd, buffer, 0, buffer.length, null);
        // Only an ordinary file that is neither empty nor huge has said enough by now.
        if ((count === 0 || count === buffer.length) && !isOrdinary(fd, shown, log)) continue;
        log.files++;
        const facts = (): FileFacts => factsOf(list, at, shown, fd, log);
        if (count % PAGE === 0 && count > 0) yield* readOn(fd, count, shown, facts, log);
        else {
          log.bytes += count;
          yield { path: shown, bytes: buffer.subarray(0, count), facts };
        }
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'EISDIR') nested.push(resolve(at.toString()));
        // A FIFO that somebody writes to has nothing yet.
        else if (code !== 'EAGAIN' || isOrdinary(fd, shown, log)) unreadable(shown, error, log, list.named !== undefined);
      } finally {
        closeSync(fd);
      }
    }
  }
}

/** One for this thread. */
const buffer = windowBuffer();

/** Whether no folder on the way to a tracked file has been replaced by a symbolic link. */
function isRealFolder(root: string, path: string | Buffer, known: Set<string>): boolean {
  const slash = path.lastIndexOf('/');
  if (slash < 0) return true;
  const folder = typeof path === 'string' ? path.slice(0, slash) : path.subarray(0, slash);
  const name = folder.toString(typeof folder === 'string' ? undefined : 'latin1');
  if (known.has(name)) return true;
  if (!isRealFolder(root, folder, known) || isLink(absolute(root, folder))) return false;
  known.add(name);
  return true;
}

function isLink(path: string | Buffer): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    // Opening what lies behind it will say why.
    return false;
  }
}

/** Opening a FIFO would wait for a writer, and a link would lead out of what was asked. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;
/** Some file systems give less than was asked for before the end of a file, and then whole pages. */
const PAGE = 4096;

function open(list: FileList, at: string | Buffer, shown: string, log: Log): number | undefined {
  try {
    return openSync(at, list.links ? FLAGS & ~constants.O_NOFOLLOW : FLAGS);
  } catch (error) {
    notOpened(list, at, shown, error, log);
    return undefined;
  }
}

/** The rest of a file of which `first` bytes have been read. */
function* readOn(fd: number, first: number, shown: string, facts: () => FileFacts, log: Log): Generator<SourceFile> {
  const reader = new WindowReader(shown, buffer, facts, (into, offset) => readSync(fd, into, 0, into.length, offset));
  for (let count = first; count > 0; count = readSync(fd, reader.room(), 0, reader.room().length, null)) {
    log.bytes += count;
    reader.add(count);
    if (reader.full) {
      yield reader.window();
      reader.shift();
    } else if (count % PAGE !== 0) break;
  }
  yield reader.last();
}

function factsOf({ links, tracked }: FileList, at: string | Buffer, shown: string, fd: number, log: Log): FileFacts {
  const path = at.toString();
  const isLink = links === true;
  return { ...fileFacts(path, fd, isLink), ...(tracked === undefined ? trackedFact(path, shown, log, isLink) : { tracked }) };
}

function isOrdinary(fd: number, shown: string, log: Log): boolean {
  const kind = kindOf(fstatSync(fd));
  if (kind !== 'file') log.skipped.push({ path: shown, reason: kind });
  return kind === 'file';
}

/** Says why a file was not opened: most often it is none. */
function notOpened({ tracked, named }: FileList, at: string | Buffer, shown: string, error: unknown, log: Log): void {
  const { code } = error as NodeJS.ErrnoException;
  const kind = named ? undefined : specialKind(at);
  if (kind !== undefined) log.skipped.push({ path: shown, reason: kind });
  else if (code === 'ENOENT' && tracked === true) log.skipped.push({ path: shown, reason: 'not in the work tree' });
  else unreadable(shown, error, log, named !== undefined);
}

/** What it is, where it is neither file nor folder. */
function specialKind(at: string | Buffer): string | undefined {
  try {
    const kind = kindOf(lstatSync(at));
    return kind === 'file' || kind === 'folder' ? undefined : kind;
  } catch {
    return undefined;
  }
}
