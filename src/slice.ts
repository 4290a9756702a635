import { collectBatch, type CollectOptions, type Found } from './collect.ts';
import { readList } from './sources/files.ts';
import type { FileList } from './sources/list.ts';
import { emptyLog, type Log } from './sources/source.ts';

/** What one thread found in its part of shared work. */
export interface Slice extends Found {
  readonly log: Log;
  /** Folders that were listed as files. */
  readonly nested: readonly string[];
}

/** One thread's part: `take` reads what is left of a list when its turn comes, `slice` grows. */
export function sliceCollector(cwd: string, options: CollectOptions): { take(list: FileList): Promise<void>; readonly slice: Slice } {
  const slice: Slice & { readonly nested: string[] } = { keys: [], files: [], log: emptyLog(), nested: [] };
  return { take: (list) => collectBatch(readList(list, cwd, slice.log, slice.nested), slice, slice.log, options), slice };
}
