import { rawPublicKey } from '../curve.ts';
import type { Format } from '../format.ts';
import type { KeyFacts } from '../key.ts';
import { hybridPublicKey } from '../lattice.ts';
import { identify } from '../public-key.ts';
import { lineStart } from '../text.ts';

/** age identities: X25519 keys, post-quantum hybrid keys, and the stubs that plugins for tokens write. */
export const age: Format = {
  name: 'age',
  title: 'age identity',
  sources: ['age-encryption.org/v1, The X25519 recipient type', 'C2SP age-plugin, Bech32 encoding of identities', 'BIP 173'],
  anchors: ['AGE-SECRET-KEY-', 'age-secret-key-1', 'AGE-PLUGIN-'],
  readAt(text, at) {
    const word = /^[A-Za-z0-9+._-]+/.exec(text.toString('latin1', at, at + MAX_IDENTITY))?.[0] ?? '';
    const identity = readBech32(word);
    const facts = identity && factsOf(identity.hrp.toUpperCase(), identity.data);
    if (!facts) return undefined;
    const comment = recipientBefore(text, at);
    return { start: at, end: at + word.length, key: { ...facts, ...(comment !== undefined && { comment }) } };
  },
};

/** Plugins may put handles and settings into an identity; age-plugin-yubikey takes 60 characters, others some hundred. */
const MAX_IDENTITY = 4096;

function factsOf(hrp: string, data: Buffer): KeyFacts | undefined {
  if (hrp === 'AGE-SECRET-KEY-' && data.length === 32) {
    const key = rawPublicKey('x25519', data);
    return { kind: 'private', format: 'age', ...(key ? identify({ type: 'raw', algorithm: 'x25519', key }) : { algorithm: 'x25519' }) };
  }
  // ML-KEM-768 with X25519, from one seed (C2SP age, The hybrid recipient type).
  if (hrp === 'AGE-SECRET-KEY-PQ-' && data.length === 32) {
    const key = hybridPublicKey(data);
    return { kind: 'private', format: 'age', ...(key ? identify({ type: 'raw', algorithm: 'mlkem768-x25519', key }) : { algorithm: 'mlkem768-x25519' }) };
  }
  return /^AGE-PLUGIN-[A-Z0-9+._-]+-$/.test(hrp) ? { kind: 'private', format: 'age', hardware: true } : undefined;
}

/** The recipient that `age-keygen` and plugins write into a comment just before. */
function recipientBefore(text: Buffer, at: number): string | undefined {
  let start = lineStart(text, at);
  for (let lines = 0; lines < 8 && start > 0; lines++) {
    const end = start - 1;
    start = lineStart(text, end, 1 << 13);
    const line = text.toString('latin1', start, end);
    if (!/^[ \t]*(?:#|\/\/)/.test(line) && line.trim() !== '') return undefined;
    const recipient = /(?:public key|recipient):\s*(age1[0-9a-z]{40,4000})\s*$/i.exec(line)?.[1];
    if (recipient !== undefined) return recipient.slice(0, 256);
  }
  return undefined;
}

const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

function polymod(values: Iterable<number>): number {
  let checksum = 1;
  for (const value of values) {
    const top = checksum >>> 25;
    checksum = ((checksum & 0x1ffffff) << 5) ^ value;
    for (let i = 0; i < 5; i++) if ((top >>> i) & 1) checksum ^= GENERATOR[i]!;
  }
  return checksum >>> 0;
}

/** BIP 173 without its bound on the length, as age has it. `undefined` for mixed cases and where the checksum is wrong. */
function readBech32(word: string): { hrp: string; data: Buffer } | undefined {
  const lower = word.toLowerCase();
  if (word !== lower && word !== word.toUpperCase()) return undefined;
  const one = lower.lastIndexOf('1');
  if (one < 1 || lower.length - one < 7) return undefined;
  const hrp = lower.slice(0, one);
  const values = [...lower.slice(one + 1)].map((letter) => BECH32.indexOf(letter));
  if (values.includes(-1)) return undefined;
  const codes = [...hrp].map((letter) => letter.charCodeAt(0));
  if (polymod([...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31), ...values]) !== 1) return undefined;
  const bytes: number[] = [];
  let bits = 0, buffer = 0;
  for (const value of values.slice(0, -6)) {
    buffer = ((buffer << 5) | value) & 0xfff;
    if ((bits += 5) < 8) continue;
    bits -= 8;
    bytes.push((buffer >> bits) & 0xff);
  }
  return bits < 5 && (buffer & ((1 << bits) - 1)) === 0 ? { hrp, data: Buffer.from(bytes) } : undefined;
}
