import type { examine as Examine } from './detect.ts';
import type { FileLine, JudgedFile, Key, LineFormat, SourceFile } from './key.ts';
import { hasSshFileName, isSshFile, lineFormatOf, locationOf } from './place.ts';
import { mayHoldKeys } from './prefilter.ts';
import { readList } from './sources/files.ts';
import type { FileList } from './sources/list.ts';
import { withNamedFiles } from './sources/named-files.ts';
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
  /** Read every file line by line like this, whatever its name. */
  readonly readAs?: LineFormat;
  readonly progress?: Progress | undefined;
}

/** Files between two calls of `progress`. */
const PROGRESS_EVERY = 512;

/** The readers are loaded when the first file has anything for them. */
let examine: typeof Examine | undefined;

/** Reads every file of a source and gives what there is to judge, in the order it was found. */
export async function collect(source: Source, options: CollectOptions = {}): Promise<Found> {
  const found: Found = { keys: [], files: [] };
  const files = source.files();
  if (Symbol.asyncIterator in files) for await (const batch of files) await collectBatch(batch, found, source.log, options);
  else await collectBatch(files, found, source.log, options);
  return found;
}

/** The batches that this thread has begun to read. */
let reading: Promise<void> = Promise.resolve();

/** Batches are read one after the other: those of another run in this thread use the same buffer. */
function collectBatch(files: Iterable<SourceFile>, found: Found, log: Log, options: CollectOptions): Promise<void> {
  const read = reading.then(() => readBatch(files, found, log, options));
  reading = read.catch(() => {});
  return read;
}

async function readBatch(files: Iterable<SourceFile>, found: Found, log: Log, { archives = false, progress, readAs }: CollectOptions): Promise<void> {
  let count = 0;
  /** Whether the file whose windows are coming has been looked into to its end: as an archive, or line by line. */
  let isOpened = false;
  for (const file of files) {
    if (progress && ++count % PROGRESS_EVERY === 0) progress(log, found.keys.length);
    const isFirst = !file.window?.offset;
    if (isFirst) isOpened = false;
    if (isFirst && (readAs !== undefined || isOfOpenSsh(file.path))) isOpened = await collectSshFile(readAs ? { ...file, readAs } : file, found, log);
    else if (isFirst && archives && archiveKind(file.bytes) !== undefined) {
      const before = log.skipped.length;
      for await (const entry of entriesOf(file, log)) if (!isOfOpenSsh(entry.path) || !await collectSshFile(entry, found, log)) await collectFile(entry, found);
      isOpened = !isPassedOver(file, log, before);
    }
    if (!isOpened && mayHoldKeys(file.bytes)) await collectFile(file, found);
  }
}

async function collectFile(file: SourceFile, { keys }: Found): Promise<readonly FileLine[] | undefined> {
  // Waited for once in a run: every other file is read without a pause.
  if (!examine) ({ examine } = await import('./detect.ts'));
  const { keys: more, lines } = examine(file);
  for (const key of more) keys.push(key);
  return lines;
}

/** Whether a path may be one of OpenSSH's files: told without asking for its facts. */
function isOfOpenSsh(path: string): boolean {
  return hasSshFileName(path) || lineFormatOf(path) !== undefined;
}

/** Larger ones are looked through for keys only. */
const MAX_LINES = 1 << 26;

/** A file of OpenSSH's: judged for itself, and read line by line where that is how it is read. Tells whether all of it has been read. */
async function collectSshFile(file: SourceFile, found: Found, log: Log): Promise<boolean> {
  const { path } = file;
  const judged: JudgedFile = { path, file: file.facts() };
  // What lies in an archive has the archive's place.
  const readAs = file.readAs ?? lineFormatOf(path) ?? (file.within ? undefined : lineFormatOf(locationOf(judged)));
  if (readAs === undefined) {
    if (isSshFile(judged)) found.files.push(judged);
    return false;
  }
  const bytes = file.window ? file.whole?.(MAX_LINES) : file.bytes;
  if (!bytes) {
    log.skipped.push({ path, reason: 'too large to be read line by line' });
    found.files.push(judged);
    return false;
  }
  let lines = await collectFile({ path, bytes, facts: () => judged.file, readAs, ...file.within && { within: file.within } }, found);
  if (readAs === 'ssh_config') ({ lines } = (await (await import('./ssh-files/index.ts')).loadConfigReader())(bytes));
  found.files.push(withNamedFiles({ ...judged, readAs, ...lines && { lines } }));
  return true;
}

/** Another thread's part: `take` reads what is left of a list when its turn comes, `slice` grows. */
export function sliceCollector(cwd: string, archives: boolean): { take(list: FileList): Promise<void>; readonly slice: Slice } {
  const slice: Slice & { readonly nested: string[] } = { keys: [], files: [], log: emptyLog(), nested: [] };
  return { take: (list) => collectBatch(readList(list, cwd, slice.log, slice.nested), slice, slice.log, { archives }), slice };
}
