import { anchors, plan } from './anchors.ts';
import { makeSieve, type Sieve } from './sieve.ts';

export const sieve: Sieve = makeSieve(anchors, plan);

/** Whether there is anything in the bytes that could be a key: an anchor, or the first byte of a DER SEQUENCE. */
export function mayHoldKeys(bytes: Buffer): boolean {
  return bytes[0] === 0x30 || sieve(bytes).length > 0;
}
