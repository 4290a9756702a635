import { git, GitError, streamGit } from './git.ts';

/**
 * Which commits are meant, in the words of `git rev-list`. Names and ranges go through a pipe, so that there may be any number, and none is
 * taken for an option.
 */
export interface Revisions {
  /** `--all`: every ref and HEAD; `--reflog`; `--not --all`: without what any ref leads to. */
  readonly options: readonly string[];
  /** `main`, `main..topic`, `^ID`. */
  readonly names: readonly string[];
}

/** The arguments and the input that tell `git rev-list` or `git log` which commits are meant. */
export function revisionArguments({ options, names }: Revisions): { readonly args: readonly string[]; readonly input: string } {
  // Options that exclude would exclude what comes behind them, too.
  return { args: ['--stdin', ...options], input: names.map((name) => `${name}\n`).join('') };
}

const ALL_OBJECTS = ['cat-file', '--batch-check=%(objecttype) %(objectname)', '--batch-all-objects', '--unordered', '--buffer'];
const LINE = /^blob ([0-9a-f]{40,64})$/;

/** Every blob that a repository and its alternates store, reachable or not, in the order in which they are quickly read. Throws GitError. */
export async function* storedBlobs(cwd: string): AsyncGenerator<readonly string[]> {
  let rest = '';
  for await (const chunk of streamGit(ALL_OBJECTS, { cwd, inHook: true })) {
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = lines.pop()!;
    const ids = lines.flatMap((line) => LINE.exec(line)?.[1] ?? []);
    if (ids.length > 0) yield ids;
  }
}

/**
 * The blobs that some commits bring and others, of those named with a `^` or by a range, do not.
 * `missing`: objects that are not here, where git is told to go on without them; else that is an error. Throws GitError.
 */
export function blobsOf(cwd: string, revisions: Revisions, isLenient: boolean): { readonly ids: readonly string[]; readonly missing: readonly string[] } {
  const { args, input } = revisionArguments(revisions);
  const listed = git(['rev-list', '--objects', '--no-object-names', ...isLenient ? ['--missing=print'] : [], ...args], { cwd, inHook: true, input }).toString('latin1').split('\n').filter(Boolean);
  const present = listed.filter((line) => !line.startsWith('?'));
  const missing = listed.filter((line) => line.startsWith('?')).map((line) => line.slice(1));
  if (present.length === 0) return { ids: [], missing };
  const types = git(['cat-file', '--batch-check=%(objecttype) %(objectname)', '--buffer'], { cwd, inHook: true, input: `${present.join('\n')}\n` }).toString('latin1').split('\n');
  if (types.length - 1 !== present.length) throw new GitError('git cat-file: the answer is cut off');
  return { ids: types.flatMap((line) => LINE.exec(line)?.[1] ?? []), missing };
}
