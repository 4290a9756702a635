import { children, INTEGER, readTlv, SEQUENCE } from '../der.ts';
import type { Lock } from '../format.ts';
import { attempt, crypto, decipher, digest } from './ciphers.ts';

/** JKS: a keystream of SHA-1, 20 bytes of salt before the key and 20 of check value behind it (OpenJDK, sun.security.provider.KeyProtector). */
export function jksLock(sealed: Buffer): Lock | undefined {
  if (sealed.length <= 2 * SHA1) return undefined;
  const [salt, body, check] = [sealed.subarray(0, SHA1), sealed.subarray(SHA1, -SHA1), sealed.subarray(-SHA1)];
  return {
    opens(passphrase) {
      const secret = Buffer.from(passphrase, 'utf16le').swap16();
      const plain = Buffer.from(body);
      let pad = salt;
      for (let at = 0; at < plain.length; at += SHA1) {
        pad = digest('sha1', secret, pad);
        for (let i = 0; i < SHA1 && at + i < plain.length; i++) plain[at + i]! ^= pad[i]!;
      }
      return digest('sha1', secret, plain).equals(check);
    },
  };
}

const SHA1 = 20;

/**
 * JCEKS: 3DES under MD5 of the passphrase and either half of the salt, over and over (OpenJDK, com.sun.crypto.provider.PBES1Core, deriveCipherKey).
 * What is hidden is a PrivateKeyInfo, or the serialized object of a symmetric key.
 */
export function jceksLock(salt: Buffer, rounds: number, sealed: Buffer): Lock | undefined {
  if (salt.length !== 8 || rounds < 1) return undefined;
  return {
    opens(passphrase) {
      const secret = Buffer.from(passphrase, 'latin1');
      const halves = [Buffer.from(salt.subarray(0, 4)), Buffer.from(salt.subarray(4))] as const;
      // Two equal halves would give two equal keys, and are told apart in this way, which its authors call a bug that cannot be mended.
      if (halves[0].equals(halves[1])) [halves[0][0], halves[0][1], halves[0][2]] = [halves[0][3]!, halves[0][0]!, halves[0][1]!];
      const derived = Buffer.concat(halves.map((half) => {
        let last = half;
        for (let round = 0; round < rounds; round++) last = crypto().hash('md5', Buffer.concat([last, secret]), 'buffer');
        return last;
      }));
      const plain = attempt(() => decipher('des-ede3-cbc', derived.subarray(0, 24), derived.subarray(24), sealed, { padding: true }));
      if (!plain || plain.length < 4) return false;
      if (plain.readUInt32BE(0) === SERIALIZED) return true;
      const outer = readTlv(plain, 0);
      return outer?.tag === SEQUENCE && outer.next === plain.length && children(plain, outer)?.[0]?.tag === INTEGER;
    },
  };
}

/** Java Object Serialization Specification, 6.4.2: magic number and version. */
const SERIALIZED = 0xaced0005;
