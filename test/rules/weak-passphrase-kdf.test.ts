import { describe, expect, test } from 'vitest';
import { weakPassphraseKdf as rule } from '../../rules/weak-passphrase-kdf.ts';
import type { Encryption } from '../../src/key.ts';
import { findings, makeKey, messageId } from './key.ts';

function under(encryption: Encryption, options?: Record<string, unknown>): string | undefined {
  return messageId(rule, makeKey('k', { format: 'encrypted-pkcs8', algorithm: undefined, encryption }), options);
}

describe('weak-passphrase-kdf', () => {
  test('a legacy PEM key: one MD5 hash a guess, and the command that mends it', () => {
    const encryption = { cipher: 'aes-128-cbc', kdf: 'md5', rounds: 1 };
    const [finding] = findings(rule, makeKey('.ssh/id_ecdsa_login', { format: 'legacy-pem', algorithm: 'ec', encryption }));
    expect(finding!.message).toBe('EC private key protected by a passphrase: a guess at the passphrase costs an attacker one MD5 hash: a graphics card makes billions of guesses a second');
    expect(finding!.help).toBe('ssh-keygen -p -a 100 -f .ssh/id_ecdsa_login');
    expect(findings(rule, makeKey('jwt.pem', { format: 'legacy-pem', algorithm: 'rsa', encryption }))[0]!.help).toMatch(/: openssl pkcs8 -topk8 -v2 aes-256-cbc -scrypt -in jwt.pem -out jwt.pem.new$/);
  });

  test('an empty passphrase needs no guess: require-passphrase speaks of it', () => {
    const encryption = { cipher: 'aes-256-cbc', kdf: 'pbkdf2', rounds: 2048 };
    expect(messageId(rule, makeKey('a.p12', { format: 'pkcs12', encryption }))).toBe('pbkdf2');
    expect(messageId(rule, makeKey('a.p12', { format: 'pkcs12', encryption, weaknesses: ['empty-password'] }))).toBeUndefined();
  });

  test('PPK 2: one SHA-1 hash, mended by puttygen', () => {
    const [finding] = findings(rule, makeKey('login.ppk', { format: 'ppk', wrapping: [], encryption: { cipher: 'aes256-cbc', kdf: 'sha1', rounds: 1 } }));
    expect(finding!.message).toContain('one SHA-1 hash');
    expect(finding!.help).toBe('puttygen login.ppk --reencrypt --ppk-param memory=8192,passes=13 -o login.ppk');
  });

  test('PKCS #5 v1.5 and PKCS #12 derivations are outdated whatever their rounds', () => {
    expect(under({ cipher: 'rc2-cbc', kdf: 'pbkdf1', rounds: 100_000 })).toBe('outdated');
    expect(under({ cipher: 'des-ede3-cbc', kdf: 'pkcs12', rounds: 100_000 })).toBe('outdated');
    for (const kdf of ['s2k-simple', 's2k-salted']) expect(under({ cipher: 'cast5', kdf })).toBe('outdated');
  });

  test.each(['des-cbc', 'des-ecb', 'des-cfb', 'rc2-40-cbc', 'rc2-64-cbc', 'rc4-40'])('%s has too few keys under any derivation', (cipher) => {
    expect(under({ cipher, kdf: 'pbkdf2', rounds: 1_000_000, prf: 'hmac-sha256' })).toBe('shortKey');
  });

  test.each(['des-ede3-cbc', 'aes-128-cbc', 'rc2-cbc', 'rc4', 'des-ede-cbc'])('%s is not the matter here', (cipher) => {
    expect(under({ cipher, kdf: 'pbkdf2', rounds: 1_000_000, prf: 'hmac-sha256' })).toBeUndefined();
  });

  const aes = 'aes-256-cbc';
  test.each([
    ['pbkdf2', { cipher: aes, kdf: 'pbkdf2', rounds: 9999 }, { cipher: aes, kdf: 'pbkdf2', rounds: 10_000 }],
    ['bcrypt', { cipher: 'aes256-ctr', kdf: 'bcrypt', rounds: 15 }, { cipher: 'aes256-ctr', kdf: 'bcrypt', rounds: 16 }],
    ['s2k', { cipher: 'aes-128', kdf: 's2k-iterated', rounds: 1_048_575 }, { cipher: 'aes-128', kdf: 's2k-iterated', rounds: 1_048_576 }],
    ['scrypt', { cipher: aes, kdf: 'scrypt', N: 8192, r: 8, p: 1 }, { cipher: aes, kdf: 'scrypt', N: 16_384, r: 8, p: 1 }],
    ['scrypt', { cipher: aes, kdf: 'scrypt', N: 4096, r: 8, p: 3 }, { cipher: aes, kdf: 'scrypt', N: 4096, r: 8, p: 4 }],
    ['scrypt', { cipher: aes, kdf: 'scrypt', N: 16_384, r: 1, p: 1 }, { cipher: aes, kdf: 'scrypt', N: 8192, r: 16, p: 1 }],
    ['argon2Memory', { cipher: aes, kdf: 'argon2id', memory: 8191, passes: 100 }, { cipher: aes, kdf: 'argon2id', memory: 8192, passes: 100 }],
    ['argon2Work', { cipher: aes, kdf: 'argon2d', memory: 8192, passes: 4 }, { cipher: aes, kdf: 'argon2d', memory: 8192, passes: 5 }],
    ['argon2Work', { cipher: aes, kdf: 'argon2i', memory: 35_839, passes: 1 }, { cipher: aes, kdf: 'argon2i', memory: 35_840, passes: 1 }],
  ] as const)('%s: %o is too little, %o is enough', (id, little, enough) => {
    expect(under(little)).toBe(id);
    expect(under(enough)).toBeUndefined();
  });

  test.each([
    ['pbkdf2', { cipher: aes, kdf: 'pbkdf2', rounds: 2048 }, 2048, 2049],
    ['bcrypt', { cipher: aes, kdf: 'bcrypt', rounds: 100 }, 100, 101],
    ['scrypt', { cipher: aes, kdf: 'scrypt', N: 131_072, r: 8, p: 1 }, 131_072, 131_073],
    ['argon2Memory', { cipher: aes, kdf: 'argon2id', memory: 65_536, passes: 3 }, 65_536, 65_537],
    ['argon2Work', { cipher: aes, kdf: 'argon2id', memory: 65_536, passes: 3 }, 196_608, 196_609],
  ] as const)('option %s moves the line', (option, encryption, met, missed) => {
    expect(under(encryption, { [option]: met })).toBeUndefined();
    expect(under(encryption, { [option]: missed })).toBe(option);
  });

  test('says what OWASP asks for with the function in use; no function means HMAC-SHA-1 (RFC 8018, A.2)', () => {
    const message = (prf?: string): string => findings(rule, makeKey('k', { format: 'encrypted-pkcs8', algorithm: undefined, encryption: { cipher: aes, kdf: 'pbkdf2', rounds: 2048, ...prf !== undefined && { prf } } }))[0]!.message;
    expect(message('hmac-sha256')).toBe('Encrypted PKCS#8 private key (type hidden): a guess at the passphrase costs 2,048 iterations of PBKDF2, and should cost 10,000 or more (OWASP: 600,000): a graphics card makes some 3 million guesses a second');
    expect(message('hmac-sha512')).toContain('220,000');
    expect(message()).toContain('1,400,000');
  });

  test('a PKCS #12 store: the key by itself, and its MAC, of which the weaker counts', () => {
    const store = (mac: number, more: Partial<Encryption> = {}): Encryption => ({ cipher: aes, kdf: 'pbkdf2', rounds: 600_000, prf: 'hmac-sha256', mac: 'hmac-sha256', macRounds: mac, ...more });
    expect(under(store(9999))).toBe('mac');
    expect(under(store(10_000))).toBeUndefined();
    expect(under(store(1, { rounds: 2048 }))).toBe('pbkdf2');
    expect(under(store(2048), { mac: 2048 })).toBeUndefined();
    expect(findings(rule, makeKey('a.p12', { format: 'pkcs12', wrapping: [], encryption: store(1) }))[0]!.message).toBe(
      'Ed25519 private key protected by a passphrase: the MAC of the store shows whether a passphrase is right after 1 iteration of HMAC-SHA256, and should take 10,000 or more: a graphics card makes some 30 billion guesses a second');
  });

  test.each([
    [{ kdf: 'pkcs12', rounds: 2048 }, 'the PKCS #12 key derivation is kept for old files only: a graphics card makes some 6 million guesses a second'],
    [{ kdf: 'pbkdf1', rounds: 2048 }, 'PKCS #5 v1.5 encryption is kept for old files only: a graphics card makes some 10 million guesses a second'],
    [{ kdf: 'pkcs12' }, 'the PKCS #12 key derivation is kept for old files only'],
    [{ kdf: 's2k-salted' }, 'S2K without iteration is kept for old files only: a graphics card makes billions of guesses a second'],
    [{ kdf: 's2k-iterated', rounds: 65_536 }, 'costs hashing 65,536 bytes, and should cost 1,048,576 or more: a graphics card makes some 30 million guesses a second'],
    [{ kdf: 'bcrypt', rounds: 8 }, 'costs 8 rounds of bcrypt, and should cost 16 or more: a graphics card makes some 5,000 guesses a second'],
    [{ kdf: 'scrypt', N: 1024, r: 8, p: 1 }, 'costs scrypt with N=1,024 (at r=8, p=1), and should cost N=16,384 or more: a graphics card makes some 700,000 guesses a second'],
    [{ kdf: 'argon2id', memory: 8192, passes: 1, parallelism: 1 }, 'costs 1 pass of Argon2 over 8,192 KiB, and should cost 35,840 KiB or more in all passes: a graphics card makes some 60,000 guesses a second'],
  ] as const)('%o: says in words what it is worth', (encryption, words) => {
    expect(findings(rule, makeKey('k', { format: 'encrypted-pkcs8', encryption: { cipher: aes, ...encryption } }))[0]!.message).toBe(`Ed25519 private key protected by a passphrase: ${words.startsWith('costs') ? `a guess at the passphrase ${words}` : words}`);
  });

  test('stays silent where nothing is known, nothing is encrypted, or nothing can be read', () => {
    expect(under({ cipher: aes, kdf: 'unknown' })).toBeUndefined();
    expect(under({ cipher: aes, kdf: 'pbkdf2' })).toBeUndefined();
    expect(under({ cipher: aes, kdf: 'scrypt' })).toBeUndefined();
    expect(under({ cipher: aes, kdf: 'argon2id' })).toBeUndefined();
    expect(messageId(rule, makeKey('k'))).toBeUndefined();
    expect(messageId(rule, makeKey('k', { encryption: { cipher: aes, kdf: 'md5', rounds: 1 }, defect: 'cut off' }))).toBeUndefined();
    expect(messageId(rule, makeKey('k', { kind: 'public' }))).toBeUndefined();
  });
});
