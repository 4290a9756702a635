import { passphraseAdvice } from '../src/advice.ts';
import { isProtected } from '../src/describe.ts';
import { grouped, guessRate, macGuessRate, roughly } from '../src/guess-rate.ts';
import { isSecret } from '../src/place.ts';
import { defineRule } from '../src/rule.ts';

/** One pass of a hash that was made to be fast. */
const bareHashes: ReadonlyMap<string, string> = new Map([['md5', 'MD5'], ['sha1', 'SHA-1'], ['sha256', 'SHA-256'], ['sha512', 'SHA-512']]);

/** OWASP Password Storage Cheat Sheet, PBKDF2. */
const owaspIterations: ReadonlyMap<string, string> = new Map([['hmac-sha1', '1,400,000'], ['hmac-sha256', '600,000'], ['hmac-sha512', '220,000']]);

/** Keys of 40 to 64 bits: DES, RC2 and RC4 as PKCS #5 v1.5 and PKCS #12 export them. */
const shortKeyCipher = /^(des|des-(cbc|ecb|cfb|ofb)\d*|rc[24]-(40|64)(-.*)?)$/;

function count(times: number, word: string): string {
  return `${grouped(times)} ${word}${times === 1 ? '' : word.endsWith('s') ? 'es' : 's'}`;
}

/** The end of a sentence: what the cost means for somebody who has the file. */
function rateText(rate: number | undefined): string {
  return rate === undefined ? '' : `: a graphics card makes ${roughly(rate)} guesses a second`;
}

