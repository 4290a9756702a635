import type { BlobName } from './blobs.ts';

/** A name for a blob whose path is not known. */
export function pathless(blob: string): string {
  return `blob ${blob}`;
}

/** What a blob of a history goes by while it is read: where it lay is found out afterwards. */
export function namesOf(blob: string): readonly BlobName[] {
  return [{ path: pathless(blob), facts: () => ({ origin: 'commit', blob }) }];
}
