import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { FileFacts, Key } from '../key.ts';
import { attribute, type Introduction } from './attribution.ts';
import { streamBlobs } from './blobs.ts';
import { realPath } from './facts.ts';
import { git, GitError } from './git.ts';
import { blobsOf, revisionArguments, storedBlobs, type Revisions } from './objects.ts';
import { emptyLog, shownPath, type Log, type Source } from './source.ts';

export interface HistoryOptions {
  readonly cwd: string;
  /** Names of commits and ranges, as `git rev-list` takes them: `main..topic`, `^ID`. Default: every ref and HEAD. */
  readonly revisions?: readonly string[];
  /** Leave out what these lead to: every ref, or the refs of a remote. */
  readonly without?: 'all' | { readonly remote: string };
  /** What is looked at is on its way to another repository. */
  readonly isPushed?: boolean;
  /** More bytes, or more seconds, are not looked at: the run fails. */
  readonly maxBytes?: number;
  readonly maxSeconds?: number;
  /** Also what only reflogs lead to. */
  readonly reflog?: boolean;
  /** Also what is stored and nothing leads to. */
  readonly unreachable?: boolean;
  /** What is not here (a shallow or partial clone) is passed over, and does not fail the run. */
  readonly allowMissing?: boolean;
  /** Which blobs are looked at, by their ids. Default: all. */
  readonly isWanted?: (id: string) => boolean;
}

export interface HistorySource extends Source {
  /** Puts keys that were found in blobs in their places in history, one for each path. Rejects with GitError. */
  place(keys: readonly Key[]): Promise<readonly Key[]>;
}

/**
 * Every blob in the history of a repository, once, as git stores it. Never a diff, so that no attribute, merge, rename or change of type
 * hides one. Where it was is found out afterwards, and only for the blobs that have a key. Throws GitError when git cannot say.
 */
export function openHistory(options: HistoryOptions): HistorySource {
  const { isWanted = () => true, allowMissing = false } = options;
  const log = emptyLog();
  const repository = repositoryAt(realPath(options.cwd));
  const revisions = revisionsOf(options);
  const isPartial = hasPromisor(repository.folder);
  // A name that is none, or a commit that is not here, is told before anything is read.
  const chosen = options.revisions || isPartial ? blobsOf(repository.folder, revisions, isPartial) : undefined;
  noteMissing(log, allowMissing, chosen?.missing.length ?? 0, 'object that this partial clone left with its remote');
  noteMissing(log, allowMissing, cutCommits(repository, revisions), 'commit whose parents this shallow clone left out');
  if (chosen && options.maxBytes !== undefined) holdToSize(repository.folder, chosen.ids, options.maxBytes);
  const ids = options.revisions ? [chosen!.ids] : storedBlobs(repository.folder);
  return {
    log,
    files: () => inTime(streamBlobs(repository.folder, wanted(ids, isWanted), namesOf, log), options.maxSeconds),
    place: async (keys) => (keys.length === 0 ? [] : placed(keys, repository, revisions, options, log)),
  };
}

function revisionsOf({ revisions, without, reflog }: HistoryOptions): Revisions {
  if (!revisions) return { options: ['--all', ...reflog ? ['--reflog'] : []], names: [] };
  const excluded = without === undefined ? [] : ['--not', without === 'all' ? '--all' : `--remotes=${without.remote}`];
  return { options: excluded, names: revisions };
}

/** What was asked for is more than may be looked at: nothing is said to be clean. */
class BudgetError extends GitError {}

function holdToSize(folder: string, ids: readonly string[], most: number): void {
  const sizes = ids.length === 0 ? [] : git(['cat-file', '--batch-check=%(objectsize)', '--buffer'], { cwd: folder, inHook: true, input: `${ids.join('\n')}\n` }).toString('latin1').split('\n');
  const bytes = sizes.reduce((sum, size) => sum + Number(size), 0);
  if (bytes > most) throw new BudgetError(`${bytes} bytes in ${ids.length} files are more than the ${most} that are looked at (--max-bytes)`);
}

