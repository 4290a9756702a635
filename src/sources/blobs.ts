import { spawn } from 'node:child_process';
import type { FileFacts, SourceFile } from '../key.ts';
import { git, gitArguments, gitEnvironment, GitError, gitFailure, gitProgram } from './git.ts';
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

/**
 * The blobs with these ids, once for each of their names, through one `git cat-file --batch`. A blob that is missing is a failure in the
 * log. Throws GitError when git fails.
 */
export function readBlobs(cwd: string, ids: readonly string[], names: (id: string) => readonly BlobName[], log: Log): Iterable<SourceFile> | AsyncIterable<Iterable<SourceFile>> {
  const input = ids.join('\n') + '\n';
  try {
    const answer = git(COMMAND, { cwd, inHook: true, input, maxBuffer: ONE_ANSWER });
    return wholeAnswer(answer, ids, names, log);
  } catch (error) {
    if (!(error instanceof GitError) || (error.cause as NodeJS.ErrnoException | undefined)?.code !== 'ENOBUFS') throw error;
  }
  return throughPipe(cwd, input, ids, names, log);
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

function* wholeAnswer(answer: Buffer, ids: readonly string[], names: (id: string) => readonly BlobName[], log: Log): Generator<SourceFile> {
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
    for (const name of names(expected)) {
      log.files++;
      log.bytes += bytes.length;
      yield { ...name, bytes };
    }
  }
}

async function* throughPipe(cwd: string, input: string, ids: readonly string[], names: (id: string) => readonly BlobName[], log: Log): AsyncGenerator<Iterable<SourceFile>> {
  const child = spawn(gitProgram(), gitArguments(COMMAND), { cwd, env: gitEnvironment(true), stdio: ['pipe', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => { if (stderr.length < 4096) stderr += text; });
  // git may end before it has read every id: its exit says why, not the broken pipe.
  child.stdin.on('error', () => {}).end(input);
  const ended = new Promise<GitError | undefined>((resolve) => {
    child.on('error', (error) => resolve(gitFailure(COMMAND, { error })));
    child.on('close', (status, signal) => resolve(status === 0 ? undefined : gitFailure(COMMAND, { status, signal, stderr })));
  });
  const parser = new BatchParser(ids, names, log);
  let isRead = false;
  try {
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) yield parser.push(chunk);
    isRead = true;
  } finally {
    if (!isRead) child.kill();
  }
  const failure = await ended;
  if (failure) throw failure;
  if (!parser.complete) throw new GitError('git cat-file: the answer is cut off');
}

/** Cuts the stream into blobs, however the pipe cut it into chunks. */
class BatchParser {
  private readonly buffer = windowBuffer();
  private readonly ids: readonly string[];
  private readonly names: (id: string) => readonly BlobName[];
  private readonly log: Log;
  private next = 0;
  private head = '';
  /** Bytes of the current blob still to come, and the line feed behind it; -1 while a header is being read. */
  private left = -1;
  private reader: WindowReader | undefined;
  private current: readonly BlobName[] = [];

  constructor(ids: readonly string[], names: (id: string) => readonly BlobName[], log: Log) {
    this.ids = ids;
    this.names = names;
    this.log = log;
  }

  get complete(): boolean {
    return this.next === this.ids.length && this.left === -1;
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
        yield* this.each(this.reader!.last());
        continue;
      }
      at++;
      this.left = -1;
    }
  }

  private begin(): void {
    const id = this.ids[this.next++] ?? '';
    const size = header(this.head, id);
    this.head = '';
    this.current = this.names(id);
    if (size === undefined) {
      missing(id, this.current, this.log);
      return;
    }
    this.log.files += this.current.length;
    this.log.bytes += this.current.length * size;
    this.left = size;
    this.reader = new WindowReader('', this.buffer, () => ({ origin: 'index' }));
  }

  private *feed(bytes: Buffer): Generator<SourceFile> {
    let rest = bytes;
    while (rest.length > 0) {
      const count = rest.copy(this.reader!.room());
      this.reader!.add(count);
      rest = rest.subarray(count);
      if (!this.reader!.full) continue;
      yield* this.each(this.reader!.window());
      this.reader!.shift();
    }
  }

  private *each(file: SourceFile): Generator<SourceFile> {
    for (const name of this.current) yield { ...file, ...name };
  }
}
