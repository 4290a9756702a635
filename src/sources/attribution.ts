import { older } from '../join-places.ts';
import { startAhead, type Ahead } from './ahead.ts';
import { branchesOf, startBranches, type BranchWalk, type Ref } from './branches.ts';
import { feedOf, git, GitError, streamGit, type Feed } from './git.ts';
import { copyOf, recordsOf, revisionArguments, type Revisions } from './objects.ts';
import { existing } from './revisions.ts';

/** The commit that brought a blob to a path. */
export interface Introduction {
  readonly commit: string;
  /** Of `commit`: it has no parents. */
  readonly isRoot: boolean;
  /** `Ann <ann@example.org>`. */
  readonly author: string;
  /** When it was written: ISO 8601. */
  readonly date: string;
  /** When it was committed, in seconds since 1970. */
  readonly committed: number;
  /** Grows from a commit to its parents. */
  readonly age: number;
}

/** What is known of a blob at one path. */
export interface Place {
  /** The oldest commit that brought it there; absent where commits are not here. */
  readonly introduction?: Introduction;
  readonly isInHead: boolean;
  /** Full names of the branches whose history has it there, and of some tags. */
  readonly refs: readonly string[];
}

/** A path from the top as git has it: its bytes, as latin1, since a path need not be UTF-8. */
export type RawPath = string;

/** A commit that brought a blob to a path. */
type Change = readonly [commit: string, blob: string, path: RawPath];

/** What all commits that some commits lead to brought of some blobs. It stays true: a commit is what its id says. */
export interface Walk {
  readonly tips: readonly string[];
  readonly blobs: readonly string[];
  readonly changes: readonly Change[];
}

/** Two walks as one, where they went over the same commits; else the first. */
export function joinedWalks(a: Walk, b: Walk): Walk {
  if (a.tips.join() !== b.tips.join()) return a;
  const changes = new Map([...b.changes, ...a.changes].map((change) => [change.join('\0'), change]));
  return { tips: a.tips, blobs: [...new Set([...a.blobs, ...b.blobs])].sort(), changes: [...changes.values()] };
}