async function* inTime<T>(batches: AsyncIterable<T>, seconds = Infinity): AsyncGenerator<T> {
  const end = performance.now() + seconds * 1000;
  for await (const batch of batches) {
    if (performance.now() > end) throw new BudgetError(`it takes longer than ${seconds} s to look at everything (--max-seconds)`);
    yield batch;
  }
}

async function* wanted(batches: Iterable<readonly string[]> | AsyncIterable<readonly string[]>, isWanted: (id: string) => boolean): AsyncGenerator<readonly string[]> {
  for await (const ids of batches) yield ids.filter(isWanted);
}

/** Where it lies is not known yet. */
function namesOf(blob: string): readonly { readonly path: string; readonly facts: () => FileFacts }[] {
  return [{ path: '', facts: () => ({ origin: 'commit', blob }) }];
}

interface Repository {
  /** Where git is run: the folder that was asked for. */
  readonly folder: string;
  /** Of the work tree; absent in a bare repository. */
  readonly top?: string;
  /** What all work trees of the repository share. */
  readonly gitFolder: string;
}

function repositoryAt(folder: string): Repository {
  const ask = (question: string): string => git(['rev-parse', question], { cwd: folder, inHook: true }).toString('utf8').replace(/\n$/, '');
  const gitFolder = resolve(folder, ask('--git-common-dir'));
  return { folder, gitFolder, ...(ask('--is-inside-work-tree') === 'true' && { top: ask('--show-toplevel') }) };
}

/** Whether the repository may lack objects that a remote has promised to keep (gitformat-pack, PARTIAL CLONE). */
function hasPromisor(folder: string): boolean {
  try {
    return git(['config', '--get-regexp', '^(extensions\\.partialclone|remote\\..*\\.promisor)$'], { cwd: folder, inHook: true }).length > 0;
  } catch (error) {
    if (error instanceof GitError && error.status === 1) return false;
    throw error;
  }
}

/** How many of the commits have parents that a shallow clone left out. */
function cutCommits({ folder, gitFolder }: Repository, revisions: Revisions): number {
  const file = join(gitFolder, 'shallow');
  if (!existsSync(file)) return 0;
  const cut = new Set(readFileSync(file, 'latin1').split('\n').filter(Boolean));
  const { args, input } = revisionArguments(revisions);
  return git(['rev-list', ...args], { cwd: folder, inHook: true, input }).toString('latin1').split('\n').filter((id) => cut.has(id)).length;
}

function noteMissing(log: Log, isAllowed: boolean, count: number, what: string): void {
  if (count === 0) return;
  const sentence = `${count} ${what.replace(/^\w+/, (noun) => (count === 1 ? noun : `${noun}s`))}`;
  if (isAllowed) log.skipped.push({ path: '.git', reason: sentence });
  else log.failures.push({ message: `the history is not whole: ${sentence} (--allow-missing goes on without)` });
}

interface Placed {
  readonly key: Key;
  readonly introduction: Introduction | undefined;
  readonly inHead: boolean;
  readonly branches: ReadonlySet<string>;
}

