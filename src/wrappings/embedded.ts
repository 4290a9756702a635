import { DER_MARKS, keyHead } from '../encoded.ts';
import type { Unwrapped, Wrapping } from '../format.ts';

/** The container of a key in DER amidst other bytes: firmware, a program, a memory dump, the file of a database. */
export const embedded: Wrapping = {
  name: 'embedded',
  title: 'other binary data',
  joins: true,
  get anchors() {
    return [...anchors];
  },

  begin(bytes, at, since) {
    const start = headBefore(bytes, at);
    return start === undefined || (since > 0 && start <= since) ? undefined : start;
  },

  unwrap(bytes, start, limit, reach = limit): Unwrapped | undefined {
    const length = keyHead(bytes, start);
    // Without a length that ends in the file it is a chance likeness: nothing else tells a cut key from one.
    if (!length || start + length > reach) return undefined;
    if (length < SHORTEST_WITH_MORE && !isRandom(bytes.subarray(start + length - SCALAR, start + length))) return undefined;
    return { bytes: bytes.subarray(start, start + length), start, end: start + length, container: true };
  },
};

/** Bytes between the beginning of a SEQUENCE and a mark in it: the scalar of an EC key, the salt of a cipher. */
const REACH = 120;

/** Nothing shorter has more than a scalar or a seed in it behind a constant head, which programs keep by itself to put before one. */
const SHORTEST_WITH_MORE = 100;
const SCALAR = 32;

/** Whether bytes are none of a program's or a text's. Of 32 random ones 30 are different and 12 could be text or zero; fewer than 23 and more than 23 are as rare as one in 80,000. */
function isRandom(bytes: Buffer): boolean {
  return new Set(bytes).size >= 23 && bytes.filter((byte) => byte === 0 || (byte >= 0x20 && byte < 0x7f)).length < 24;
}

/** Where a key's SEQUENCE begins that the byte at `at` is in. */
function headBefore(bytes: Buffer, at: number): number | undefined {
  // The innermost first: a key is not much longer than the list of certificates that it stands behind.
  for (let start = at; start >= 0 && at - start <= REACH; start--) {
    const length = bytes[start] === 0x30 ? keyHead(bytes, start) : undefined;
    if (length && start + length > at && start + length <= bytes.length) return start;
  }
  return undefined;
}

const anchors = new Set<Buffer>();

function add(...marks: readonly string[]): void {
  // None has fewer than eleven bytes.
  for (const mark of marks) if (mark.length >= 2 * 11) anchors.add(Buffer.from(mark, 'hex'));
}

add(...DER_MARKS.map(({ hex }) => hex));
// The shorter of those with what follows them: X25519, X448, Ed25519 and Ed448 (RFC 8410), without and with the public key,
for (const version of ['00', '01']) for (const last of ['6e', '6f', '70', '71']) add(`0201${version}300506032b65${last}04`);
// GOST R 34.10-2012 (RFC 9215, 4), SEC 1 (RFC 5915) with P-256, P-384, P-521, secp256k1 and the brainpool curves, and the schemes of PKCS#5.
add('06082a8503070101013013', '06082a8503070101023013', 'a00a06082a8648ce3d030107', 'a00706052b81040022a164', 'a00706052b81040023a181', 'a00706052b8104000aa144', 'a00b06092b240303020801');
for (const scheme of ['01', '03', '04', '06', '0a', '0b', '0d']) add(`06092a864886f70d0105${scheme}30`);
// PKCS#1 (RFC 8017, A.1.2) of 1024, 2048, 3072 and 4096 bits: the length depends on how many of the numbers have their first bit set.
for (const [first, size] of [[0x259, '02818100'], [0x4a0, '0282010100'], [0x6e0, '0282018100'], [0x924, '0282020100']] as const) {
  for (let length: number = first; length < first + 9; length++) add(`3082${length.toString(16).padStart(4, '0')}020100${size}`.slice(-2 * 12));
}