export interface AttributeOptions {
  /** Refs that are on their way, and will lead to some of the commits. */
  readonly coming?: readonly Ref[];
  /** More commits, beside those of the revisions. */
  readonly feed?: Feed;
  /** What git has begun to tell of these revisions. */
  readonly ahead?: WalkAhead | undefined;
  /** A walk for these blobs, and maybe for others, that need not be repeated. */
  readonly earlier?: Walk | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** git on its way over all commits that some lead to, before it is known which blobs are asked for. */
export interface WalkAhead {
  readonly tips: readonly string[];
  readonly log: Ahead;
  readonly branches: BranchWalk | undefined;
  readonly stop: () => void;
}

/** Starts it; `undefined` where that cannot be. Throws GitError. */
export function startWalk(cwd: string, tips: readonly string[], signal: AbortSignal | undefined): WalkAhead | undefined {
  const { args, input } = logArguments({ options: [], names: tips }, WITH_CHANGES);
  const branches = startBranches(cwd, signal);
  const log = startAhead(args, { cwd, input, signal });
  if (log) return { tips, log, branches, stop: () => { log.stop(); branches?.walk.stop(); } };
  branches?.walk.stop();
  return undefined;
}

export interface Attribution {
  /** By blob. */
  readonly places: ReadonlyMap<string, ReadonlyMap<RawPath, Place>>;
  readonly changes: readonly Change[];
}

/**
 * Where in the history of some commits these blobs were. A blob is in the answer once for each path that one of the commits brought it to, in
 * comparison with all of its parents. Throws GitError.
 */
export async function attribute(cwd: string, blobs: ReadonlySet<string>, revisions: Revisions, options: AttributeOptions = {}): Promise<Attribution> {
  const { ahead, coming, signal } = options;
  const found = new Map<string, Map<RawPath, Introduction[]>>();
  const changes: Change[] = [];
  for await (const { introduction, id, path } of introductions(cwd, blobs, revisions, options)) {
    changes.push([introduction.commit, id, path]);
    const paths = found.get(id) ?? new Map<RawPath, Introduction[]>();
    found.set(id, paths.set(path, [...paths.get(path) ?? [], introduction]));
  }
  const commits = new Set([...found.values()].flatMap((paths) => [...paths.values()].flatMap((list) => list.map(({ commit }) => commit))));
  if (commits.size === 0) return { places: new Map(), changes };
  const refs = await branchesOf(cwd, commits, { coming, ahead: ahead?.branches, signal });
  const heads = headPathsOf(cwd, blobs);
  const places = new Map([...found].map(([id, paths]) => [id, new Map([...paths].map(([path, list]): [RawPath, Place] => [path, {
    introduction: list.reduce((a, b) => older(a, b)),
    isInHead: heads.get(id)?.has(path) ?? false,
    refs: [...new Set(list.flatMap(({ commit }) => refs.get(commit) ?? []))].sort(),
  }]))]));
  return { places, changes };
}

const FORMAT = '--format=%x01%H%x02%P%x02%ct%x02%aI%x02%an <%ae>';

function introductionOf(header: string, age: number): Introduction {
  const [commit = '', parents = '', committed = '', date = '', ...author] = copyOf(header.slice(1)).split('\x02');
  return { commit, isRoot: parents === '', author: Buffer.from(author.join('\x02'), 'latin1').toString('utf8'), date, committed: Number(committed), age };
}

/** What the user or the repository set for logs (signatures, notes, mail map, roots, orders, folders) is set back, and what would run a program. */
const LOG = ['log', '--topo-order', '-z', '--no-show-signature', '--no-notes', '--no-mailmap', '--no-color', '--no-ext-diff', '--no-textconv',
  '--no-relative', '-O/dev/null', '--encoding=UTF-8', FORMAT];
/** In the raw format. Of a merge only what differs from every parent is listed: the rest came with one of them. */
const WITH_CHANGES = ['--raw', '-c', '--no-abbrev', '--no-renames', '--root'];

interface Arrival {
  readonly introduction: Introduction;
  readonly id: string;
  readonly path: RawPath;
}

/** The commits that brought one of these blobs to a path, children before parents. Throws GitError. */
async function* introductions(cwd: string, blobs: ReadonlySet<string>, revisions: Revisions, { ahead, earlier, feed, signal }: AttributeOptions): AsyncGenerator<Arrival> {
  const known = earlier && await changesSince(cwd, blobs, revisions, earlier, signal);
  let header = '';
  let introduction: Introduction | undefined;
  let age = 0;
  let id: string | undefined;
  for await (const tokens of ahead ? recordsOf(ahead.log.output(), '\0') : log(cwd, revisions, known ? [] : WITH_CHANGES, feed, signal)) {
    for (const token of tokens) {
      if (id !== undefined) {
        if (blobs.has(id)) yield { introduction: introduction ??= introductionOf(header, age), id: copyOf(id), path: copyOf(token) };
        id = undefined;
      } else if (token.startsWith('\x01')) {
        header = token;
        introduction = undefined;
        age++;
        const changes = known?.get(header.slice(1, header.indexOf('\x02')));
        if (changes) for (const [, blob, path] of changes) yield { introduction: introduction ??= introductionOf(header, age), id: blob, path };
      } else id = idOf(token);
    }
  }
}

function log(cwd: string, revisions: Revisions, options: readonly string[], feed: Feed | undefined, signal: AbortSignal | undefined): AsyncIterable<readonly string[]> {
  const { args, input } = logArguments(revisions, options);
  return recordsOf(streamGit(args, { cwd, inHook: true, feed: feed ?? feedOf([input]), signal }), '\0');
}

function logArguments(revisions: Revisions, options: readonly string[]): { readonly args: readonly string[]; readonly input: string } {
  const { args, input } = revisionArguments(revisions);
  return { args: [...LOG, ...options, ...args], input };
}

/**
 * What each commit brought, where only those that an earlier walk did not see are compared with their parents. `undefined` where git cannot
 * tell them apart: one of the earlier ones may be gone in part.
 */
async function changesSince(cwd: string, blobs: ReadonlySet<string>, { options, names }: Revisions, { tips, changes }: Walk, signal: AbortSignal | undefined): Promise<ReadonlyMap<string, readonly Change[]> | undefined> {
  const found = new Map<string, Change[]>();
  const add = (change: Change): void => {
    const list = found.get(change[0]);
    if (!list) found.set(change[0], [change]);
    // Where one of the tips is gone, what it led to is seen again.
    else if (!list.some(([, blob, path]) => blob === change[1] && path === change[2])) list.push(change);
  };
  for (const change of changes) if (blobs.has(change[1])) add(change);
  try {
    const since = { options, names: [...names, ...existing(cwd, tips).map((id) => `^${id}`)] };
    for await (const { introduction, id, path } of introductions(cwd, blobs, since, { signal })) add([introduction.commit, id, path]);
    return found;
  } catch (error) {
    if (error instanceof GitError) return undefined;
    throw error;
  }
}

/**
 * `:<old mode> <new mode> <old id> <new id> <status>`, in a merge with as many colons, modes and ids more as it has parents more
 * (git-diff-tree, RAW OUTPUT FORMAT). Before it a line break or an empty token.
 */
function idOf(token: string): string | undefined {
  const colons = /^\n?(:+)/.exec(token)?.[1];
  return colons && token.split(' ')[2 * colons.length + 1];
}

/** Where HEAD has these blobs. Throws GitError. */
export function headPathsOf(cwd: string, blobs: ReadonlySet<string>): ReadonlyMap<string, ReadonlySet<RawPath>> {
  const paths = new Map<string, Set<RawPath>>();
  if (!hasHead(cwd)) return paths;
  for (const { id, path } of entriesOf(cwd, 'HEAD')) if (blobs.has(id)) paths.set(id, (paths.get(id) ?? new Set<RawPath>()).add(path));
  return paths;
}

/** All that a tree holds, in its folders too. Throws GitError. */
export function entriesOf(cwd: string, tree: string): readonly { readonly mode: string; readonly id: string; readonly path: RawPath }[] {
  // `<mode> <type> <id>\t<path>`
  return git(['ls-tree', '-r', '-z', '--full-tree', tree], { cwd, inHook: true }).toString('latin1').split('\0').filter(Boolean).map((line) => {
    const tab = line.indexOf('\t');
    const [mode = '', , id = ''] = line.slice(0, tab).split(' ');
    return { mode, id, path: line.slice(tab + 1) };
  });
}

/** Whether HEAD leads to a commit; in an empty repository it does not. Throws GitError. */
export function hasHead(cwd: string): boolean {
  try {
    git(['rev-parse', '-q', '--verify', 'HEAD'], { cwd, inHook: true });
    return true;
  } catch (error) {
    if (error instanceof GitError && error.status === 1) return false;
    throw error;
  }
}

/** A path as text: what is not UTF-8 in it cannot be shown. */
export function textOf(path: RawPath): string {
  return Buffer.from(path, 'latin1').toString('utf8');
}
