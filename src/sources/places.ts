import { join } from 'node:path';
import { byAge, joinPlace, shortNames, versionName } from '../join-places.ts';
import type { FileFacts, History, Key } from '../key.ts';
import { attribute, entriesOf, headPathsOf, textOf, type Attribution, type Place, type RawPath, type Walk, type WalkAhead } from './attribution.ts';
import { pathless } from './blob-names.ts';
import type { Ref } from './branches.ts';
import type { Clone } from './clone.ts';
import { feedOf, git, GitError } from './git.ts';
import { storedCommits, tipsOf, type Revisions } from './objects.ts';
import { shownPath, type Log } from './source.ts';

export interface PlacesOptions {
  readonly clone: Clone;
  /** The commits that were looked at. */
  readonly revisions: Revisions;
  /** What is stored was looked at, whatever leads to it. */
  readonly isEverything: boolean;
  readonly unreachable?: boolean;
  readonly isPushed?: boolean;
  /** What is not here is passed over. */
  readonly allowMissing?: boolean;
  /** Refs, in full, that a push will set, and the objects they will lead to. */
  readonly coming?: readonly Ref[];
  /** How an earlier run walked all commits. Those that it saw are not compared with their parents again. */
  readonly earlier?: Walk | undefined;
  /** Walks all commits already. */
  readonly ahead?: WalkAhead | undefined;
  /** Only a part of the blobs is looked at; runs with the other parts may share what is learned. */
  readonly isPart?: boolean;
  readonly log: Log;
  readonly signal: AbortSignal | undefined;
}

/** A path from the top as it is shown. */
export function shownIn({ folder, top }: Clone, path: string): string {
  return top === undefined ? path : shownPath(folder, join(top, path));
}

export interface PlacedKeys {
  readonly keys: readonly Key[];
  /** How all commits were walked, where all are here. */
  readonly walk?: Walk;
}

/**
 * Puts keys that were found in blobs in their places in history, one for each path. What git cannot tell is a failure in the log, and so is no
 * key lost.
 */
export async function placed(keys: readonly Key[], options: PlacesOptions): Promise<PlacedKeys> {
  if (keys.length === 0) return { keys: [] };
  const { isEverything, unreachable, log } = options;
  const { places, walk } = await placesOf(new Set(keys.map(({ file }) => file.blob!)), options);
  const found = new Map<string, Key>();
  const lost = new Set<string>();
  const times = new Map<string, number>();
  for (const key of keys) {
    const blob = key.file.blob!;
    const name = versionName(key);
    // A file may have several keys without a name of their own, or one key several times.
    const time = (times.get(blob + name) ?? 0) + 1;
    times.set(blob + name, time);
    const theirs = places.get(blob);
    if (theirs) for (const [path, place] of theirs) joinPlace(found, [path, name, time].join('\0'), inPlace(key, path, place, time, options));
    else if (!isEverything || unreachable) joinPlace(found, [blob, name, time].join('\0'), inPlace(key, pathless(blob), undefined, time, options));
    else lost.add(blob);
  }
  for (const id of lost) log.skipped.push({ path: pathless(id), reason: 'blob with a key that nothing leads to (--unreachable looks at those)' });
  // The same order, however the objects lie in their packs.
  return { keys: [...found].sort(byAge).map(([, key]) => key), ...(walk && { walk }) };
}

function inPlace(key: Key, path: RawPath, place: Place | undefined, time: number, { clone: { folder, top }, isPushed }: PlacesOptions): Key {
  const text = textOf(path);
  // Where a ref leads to a file and not to a commit, the ref's name stands for the path.
  const absolutePath = top !== undefined && place ? join(top, text) : undefined;
  return {
    ...key,
    path: absolutePath === undefined ? text : shownPath(folder, absolutePath),
    file: {
      ...key.file,
      ...(isPushed && { isPushed }),
      ...(absolutePath !== undefined && { absolutePath }),
      ...(place && factsOf(place, time)),
    },
  };
}

function factsOf({ introduction, isInHead, refs }: Place, time: number): Pick<FileFacts, 'commit' | 'history'> {
  const history: History = {
    inHead: isInHead, branches: shortNames(refs), versions: 1,
    ...introduction && { author: introduction.author, date: introduction.date, isRoot: introduction.isRoot },
    joint: { time, refs, ...introduction && { committed: introduction.committed, age: introduction.age } },
  };
  return { history, ...(introduction && { commit: introduction.commit }) };
}

/** By id; without a place where no commit has it. */
type Places = Map<string, ReadonlyMap<RawPath, Place | undefined>>;

