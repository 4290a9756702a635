import { collectBatch, type CollectOptions, type Found } from './collect.ts';
import { mayHoldKeys, reach } from './prefilter.ts';
import { readList } from './sources/files.ts';
import type { FileList } from './sources/list.ts';
import { emptyLog, type Log } from './sources/source.ts';
import type { ScanOptions, StoredBlobs } from './sources/stored-blobs.ts';
import type { StoredPart } from './sources/stored-files.ts';

/** What one thread found in its part of shared work. */
export interface Slice extends Found {
  readonly log: Log;
  /** Folders that were listed as files. */
  readonly nested: readonly string[];
  /** Of object stores. */
  readonly parts: readonly StoredPart[];
}

/** Which bytes are read, and by how long stretches of them that is decided. */
export const sought: ScanOptions = { isSought: mayHoldKeys, reach };

/** One thread's part. */
export interface SliceCollector {
  /** Reads what is left of a list when its turn comes. */
  take(list: FileList): Promise<void>;
  takeStore(store: StoredBlobs): Promise<void>;
  /** It grows. */
  readonly slice: Slice;
}

export function sliceCollector(cwd: string, options: CollectOptions): SliceCollector {
  const slice: Slice & { readonly nested: string[]; readonly parts: StoredPart[] } = { keys: [], files: [], log: emptyLog(), nested: [], parts: [] };
  return {
    take: (list) => collectBatch(readList(list, cwd, slice.log, slice.nested), slice, slice.log, options),
    takeStore: async (store) => {
      const { storedFiles } = await import('./sources/stored-files.ts');
      const units = storedFiles(store, { sought, archives: options.archives ?? false }, slice.log);
      let next = units.next();
      for (; !next.done; next = units.next()) await collectBatch(next.value, slice, slice.log, { ...options, keysOnly: true });
      slice.parts.push(next.value);
    },
    slice,
  };
}

/** Adds what a thread found to what this one did. */
export function addSlice(found: Found, log: Log, slice: Slice): void {
  addFound(found, slice);
  log.files += slice.log.files;
  log.bytes += slice.log.bytes;
  append(log.skipped, slice.log.skipped);
  append(log.failures, slice.log.failures);
  append(log.notes, slice.log.notes);
}

export function addFound({ keys, files }: Found, more: Found): void {
  append(keys, more.keys);
  append(files, more.files);
}

/** One by one: each of so many arguments would take room on the stack, and a sparse checkout skips a million files. */
export function append<T>(list: T[], more: readonly T[]): void {
  for (const each of more) list.push(each);
}
