import type { Lock } from '../format.ts';
import { cipherSizes, crypto, decipher, digest } from './ciphers.ts';

/** How a passphrase becomes a key (RFC 9580, 3.7.1). */
export interface S2k {
  /** By OpenSSL's name. */
  readonly hash: string;
  readonly salt: Buffer;
  /** Bytes to hash; 0 for once. */
  readonly count: number;
}

/** RFC 9580, 9.5. */
export const s2kHashes: ReadonlyMap<number, string> = new Map([
  [1, 'md5'], [2, 'sha1'], [3, 'ripemd160'], [8, 'sha256'], [9, 'sha384'], [10, 'sha512'], [11, 'sha224'], [12, 'sha3-256'], [14, 'sha3-512'],
]);

/** Bytes given to the hash at once. */
const CHUNK = 1 << 16;

function deriveKey({ hash, salt, count }: S2k, passphrase: string, length: number): Buffer {
  const once = Buffer.concat([salt, Buffer.from(passphrase)]);
  const total = Math.max(count, once.length);
  const chunk = Buffer.alloc(Math.min(total, once.length * Math.ceil(CHUNK / Math.max(1, once.length))), once);
  const parts: Buffer[] = [];
  // Where the key is longer than the hash, further hashes begin with zeros.
  for (let zeros = 0, have = 0; have < length; zeros++, have += parts.at(-1)!.length) {
    const one = crypto().createHash(hash).update(Buffer.alloc(zeros));
    for (let left = total; left > 0; left -= chunk.length) one.update(left < chunk.length ? chunk.subarray(0, left) : chunk);
    parts.push(one.digest());
  }
  return Buffer.concat(parts).subarray(0, length);
}

/** A secret key packet in CFB mode: IV, then the numbers with a SHA-1 hash or a sum of two bytes behind them (RFC 9580, 5.5.3). */
export function openpgpLock(cipher: string, s2k: S2k, sealed: Buffer, check: 'sha1' | 'sum', mpis: number | undefined): Lock | undefined {
  const sizes = cipherSizes(cipher);
  if (!cipher.endsWith('-cfb') || !sizes || sealed.length <= sizes.iv + 20) return undefined;
  const [iv, body] = [sealed.subarray(0, sizes.iv), sealed.subarray(sizes.iv)];
  return {
    opens(passphrase) {
      const plain = decipher(cipher, deriveKey(s2k, passphrase, sizes.key), iv, body);
      if (!plain) return false;
      if (check === 'sha1') return digest('sha1', plain.subarray(0, -20)).equals(plain.subarray(-20));
      const sum = plain.subarray(0, -2).reduce((sofar, byte) => (sofar + byte) & 0xffff, 0);
      return sum === plain.readUInt16BE(plain.length - 2) && (mpis === undefined || areMpis(plain.subarray(0, -2), mpis));
    },
  };
}

/** A sum of two bytes is right for one guess of 65536: the numbers have to fit as well. */
function areMpis(bytes: Buffer, count: number): boolean {
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 2 > bytes.length) return false;
    at += 2 + ((bytes.readUInt16BE(at) + 7) >> 3);
  }
  return at === bytes.length;
}

/** GnuPG's own files: AES-128 over a list of parameters, which begins `((1:d`; with OCB in another pair of brackets (gnupg, agent/protect.c, do_encryption). */
export function gnupgLock(cipher: string, s2k: S2k, iv: Buffer, body: Buffer): Lock | undefined {
  const sizes = cipherSizes(cipher);
  if (!sizes || iv.length !== sizes.iv || body.length < 32) return undefined;
  return {
    opens: (passphrase) => /^\({2,3}\d:[a-z]/.test(decipher(cipher, deriveKey(s2k, passphrase, sizes.key), iv, body.subarray(0, 32))?.toString('latin1') ?? ''),
  };
}
