import type { FileFacts, SourceFile } from '../key.ts';
import { returnBuffer } from '../sieve-memory.ts';
import { archiveKind } from './archive-kind.ts';
import { feedOf, git, GitError, streamGit } from './git.ts';
import type { Log } from './source.ts';
import { windowBuffer, WindowReader } from './windows.ts';

/** One of the names a blob goes by. */
export interface BlobName {
  readonly path: string;
  readonly facts: () => FileFacts;
}

/** What git hands over in one answer; more comes through a pipe. */
const ONE_ANSWER = 1 << 25;
const COMMAND = ['cat-file', '--batch'];
const LF = 0x0a;

/** Whose each blob is, by its id. */
export type NamesOf = (id: string) => readonly BlobName[];

/**
 * The blobs with these ids, once for each of their names, through one `git cat-file --batch`. A blob that is missing or damaged is a failure
 * in the log. Throws GitError when git fails.
 */
export function readBlobs(cwd: string, ids: readonly string[], names: NamesOf, log: Log): Iterable<SourceFile> | AsyncIterable<Iterable<SourceFile>> {
  const input = ids.join('\n') + '\n';
  try {
    const answer = git(COMMAND, { cwd, inHook: true, input, maxBuffer: ONE_ANSWER });
    return wholeAnswer(answer, ids, names, log);
  } catch (error) {
    const isTooLong = error instanceof GitError && (error.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOBUFS';
    // git ends at the first object that is damaged.
    if (!isTooLong && !(error instanceof GitError && error.status !== undefined)) throw error;
  }
  return streamBlobs(cwd, [ids], names, log);
}

/** `<id> blob <size>\n<bytes>\n`, or `<id> missing\n` (git-cat-file, BATCH OUTPUT). Gives the size; `undefined` when it is missing. Throws GitError. */
function header(line: string, expected: string): number | undefined {
  const [id = '', type, size] = line.split(' ');
  if (id !== expected) throw new GitError('git cat-file: an answer that was not asked for');
  if (type === 'missing') return undefined;
  if (type !== 'blob') throw new GitError(`git cat-file: object ${id} is no blob`);
  return Number(size);
}

function missing(id: string, names: readonly BlobName[], log: Log): void {
  for (const { path } of names) log.failures.push({ path, message: `git cat-file: object ${id} is missing` });
}

/** A pointer is shorter than this (Git LFS, docs/spec.md). */
const LONGEST_POINTER = 1024;

/** Whether bytes stand in for a file that Git LFS keeps elsewhere. */
export function isPointer(bytes: Buffer): boolean {
  return bytes[0] === 0x76 && bytes.length < LONGEST_POINTER && /^version https?:\/\/(?:git-lfs\.github\.com|hawser\.github\.com|git-media\.io)\//.test(bytes.toString('latin1', 0, 64));
}

/** A file that is kept elsewhere is not looked at. Gives whether it is. */
export function notePointer(bytes: Buffer, names: readonly BlobName[], log: Log): boolean {
  if (!isPointer(bytes)) return false;
  for (const { path } of names) log.skipped.push({ path, reason: 'Git LFS pointer' });
  return true;
}

function* wholeAnswer(answer: Buffer, ids: readonly string[], names: NamesOf, log: Log): Generator<SourceFile> {
  let at = 0;
  for (const expected of ids) {
    const end = answer.indexOf(LF, at);
    if (end < 0) throw new GitError('git cat-file: the answer is cut off');
    const size = header(answer.toString('latin1', at, end), expected);
    at = end + 1;
    if (size === undefined) {
      missing(expected, names(expected), log);
      continue;
    }
    const bytes = answer.subarray(at, at + size);
    if (bytes.length < size) throw new GitError('git cat-file: the answer is cut off');
    at += size + 1;
    notePointer(bytes, names(expected), log);
    for (const name of names(expected)) {
      log.files++;
      log.bytes += bytes.length;
      yield { ...name, bytes };
    }
  }
}

/** Lists of ids, as they become known. */
export type IdBatches = Iterable<readonly string[]> | AsyncIterable<readonly string[]>;

/** More damaged objects than this, and a repository is given up. */
const MOST_DAMAGED = 100;

export interface StreamBlobsOptions {
  /** Other objects among the blobs are passed over; else each is an error. */
  readonly passOver?: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Told of each blob that was looked at, to its end, and had nothing to be said of beside its keys; and whether it begins as an archive does. */
  readonly seen?: Seen | undefined;
}

export type Seen = (id: string, size: number, isArchive: boolean) => void;

/** As `readBlobs`, while the ids are still being listed: memory grows neither with their number nor with the blobs. Throws GitError. */
export async function* streamBlobs(cwd: string, batches: IdBatches, names: NamesOf, log: Log, { passOver = false, signal, seen }: StreamBlobsOptions = {}): AsyncGenerator<Iterable<SourceFile>> {
  const source = Symbol.asyncIterator in batches ? batches[Symbol.asyncIterator]() : batches[Symbol.iterator]();
  let again: readonly string[] = [];
  const list: Listing = { source };
  try {
    for (let damaged = 0; ; damaged++) {
      const asked = new Queue();
      const parser = new BatchParser(asked, names, log, passOver, seen);
      try {
        for await (const chunk of streamGit([...COMMAND, '--buffer'], { cwd, inHook: true, feed: feedOf(linesOf(again, list, asked)), signal })) {
          yield parser.push(chunk);
          if (parser.damage) throw parser.damage;
        }
        if (!parser.complete) throw parser.cutOff();
        if (list.failure) throw list.failure;
        return;
      } catch (error) {
        // git ends at the first object that is damaged, or is ended there. The others are asked for again.
        const id = parser.unfinished ?? asked.shift();
        if (!(error instanceof GitError) || error === list.failure || (error.status === undefined && error !== parser.damage) || id === undefined || damaged >= MOST_DAMAGED) throw error;
        for (const { path } of names(id)) log.failures.push({ path, message: error.message });
        again = asked.rest();
      } finally {
        parser.close();
      }
    }
  } finally {
    await source.return?.();
  }
}

type Awaitable<T> = T | Promise<T>;

interface Listing {
  readonly source: Iterator<readonly string[]> | AsyncIterator<readonly string[]>;
  /** What it is about to give. */
  next?: Awaitable<IteratorResult<readonly string[]>> | undefined;
  /** Why the list ended before it was whole: told when all that was listed has been read. */
  failure?: Error;
}

/** What is asked for: what is left from another git, then what is still being listed. */
async function* linesOf(again: readonly string[], list: Listing, asked: Queue): AsyncGenerator<string> {
  for (let ids = again; ;) {
    if (ids.length > 0) {
      asked.push(ids);
      yield `${ids.join('\n')}\n`;
    }
    try {
      // Not by `for await`, which would end the list together with this git.
      const next = await (list.next ??= list.source.next());
      // Another git is asked for it.
      if (asked.isClosed) return;
      list.next = undefined;
      if (next.done) return;
      ids = next.value;
    } catch (error) {
      list.failure = error as Error;
      return;
    }
  }
}

/** The ids that git was asked for and has not answered yet, in order. */
class Queue {
  private batches: (readonly string[])[] = [];
  private at = 0;
  isClosed = false;

  get isEmpty(): boolean {
    return this.batches.length === 0;
  }

  push(ids: readonly string[]): void {
    this.batches.push(ids);
  }

  shift(): string | undefined {
    const id = this.batches[0]?.[this.at++];
    if (this.at === this.batches[0]?.length) {
      this.batches.shift();
      this.at = 0;
    }
    return id;
  }

  /** No more are taken. */
  rest(): readonly string[] {
    this.isClosed = true;
    const [first = [], ...others] = this.batches;
    return [first.slice(this.at), ...others].flat();
  }
}

/** Cuts the stream into blobs, however the pipe cut it into chunks. */
class BatchParser {
  private readonly buffer = windowBuffer();
  private readonly asked: Queue;
  private readonly names: NamesOf;
  private readonly log: Log;
  private head = '';
  /** Bytes of the current blob still to come, and the line feed behind it; -1 while a header is being read. */
  private left = -1;
  private reader: WindowReader | undefined;
  private id = '';
  private current: readonly BlobName[] = [];
  private readonly passOver: boolean;
  private readonly seen: Seen | undefined;
  /** Of the current object. */
  private size = 0;
  private isArchive = false;
  private isPointer = false;
  /** What git hands over though it is damaged: what comes behind it cannot be told apart. */
  damage: GitError | undefined;

  constructor(asked: Queue, names: NamesOf, log: Log, passOver: boolean, seen?: Seen) {
    this.asked = asked;
    this.names = names;
    this.log = log;
    this.passOver = passOver;
    this.seen = seen;
  }

  /** Lets others have its buffer. */
  close(): void {
    returnBuffer(this.buffer);
  }

  /** The object whose bytes have begun to come. */
  get unfinished(): string | undefined {
    return this.left >= 0 ? this.id : undefined;
  }

  /** An object that says it has more than git hands over takes all that comes behind it. */
  cutOff(): GitError {
    const error = new GitError('git cat-file: the answer is cut off');
    if (this.unfinished !== undefined) this.damage = error;
    return error;
  }

  get complete(): boolean {
    return this.asked.isEmpty && this.left === -1;
  }

  *push(chunk: Buffer): Generator<SourceFile> {
    let at = 0;
    while (at < chunk.length) {
      if (this.left < 0) {
        const end = chunk.indexOf(LF, at);
        this.head += chunk.toString('latin1', at, end < 0 ? chunk.length : end);
        if (end < 0) return;
        at = end + 1;
        this.begin();
        continue;
      }
      if (this.left > 0) {
        const count = Math.min(this.left, chunk.length - at);
        yield* this.feed(chunk.subarray(at, at + count));
        at += count;
        this.left -= count;
        if (this.left > 0) return;
        continue;
      }
      // git prints the size that a loose object says it has, and then what it has.
      if (chunk[at++] !== LF) {
        this.damage = new GitError(`git cat-file: object ${this.id} is not as long as it says`);
        return;
      }
      if (this.current.length > 0) yield* this.last();
      this.left = -1;
      if (this.current.length > 0 && !this.isPointer) this.seen?.(this.id, this.size, this.isArchive);
    }
  }

  private begin(): void {
    const id = this.asked.shift() ?? '';
    const isOther = this.passOver && this.head.startsWith(`${id} `) && / (?:commit|tree|tag) \d+$/.test(this.head);
    const size = isOther ? Number(this.head.slice(this.head.lastIndexOf(' '))) : header(this.head, id);
    this.head = '';
    this.id = id;
    this.current = isOther ? [] : this.names(id);
    if (size === undefined) {
      missing(id, this.current, this.log);
      return;
    }
    this.log.files += this.current.length;
    this.log.bytes += this.current.length * size;
    this.left = size;
    this.size = size;
    this.isArchive = this.isPointer = false;
    this.reader = new WindowReader('', this.buffer, () => ({ origin: 'index' }));
  }

  private *feed(bytes: Buffer): Generator<SourceFile> {
    let rest = this.current.length > 0 ? bytes : bytes.subarray(bytes.length);
    while (rest.length > 0) {
      const count = rest.copy(this.reader!.room());
      this.reader!.add(count);
      rest = rest.subarray(count);
      if (!this.reader!.full) continue;
      yield* this.each(this.reader!.window());
      this.reader!.shift();
    }
  }

  private *last(): Generator<SourceFile> {
    const file = this.reader!.last();
    if (!file.window) this.isPointer = notePointer(file.bytes, this.current, this.log);
    yield* this.each(file);
  }

  private *each(file: SourceFile): Generator<SourceFile> {
    if (this.seen && !file.window?.offset) this.isArchive = archiveKind(file.bytes) !== undefined;
    for (const name of this.current) yield { ...file, ...name };
  }
}
