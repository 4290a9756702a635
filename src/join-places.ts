import type { History, Key } from './key.ts';

/** More names than a person reads. */
const MOST_TAGS = 10;

/** What makes it the same key in another version of a file. */
export function versionName({ fingerprint, spki, container, digest, kind, format, algorithm, bits, wrapping }: Key): string {
  return [spki ?? fingerprint ?? container ?? digest ?? [kind, algorithm, bits].join(' '), format, ...wrapping].join('\0');
}

/** A file that changed around its key is many blobs: they are one key at one path, as the oldest of them has it. `id`: of the path and the key. */
export function joinPlace(places: Map<string, Key>, id: string, key: Key): void {
  const other = places.get(id);
  places.set(id, other ? joined(other, key) : key);
}

function joined(one: Key, other: Key): Key {
  const [mine, theirs] = [one.file.history, other.file.history];
  if (!mine?.joint || !theirs?.joint) return one;
  const oldest = isOlder(theirs, mine) ? other : one;
  // In git's order, whichever version came first.
  const refs = [...new Set([...mine.joint.refs, ...theirs.joint.refs])].sort();
  const history = {
    ...oldest.file.history!, inHead: mine.inHead || theirs.inHead, branches: shortNames(refs), versions: (mine.versions ?? 1) + (theirs.versions ?? 1), joint: { ...oldest.file.history!.joint!, refs },
  };
  return { ...oldest, file: { ...oldest.file, history } };
}

/** Of two commits the one that was made first; where the clock does not tell, the one that may be an ancestor of the other. */
export function older<T extends { readonly committed: number; readonly age: number }>(a: T, b: T): T {
  return a.committed < b.committed || (a.committed === b.committed && a.age > b.age) ? a : b;
}

function isOlder(a: History, b: History): boolean {
  const [ours, theirs] = [commitOf(a), commitOf(b)];
  return ours !== undefined && (theirs === undefined || older(ours, theirs) === ours);
}

function commitOf({ joint: { committed, age } = { refs: [], time: 1 } }: History): { readonly committed: number; readonly age: number } | undefined {
  return committed === undefined || age === undefined ? undefined : { committed, age };
}

/** The oldest first, what has no commit last; by their ids where nothing else tells. */
export function byAge([a, one]: readonly [string, Key], [b, another]: readonly [string, Key]): number {
  const [first, second] = [one, another].map(({ file }) => (file.history && commitOf(file.history)) ?? LAST) as [typeof LAST, typeof LAST];
  return first.committed - second.committed || second.age - first.age || (a < b ? -1 : a > b ? 1 : 0);
}

const LAST = { committed: Number.MAX_SAFE_INTEGER, age: 0 };

/** Branches, here and of remotes; where there are none, some tags. Full names. */
export function branchesElseTags(names: readonly string[]): readonly string[] {
  const branches = names.filter((name) => !name.startsWith('refs/tags/'));
  return branches.length > 0 ? branches : names.slice(0, MOST_TAGS);
}

/** The names as people know them: of branches, of tags where there is no branch. */
export function shortNames(refs: readonly string[]): readonly string[] {
  return [...new Set(branchesElseTags(refs).map((name) => name.replace(/^refs\/(?:heads|remotes|tags)\//, '')))];
}
