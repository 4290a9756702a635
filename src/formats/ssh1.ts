import { toBigInt } from '../curve.ts';
import type { Format } from '../format.ts';
import { sha256Hex } from '../hash.ts';
import type { KeyFacts } from '../key.ts';
import { bitLength, identify, sshFingerprint } from '../public-key.ts';
import { textOf } from '../ssh-blob.ts';
import { WireReader } from '../wire.ts';

const MAGIC = Buffer.from('SSH PRIVATE KEY FILE FORMAT 1.1\n\0', 'latin1');

/** RSA keys of SSH protocol 1: the public half and the comment are in the clear. */
export const ssh1: Format = {
  name: 'ssh1',
  title: 'SSH 1 private key',
  sources: ['OpenSSH 7.5, sshkey.c: sshkey_private_rsa1_to_blob', 'PuTTY, sshpubk.c: rsa1_load_s_internal'],
  magics: [MAGIC],

  read(bytes) {
    if (!MAGIC.equals(bytes.subarray(0, MAGIC.length))) return undefined;
    const wire = new WireReader(bytes, MAGIC.length);
    const cipher = wire.uint8();
    wire.uint32();
    wire.uint32();
    const n = number(wire);
    const e = number(wire);
    const comment = wire.string();
    if (cipher === undefined || !n?.length || !e?.length) return [{ kind: 'private', format: 'ssh1', algorithm: 'rsa1', container: sha256Hex(bytes), defect: 'cut off in its public half' }];
    const { spki } = identify({ type: 'rsa', n, e });
    const text = comment && textOf(comment);
    const secret = bytes.subarray(wire.offset);
    return [{
      kind: 'private',
      format: 'ssh1',
      algorithm: 'rsa1',
      bits: bitLength(n),
      // As ssh-keygen -l printed it while it knew these keys: of the two numbers, without lengths (sshkey_fingerprint_raw).
      fingerprint: sshFingerprint(Buffer.concat([n, e])),
      ...(spki !== undefined && { spki }),
      ...(cipher !== 0 && { encryption: { cipher: ciphers.get(cipher) ?? `cipher-${cipher}`, kdf: 'md5', rounds: 1 } }),
      ...(text !== undefined && { comment: text }),
      ...(comment === undefined ? { defect: 'cut off: its private half is missing' } : cipher === 0 ? checkClear(secret, n) : checkEncrypted(secret)),
    }];
  },
};

/** SSH_CIPHER_* of protocol 1. */
const ciphers: ReadonlyMap<number, string> = new Map([[1, 'idea'], [2, 'des'], [3, '3des'], [5, 'arcfour'], [6, 'blowfish']]);

/** Two check bytes twice, then d, 1/q mod p, q, p. */
function checkClear(secret: Buffer, n: Buffer): Pick<KeyFacts, 'defect' | 'weaknesses'> {
  const wire = new WireReader(secret, 4);
  const numbers = [0, 1, 2, 3].map(() => number(wire));
  if (secret.length < 4 || numbers.includes(undefined)) return { defect: 'cut off in its private half' };
  if (secret.readUInt16BE(0) !== secret.readUInt16BE(2)) return { defect: 'its check bytes differ' };
  const [, , q, p] = numbers;
  return toBigInt(p!) * toBigInt(q!) === toBigInt(n) ? {} : { weaknesses: ['public-half-mismatch'] };
}

/** Padded to whole blocks of 8 bytes. */
function checkEncrypted(secret: Buffer): Pick<KeyFacts, 'defect'> {
  return secret.length === 0 || secret.length % 8 !== 0 ? { defect: 'its encrypted part is not whole' } : {};
}

/** Bits as 16 bits, then so many bytes as hold them. */
function number(wire: WireReader): Buffer | undefined {
  if (wire.left < 2) return undefined;
  const length = (wire.bytes.readUInt16BE(wire.offset) + 7) >> 3;
  if (length > wire.left - 2) return undefined;
  const start = wire.offset + 2;
  wire.offset = start + length;
  const value = wire.bytes.subarray(start, wire.offset);
  const first = value.findIndex((byte) => byte !== 0);
  return value.subarray(first < 0 ? value.length : first);
}
