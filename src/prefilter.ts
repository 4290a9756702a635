import { ends, magics, plan, reach, sizes } from './anchors.ts';
import { sieveMemory } from './sieve-memory.ts';
import { makeSieve, type Hits, type Sieve } from './sieve.ts';

export { reach };
export type { Hits };

export const sieve: Sieve = makeSieve(plan, sieveMemory);

const firstBytes = new Uint8Array(256);
for (const [first] of magics) firstBytes[first!] = 1;

/** Whether a file begins as a container of keys does, or is as long as one without a mark. */
export function isContainer(bytes: Buffer): boolean {
  if (sizes.includes(bytes.length)) return true;
  if (bytes.length === 0 || firstBytes[bytes[0]!] === 0) return false;
  return magics.some((magic) => bytes.length >= magic.length && magic.equals(bytes.subarray(0, magic.length)));
}

/** Bits that say what there may be in some bytes. */
export const KEYS = 1;
export const SUPPRESSIONS = 2;
export const COMMANDS = 4;

/** What there may be in the bytes: a key (an anchor, or the beginning of a container), comments that ask for silence, commands about keys. */
export function contentsOf(bytes: Buffer): number {
  const hits = sieve.peek(bytes);
  let found = isContainer(bytes) ? KEYS : 0;
  for (let i = 0; i < hits.length; i += 2) found |= hits[i]! < ends[0] ? KEYS : hits[i]! < ends[1] ? SUPPRESSIONS : COMMANDS;
  return found;
}

/** Whether there is anything in the bytes that could be a key. */
export function mayHoldKeys(bytes: Buffer): boolean {
  return (contentsOf(bytes) & KEYS) !== 0;
}
