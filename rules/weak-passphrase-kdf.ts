import { passphraseAdvice } from '../src/advice.ts';
import { isSecret } from '../src/place.ts';
import { defineRule } from '../src/rule.ts';

/** One pass of a hash that was made to be fast. */
const bareHashes: ReadonlyMap<string, string> = new Map([['md5', 'MD5'], ['sha1', 'SHA-1'], ['sha256', 'SHA-256'], ['sha512', 'SHA-512']]);

/** OWASP Password Storage Cheat Sheet, PBKDF2. */
const owaspIterations: ReadonlyMap<string, string> = new Map([['hmac-sha1', '1,400,000'], ['hmac-sha256', '600,000'], ['hmac-sha512', '220,000']]);

/** Keys of 40 to 64 bits: DES, RC2 and RC4 as PKCS #5 v1.5 and PKCS #12 export them. */
const shortKeyCipher = /^(des|des-(cbc|ecb|cfb|ofb)\d*|rc[24]-(40|64)(-.*)?)$/;

function count(times: number, word: string): string {
  return `${times} ${word}${times === 1 ? '' : word.endsWith('s') ? 'es' : 's'}`;
}

export const weakPassphraseKdf = defineRule({
  meta: {
    id: 'weak-passphrase-kdf',
    type: 'problem',
    docs: {
      description: 'Private keys whose passphrase can be guessed fast: legacy PEM, PPK 2, PKCS #5 v1.5, too few rounds',
      why: 'Whoever has the file guesses at its passphrase as fast as the key derivation lets them. A PEM file with DEK-Info lines (openssl genrsa -aes256 in old releases, ssh-keygen -m PEM with a passphrase) has no real one: a guess costs one MD5 hash, and one graphics card does billions a second, so that most passphrases people can remember fall within days. OpenSSH\'s bcrypt, scrypt and Argon2 make each guess millions of times dearer.',
      fix: 'Save the key again with a modern derivation; key and passphrase can stay as they are: ssh-keygen -p -a 100 -f FILE writes OpenSSH\'s format with bcrypt, puttygen FILE -P -o FILE writes PPK 3 with Argon2, openssl pkcs8 -topk8 -scrypt writes PKCS#8 with scrypt. Copies under the old derivation stay as weak as they were.',
      sources: [
        { title: 'OpenSSL, PEM_write_PrivateKey(3) (traditional PEM encryption: one round of MD5)', url: 'https://docs.openssl.org/master/man3/PEM_read_bio_PrivateKey/#pem-encryption-format' },
        { title: 'RFC 8018 (PKCS #5 v2.1), 6.1 (PBES1 only for compatibility) and 6.2', url: 'https://www.rfc-editor.org/rfc/rfc8018#section-6.1' },
        { title: 'RFC 7292 (PKCS #12), Appendix B (deprecated for new usage)', url: 'https://www.rfc-editor.org/rfc/rfc7292#appendix-B' },
        { title: 'NIST SP 800-63B (2017), 5.1.1.2 (PBKDF2: typically at least 10,000 iterations)', url: 'https://pages.nist.gov/800-63-3/sp800-63b.html' },
        { title: 'OWASP Password Storage Cheat Sheet (Argon2id, scrypt, PBKDF2)', url: 'https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html' },
        { title: 'ssh-keygen(1), -a rounds (16 by default)', url: 'https://man.openbsd.org/ssh-keygen.1#a' },
        { title: 'RFC 9580 (OpenPGP), 3.7.1 (simple and salted S2K only for old keys)', url: 'https://www.rfc-editor.org/rfc/rfc9580#section-3.7.1' },
        { title: 'PuTTY manual, Appendix C: PPK file format', url: 'https://the.earth.li/~sgtatham/putty/latest/htmldoc/AppendixC.html' },
      ],
      recommended: 'warn',
    },
    messages: {
      bareHash: { text: '{key}: a guess at the passphrase costs an attacker one {hash} hash', help: '{advice}' },
      shortKey: { text: '{key}: {cipher} has so few keys that all can be tried, whatever the passphrase', help: '{advice}' },
      outdated: { text: '{key}: {scheme} is kept for old files only; a guess at the passphrase is cheap', help: '{advice}' },
      pbkdf2: { text: '{key}: a guess at the passphrase costs {times} of PBKDF2, and should cost {minimum} or more (OWASP: {owasp})', help: '{advice}' },
      s2k: { text: '{key}: a guess at the passphrase costs hashing {rounds} bytes, and should cost {minimum} or more', help: '{advice}' },
      bcrypt: { text: '{key}: a guess at the passphrase costs {times} of bcrypt, and should cost {minimum} or more', help: '{advice}' },
      scrypt: { text: '{key}: a guess at the passphrase costs scrypt with N={cost} (at r=8), and should cost N={minimum} or more', help: '{advice}' },
      argon2Memory: { text: '{key}: a guess at the passphrase costs Argon2 {memory} KiB of memory, and should cost {minimum} or more', help: '{advice}' },
      argon2Work: { text: '{key}: a guess at the passphrase costs {times} of Argon2 over {memory} KiB, and should cost {minimum} KiB or more in all passes', help: '{advice}' },
    },
    options: {
      bcrypt: { type: 'integer', default: 16, minimum: 0, description: 'Least rounds of OpenSSH\'s bcrypt (ssh-keygen -a; its default was 16, since OpenSSH 9.4 it is 24)' },
      pbkdf2: { type: 'integer', default: 10_000, minimum: 0, description: 'Least iterations of PBKDF2 (openssl\'s default is 2048; NIST asks for 10,000, OWASP for 600,000 with SHA-256)' },
      s2k: { type: 'integer', default: 1_048_576, minimum: 0, description: 'Least bytes hashed by OpenPGP\'s iterated S2K (its least is 65536; gpg chooses tens of millions)' },
      scrypt: { type: 'integer', default: 16_384, minimum: 0, description: 'Least N of scrypt, at r = 8 (openssl -scrypt: 16384; OWASP: 131072)' },
      argon2Memory: { type: 'integer', default: 8192, minimum: 0, description: 'Least KiB of memory of Argon2 (PuTTY\'s default: 8192)' },
      argon2Work: { type: 'integer', default: 35_840, minimum: 0, description: 'Least KiB of memory times passes of Argon2 (OWASP: 7 MiB with 5 passes, or as much in fewer)' },
    },
  },
  checkKey(key, options) {
    if (!isSecret(key) || !key.encryption) return undefined;
    const { kdf, cipher, rounds, prf = 'hmac-sha1', N, r = 8, memory, passes } = key.encryption;
    const advice = passphraseAdvice(key);
    const hash = bareHashes.get(kdf);
    if (hash !== undefined && (rounds ?? 1) <= 1) return { messageId: 'bareHash', data: { hash, advice } };
    if (shortKeyCipher.test(cipher)) return { messageId: 'shortKey', data: { cipher: cipher.toUpperCase(), advice } };
    switch (kdf) {
      case 'pbkdf1': return { messageId: 'outdated', data: { scheme: 'PKCS #5 v1.5 encryption', advice } };
      case 'pkcs12': return { messageId: 'outdated', data: { scheme: 'the PKCS #12 key derivation', advice } };
      case 's2k-simple':
      case 's2k-salted': return { messageId: 'outdated', data: { scheme: 'S2K without iteration', advice } };
      case 's2k-iterated': {
        const { s2k: minimum } = options;
        return rounds === undefined || rounds >= minimum ? undefined : { messageId: 's2k', data: { rounds, minimum, advice } };
      }
      case 'pbkdf2': {
        const { pbkdf2: minimum } = options;
        if (rounds === undefined || rounds >= minimum) return undefined;
        return { messageId: 'pbkdf2', data: { times: count(rounds, 'iteration'), minimum, owasp: owaspIterations.get(prf) ?? '600,000', advice } };
      }
      case 'bcrypt': {
        const { bcrypt: minimum } = options;
        return rounds === undefined || rounds >= minimum ? undefined : { messageId: 'bcrypt', data: { times: count(rounds, 'round'), minimum, advice } };
      }
      case 'scrypt': {
        // RFC 7914, 2: time and memory grow with N and r alike; the tables of OWASP and OpenSSL's default stand at r = 8.
        const { scrypt: minimum } = options;
        if (N === undefined || N * r >= minimum * 8) return undefined;
        return { messageId: 'scrypt', data: { cost: Math.floor((N * r) / 8), minimum, advice } };
      }
      case 'argon2id':
      case 'argon2i':
      case 'argon2d': {
        if (memory === undefined) return undefined;
        if (memory < options.argon2Memory) return { messageId: 'argon2Memory', data: { memory, minimum: options.argon2Memory, advice } };
        if (passes === undefined || memory * passes >= options.argon2Work) return undefined;
        return { messageId: 'argon2Work', data: { memory, times: count(passes, 'pass'), minimum: options.argon2Work, advice } };
      }
      default: return undefined;
    }
  },
});
