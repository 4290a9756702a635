import { feedOf, git, GitError, streamGit } from './git.ts';
import type { Log } from './source.ts';

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

/** What a program prints, cut at each separator, as it comes: many records at a time. Bytes as latin1. */
export async function* recordsOf(chunks: AsyncIterable<Buffer>, separator: string): AsyncGenerator<readonly string[]> {
  let rest = '';
  for await (const chunk of chunks) {
    const records = (rest + chunk.toString('latin1')).split(separator);
    rest = records.pop()!;
    if (records.length > 0) yield records;
  }
}

/** The same text for keeping: a part of a string holds on to the whole of it (V8, SlicedString). */
export function copyOf(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('latin1');
}

/** The commits that a choice begins with, by their ids. Throws GitError. */
export function tipsOf(cwd: string, revisions: Revisions): readonly string[] {
  const { args, input } = revisionArguments(revisions);
  return git(['rev-list', '--no-walk=unsorted', ...args], { cwd, inHook: true, input }).toString('latin1').split('\n').filter(Boolean);
}

const ALL_OBJECTS = ['cat-file', '--batch-check=%(objecttype) %(objectname)', '--batch-all-objects', '--unordered', '--buffer'];
const BLOB = /^blob ([0-9a-f]{40,64})$/;
const COMMIT = /^commit ([0-9a-f]{40,64})$/;
const MISSING = /^([0-9a-f]{40,64}) missing$/;

/** Those of some blobs that are wanted. */
export async function* wantedOf(batches: AsyncIterable<readonly string[]>, isWanted: (id: string) => boolean): AsyncGenerator<readonly string[]> {
  for await (const ids of batches) yield ids.filter(isWanted);
}

/**
 * Every blob that a repository and its alternates store, reachable or not, in the order in which they are quickly read. What cannot be listed is
 * a failure in the log. Throws GitError.
 */
export async function* storedBlobs(cwd: string, log: Log, signal?: AbortSignal): AsyncGenerator<readonly string[]> {
  let damaged = 0;
  // git goes on, and says that all is well, where a folder or a file of objects cannot be read.
  const heed = (said: string): void => {
    if (damaged === 0) for (const [, what] of said.matchAll(/^error: (.*)$/gm)) log.failures.push({ message: `git cat-file: ${what}` });
  };
  for await (const lines of recordsOf(streamGit(ALL_OBJECTS, { cwd, inHook: true, heed, signal }), '\n')) {
    for (const line of lines) {
      const id = MISSING.exec(line)?.[1];
      if (id === undefined) continue;
      damaged++;
      log.failures.push({ message: `git cat-file: object ${copyOf(id)} cannot be read` });
    }
    const ids = lines.flatMap((line) => BLOB.exec(line)?.[1] ?? []);
    if (ids.length > 0) yield ids;
  }
}

/** Every commit that a repository stores, reachable or not. Throws GitError. */
export async function* storedCommits(cwd: string, signal?: AbortSignal): AsyncGenerator<readonly string[]> {
  for await (const lines of recordsOf(streamGit(ALL_OBJECTS, { cwd, inHook: true, signal }), '\n')) yield lines.flatMap((line) => COMMIT.exec(line)?.[1] ?? []);
}

/** What some commits bring. */
export interface Objects {
  /** Blobs, and where they are few other objects with them: telling those apart would take longer than reading them. */
  readonly ids: readonly string[];
  /** How many objects are not here. */
  readonly missing: number;
  /** Of the blobs together; told where it was asked for. */
  readonly bytes?: number;
}

/** So few that one more process costs more. */
const FEW = 500;

/** The objects that some commits bring and others, of those named with a `^` or by a range, do not. Throws GitError. */
export async function objectsOf(cwd: string, revisions: Revisions, { withBytes = false, signal }: { readonly withBytes?: boolean; readonly signal?: AbortSignal | undefined } = {}): Promise<Objects> {
  const listed: string[] = [];
  let missing = 0;
  for await (const lines of reachable(cwd, revisions, signal)) {
    for (const line of lines) {
      if (isMissing(line)) missing++;
      else listed.push(line);
    }
  }
  if (listed.length <= FEW && !withBytes) return { ids: listed, missing };
  const ids: string[] = [];
  let answers = 0;
  let bytes = 0;
  const check = ['cat-file', `--batch-check=%(objecttype) %(objectname)${withBytes ? ' %(objectsize)' : ''}`, '--buffer'];
  for await (const lines of recordsOf(streamGit(check, { cwd, inHook: true, feed: feedOf(batchesOf(listed)), signal }), '\n')) {
    answers += lines.length;
    for (const line of lines) {
      const [type = '', id = '', size] = line.split(' ');
      if (type !== 'blob') continue;
      ids.push(id);
      bytes += Number(size ?? 0);
    }
  }
  if (answers !== listed.length) throw new GitError('git cat-file: the answer is cut off');
  return { ids, missing, ...(withBytes && { bytes }) };
}

/** How many of the objects that some commits bring are not here. Throws GitError. */
export async function countMissing(cwd: string, revisions: Revisions, signal?: AbortSignal): Promise<number> {
  let missing = 0;
  for await (const lines of reachable(cwd, revisions, signal)) missing += lines.filter(isMissing).length;
  return missing;
}

/** Ids of commits, tags, trees and blobs; of what is not here with a question mark before it. */
function reachable(cwd: string, revisions: Revisions, signal?: AbortSignal): AsyncGenerator<readonly string[]> {
  const { args, input } = revisionArguments(revisions);
  return recordsOf(streamGit(['rev-list', '--objects', '--no-object-names', '--missing=print', ...args], { cwd, inHook: true, feed: feedOf([input]), signal }), '\n');
}

function isMissing(line: string): boolean {
  return line.startsWith('?');
}

/** As lines, a few at a time. */
function* batchesOf(ids: readonly string[]): Generator<string> {
  const most = 1000;
  for (let i = 0; i < ids.length; i += most) yield `${ids.slice(i, i + most).join('\n')}\n`;
}
