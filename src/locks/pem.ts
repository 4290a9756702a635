import type { Tlv } from '../der.ts';
import { children, INTEGER, readTlv, SEQUENCE } from '../der.ts';
import type { Lock } from '../format.ts';
import { canDecrypt, decrypt, password, unlimited } from '../password.ts';
import { cipherSizes, decipher, digest } from './ciphers.ts';

/** Whether the bytes are one SEQUENCE that begins with a version, as PKCS#1, SEC 1, DSA and PKCS#8 keys do. */
function isKey(bytes: Buffer | undefined): boolean {
  const outer = bytes && readTlv(bytes, 0);
  if (!outer || outer.tag !== SEQUENCE || outer.next !== bytes.length) return false;
  const [version, ...rest] = children(bytes, outer) ?? [];
  return version?.tag === INTEGER && version.end - version.start === 1 && rest.length > 0;
}

/** `DEK-Info: CIPHER,IV`: one MD5 of passphrase and salt for each 16 bytes of key (OpenSSL, EVP_BytesToKey(3)). */
export function dekInfoLock(cipher: string, iv: Buffer, body: Buffer): Lock | undefined {
  const sizes = cipherSizes(cipher);
  if (!cipher.endsWith('-cbc') || iv.length !== sizes?.iv) return undefined;
  return {
    opens(passphrase) {
      const secret = Buffer.concat([Buffer.from(passphrase), iv.subarray(0, 8)]);
      const hashes: Buffer[] = [];
      while (16 * hashes.length < sizes.key) hashes.push(digest('md5', ...hashes.slice(-1), secret));
      return isKey(decipher(cipher, Buffer.concat(hashes).subarray(0, sizes.key), iv, body, { padding: true }));
    },
  };
}

/** EncryptedPrivateKeyInfo. */
export function pbeLock(bytes: Buffer, algorithm: Tlv, ciphertext: Buffer): Lock | undefined {
  return canDecrypt(bytes, algorithm) ? { opens: (passphrase) => isKey(decrypt(bytes, algorithm, ciphertext, password(passphrase), unlimited())) } : undefined;
}
