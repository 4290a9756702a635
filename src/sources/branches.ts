import { branchesElseTags } from '../join-places.ts';
import { startAhead, type Ahead } from './ahead.ts';
import { feedOf, git, GitError, streamGit } from './git.ts';
import { copyOf, recordsOf } from './objects.ts';

/** A branch or tag, and the commit that it leads to. */
export interface Ref {
  /** In full: `refs/heads/main`. */
  readonly name: string;
  readonly commit: string;
}

export interface BranchesOptions {
  /** Refs that are not there yet. */
  readonly coming?: readonly Ref[] | undefined;
  /** The walk, where it has begun: then no ref is coming. */
  readonly ahead?: BranchWalk | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** git's walk over all commits that refs lead to, begun before it is asked for. */
export interface BranchWalk {
  readonly refs: readonly Ref[];
  readonly walk: Ahead;
}

const WALK = ['rev-list', '--topo-order', '--parents', '--stdin'];

/** Starts it; `undefined` where there is none to be made. Throws GitError. */
export function startBranches(cwd: string, signal: AbortSignal | undefined): BranchWalk | undefined {
  const refs = refsOf(cwd);
  const walk = refs.length === 0 ? undefined : startAhead(WALK, { cwd, input: commitsOf(refs), signal });
  return walk && { refs, walk };
}

/**
 * For each of these commits the full names of the branches, here and of remotes, whose history has it; of some tags where no branch has.
 * One walk over all commits, children before parents. Throws GitError.
 */
export async function branchesOf(cwd: string, commits: ReadonlySet<string>, { coming = [], ahead, signal }: BranchesOptions = {}): Promise<ReadonlyMap<string, readonly string[]>> {
  const refs = ahead?.refs ?? [...refsOf(cwd), ...coming];
  if (refs.length === 0) return new Map();
  const reach = new Reach(refs);
  const names = new Map<string, readonly string[]>();
  for await (const lines of recordsOf(ahead?.walk.output() ?? streamGit(WALK, { cwd, inHook: true, feed: feedOf([commitsOf(refs)]), signal }), '\n')) {
    for (const line of lines) {
      const [commit = '', ...parents] = copyOf(line).split(' ');
      const bits = reach.enter(commit, parents);
      if (commits.has(commit)) names.set(commit, namesIn(bits, refs));
    }
    if (names.size === commits.size) break;
  }
  return names;
}

function commitsOf(refs: readonly Ref[]): string {
  return refs.map(({ commit }) => `${commit}\n`).join('');
}

/** Tags that lead to no commit are left out. Throws GitError. */
function refsOf(cwd: string): readonly Ref[] {
  const refs = new Map<string, string>();
  for (const line of listed(cwd)) {
    const space = line.indexOf(' ');
    const name = line.slice(space + 1);
    // Behind each tag that is an object of its own stands the object that it leads to in the end.
    if (/^refs\/(?:heads|remotes|tags)\//.test(name)) refs.set(name.replace(/\^\{\}$/, ''), line.slice(0, space));
  }
  const names = [...refs.keys()];
  if (names.length === 0) return [];
  const types = git(['cat-file', '--batch-check=%(objecttype)', '--buffer'], { cwd, inHook: true, input: `${[...refs.values()].join('\n')}\n` }).toString('latin1').split('\n');
  return names.filter((name, i) => types[i] === 'commit' && !/^refs\/remotes\/.*\/HEAD$/.test(name)).map((name) => ({ name, commit: refs.get(name)! }));
}

/** `<id> <ref>` a line. */
function listed(cwd: string): readonly string[] {
  try {
    return git(['show-ref', '--dereference'], { cwd, inHook: true }).toString('utf8').split('\n').filter(Boolean);
  } catch (error) {
    // There are none.
    if (error instanceof GitError && error.status === 1) return [];
    throw error;
  }
}

function namesIn(bits: Uint32Array, refs: readonly Ref[]): readonly string[] {
  return branchesElseTags(refs.filter((_, i) => bits[i >>> 5]! & (1 << (i & 31))).map(({ name }) => name));
}

/** Which refs reach a commit, on a walk from children to parents. Only what has been seen from one side is held. */
class Reach {
  /** Words of 32 bits, one bit for each ref. */
  private readonly width: number;
  private readonly tips = new Map<string, number[]>();
  private readonly waiting = new Map<string, Uint32Array>();

  constructor(refs: readonly Ref[]) {
    this.width = (refs.length + 31) >>> 5;
    refs.forEach(({ commit }, i) => void this.tips.set(commit, [...this.tips.get(commit) ?? [], i]));
  }

  enter(commit: string, parents: readonly string[]): Uint32Array {
    const bits = this.waiting.get(commit) ?? new Uint32Array(this.width);
    this.waiting.delete(commit);
    for (const i of this.tips.get(commit) ?? []) bits[i >>> 5]! |= 1 << (i & 31);
    for (const parent of parents) {
      const theirs = this.waiting.get(parent);
      if (theirs) merge(theirs, bits);
      // Most commits have one parent, which takes the bits over.
      else this.waiting.set(parent, parents.length === 1 ? bits : bits.slice());
    }
    return bits;
  }
}

function merge(into: Uint32Array, from: Uint32Array): void {
  for (let i = 0; i < into.length; i++) into[i]! |= from[i]!;
}
