import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { git, GitError, startGit } from './git.ts';
import type { Log } from './source.ts';
import { topOf } from './work-tree.ts';

/** A repository as it lies here, whole or not. */
export interface Clone {
  /** Where git is run: the folder that was asked for. */
  readonly folder: string;
  /** Of the work tree; absent in a bare repository. */
  readonly top?: string;
  /** What all work trees of the repository share. */
  readonly gitFolder: string;
  /** Parents of some commits were left out. */
  readonly isShallow: boolean;
  /** How objects are named; absent where git is too old to say, and there is but one way. */
  readonly hash?: string;
}

/** Throws GitError. */
export function cloneAt(folder: string): Clone {
  const ask = (...questions: readonly string[]): string => git(['rev-parse', ...questions], { cwd: folder, inHook: true }).toString('utf8').replace(/\n$/, '');
  // The last answer is a path, which may have line breaks of its own.
  const [isInside, isShallow, hash = '', ...rest] = ask('--is-inside-work-tree', '--is-shallow-repository', '--show-object-format', '--git-common-dir').split('\n');
  // What git does not know of, it repeats.
  return { folder, gitFolder: resolve(folder, rest.join('\n')), isShallow: isShallow === 'true', ...(!hash.startsWith('--') && { hash }), ...(isInside === 'true' && { top: topOf(folder) }) };
}

/** The commits whose parents a shallow clone left out (gitrepository-layout(5), shallow). Throws GitError. */
export function cutCommits({ folder, isShallow }: Clone): ReadonlySet<string> {
  if (!isShallow) return new Set();
  const file = git(['rev-parse', '--git-path', 'shallow'], { cwd: folder, inHook: true }).toString('utf8').replace(/\n$/, '');
  return new Set(readFileSync(resolve(folder, file), 'latin1').split('\n').filter(Boolean));
}

/** What a repository's settings say of where it came from. */
export interface Remotes {
  /** A remote has promised to keep what is not here (gitformat-pack(5), PARTIAL CLONE). */
  readonly isPartial: boolean;
  /** URLs by the names of remotes. */
  readonly urls: ReadonlyMap<string, readonly string[]>;
}

/** Throws GitError. */
export function remotesOf(folder: string): Remotes {
  const urls = new Map<string, readonly string[]>();
  let isPartial = false;
  // `<key>\n<value>\0`; a key that stands there without a value is true.
  for (const setting of settings(folder, '^(extensions\\.partialclone|remote\\..*\\.(promisor|url|pushurl))$')) {
    const end = setting.indexOf('\n');
    const key = end < 0 ? setting : setting.slice(0, end);
    const value = end < 0 ? 'true' : setting.slice(end + 1);
    const [, name, field] = /^remote\.(.*)\.(\w+)$/s.exec(key) ?? [];
    if (name === undefined || field === 'promisor') isPartial ||= name === undefined || !/^(?:false|no|off|0|)$/i.test(value);
    else urls.set(name, [...urls.get(name) ?? [], value]);
  }
  return { isPartial, urls };
}

function settings(folder: string, pattern: string): readonly string[] {
  try {
    return git(['config', '-z', '--get-regexp', pattern], { cwd: folder, inHook: true }).toString('utf8').split('\0').filter(Boolean);
  } catch (error) {
    // There are none.
    if (error instanceof GitError && error.status === 1) return [];
    throw error;
  }
}

/** The folders that a repository's objects lie in. */
export interface ObjectFolders {
  /** Its own, then those it borrows from. */
  readonly folders: readonly string[];
  /** There may be others, or one of them cannot be told by its name. */
  readonly isUnsure: boolean;
}

/** Throws GitError. */
export async function objectFolders({ folder, gitFolder }: Clone): Promise<ObjectFolders> {
  const { GIT_OBJECT_DIRECTORY: other, GIT_ALTERNATE_OBJECT_DIRECTORIES: borrowed } = process.env;
  const objects = resolve(folder, other ?? join(gitFolder, 'objects'));
  if (!borrowed && !existsSync(join(objects, 'info/alternates'))) return { folders: [objects], isUnsure: false };
  const { stdout, stderr } = await startGit(['count-objects', '-v'], { cwd: folder, inHook: true });
  // Odd names are quoted (git(1), core.quotePath).
  const paths = [...stdout.toString('utf8').matchAll(/^alternate: (.*)$/gm)].map(([, path]) => path!);
  return { folders: [objects, ...paths.map((path) => resolve(folder, path))], isUnsure: stderr !== '' || paths.some((path) => path.startsWith('"')) };
}

/**
 * git passes over packs that it may not read, or that lack one of their two files, without a word, and does not list what is in them.
 * Each is a failure in the log.
 */
export function notePacks({ folders }: ObjectFolders, log: Log): void {
  for (const each of folders) {
    const packs = join(each, 'pack');
    try {
      if (existsSync(packs)) notePacksIn(packs, new Set(readdirSync(packs)), log);
    } catch (error) {
      log.failures.push({ path: packs, message: `cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'failed'}` });
    }
  }
}

function notePacksIn(folder: string, names: ReadonlySet<string>, log: Log): void {
  for (const name of names) {
    const [, stem, ending] = /^(pack-[0-9a-f]+)\.(pack|idx)$/.exec(name) ?? [];
    if (stem === undefined) continue;
    const path = join(folder, name);
    if (ending === 'idx' && !names.has(`${stem}.pack`)) log.failures.push({ path, message: 'its pack is not there' });
    else if (ending === 'pack' && !names.has(`${stem}.idx`)) log.failures.push({ path, message: 'its index is not there (git index-pack makes it)' });
    else if (!isReadable(path)) log.failures.push({ path, message: 'permission denied' });
  }
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
