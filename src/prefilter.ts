import { magics, plan, reach, sizes } from './anchors.ts';
import { makeSieve, type Hits, type Sieve } from './sieve.ts';

export { reach };
export type { Hits };

export const sieve: Sieve = makeSieve(plan);

const firstBytes = new Uint8Array(256);
for (const [first] of magics) firstBytes[first!] = 1;

/** Whether a file begins as a container of keys does, or is as long as one without a mark. */
export function isContainer(bytes: Buffer): boolean {
  if (sizes.includes(bytes.length)) return true;
  if (bytes.length === 0 || firstBytes[bytes[0]!] === 0) return false;
  return magics.some((magic) => bytes.length >= magic.length && magic.equals(bytes.subarray(0, magic.length)));
}

/** Whether there is anything in the bytes that could be a key: an anchor, or the beginning of a container. */
export function mayHoldKeys(bytes: Buffer): boolean {
  return isContainer(bytes) || sieve(bytes).length > 0;
}