async function placed(keys: readonly Key[], repository: Repository, revisions: Revisions, options: HistoryOptions, log: Log): Promise<readonly Key[]> {
  const blobs = new Set(keys.map(({ file }) => file.blob!));
  const whereabouts = await attribute(repository.folder, blobs, revisions);
  const tagged = taggedBlobs(repository.folder, new Set([...blobs].filter((id) => !whereabouts.has(id))), options.revisions);
  const places = new Map<string, Placed>();
  const lost = new Set<string>();
  for (const key of keys) {
    const blob = key.file.blob!;
    const where = whereabouts.get(blob);
    const names = tagged.get(blob);
    if (where) for (const [path, introduction] of where.paths) put(places, { key: { ...key, path }, introduction, inHead: where.headPaths.has(path), branches: new Set(where.branches) });
    else if (names) for (const path of names) put(places, { key: { ...key, path }, introduction: undefined, inHead: false, branches: new Set() });
    else if (options.unreachable) put(places, { key: { ...key, path: `blob ${blob}` }, introduction: undefined, inHead: false, branches: new Set() });
    else lost.add(blob);
  }
  if (!options.revisions) for (const id of lost) log.skipped.push({ path: `blob ${id}`, reason: 'blob with a key that nothing leads to (--unreachable looks at those)' });
  return [...places.values()].map((one) => inPlace(one, repository, options.isPushed ?? false));
}

/** A file that changed around its key is many blobs: they are one key at one path, as the oldest of them has it. */
function put(places: Map<string, Placed>, one: Placed): void {
  const { path, fingerprint, spki, container, kind, format, algorithm, bits, wrapping } = one.key;
  const name = spki ?? fingerprint ?? container ?? [kind, algorithm, bits].join();
  const id = [path, name, format, ...wrapping].join('\0');
  const other = places.get(id);
  if (!other) places.set(id, one);
  else {
    const oldest = (other.introduction?.age ?? -1) >= (one.introduction?.age ?? -1) ? other : one;
    places.set(id, { ...oldest, inHead: one.inHead || other.inHead, branches: new Set([...other.branches, ...one.branches]) });
  }
}

function inPlace({ key, introduction, inHead, branches }: Placed, { folder, top }: Repository, isPushed: boolean): Key {
  const absolutePath = top !== undefined && introduction ? join(top, key.path) : undefined;
  return {
    ...key,
    path: absolutePath === undefined ? key.path : shownPath(folder, absolutePath),
    file: {
      ...key.file,
      ...(isPushed && { isPushed }),
      ...(absolutePath !== undefined && { absolutePath }),
      ...(introduction && { commit: introduction.commit, history: { author: introduction.author, date: introduction.date, inHead, branches: [...branches] } }),
    },
  };
}

/**
 * Blobs that refs lead to without a commit, a tag of a file for instance, with the ref's name as their path, or their path in the tree that the
 * ref leads to. `revisions`: only what these name.
 */
function taggedBlobs(folder: string, blobs: ReadonlySet<string>, revisions?: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  if (blobs.size === 0) return found;
  const add = (id: string, path: string): void => {
    if (blobs.has(id)) found.set(id, [...found.get(id) ?? [], path]);
  };
  const refs = git(['for-each-ref', '--format=%(objectname) %(objecttype) %(refname)'], { cwd: folder, inHook: true }).toString('utf8').split('\n').filter((line) => line !== '' && !/^\w+ commit /.test(line));
  const names = revisions?.filter((name) => !/^\^|\.\./.test(name)) ?? refs.map((line) => line.split(' ').slice(2).join(' '));
  if (names.length === 0) return found;
  const nameOf = new Map(refs.map((line) => [line.split(' ')[0]!, line.split(' ').slice(2).join(' ')]));
  const peeled = git(['cat-file', '--batch-check=%(objecttype) %(objectname)', '--buffer'], { cwd: folder, inHook: true, input: names.map((name) => `${name}^{}\n`).join('') }).toString('latin1').split('\n');
  names.forEach((given, i) => {
    const [type, id = ''] = (peeled[i] ?? '').split(' ');
    const name = nameOf.get(given) ?? given;
    if (type === 'blob') add(id, name);
    if (type !== 'tree') return;
    for (const entry of git(['ls-tree', '-r', '-z', id], { cwd: folder, inHook: true }).toString('utf8').split('\0')) {
      const tab = entry.indexOf('\t');
      add(entry.slice(0, tab).split(' ')[2] ?? '', `${name}/${entry.slice(tab + 1)}`);
    }
  });
  return found;
}