/** Where blobs were: by commits, else by refs that lead to them without a commit, a tag of a file for instance. What git cannot tell is a failure in the log. */
async function placesOf(blobs: ReadonlySet<string>, options: PlacesOptions): Promise<{ readonly places: Places; readonly walk?: Walk }> {
  const { clone: { folder }, revisions, isEverything, coming = [], unreachable, allowMissing, log, signal } = options;
  const places: Places = new Map();
  let walk: Walk | undefined;
  const left = (): ReadonlySet<string> => new Set([...blobs].filter((id) => !places.has(id)));
  const add = (more: Places | ReadonlyMap<string, ReadonlyMap<RawPath, Place>>): void => more.forEach((paths, id) => places.set(id, paths));
  try {
    if (isEverything) {
      const all = await attributeAll(blobs, options);
      add(all.places);
      walk = all.walk;
    } else add((await attribute(folder, blobs, revisions, { coming, signal })).places);
    if (left().size > 0) add(taggedBlobs(folder, left(), options));
    // A commit that nothing leads to says more than a bare blob does.
    if (unreachable && left().size > 0) add((await attribute(folder, left(), { options: [], names: [] }, { feed: feedOf(linesOf(storedCommits(folder, signal))), signal })).places);
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    // A clone may have commits and not their trees.
    if (allowMissing) log.skipped.push({ path: '.git', reason: 'part of the history: where each key lay' });
    else log.failures.push({ message: `it cannot be told where all keys lay: ${error.message}` });
    for (const id of left()) places.set(id, inHead(folder, blobs).get(id) ?? new Map([[pathless(id), undefined]]));
  }
  return { places, ...(walk && { walk }) };
}

/** By all commits. An earlier run may have compared most of them with their parents, and this one tells the next. Throws GitError. */
async function attributeAll(blobs: ReadonlySet<string>, { clone: { folder, isShallow }, revisions, ahead, earlier, isPart = false, signal }: PlacesOptions): Promise<{ readonly places: Attribution['places']; readonly walk?: Walk }> {
  // What a shallow clone says of its last commits changes when it is deepened.
  if (isShallow) return attribute(folder, blobs, revisions, { signal });
  const tips = tipsOf(folder, revisions);
  if (tips.length === 0) return { places: new Map() };
  const known = new Set(earlier?.blobs);
  const sought = new Set([...isPart ? known : [], ...blobs].sort());
  const isKnown = [...blobs].every((id) => known.has(id));
  const { places, changes } = await begun(ahead, tips, folder, sought, signal) ?? await attribute(folder, sought, { options: [], names: tips }, { signal, earlier: isKnown ? earlier : undefined });
  return { places: new Map([...places].filter(([id]) => blobs.has(id))), walk: { tips, blobs: [...sought], changes } };
}

/** What a walk tells that has begun before; `undefined` where there is none over the same commits, or it fails: one that is begun anew says why. */
async function begun(ahead: WalkAhead | undefined, tips: readonly string[], folder: string, blobs: ReadonlySet<string>, signal: AbortSignal | undefined): Promise<Attribution | undefined> {
  if (!ahead) return undefined;
  try {
    return ahead.tips.join() === tips.join() ? await attribute(folder, blobs, { options: [], names: tips }, { ahead, signal }) : undefined;
  } catch (error) {
    if (error instanceof GitError) return undefined;
    throw error;
  } finally {
    ahead.stop();
  }
}

async function* linesOf(batches: AsyncIterable<readonly string[]>): AsyncGenerator<string> {
  for await (const ids of batches) if (ids.length > 0) yield `${ids.join('\n')}\n`;
}

/** What can still be told of blobs where commits or their trees are not here: which of them HEAD has. */
function inHead(folder: string, blobs: ReadonlySet<string>): Places {
  try {
    return new Map([...headPathsOf(folder, blobs)].map(([id, paths]) => [id, new Map([...paths].map((path) => [path, { isInHead: true, refs: [] }]))]));
  } catch (error) {
    if (error instanceof GitError) return new Map();
    throw error;
  }
}

/** Blobs that refs lead to without a commit. The ref's name is their path, or the beginning of it where it leads to a folder. Throws GitError. */
function taggedBlobs(folder: string, blobs: ReadonlySet<string>, { revisions, isEverything, coming = [] }: PlacesOptions): Places {
  const found = new Map<string, Map<RawPath, undefined>>();
  const add = (id: string, path: RawPath): void => {
    if (blobs.has(id)) found.set(id, (found.get(id) ?? new Map<RawPath, undefined>()).set(path, undefined));
  };
  const refs = git(['for-each-ref', '--format=%(objectname) %(objecttype) %(refname)'], { cwd: folder, inHook: true }).toString('latin1').split('\n')
    .map((line) => line.split(' ')).filter(([, type]) => type !== undefined && type !== 'commit').map(([id = '', , ...name]) => ({ id, name: name.join(' ') }));
  const refOf = new Map([...refs, ...coming.map(({ name, commit }) => ({ id: commit, name: raw(name) }))].map(({ id, name }) => [id, name]));
  const names = isEverything ? refs.map(({ name }) => name) : revisions.names.filter((name) => !/^\^|\.\./.test(name)).map(raw);
  if (names.length === 0) return found;
  const input = Buffer.from(names.map((name) => `${name}^{}\n`).join(''), 'latin1');
  const peeled = git(['cat-file', '--batch-check=%(objecttype) %(objectname)', '--buffer'], { cwd: folder, inHook: true, input }).toString('latin1').split('\n');
  names.forEach((given, i) => {
    const [type, id = ''] = (peeled[i] ?? '').split(' ');
    const name = refOf.get(given) ?? given;
    if (type === 'blob') add(id, name);
    else if (type === 'tree') for (const entry of entriesOf(folder, id)) add(entry.id, `${name}/${entry.path}`);
  });
  return found;
}

function raw(text: string): RawPath {
  return Buffer.from(text).toString('latin1');
}
