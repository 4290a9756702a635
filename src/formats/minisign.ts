import type { Format } from '../format.ts';
import { sha256Hex } from '../hash.ts';
import type { KeyFacts } from '../key.ts';
import { identify } from '../public-key.ts';
import { textOf } from '../ssh-blob.ts';
import { lineEnd, lineStart } from '../text.ts';

/**
 * minisign secret keys: `Ed`, KDF (`Sc` or 00 00), checksum `B2`, salt[32], opslimit, memlimit (little-endian u64),
 * then keynum[8], seed and public key[64], checksum[32], all of them XORed with scrypt's output where there is a passphrase.
 */
export const minisign: Format = {
  name: 'minisign',
  title: 'minisign secret key',
  sources: ['jedisct1.github.io/minisign, Secret key format'],
  // `untrusted comment` is a frequent phrase; where it begins a file it is looked at in `read`.
  anchors: ['RWQAAEIyAAAAAAAA', 'key\nRWRTY0Iy', 'key\r\nRWRTY0Iy', 'key\\nRWRTY0Iy'],
  magics: [Buffer.from('untrusted comment: ')],

  readAt(text, at) {
    const start = at + text.subarray(at, at + 16).indexOf('RW');
    const line = text.toString('latin1', start, Math.min(text.length, start + BASE64));
    const facts = BODY.test(line) ? readMinisign(Buffer.from(line, 'base64')) : undefined;
    return facts && { start, end: start + BASE64, key: { ...facts, ...commentBefore(text, start) } };
  },

  read(bytes) {
    const found = readCommented(bytes, BODY);
    const facts = found && readMinisign(found.bytes);
    return facts && [{ ...facts, ...(found.comment !== undefined && { comment: found.comment }) }];
  },
};

const LENGTH = 158;
const BASE64 = 212;
const BODY = /^[A-Za-z0-9+/]{211}=/;

function readMinisign(bytes: Buffer): KeyFacts | undefined {
  if (bytes.length !== LENGTH || bytes.toString('latin1', 0, 2) !== 'Ed' || bytes.toString('latin1', 4, 6) !== 'B2') return undefined;
  const kdf = bytes.toString('latin1', 2, 4);
  if (kdf === '\0\0') {
    // A key of zeros is what a manual shows.
    if (bytes.subarray(62, 94).every((byte) => byte === 0)) return undefined;
    return { kind: 'private', format: 'minisign', ...identify({ type: 'raw', algorithm: 'ed25519', key: bytes.subarray(94, 126) }) };
  }
  const facts = { kind: 'private', format: 'minisign', algorithm: 'ed25519', bits: 256, container: sha256Hex(bytes) } as const;
  if (kdf !== 'Sc') return { ...facts, defect: 'its key derivation is unknown' };
  return { ...facts, encryption: { cipher: 'xor', kdf: 'scrypt', ...scryptCost(number64(bytes, 38), number64(bytes, 46)) } };
}

function number64(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * 2 ** 32;
}

/** What libsodium makes of its limits (crypto_pwhash_scryptsalsa208sha256.c, pickparams): r is 8, N and p follow. */
function scryptCost(opslimit: number, memlimit: number): { N: number; r: number; p: number } {
  const r = 8;
  const operations = Math.max(opslimit, 32768);
  const most = operations < memlimit / 32 ? operations / (r * 4) : memlimit / (r * 128);
  let log = 1;
  while (log < 63 && 2 ** log <= most / 2) log++;
  const p = operations < memlimit / 32 ? 1 : Math.max(1, Math.floor(Math.min(operations / 4 / 2 ** log, 0x3fffffff) / r));
  return { N: 2 ** log, r, p };
}

const COMMENT = /^untrusted comment:[ \t]*/;

/** A file that consists of a comment line and base64: signify's form, which minisign took over. */
export function readCommented(bytes: Buffer, body: RegExp): { bytes: Buffer; comment?: string } | undefined {
  if (bytes.length > 4096) return undefined;
  const [first = '', second = '', ...rest] = bytes.toString('latin1').split(/\r?\n/);
  if (!COMMENT.test(first) || !body.test(second.trim()) || rest.some((line) => line.trim() !== '')) return undefined;
  const comment = textOf(Buffer.from(first.replace(COMMENT, ''), 'latin1'));
  return { bytes: Buffer.from(second.trim(), 'base64'), ...(comment !== undefined && { comment }) };
}

/** The untrusted comment on the line before. */
export function commentBefore(text: Buffer, at: number): { comment?: string } {
  const start = lineStart(text, at);
  if (start < 2) return {};
  const before = lineStart(text, text[start - 2] === 0x0d ? start - 2 : start - 1);
  const [, rest] = /untrusted comment:[ \t]*(.*)$/.exec(text.toString('latin1', before, lineEnd(text, before))) ?? [];
  const comment = rest === undefined ? undefined : textOf(Buffer.from(rest, 'latin1'));
  return comment === undefined ? {} : { comment };
}
