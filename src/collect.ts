import { detect } from './detect.ts';
import type { Key, SourceFile } from './key.ts';
import { readShared, type SharedWork } from './sources/files.ts';
import { emptyLog, type Log, type Source } from './sources/source.ts';

/** Called between files with how far the run has come. */
export type Progress = (log: Readonly<Log>, keys: number) => void;

/** The keys of one slice of work that threads take turns at: what each of them runs. */
export interface Slice {
  readonly keys: readonly Key[];
  readonly log: Log;
  /** Folders that were listed as files. */
  readonly nested: readonly string[];
}

/** Files between two calls of `progress`. */
const PROGRESS_EVERY = 512;

/** Reads every file of a source and gives the keys in the order they were found. */
export async function collect(source: Source, progress?: Progress): Promise<readonly Key[]> {
  const keys: Key[] = [];
  const files = source.files();
  if (Symbol.asyncIterator in files) for await (const batch of files) collectBatch(batch, keys, source.log, progress);
  else collectBatch(files, keys, source.log, progress);
  return keys;
}

function collectBatch(files: Iterable<SourceFile>, keys: Key[], log: Log, progress?: Progress): void {
  let count = 0;
  for (const file of files) {
    for (const key of detect(file)) keys.push(key);
    if (progress && ++count % PROGRESS_EVERY === 0) progress(log, keys.length);
  }
}

/** A thread's part of shared work. */
export function collectSlice(work: SharedWork): Slice {
  const keys: Key[] = [];
  const log = emptyLog();
  const nested: string[] = [];
  collectBatch(readShared(work, log, nested), keys, log);
  return { keys, log, nested };
}
