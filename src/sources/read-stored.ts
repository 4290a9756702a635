import { setImmediate } from 'node:timers/promises';
import type { SourceFile } from '../key.ts';
import { findRecord, RecordList, type BlobRecords } from './blob-records.ts';
import { namesOf } from './blob-names.ts';
import { streamBlobs, type Seen } from './blobs.ts';
import type { ObjectFolders } from './clone.ts';
import { GitError } from './git.ts';
import { storedBlobs, wantedOf } from './objects.ts';
import { EndlessDeltas, UnknownObjects } from './pack-index.ts';
import type { Log } from './source.ts';
import { closeStoredBlobs, endStoredBlobs, leftBlobs, openStoredBlobs, seenBlobs, type StoredBlobs } from './stored-blobs.ts';
import { storedFiles, type StoredFilesOptions, type StoredPart } from './stored-files.ts';

/** Lets other threads take turns at an object store, and gives what each of them has to tell. */
export type ShareStore = (store: StoredBlobs) => Promise<readonly StoredPart[]>;

export interface ReadStoredOptions extends StoredFilesOptions {
  readonly folders: ObjectFolders;
  readonly hash: string | undefined;
  /** Which blobs are looked at. It may be asked more than once. */
  readonly isNew: (id: string) => boolean;
  readonly share: ShareStore | undefined;
  readonly seen: Seen | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * Every blob that a repository and its alternates store, as `streamBlobs` of `storedBlobs` gives them, but for those that surely have no key. They are
 * read without git. What cannot be is left to git, and what it says of it counts. Throws GitError.
 */
export async function* readStored(cwd: string, options: ReadStoredOptions, log: Log): AsyncGenerator<Iterable<SourceFile>> {
  const { isNew, seen, share, signal } = options;
  const byGit = (isWanted: (id: string) => boolean): AsyncGenerator<Iterable<SourceFile>> => streamBlobs(cwd, wantedOf(storedBlobs(cwd, log, signal), isWanted), namesOf, log, { signal, seen });
  // What was begun before goes on beside.
  await setImmediate();
  const store = openedStore(options);
  if (!store) {
    yield* byGit(isNew);
    return;
  }
  const others = share?.(store) ?? Promise.resolve([]);
  // They are waited for when this thread has done its part.
  others.catch(() => {});
  // When the time is over nobody begins another unit: what was found by then is told.
  const end = (): void => endStoredBlobs(store);
  if (signal?.aborted) end();
  signal?.addEventListener('abort', end, { once: true });
  try {
    const files = storedFiles(store, options, log);
    let next = files.next();
    for (; !next.done; next = files.next()) {
      yield next.value;
      await setImmediate();
    }
    const parts = [next.value, ...await others];
    signal?.throwIfAborted();
    if (seen) tellSeen(store, parts, seen);
    if (parts.some(({ unknown }) => unknown !== undefined)) {
      const known = seenIds(store);
      yield* byGit((id) => (known.bytes.length === 0 || findRecord(known, id) < 0) && isNew(id));
      return;
    }
    const left = new Set([...leftBlobs(store), ...parts.flatMap(({ oversize }) => oversize)]);
    if (left.size > 0) yield* streamBlobs(cwd, [[...left]], namesOf, log, { signal, seen });
  } finally {
    signal?.removeEventListener('abort', end);
    // The other threads read by the numbers of descriptors, which would be those of other files.
    end();
    await others.catch(() => {});
    closeStoredBlobs(store);
  }
}

/** `undefined` where there is something that only git knows. Throws GitError where even git must not be asked. */
function openedStore({ folders: { folders, isUnsure }, hash = 'sha1', isNew }: ReadStoredOptions): StoredBlobs | undefined {
  if (isUnsure || (hash !== 'sha1' && hash !== 'sha256')) return undefined;
  try {
    return openStoredBlobs({ folders, hash, isWanted: isNew });
  } catch (error) {
    if (error instanceof UnknownObjects) return undefined;
    if (error instanceof EndlessDeltas) throw new GitError(`the object store is damaged: ${error.message}`);
    throw error;
  }
}

function tellSeen(store: StoredBlobs, parts: readonly StoredPart[], seen: Seen): void {
  const special = new Set(parts.flatMap((part) => part.special));
  for (const { id, size } of seenBlobs(store)) if (!special.has(id)) seen(id, size, false);
}

function seenIds(store: StoredBlobs): BlobRecords {
  const list = new RecordList();
  for (const { id, size } of seenBlobs(store)) list.add(id, size);
  return list.sorted();
}
