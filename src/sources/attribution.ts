import { feedOf, git, GitError, streamGit } from './git.ts';
import { revisionArguments, type Revisions } from './objects.ts';

/** The commit that brought a blob to a path. */
export interface Introduction {
  readonly commit: string;
  readonly author: string;
  readonly date: string;
  /** Grows from a commit to its parents. */
  readonly age: number;
}

/** Where in history a blob was. */
export interface Whereabouts {
  /** By path from the top: the oldest commit that brought it there. */
  readonly paths: ReadonlyMap<string, Introduction>;
  /** The paths that HEAD has it at. */
  readonly headPaths: ReadonlySet<string>;
  /** Short names of branches whose history has it; of tags where no branch has. */
  readonly branches: readonly string[];
}

/** More names than a person reads. */
const MOST_TAGS = 10;

/**
 * Where in the history of some commits these blobs were. A blob that none of them has at a path of its own choosing, in comparison with all
 * of its parents, is not in the answer. One walk over the commits, children before parents. Throws GitError.
 */
export async function attribute(cwd: string, blobs: ReadonlySet<string>, revisions: Revisions): Promise<ReadonlyMap<string, Whereabouts>> {
  const refs = refsOf(cwd);
  const found = new Map<string, Found>();
  const reached = new Reach(refs);
  let commit: Commit | undefined;
  let age = 0;
  for await (const entries of logEntries(cwd, revisions)) {
    for (const { header, id, path } of entries) {
      if (header !== undefined) {
        commit = commitOf(header, age++);
        reached.enter(commit.introduction.commit, commit.parents);
      } else if (blobs.has(id)) {
        const one = found.get(id) ?? { paths: new Map<string, Introduction>(), refs: new Uint32Array(reached.width) };
        found.set(id, one);
        one.paths.set(path, commit!.introduction);
        reached.addTo(one.refs);
      }
    }
  }
  const heads = headPathsOf(cwd, blobs);
  return new Map([...found].map(([id, { paths, refs: bits }]) => [id, { paths, headPaths: heads.get(id) ?? new Set<string>(), branches: namesIn(bits, refs) }]));
}

interface Found {
  readonly paths: Map<string, Introduction>;
  /** One bit for each ref. */
  readonly refs: Uint32Array;
}

interface Ref {
  readonly name: string;
  readonly commit: string;
}

/** Branches, here and of remotes, then tags, each with the commit it leads to. Throws GitError. */
function refsOf(cwd: string): readonly Ref[] {
  const lines = git(['for-each-ref', '--format=%(objectname) %(*objectname) %(refname)', 'refs/heads', 'refs/remotes', 'refs/tags'], { cwd, inHook: true }).toString('utf8').split('\n');
  return lines.filter(Boolean).map((line) => {
    const [id = '', peeled = '', name = ''] = line.split(' ');
    return { name, commit: peeled === '' ? id : peeled };
  });
}

function namesIn(bits: Uint32Array, refs: readonly Ref[]): readonly string[] {
  const names = refs.filter((_, i) => bits[i >>> 5]! & (1 << (i & 31))).map(({ name }) => name);
  const branches = names.filter((name) => !name.startsWith('refs/tags/'));
  const shown = branches.length > 0 ? branches.filter((name) => !name.endsWith('/HEAD')) : names.slice(0, MOST_TAGS);
  return shown.map((name) => name.replace(/^refs\/(?:heads|remotes|tags)\//, ''));
}

/** Which refs reach the commit at hand, on a walk from children to parents. Only what has been seen from one side is held. */
class Reach {
  /** Words of 32 bits, one bit for each ref. */
  readonly width: number;
  private readonly waiting = new Map<string, Uint32Array>();
  private current: Uint32Array;

  constructor(refs: readonly Ref[]) {
    this.width = (refs.length + 31) >>> 5;
    this.current = new Uint32Array(this.width);
    refs.forEach(({ commit }, i) => { this.of(commit)[i >>> 5]! |= 1 << (i & 31); });
  }

  enter(commit: string, parents: readonly string[]): void {
    this.current = this.of(commit);
    this.waiting.delete(commit);
    for (const parent of parents) merge(this.of(parent), this.current);
  }

  addTo(bits: Uint32Array): void {
    merge(bits, this.current);
  }

  private of(commit: string): Uint32Array {
    let bits = this.waiting.get(commit);
    if (!bits) this.waiting.set(commit, bits = new Uint32Array(this.width));
    return bits;
  }
}

function merge(into: Uint32Array, from: Uint32Array): void {
  for (let i = 0; i < into.length; i++) into[i]! |= from[i]!;
}

/** What begins a commit in the log, before its id. */
const MARK = '\x01';
const FORMAT = `--format=%x01%H %P%x02%aI%x02%an <%ae>`;

interface Commit {
  readonly parents: readonly string[];
  readonly introduction: Introduction;
}

function commitOf(header: string, age: number): Commit {
  const [ids = '', date = '', author = ''] = header.split('\x02');
  const [commit = '', ...parents] = ids.slice(MARK.length).trim().split(' ');
  return { parents, introduction: { commit, author, date, age } };
}

/** The beginning of a commit, or a path and the blob that it has in that commit. */
type Entry = { readonly header: string; readonly id?: never; readonly path?: never } | { readonly header?: never; readonly id: string; readonly path: string };

/** What the user set for logs (signatures, notes, mail map, roots) is set back, and what would run a program. */
const LOG = ['log', '--topo-order', '--raw', '-z', '-c', '--no-abbrev', '--no-renames', '--root', '--no-show-signature', '--no-notes', '--no-mailmap', '--no-color', '--no-ext-diff', '--no-textconv',
  '--encoding=UTF-8', FORMAT];

/** The log in git's raw format. Of a merge only what differs from every parent is listed: the rest came with one of them. Throws GitError. */
async function* logEntries(cwd: string, revisions: Revisions): AsyncGenerator<readonly Entry[]> {
  const { args, input } = revisionArguments(revisions);
  let rest: Buffer = Buffer.alloc(0);
  let id: string | undefined;
  for await (const chunk of streamGit([...LOG, ...args], { cwd, inHook: true, feed: feedOf([input]) })) {
    const all = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    const entries: Entry[] = [];
    let at = 0;
    for (let end = all.indexOf(0); end >= 0; end = all.indexOf(0, at)) {
      const token = all.toString('utf8', at, end);
      at = end + 1;
      if (id !== undefined) {
        entries.push({ id, path: token });
        id = undefined;
      } else if (token.startsWith(MARK)) entries.push({ header: token });
      else id = idOf(token);
    }
    yield entries;
    rest = Buffer.from(all.subarray(at));
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
function headPathsOf(cwd: string, blobs: ReadonlySet<string>): ReadonlyMap<string, ReadonlySet<string>> {
  const paths = new Map<string, Set<string>>();
  if (!hasHead(cwd)) return paths;
  for (const line of git(['ls-tree', '-r', '-z', '--full-tree', 'HEAD'], { cwd, inHook: true }).toString('utf8').split('\0')) {
    const tab = line.indexOf('\t');
    const id = line.slice(0, tab).split(' ')[2] ?? '';
    if (blobs.has(id)) paths.set(id, (paths.get(id) ?? new Set<string>()).add(line.slice(tab + 1)));
  }
  return paths;
}

function hasHead(cwd: string): boolean {
  try {
    git(['rev-parse', '-q', '--verify', 'HEAD'], { cwd, inHook: true });
    return true;
  } catch (error) {
    if (error instanceof GitError && error.status === 1) return false;
    throw error;
  }
}
