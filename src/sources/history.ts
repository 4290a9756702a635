import { existsSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { Key, SourceFile } from '../key.ts';
import { withoutPastedKey } from '../text.ts';
import { hasHead, startWalk, textOf, type WalkAhead } from './attribution.ts';
import { streamBlobs, type Seen } from './blobs.ts';
import type { Ref } from './branches.ts';
import { cloneAt, cutCommits, notePacks, objectFolders, remotesOf, type Clone, type Remotes } from './clone.ts';
import { realPath } from './facts.ts';
import { feedOf, git, GitError, streamGit } from './git.ts';
import { countMissing, objectsOf, recordsOf, revisionArguments, storedBlobs, tipsOf, wantedOf, type Objects, type Revisions } from './objects.ts';
import type { HistoryCache } from './history-cache.ts';
import { namesOf } from './blob-names.ts';
import { placed, shownIn } from './places.ts';
import { readStored, type ShareStore } from './read-stored.ts';
import { emptyLog, type Log, type Source } from './source.ts';
import type { ScanOptions } from './stored-blobs.ts';

export interface HistoryOptions {
  readonly cwd: string;
  /** Only keys that lay at these files and folders, and in them. Default: everywhere. */
  readonly paths?: readonly string[];
  /** For a path that names nothing: what it matches as a pattern, if it is one. Takes absolute paths. */
  readonly matcher?: (pattern: string) => Promise<((absolutePath: string) => boolean) | undefined>;
  /** Names of commits and ranges, as `git rev-list` takes them: `main..topic`, `^ID`. Default: every ref and HEAD. */
  readonly revisions?: readonly string[];
  /** Leave out what these lead to: every ref, or the refs of a remote, by its name or URL. */
  readonly without?: 'all' | { readonly remote: string };
  /** What is looked at is on its way to another repository. */
  readonly isPushed?: boolean;
  /** Refs, in full, that a push will set, and the ids they will lead to. */
  readonly coming?: readonly Ref[];
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
  /** Archives are looked into, too. */
  readonly archives?: boolean;
  /** What earlier runs have seen is not looked at again. `detection`: tells this program and what it looks for from every other. */
  readonly cache?: { readonly detection: string };
  /** Which blobs may have keys: then whatever else is stored need not be had from git. Default: git is asked for every blob. */
  readonly sought?: ScanOptions;
  /** Lets other threads take part in that. */
  readonly share?: ShareStore;
}

export interface HistorySource extends Source {
  /** Says that a key was found: git begins to tell where all blobs lay while others are read. */
  expectKeys(): void;
  /** Ends what was begun. */
  stop(): void;
  /** Puts keys that were found in blobs, and those that earlier runs found, in their places in history, one for each path. */
  place(keys: readonly Key[]): Promise<readonly Key[]>;
}

/**
 * Every blob in the history of a repository, once, as git stores it. Never a diff, so that no attribute, merge, rename or change of type
 * hides one. Where it was is found out afterwards, and only for the blobs that have a key. What fails while blobs are read is a failure in the
 * log, and what was found stays found. Rejects with GitError when git cannot begin.
 */
export async function openHistory(options: HistoryOptions): Promise<HistorySource> {
  const { isWanted = () => true, maxSeconds } = options;
  const log = emptyLog();
  const clone = cloneAt(realPath(options.cwd));
  const budget = maxSeconds === undefined ? undefined : { seconds: maxSeconds, signal: AbortSignal.timeout(maxSeconds * 1000) };
  const signal = budget?.signal;
  try {
    const remotes = options.revisions && !remoteOf(options) ? undefined : remotesOf(clone.folder);
    const run: Run = { options, clone, remotes, revisions: revisionsOf(options, remotes), log, signal };
    const opened = options.revisions ? await ofRevisions(run) : await ofEverything(run);
    const { checks, count = Infinity } = opened;
    const isNamed = await selection(run);
    const cache = count < WORTH_A_CACHE ? undefined : await cacheFor(run);
    const isNew = cache ? (id: string) => isWanted(id) && !cache.recall(id, log) : isWanted;
    const blobs = opened.read(isNew, cache && seenBy(cache, options));
    /** `null`: there is to be none. */
    let ahead: WalkAhead | undefined | null;
    return {
      log,
      expectKeys: () => { if (ahead === undefined) ahead = options.revisions || cache?.walk ? null : walkAhead(run); },
      stop: () => ahead?.stop(),
      files: () => whatCanBeRead(inTime(blobs, budget), checks, log),
      place: async (found) => {
        const isEverything = options.revisions === undefined;
        // In an order that does not tell which of them were recalled.
        const all = [...cache?.keys ?? [], ...found].sort(byBlob);
        const { keys, walk } = await placed(all, { ...run, ...options, revisions: run.revisions, isEverything, ahead: ahead ?? undefined, earlier: cache?.walk, isPart: options.isWanted !== undefined });
        if (isEverything) cache?.save(found, walk, !options.isWanted && log.failures.length === 0, log);
        return isNamed ? keys.filter(isNamed) : keys;
      },
    };
  } catch (error) {
    throw inBudget(error, budget);
  }
}

/** What hinders it is told when the places are asked for. */
function walkAhead({ clone: { folder, isShallow }, revisions, signal }: Run): WalkAhead | null {
  if (isShallow) return null;
  try {
    const tips = tipsOf(folder, revisions);
    return (tips.length > 0 && startWalk(folder, tips, signal)) || null;
  } catch (error) {
    if (error instanceof GitError) return null;
    throw error;
  }
}

function byBlob({ file: { blob: a = '' } }: Key, { file: { blob: b = '' } }: Key): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** So many blobs are read in the time that it takes to open what earlier runs left. */
const WORTH_A_CACHE = 1000;

/**
 * What earlier runs left, where it saves time. A run over a range or in a hook only reads it: hooks run at the same time, and what they look at is
 * looked at once.
 */
async function cacheFor({ options: { cache, archives = false }, clone: { gitFolder, top }, log }: Run): Promise<HistoryCache | undefined> {
  if (!cache) return undefined;
  const { openCache } = await import('./history-cache.ts');
  const folder = realPath(gitFolder);
  return openCache({ gitFolder: folder, scanned: [folder, ...top === undefined ? [] : [realPath(top)]], detection: `${cache.detection} ${archives}`, name: archives ? 'history-archives' : 'history' }, log);
}

/** What lies in archives is not kept. */
function seenBy(cache: HistoryCache, options: HistoryOptions): Seen {
  return (id, size, isArchive) => {
    if (!isArchive || !options.archives) cache.add(id, size);
  };
}

interface Run {
  readonly options: HistoryOptions;
  readonly clone: Clone;
  /** Where they have a say. */
  readonly remotes: Remotes | undefined;
  readonly revisions: Revisions;
  readonly log: Log;
  readonly signal: AbortSignal | undefined;
}

interface Opened {
  /** How many blobs there are, where that is known before. */
  readonly count?: number;
  /** Throws GitError. */
  readonly read: (isNew: (id: string) => boolean, seen: Seen | undefined) => AsyncIterable<Iterable<SourceFile>>;
  /** What is found out beside the reading. Each rejects with GitError. */
  readonly checks: readonly (() => Promise<void>)[];
}

/** Whatever is stored is read, in the order in which it lies there: telling first what is reachable would take longer. */
async function ofEverything({ options: { allowMissing = false, archives = false, sought, share }, clone, remotes, revisions, log, signal }: Run): Promise<Opened> {
  const { folder, hash } = clone;
  const folders = await objectFolders(clone);
  notePacks(folders, log);
  return {
    read: (isNew, seen) => sought
      ? readStored(folder, { folders, hash, isNew, sought, archives, share, seen, signal }, log)
      : streamBlobs(folder, wantedOf(storedBlobs(folder, log, signal), isNew), namesOf, log, { signal, seen }),
    checks: [
      async () => noteMissing(log, allowMissing, await countCut(clone, revisions, signal), SHALLOW),
      ...remotes?.isPartial ? [async () => noteMissing(log, allowMissing, await countMissing(clone.folder, revisions, signal), PARTIAL)] : [],
      () => noteSubmodules(clone, log, signal),
    ],
  };
}

async function ofRevisions({ options: { allowMissing = false, maxBytes, isPushed }, clone, remotes, revisions, log, signal }: Run): Promise<Opened> {
  const { ids, missing, bytes = 0 } = await named(clone, () => objectsOf(clone.folder, revisions, { withBytes: maxBytes !== undefined, signal }));
  if (maxBytes !== undefined && bytes > maxBytes) throw new BudgetError(`${bytes} bytes in ${ids.length} blobs are more than the ${maxBytes} that are looked at (--max-bytes)`);
  // Without a remote that has promised to keep it, what is missing is lost.
  if (missing > 0) noteMissing(log, allowMissing && (remotes ?? remotesOf(clone.folder)).isPartial, missing, PARTIAL);
  if (clone.isShallow) noteMissing(log, allowMissing, await countCut(clone, revisions, signal), SHALLOW);
  return { read: (isNew, seen) => streamBlobs(clone.folder, [ids.filter(isNew)], namesOf, log, { passOver: true, signal, seen }), count: ids.length, checks: isPushed ? [] : [() => noteSubmodules(clone, log, signal)] };
}

function remoteOf({ without }: HistoryOptions): string | undefined {
  return without === undefined || without === 'all' ? undefined : without.remote;
}

function revisionsOf(options: HistoryOptions, remotes: Remotes | undefined): Revisions {
  const { revisions, reflog, without } = options;
  if (!revisions) return { options: ['--all', ...reflog ? ['--reflog'] : []], names: [] };
  const remote = remoteOf(options);
  return { options: without === 'all' ? ['--not', '--all'] : remote === undefined ? [] : ['--not', ...refsOfRemote(remote, remotes!)], names: revisions };
}

/** The options that name what a remote was last known to have. Where it has no name here, nothing. */
function refsOfRemote(remote: string, { urls }: Remotes): readonly string[] {
  const isPattern = (name: string): boolean => /[*?[\\\s]/.test(name);
  const names = [...urls].filter(([name, list]) => (name === remote || list.includes(remote)) && !isPattern(name)).map(([name]) => name);
  return names.flatMap((name) => {
    // `origin/fork` may be another remote than `origin`.
    const others = [...urls.keys()].filter((other) => other.startsWith(`${name}/`));
    return [...others.map((other) => `--exclude=${other}/*`), `--remotes=${name}`];
  });
}

/** What was asked for is more than may be looked at: nothing is said to be clean. */
class BudgetError extends GitError {}

interface Budget {
  readonly seconds: number;
  readonly signal: AbortSignal;
}

/** Ending a git because its time is over is no failure of git. */
function inBudget(error: unknown, budget: Budget | undefined): unknown {
  return budget?.signal.aborted && error instanceof GitError ? new BudgetError(`it takes longer than ${budget.seconds} s to look at everything (--max-seconds)`) : error;
}

async function* inTime<T>(batches: AsyncIterable<T>, budget: Budget | undefined): AsyncGenerator<T> {
  try {
    for await (const batch of batches) {
      budget?.signal.throwIfAborted();
      yield batch;
    }
  } catch (error) {
    throw inBudget(budget?.signal.aborted ? new BudgetError('') : error, budget);
  }
}

/** A commit that has no name here may lie beyond what a shallow clone was given. */
async function named(clone: Clone, list: () => Promise<Objects>): Promise<Objects> {
  try {
    return await list();
  } catch (error) {
    if (!(error instanceof GitError) || !clone.isShallow || error.status === undefined) throw error;
    throw new GitError(`${error.message}; this clone is shallow: ${DEEPER}`);
  }
}

/** How a CI job is given more of the history. */
export const DEEPER = 'fetch more of the history (fetch-depth: 0 for actions/checkout, GIT_DEPTH: 0 in GitLab, fetchDepth: 0 in Azure Pipelines, or git fetch --unshallow)';

/** Tells the keys that lay where the user named. A path that names nothing, now or ever, is a failure in the log. */
async function selection({ options: { paths = [], matcher }, clone: { folder, top = folder }, log }: Run): Promise<((key: Key) => boolean) | undefined> {
  if (paths.length === 0) return undefined;
  const tests: ((absolutePath: string) => boolean)[] = [];
  for (const path of paths) {
    const absolute = resolve(folder, path);
    const real = join(realPath(dirname(absolute)), basename(absolute));
    const inside = relative(top, real);
    const isElsewhere = inside === '..' || inside.startsWith('../');
    const matches = existsSync(absolute) || (!isElsewhere && wasThere(top, inside)) ? undefined : await matcher?.(path);
    if (matches) tests.push(matches);
    else if (isElsewhere) log.failures.push({ path: withoutPastedKey(path), message: 'lies outside of the repository' });
    else if (existsSync(absolute) || wasThere(top, inside)) tests.push((one) => inside === '' || one === real || one.startsWith(`${real}/`));
    else log.failures.push({ path: withoutPastedKey(path), message: 'no such file or folder, now or in history' });
  }
  return ({ path, file: { absolutePath } }) => tests.some((test) => test(absolutePath ?? resolve(folder, path)));
}

/** Whether any commit ever touched a path. Throws GitError. */
function wasThere(top: string, path: string): boolean {
  return git(['rev-list', '-1', '--all', '--full-history', '--', path], { cwd: top, inHook: true }).length > 0;
}

/** What fails is a failure in the log; what was read before it has been looked at. */
async function* whatCanBeRead(batches: AsyncIterable<Iterable<SourceFile>>, checks: Opened['checks'], log: Log): AsyncGenerator<Iterable<SourceFile>> {
  const failures: GitError[] = [];
  // Each runs beside the others, and beside the reading.
  const checked = Promise.allSettled(checks.map((check) => check()));
  try {
    for await (const files of batches) {
      yield untilFailure(files, failures);
      if (failures.length > 0) break;
    }
  } catch (error) {
    failures.push(asGitError(error));
  }
  for (const result of await checked) if (result.status === 'rejected') failures.push(asGitError(result.reason));
  for (const message of new Set(failures.map((failure) => failure.message))) log.failures.push({ message });
}

function* untilFailure(files: Iterable<SourceFile>, failures: GitError[]): Generator<SourceFile> {
  try {
    yield* files;
  } catch (error) {
    failures.push(asGitError(error));
  }
}

function asGitError(error: unknown): GitError {
  if (error instanceof GitError) return error;
  throw error;
}

/** How many of the commits have parents that a shallow clone left out. Walks over all of them, and throws GitError where one is not here. */
async function countCut(clone: Clone, revisions: Revisions, signal: AbortSignal | undefined): Promise<number> {
  const cut = cutCommits(clone);
  const { args, input } = revisionArguments(revisions);
  let count = 0;
  const list = streamGit(['rev-list', ...cut.size === 0 ? ['--quiet'] : [], ...args], { cwd: clone.folder, inHook: true, feed: feedOf([input]), signal });
  for await (const ids of recordsOf(list, '\n')) count += ids.filter((id) => cut.has(id)).length;
  return count;
}

interface Lack {
  /** After a count of one, and of more. */
  readonly words: readonly [string, string];
  readonly hint: string;
}

const SHALLOW: Lack = { words: ['commit whose parents this shallow clone left out', 'commits whose parents this shallow clone left out'], hint: DEEPER };
const PARTIAL: Lack = { words: ['object that is not in this clone', 'objects that are not in this clone'], hint: 'git fetch --refetch --no-filter fetches what a partial clone left out' };

function noteMissing(log: Log, isAllowed: boolean, count: number, { words: [one, many], hint }: Lack): void {
  if (count === 0) return;
  const what = `${count} ${count === 1 ? one : many}`;
  if (isAllowed) log.skipped.push({ path: '.git', reason: `part of the history: ${what}` });
  else log.failures.push({ message: `the history is not whole: ${what}; ${hint}, --allow-missing goes on without` });
}

/** Of what is checked out: other repositories, with a history of their own. Throws GitError. */
async function noteSubmodules(clone: Clone, log: Log, signal: AbortSignal | undefined): Promise<void> {
  if (!hasHead(clone.folder)) return;
  for await (const entries of recordsOf(streamGit(['ls-tree', '-r', '-z', '--full-tree', 'HEAD'], { cwd: clone.folder, inHook: true, signal }), '\0')) {
    for (const entry of entries) if (entry.startsWith('160000 ')) log.skipped.push({ path: shownIn(clone, textOf(entry.slice(entry.indexOf('\t') + 1))), reason: 'submodule' });
  }
}
