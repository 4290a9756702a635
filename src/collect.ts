import type { detect as Detect } from './detect.ts';
import type { JudgedFile, Key, SourceFile } from './key.ts';
import { hasSshFileName, isSshFile } from './place.ts';
import { mayHoldKeys } from './prefilter.ts';
import { readList } from './sources/files.ts';
import type { FileList } from './sources/list.ts';
import { archiveKind, entriesOf, isPassedOver } from './sources/archives.ts';
import { emptyLog, type Log, type Source } from './sources/source.ts';

/** Called between files with how far the run has come. */
export type Progress = (log: Readonly<Log>, keys: number) => void;

/** What was found in the files that were read. */
export interface Found {
  readonly keys: Key[];
  /** Files that are judged themselves. */
  readonly files: JudgedFile[];
}

/** What one thread found in its part of shared work. */
export interface Slice extends Found {
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

/** Reads every file of a source and gives what there is to judge, in the order it was found. */
export async function collect(source: Source, { archives = false, progress }: CollectOptions = {}): Promise<Found> {
  const found: Found = { keys: [], files: [] };
  const files = source.files();
  if (Symbol.asyncIterator in files) for await (const batch of files) await collectBatch(batch, found, source.log, archives, progress);
  else await collectBatch(files, found, source.log, archives, progress);
  return found;
}

/** The batches that this thread has begun to read. */
let reading: Promise<void> = Promise.resolve();

/** Batches are read one after the other: those of another run in this thread use the same buffer. */
function collectBatch(files: Iterable<SourceFile>, found: Found, log: Log, archives: boolean, progress?: Progress): Promise<void> {
  const read = reading.then(() => readBatch(files, found, log, archives, progress));
  reading = read.catch(() => {});
  return read;
}

async function readBatch(files: Iterable<SourceFile>, found: Found, log: Log, archives: boolean, progress?: Progress): Promise<void> {
  let count = 0;
  /** Whether the file whose windows are coming has been looked into as an archive, to its end. */
  let isOpened = false;
  for (const file of files) {
    if (progress && ++count % PROGRESS_EVERY === 0) progress(log, found.keys.length);
    if (!file.window?.offset && hasSshFileName(file.path)) judge(file, found);
    if (!file.window?.offset) isOpened = archives && archiveKind(file.bytes) !== undefined;
    if (isOpened && !file.window?.offset) {
      const before = log.skipped.length;
      for await (const entry of entriesOf(file, log)) await collectFile(entry, found);
      isOpened = !isPassedOver(file, log, before);
    }
    if (!isOpened && mayHoldKeys(file.bytes)) await collectFile(file, found);
  }
}

function judge({ path, facts }: SourceFile, { files }: Found): void {
  const file = { path, file: facts() };
  if (isSshFile(file)) files.push(file);
}

async function collectFile(file: SourceFile, { keys }: Found): Promise<void> {
  // Waited for once in a run: every other file is read without a pause.
  if (!detect) ({ detect } = await import('./detect.ts'));
  for (const key of detect(file)) keys.push(key);
}

/** Another thread's part: `take` reads what is left of a list when its turn comes, `slice` grows. */
export function sliceCollector(cwd: string, archives: boolean): { take(list: FileList): Promise<void>; readonly slice: Slice } {
  const slice: Slice & { readonly nested: string[] } = { keys: [], files: [], log: emptyLog(), nested: [] };
  return { take: (list) => collectBatch(readList(list, cwd, slice.log, slice.nested), slice, slice.log, archives), slice };
}
