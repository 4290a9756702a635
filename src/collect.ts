import type { examine as Examine } from './detect.ts';
import type { Guesser } from './guess.ts';
import type { JudgedFile, Key, LineFormat, SourceFile } from './key.ts';
import { hasSshFileName, lineFormatOf } from './place.ts';
import { COMMANDS, contentsOf, KEYS, SUPPRESSIONS } from './prefilter.ts';
import { kindToRead, TOO_LARGE, whyUnread } from './recipes/about-keys.ts';
import type { readRecipe as ReadRecipe } from './recipes/index.ts';
import { archiveKind } from './sources/archive-kind.ts';
import type { Log, Source } from './sources/source.ts';

/** Called between files with how far the run has come. */
export type Progress = (log: Readonly<Log>, keys: number) => void;

/** What was found in the files that were read. */
export interface Found {
  readonly keys: Key[];
  /** Files that are judged themselves. */
  readonly files: JudgedFile[];
}

/** What a source had, and what it had to tell. */
export interface Collected {
  readonly keys: readonly Key[];
  readonly files: readonly JudgedFile[];
  readonly log: Log;
}

export interface CollectOptions {
  /** Look into archives too. */
  readonly archives?: boolean;
  /** Read every file line by line like this, whatever its name. */
  readonly readAs?: LineFormat;
  /** Nothing but keys: what the files are called is not known. */
  readonly keysOnly?: boolean;
  /** `false`: no rule asks for commands. */
  readonly commands?: boolean;
  readonly progress?: Progress | undefined;
  readonly guesser?: Guesser | undefined;
  /** Called when a batch has been read, with all that was found by then. */
  readonly onBatch?: (found: Found) => void;
}

/** Files between two calls of `progress`. */
const PROGRESS_EVERY = 512;

/** The readers are loaded when the first file has anything for them. */
let examine: typeof Examine | undefined;
/** So are those of commands. */
let readRecipe: typeof ReadRecipe | undefined;

/** Reads every file of a source and gives what there is to judge, in the order it was found. */
export async function collect(source: Source, options: CollectOptions = {}): Promise<Found> {
  const found: Found = { keys: [], files: [] };
  const files = source.files();
  for await (const batch of Symbol.asyncIterator in files ? files : [files]) {
    await collectBatch(batch, found, source.log, options);
    options.onBatch?.(found);
  }
  return found;
}

/** The batches that this thread has begun to read. */
let reading: Promise<void> = Promise.resolve();

/** Reads one batch and adds what is found. Batches are read one after the other: those of another run in this thread use the same buffer. */
export function collectBatch(files: Iterable<SourceFile>, found: Found, log: Log, options: CollectOptions): Promise<void> {
  const read = reading.then(() => readBatch(files, found, log, options));
  reading = read.catch(() => {});
  return read;
}

async function readBatch(files: Iterable<SourceFile>, found: Found, log: Log, { archives = false, progress, readAs, keysOnly = false, commands = true, guesser }: CollectOptions): Promise<void> {
  const opener = archives ? await import('./sources/archives.ts') : undefined;
  let count = 0;
  /** Whether the file whose windows are coming has been looked into to its end: as an archive, or line by line. */
  let isOpened = false;
  /** Whether it has been said of that file that it is not read for commands. */
  let isTold = false;
  for (const file of files) {
    if (progress && ++count % PROGRESS_EVERY === 0) progress(log, found.keys.length);
    const isFirst = !file.window?.offset;
    if (isFirst) isOpened = isTold = false;
    if (isFirst && (readAs !== undefined || isOfOpenSsh(file.path))) isOpened = await collectSshFile(readAs ? { ...file, readAs } : file, found, log, guesser);
    else if (isFirst && opener && archiveKind(file.bytes) !== undefined) {
      const before = log.skipped.length;
      for await (const entry of opener.entriesOf(file, log)) if (!isOfOpenSsh(entry.path) || !await collectSshFile(entry, found, log, guesser)) await collectFile(entry, found, log, guesser);
      isOpened = !opener.isPassedOver(file, log, before);
    }
    if (isOpened) continue;
    const contents = contentsOf(file.bytes) & (commands ? ~0 : ~COMMANDS);
    if (contents & KEYS) await collectFile(file, found, log, guesser);
    if (!(contents & ~KEYS) || keysOnly) continue;
    if (!file.window) await collectRecipe(file, contents, found, log);
    else if (!isTold && contents & COMMANDS && kindToRead(file.path, file.bytes) !== undefined) {
      isTold = true;
      log.skipped.push({ path: file.path, reason: TOO_LARGE });
    }
  }
}

async function collectFile(file: SourceFile, found: Found, log: Log, guesser: Guesser | undefined): Promise<void> {
  // Waited for once in a run: every other file is read without a pause.
  if (!examine) ({ examine } = await import('./detect.ts'));
  const examined = examine(file);
  if (guesser) await addGuessed(examined, found, log, guesser);
  else for (const key of examined.keys) found.keys.push(key);
}

/** While the bytes are there: locks are made of them. */
export async function addGuessed({ keys, locks }: ReturnType<typeof Examine>, found: Found, log: Log, guesser: Guesser): Promise<void> {
  for (const [i, key] of keys.entries()) found.keys.push(await guesser.tryOn(key, locks[i], log));
}

async function collectSshFile(file: SourceFile, found: Found, log: Log, guesser: Guesser | undefined): Promise<boolean> {
  return (await import('./collect-ssh-file.ts')).collectSshFile(file, found, log, guesser);
}

/** What people write commands in, and files with comments that ask for silence. */
async function collectRecipe(file: SourceFile, contents: number, found: Found, log: Log): Promise<void> {
  const { path, bytes } = file;
  const kind = contents & COMMANDS ? kindToRead(path, bytes) : undefined;
  if (kind === undefined && !(contents & SUPPRESSIONS)) return;
  const reason = kind === undefined ? undefined : whyUnread(kind, bytes);
  if (reason !== undefined) log.skipped.push({ path, reason });
  if (!readRecipe) ({ readRecipe } = await import('./recipes/index.ts'));
  const recipe = readRecipe(path, bytes, kind);
  if (recipe) found.files.push({ path, file: file.facts(), ...recipe });
}

/** Whether a path may be one of OpenSSH's files: told without asking for its facts. */
function isOfOpenSsh(path: string): boolean {
  return hasSshFileName(path) || lineFormatOf(path) !== undefined;
}
