import type { SourceFile } from '../key.ts';
import { returnBuffer } from '../sieve-memory.ts';
import { archiveKind } from './archive-kind.ts';
import { namesOf } from './blob-names.ts';
import { isPointer, notePointer } from './blobs.ts';
import { UnknownObjects } from './pack-index.ts';
import type { Log } from './source.ts';
import { scanStoredBlobs, type Candidate, type ScanOptions, type StoredBlobs } from './stored-blobs.ts';
import { windowBuffer, windowsOf } from './windows.ts';

export interface StoredFilesOptions {
  /** Which blobs may have keys. */
  readonly sought: ScanOptions;
  /** Archives are looked into, too. */
  readonly archives: boolean;
}

/** What a thread has to tell of its part of an object store, when it is through. */
export interface StoredPart {
  /** Blobs that it has left to git. */
  readonly oversize: readonly string[];
  /** Blobs of which there was something to be said beside their keys, or more to be looked at than themselves. */
  readonly special: readonly string[];
  /** Why it went no further. What it has looked at before stays looked at. */
  readonly unknown?: string;
}

/** How the kind of an archive is told, that of a tar file by its first 512 bytes. */
const ARCHIVE_HEAD = 512;
/** How a pointer is. */
const POINTER_HEAD = 64;

/**
 * Goes through an object store, in turns with other threads, and gives of its blobs those that may have something to be said of, as files; unit by
 * unit, so that there can be a pause between two of them. All that are looked at count in the log.
 */
export function* storedFiles(store: StoredBlobs, { sought, archives }: StoredFilesOptions, log: Log): Generator<Iterable<SourceFile>, StoredPart> {
  const isArchive = (bytes: Buffer): boolean => archives && archiveKind(bytes) !== undefined;
  const scan = scanStoredBlobs(store, {
    isSought: (bytes) => sought.isSought(bytes) || isPointer(bytes) || isArchive(bytes),
    reach: Math.max(sought.reach, archives ? ARCHIVE_HEAD : POINTER_HEAD),
  });
  const special: string[] = [];
  const counted = { blobs: 0, bytes: 0 };
  let buffer: Buffer | undefined;
  let unknown: string | undefined;

  function* filesOf(unit: Iterable<Candidate>): Generator<SourceFile> {
    try {
      for (const { id, bytes } of unit) {
        count();
        const names = namesOf(id);
        if (notePointer(bytes, names, log) || isArchive(bytes)) special.push(id);
        for (const { path, facts } of names) yield* windowsOf(path, bytes, facts, () => buffer ??= windowBuffer());
      }
    } catch (error) {
      if (!(error instanceof UnknownObjects)) throw error;
      unknown = error.message;
    }
    count();
  }

  function count(): void {
    log.files += scan.blobs - counted.blobs;
    log.bytes += scan.bytes - counted.bytes;
    counted.blobs = scan.blobs;
    counted.bytes = scan.bytes;
  }

  for (const unit of scan.units) {
    yield filesOf(unit);
    if (unknown !== undefined) break;
  }
  if (buffer) returnBuffer(buffer);
  return { oversize: scan.oversize, special, ...unknown !== undefined && { unknown } };
}