export const weakPassphraseKdf = defineRule({
  meta: {
    id: 'weak-passphrase-kdf',
    type: 'problem',
    docs: {
      description: 'Private keys whose passphrase can be guessed fast: legacy PEM, PPK 2, PKCS #5 v1.5, too few rounds',
      why: 'Whoever has the file guesses at its passphrase as fast as the key derivation lets them. A PEM file with DEK-Info lines (openssl genrsa -aes256 in old releases, ssh-keygen -m PEM with a passphrase) has no real one: a guess costs one MD5 hash, and one graphics card does billions a second, so that most passphrases people can remember fall within days. OpenSSH\'s bcrypt, scrypt and Argon2 make each guess millions of times dearer. How many guesses a graphics card makes is said by the order of magnitude: OWASP\'s settings leave a card of 2022 some 10,000 a second, and the other functions are set against that by what they do. A PKCS #12 store has two locks for one passphrase, the encryption of the key and the MAC of the store; the weaker one counts.',
      fix: 'Save the key again with a modern derivation; key and passphrase can stay as they are: ssh-keygen -p -a 100 -f FILE writes OpenSSH\'s format with bcrypt, puttygen FILE --reencrypt -o FILE writes PPK 3 with Argon2, openssl pkcs8 -topk8 -scrypt writes PKCS#8 with scrypt, keytool -importkeystore and openssl pkcs12 -export write PKCS#12 with PBKDF2, gpg --passwd derives anew with a count that suits the machine. Copies under the old derivation stay as weak as they were.',
      sources: [
        { title: 'OpenSSL, PEM_write_PrivateKey(3) (traditional PEM encryption: one round of MD5)', url: 'https://docs.openssl.org/master/man3/PEM_read_bio_PrivateKey/#pem-encryption-format' },
        { title: 'RFC 8018 (PKCS #5 v2.1), 6.1 (PBES1 only for compatibility) and 6.2', url: 'https://www.rfc-editor.org/rfc/rfc8018#section-6.1' },
        { title: 'RFC 7292 (PKCS #12), Appendix B (deprecated for new usage)', url: 'https://www.rfc-editor.org/rfc/rfc7292#appendix-B' },
        { title: 'NIST SP 800-63B (2017), 5.1.1.2 (PBKDF2: typically at least 10,000 iterations)', url: 'https://pages.nist.gov/800-63-3/sp800-63b.html' },
        { title: 'OWASP Password Storage Cheat Sheet (Argon2id, scrypt, PBKDF2)', url: 'https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html' },
        { title: 'Minimum password settings: what leaves a graphics card fewer than 10,000 guesses a second (OWASP\'s source)', url: 'https://tobtu.com/minimum-password-settings/' },
        { title: 'hashcat benchmark, RTX 3090: modes 0 (MD5), 22931 (RSA/DSA/EC private keys under one MD5)', url: 'https://gist.github.com/Chick3nman/e4fcee00cb6d82874dace72106d73fef' },
        { title: 'ssh-keygen(1), -a rounds', url: 'https://man.openbsd.org/ssh-keygen.1#a' },
        { title: 'RFC 9580 (OpenPGP), 3.7.1 (simple and salted S2K only for old keys)', url: 'https://www.rfc-editor.org/rfc/rfc9580#section-3.7.1' },
        { title: 'PuTTY manual, Appendix C: PPK file format', url: 'https://the.earth.li/~sgtatham/putty/latest/htmldoc/AppendixC.html' },
      ],
      recommended: 'warn',
    },
    messages: {
      bareHash: { text: '{key}: a guess at the passphrase costs an attacker one {hash} hash: a graphics card makes billions of guesses a second', help: '{advice}' },
      shortKey: { text: '{key}: {cipher} has so few keys that all can be tried, whatever the passphrase', help: '{advice}' },
      outdated: { text: '{key}: {scheme} is kept for old files only{rate}', help: '{advice}' },
      pbkdf2: { text: '{key}: a guess at the passphrase costs {times} of PBKDF2, and should cost {minimum} or more (OWASP: {owasp}){rate}', help: '{advice}' },
      mac: { text: '{key}: the MAC of the store shows whether a passphrase is right after {times} of {hash}, and should take {minimum} or more{rate}', help: '{advice}' },
      s2k: { text: '{key}: a guess at the passphrase costs hashing {times}, and should cost {minimum} or more{rate}', help: '{advice}' },
      bcrypt: { text: '{key}: a guess at the passphrase costs {times} of bcrypt, and should cost {minimum} or more{rate}', help: '{advice}' },
      scrypt: { text: '{key}: a guess at the passphrase costs scrypt with N={cost} (at r=8, p=1), and should cost N={minimum} or more{rate}', help: '{advice}' },
      argon2Memory: { text: '{key}: a guess at the passphrase costs {times} of Argon2 over {memory} KiB, and should take {minimum} KiB or more{rate}', help: '{advice}' },
      argon2Work: { text: '{key}: a guess at the passphrase costs {times} of Argon2 over {memory} KiB, and should cost {minimum} KiB or more in all passes{rate}', help: '{advice}' },
    },
    options: {
      bcrypt: { type: 'integer', default: 16, minimum: 0, description: 'Least rounds of OpenSSH\'s bcrypt (ssh-keygen -a; its default was 16, since OpenSSH 9.4 it is 24)' },
      mac: { type: 'integer', default: 10_000, minimum: 0, description: 'Least iterations of the MAC that guards a PKCS #12 store (keytool\'s default: 10,000; openssl\'s: 2048)' },
      pbkdf2: { type: 'integer', default: 10_000, minimum: 0, description: 'Least iterations of PBKDF2 (openssl\'s default is 2048; NIST asks for 10,000, OWASP for 600,000 with SHA-256)' },
      s2k: { type: 'integer', default: 1_048_576, minimum: 0, description: 'Least bytes hashed by OpenPGP\'s iterated S2K (its least is 65536; gpg chooses tens of millions)' },
      scrypt: { type: 'integer', default: 16_384, minimum: 0, description: 'Least N of scrypt, at r = 8 (openssl -scrypt: 16384; OWASP: 131072)' },
      argon2Memory: { type: 'integer', default: 8192, minimum: 0, description: 'Least KiB of memory of Argon2 (PuTTY\'s default: 8192)' },
      argon2Work: { type: 'integer', default: 35_840, minimum: 0, description: 'Least KiB of memory times passes of Argon2 (OWASP: 7 MiB with 5 passes, or as much in fewer)' },
    },
  },
  checkKey(key, options) {
    // A passphrase that is known to be empty needs no guess, whatever it would cost.
    if (!isSecret(key) || !key.encryption || !isProtected(key)) return undefined;
    const { kdf, cipher, rounds, prf = 'hmac-sha1', N, r = 8, p = 1, memory, passes, mac, macRounds } = key.encryption;
    const common = { advice: passphraseAdvice(key, options), rate: rateText(guessRate(key.encryption)) };
    const { advice } = common;
    const hash = bareHashes.get(kdf);
    if (hash !== undefined && (rounds ?? 1) <= 1) return { messageId: 'bareHash', data: { hash, advice } };
    if (shortKeyCipher.test(cipher)) return { messageId: 'shortKey', data: { cipher: cipher.toUpperCase(), advice } };
    const problem = judge();
    if (problem) return problem;
    // A right passphrase shows in the MAC of its store as well as in the key: what is cheaper counts.
    if (mac === undefined || macRounds === undefined || macRounds >= options.mac) return undefined;
    return { messageId: 'mac', data: { advice, hash: mac.toUpperCase(), times: count(macRounds, 'iteration'), minimum: grouped(options.mac), rate: rateText(macGuessRate(macRounds)) } };

    function judge() {
      switch (kdf) {
        case 'pbkdf1': return { messageId: 'outdated', data: { ...common, scheme: key.format === 'jks' ? 'the encryption of JCEKS stores' : 'PKCS #5 v1.5 encryption' } } as const;
        case 'pkcs12': return { messageId: 'outdated', data: { ...common, scheme: 'the PKCS #12 key derivation' } } as const;
        case 's2k-simple':
        case 's2k-salted': return { messageId: 'outdated', data: { advice, scheme: 'S2K without iteration', rate: ': a graphics card makes billions of guesses a second' } } as const;
        case 's2k-iterated': {
          const { s2k: minimum } = options;
          return rounds === undefined || rounds >= minimum ? undefined : { messageId: 's2k', data: { ...common, times: count(rounds, 'byte'), minimum: grouped(minimum) } } as const;
        }
        case 'pbkdf2': {
          const { pbkdf2: minimum } = options;
          if (rounds === undefined || rounds >= minimum) return undefined;
          return { messageId: 'pbkdf2', data: { ...common, times: count(rounds, 'iteration'), minimum: grouped(minimum), owasp: owaspIterations.get(prf) ?? '600,000' } } as const;
        }
        case 'bcrypt': {
          const { bcrypt: minimum } = options;
          return rounds === undefined || rounds >= minimum ? undefined : { messageId: 'bcrypt', data: { ...common, times: count(rounds, 'round'), minimum: grouped(minimum) } } as const;
        }
        case 'scrypt': {
          // RFC 7914, 2: work grows with N, r and p alike; the tables of OWASP and OpenSSL's default stand at r = 8.
          const { scrypt: minimum } = options;
          if (N === undefined || N * r * p >= minimum * 8) return undefined;
          return { messageId: 'scrypt', data: { ...common, cost: grouped(Math.floor((N * r * p) / 8)), minimum: grouped(minimum) } } as const;
        }
        case 'argon2id':
        case 'argon2i':
        case 'argon2d': {
          if (memory === undefined || passes === undefined) return undefined;
          const data = { ...common, memory: grouped(memory), times: count(passes, 'pass') };
          if (memory < options.argon2Memory) return { messageId: 'argon2Memory', data: { ...data, minimum: grouped(options.argon2Memory) } } as const;
          return memory * passes >= options.argon2Work ? undefined : { messageId: 'argon2Work', data: { ...data, minimum: grouped(options.argon2Work) } } as const;
        }
        default: return undefined;
      }
    }
  },
});
