import type { detect as Detect } from './detect.ts';
import type { Key, SourceFile } from './key.ts';
import { mayHoldKeys } from './prefilter.ts';
import { readList } from './sources/files.ts';
import type { FileList } from './sources/list.ts';
import { archiveKind, entriesOf, isPassedOver } from './sources/archives.ts';
import { emptyLog, type Log, type Source } from './sources/source.ts';

/** Called between files with how far the run has come. */
export type Progress = (log: Readonly<Log>, keys: number) => void;

/** What one thread found in its part of shared work. */
export interface Slice {
  readonly keys: readonly Key[];
  readonly log: Log;
  /** Folders that were listed as files. */
  readonly nested: readonly string[];
}

export interface CollectOptions {
  /** Look into archives too. */
  readonly archives?: boolean;
  readonly progress?: Progress | undefined;
}

/** Files between two calls of `progress`. */
const PROGRESS_EVERY = 512;

/** The readers are loaded when the first file has anything for them. */
let detect: typeof Detect | undefined;

/** Reads every file of a source and gives the keys in the order they were found. */
export async function collect(source: Source, { archives = false, progress }: CollectOptions = {}): Promise<readonly Key[]> {
  const keys: Key[] = [];
  const files = source.files();
  if (Symbol.asyncIterator in files) for await (const batch of files) await collectBatch(batch, keys, source.log, archives, progress);
  else await collectBatch(files, keys, source.log, archives, progress);
  return keys;
}

/** The batches that this thread has begun to read. */
let reading: Promise<void> = Promise.resolve();

/** Batches are read one after the other: those of another run in this thread use the same buffer. */
function collectBatch(files: Iterable<SourceFile>, keys: Key[], log: Log, archives: boolean, progress?: Progress): Promise<void> {
  const read = reading.then(() => readBatch(files, keys, log, archives, progress));
  reading = read.catch(() => {});
  return read;
}

async function readBatch(files: Iterable<SourceFile>, keys: Key[], log: Log, archives: boolean, progress?: Progress): Promise<void> {
  let count = 0;
  /** Whether the file whose windows are coming has been looked into as an archive, to its end. */
  let isOpened = false;
  for (const file of files) {
    if (progress && ++count % PROGRESS_EVERY === 0) progress(log, keys.length);
    if (!file.window?.offset) isOpened = archives && archiveKind(file.bytes) !== undefined;
    if (isOpened && !file.window?.offset) {
      const before = log.skipped.length;
      for await (const entry of entriesOf(file, log)) await collectFile(entry, keys);
      isOpened = !isPassedOver(file, log, before);
    }
    if (!isOpened && mayHoldKeys(file.bytes)) await collectFile(file, keys);
  }
}

async function collectFile(file: SourceFile, keys: Key[]): Promise<void> {
  // Waited for once in a run: every other file is read without a pause.
  if (!detect) ({ detect } = await import('./detect.ts'));
  for (const key of detect(file)) keys.push(key);
}

/** Another thread's part: `take` reads what is left of a list when its turn comes, `slice` grows. */
export function sliceCollector(cwd: string, archives: boolean): { take(list: FileList): Promise<void>; readonly slice: Slice } {
  const keys: Key[] = [];
  const log = emptyLog();
  const nested: string[] = [];
  return { take: (list) => collectBatch(readList(list, cwd, log, nested), keys, log, archives), slice: { keys, log, nested } };
}
