import { rawPublicKey } from '../curve.ts';
import type { Format } from '../format.ts';
import type { KeyFacts } from '../key.ts';
import { identify } from '../public-key.ts';

/** NATS seeds: base32 of two prefix bytes, the 32 bytes of an Ed25519 (or, for curve keys, X25519) seed, and a CRC-16. */
export const nkey: Format = {
  name: 'nkey',
  title: 'NATS nkey seed',
  sources: ['github.com/nats-io/nkeys, README and strkey.go'],
  anchors: ['NKEY SEED-----'],
  magics: ['U', 'A', 'O', 'N', 'C', 'X'].map((letter) => Buffer.from(`S${letter}A`)),

  readAt(text, at) {
    const [whole, seed] = /^NKEY SEED-----(?:\\+[rn]|["'+,\s#>|*])*(S[AUONCX][A-Z2-7]{56})(?![A-Z2-7])/.exec(text.toString('latin1', at, at + 256)) ?? [];
    const facts = seed === undefined ? undefined : readSeed(seed);
    return facts && { start: at + whole!.length - SEED, end: at + whole!.length, key: facts };
  },

  read(bytes) {
    const facts = bytes.length >= SEED && bytes.length <= SEED + 4 ? readSeed(bytes.toString('latin1').trim()) : undefined;
    return facts && [facts];
  },
};

const SEED = 58;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const PREFIX_SEED = 18 << 3;

/** strkey.go: whose key it is, by the upper five bits of the public key's prefix. */
const owners: ReadonlyMap<number, string> = new Map([[0, 'account'], [2, 'cluster'], [13, 'server'], [14, 'operator'], [20, 'user'], [23, 'curve']]);

function readSeed(seed: string): KeyFacts | undefined {
  const bytes = seed.length === SEED ? base32(seed) : undefined;
  if (!bytes || (bytes[0]! & 0xf8) !== PREFIX_SEED || bytes.readUInt16LE(34) !== crc16(bytes.subarray(0, 34))) return undefined;
  const owner = owners.get((((bytes[0]! & 7) << 5) | (bytes[1]! >> 3)) >> 3);
  const algorithm = owner === 'curve' ? 'x25519' : 'ed25519';
  const key = rawPublicKey(algorithm, bytes.subarray(2, 34));
  return key && { kind: 'private', format: 'nkey', ...identify({ type: 'raw', algorithm, key }), ...(owner !== undefined && { comment: owner }) };
}

/** RFC 4648, 6, without padding. */
function base32(text: string): Buffer | undefined {
  const bytes: number[] = [];
  let bits = 0, buffer = 0;
  for (const letter of text) {
    const value = ALPHABET.indexOf(letter);
    if (value < 0) return undefined;
    buffer = ((buffer << 5) | value) & 0xfff;
    if ((bits += 5) < 8) continue;
    bits -= 8;
    bytes.push((buffer >> bits) & 0xff);
  }
  return Buffer.from(bytes);
}

/** CRC-16/XMODEM: polynomial 0x1021, from 0. */
function crc16(bytes: Buffer): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let i = 0; i < 8; i++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
  }
  return crc;
}
