import { publicPower, toBigInt } from '../curve.ts';
import type { Format } from '../format.ts';
import { damaged, isLess, isOdd } from '../key-der.ts';
import type { KeyFacts } from '../key.ts';
import { bitLength, identify } from '../public-key.ts';

/** Windows CryptoAPI key blobs and .NET strong-name keys (.snk): little-endian numbers in the clear. */
export const capiBlob: Format = {
  name: 'capi-blob',
  title: 'CryptoAPI key blob (.NET strong-name key)',
  sources: ['Microsoft, wincrypt.h: PUBLICKEYSTRUC, RSAPUBKEY', 'Microsoft, RSA/Schannel Key BLOBs', 'Microsoft, DSS Provider Key BLOBs'],
  // Type and version, and two reserved bytes.
  magics: [Buffer.from([0x07, 0x02, 0, 0]), Buffer.from([0x06, 0x02, 0, 0])],

  read(bytes) {
    const header = readBlobHeader(bytes);
    if (!header) return undefined;
    const facts = header.isPrivate ? readPrivateBlob(bytes, 'capi-blob') : readPublicBlob(bytes);
    return facts && [facts];
  },
};

/** PUBLICKEYSTRUC: type, version, reserved, algorithm; and how the key's own header begins. */
export interface BlobHeader {
  readonly isPrivate: boolean;
  readonly algorithm: 'rsa' | 'dsa';
}

/** ALG_ID: CALG_RSA_SIGN, CALG_RSA_KEYX, CALG_DSS_SIGN. */
const algorithms: ReadonlyMap<number, BlobHeader['algorithm']> = new Map([[0x2400, 'rsa'], [0xa400, 'rsa'], [0x2200, 'dsa']]);

export function readBlobHeader(bytes: Buffer): BlobHeader | undefined {
  if (bytes.length < 8) return undefined;
  const [type, version] = bytes;
  const algorithm = algorithms.get(bytes.readUInt32LE(4));
  if ((type !== 7 && type !== 6) || version !== 2 || bytes.readUInt16LE(2) !== 0 || !algorithm) return undefined;
  return { isPrivate: type === 7, algorithm };
}

/** Offset of what follows PUBLICKEYSTRUC, magic and number of bits. */
const BODY = 16;
const MAX_BITS = 16384;
/** What a tool may have written behind the blob. */
const MAX_SLACK = 16;

/** `undefined`: no such blob. One that is cut off has a `defect`. */
export function readPrivateBlob(bytes: Buffer, format: string): KeyFacts | undefined {
  const header = readBlobHeader(bytes);
  const size = sizeOf(bytes, header?.algorithm === 'rsa' ? 'RSA2' : 'DSS2');
  if (!header?.isPrivate || !size) return undefined;
  const { bits, length } = size;
  const cut = `cut off: ${bytes.length} of ${privateBlobLength(header.algorithm, bits)} bytes are there`;
  const missing = bytes.length < privateBlobLength(header.algorithm, bits);
  if (!missing && bytes.length > privateBlobLength(header.algorithm, bits) + MAX_SLACK) return undefined;

  if (header.algorithm === 'rsa') {
    const e = reversed(bytes, BODY, 4);
    const n = reversed(bytes, BODY + 4, length);
    if (!isRsa(n, e, bits)) return missing ? damaged(format, bytes, cut, { algorithm: 'rsa', bits }) : undefined;
    const identity = identify({ type: 'rsa', n, e });
    if (missing) return { kind: 'private', format, ...identity, defect: cut };
    const [p, q] = [0, 1].map((i) => reversed(bytes, BODY + 4 + length + (i * length) / 2, length / 2));
    const isProduct = toBigInt(p!) * toBigInt(q!) === toBigInt(n);
    return { kind: 'private', format, ...identity, ...(!isProduct && { weaknesses: ['public-half-mismatch'] }) };
  }
  if (missing) return damaged(format, bytes, cut, { algorithm: 'dsa', bits });
  const p = reversed(bytes, BODY, length);
  const q = reversed(bytes, BODY + length, DSS_Q);
  const g = reversed(bytes, BODY + length + DSS_Q, length);
  const x = reversed(bytes, BODY + 2 * length + DSS_Q, DSS_Q);
  if (bitLength(p) !== bits || !isOdd(p) || !isLess(q, p) || !isLess(g, p) || !isLess(x, q)) return undefined;
  const y = publicPower(g, x, p);
  return { kind: 'private', format, ...(y ? identify({ type: 'dsa', p, q, g, y }) : { algorithm: 'dsa', bits }) };
}

/** Bytes of q and x. */
const DSS_Q = 20;
/** DSSSEED: a counter and a seed. */
const DSS_SEED = 24;

/** Bytes of a whole PRIVATEKEYBLOB. */
export function privateBlobLength(algorithm: BlobHeader['algorithm'], bits: number): number {
  const length = bits / 8;
  // RSA: e, n, d of that length, and five numbers of half of it. DSA: p, g; q, x.
  return algorithm === 'rsa' ? BODY + 4 + 2 * length + 2.5 * length : BODY + 2 * length + 2 * DSS_Q + DSS_SEED;
}

function readPublicBlob(bytes: Buffer): KeyFacts | undefined {
  const header = readBlobHeader(bytes);
  const size = header?.algorithm === 'rsa' ? sizeOf(bytes, 'RSA1') : undefined;
  if (!size || bytes.length < BODY + 4 + size.length || bytes.length > BODY + 4 + size.length + MAX_SLACK) return undefined;
  const e = reversed(bytes, BODY, 4);
  const n = reversed(bytes, BODY + 4, size.length);
  return isRsa(n, e, size.bits) ? { kind: 'public', format: 'capi-blob', ...identify({ type: 'rsa', n, e }) } : undefined;
}

function sizeOf(bytes: Buffer, magic: string): { readonly bits: number; readonly length: number } | undefined {
  if (bytes.length < BODY || bytes.toString('latin1', 8, 12) !== magic) return undefined;
  const bits = bytes.readUInt32LE(12);
  return bits >= 256 && bits <= MAX_BITS && bits % 16 === 0 ? { bits, length: bits / 8 } : undefined;
}

function isRsa(n: Buffer, e: Buffer, bits: number): boolean {
  return isOdd(n) && isOdd(e) && bitLength(n) <= bits && bitLength(n) > bits - 16;
}

/** A little-endian number as big-endian bytes without leading zeros. */
function reversed(bytes: Buffer, start: number, length: number): Buffer {
  const value = Buffer.from(bytes.subarray(start, start + length)).reverse();
  let zeros = 0;
  while (zeros < value.length && value[zeros] === 0) zeros++;
  return value.subarray(zeros);
}
