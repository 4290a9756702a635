import { collect, type Collected, type CollectOptions, type Found } from './collect.ts';
import { bySaying } from './order.ts';
import { addSlice, sought } from './slice.ts';
import { openHistory, type HistoryOptions, type HistorySource } from './sources/history.ts';
import { countUnits } from './sources/stored-blobs.ts';
import { startThreads } from './threads.ts';

export interface CollectHistoryOptions extends Omit<CollectOptions, 'readAs' | 'guesser'>, Omit<HistoryOptions, 'sought' | 'share'> {
  /** How many threads read. */
  readonly jobs?: number;
  /** Milliseconds for guessing, shared by all threads. */
  readonly guessing?: Int32Array<SharedArrayBuffer> | undefined;
}

/** What git has stored may be shared among threads; what each found is put together. Rejects with GitError when git cannot begin. */
export async function collectHistory({ guessing, jobs, progress, ...options }: CollectHistoryOptions): Promise<Collected> {
  const { archives = false, cwd } = options;
  const threads = startThreads({ cwd, jobs, archives, commands: false, guessing });
  const theirs: Found = { keys: [], files: [] };
  let source: HistorySource | undefined;
  try {
    const { log, expectKeys, place } = source = await openHistory({
      ...options, sought,
      share: async (store) => {
        const slices = await threads.shareStore(store, countUnits(store));
        for (const slice of slices) addSlice(theirs, log, slice);
        return slices.flatMap(({ parts }) => parts);
      },
    });
    const guesser = guessing && (await import('./guess.ts')).startGuessing(guessing);
    // What a blob is called is not known while it is read: no file is judged for itself.
    const { keys } = await collect(source, { archives, progress, keysOnly: true, guesser, onBatch: (found) => { if (found.keys.length > 0) expectKeys(); } });
    const placed = await place([...keys, ...theirs.keys]);
    log.skipped.sort(bySaying);
    log.failures.sort(bySaying);
    return { keys: placed, files: [], log };
  } finally {
    threads.stop();
    source?.stop();
  }
}
