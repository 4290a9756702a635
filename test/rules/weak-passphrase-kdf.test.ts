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
    expect(finding!.message).toBe('EC private key protected by a passphrase: a guess at the passphrase costs an attacker one MD5 hash');
    expect(finding!.help).toBe('ssh-keygen -p -a 100 -f .ssh/id_ecdsa_login');
    expect(findings(rule, makeKey('jwt.pem', { format: 'legacy-pem', algorithm: 'rsa', encryption }))[0]!.help).toMatch(/: openssl pkcs8 -topk8 -v2 aes-256-cbc -scrypt -in jwt.pem -out jwt.pem.new$/);
  });

  test('PPK 2: one SHA-1 hash, mended by puttygen', () => {
    const [finding] = findings(rule, makeKey('login.ppk', { format: 'ppk', wrapping: [], encryption: { cipher: 'aes256-cbc', kdf: 'sha1', rounds: 1 } }));
    expect(finding!.message).toContain('one SHA-1 hash');
    expect(finding!.help).toBe('puttygen login.ppk -P -o login.ppk');
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
    expect(message('hmac-sha256')).toBe('Encrypted PKCS#8 private key (type hidden): a guess at the passphrase costs 2048 iterations of PBKDF2, and should cost 10000 or more (OWASP: 600,000)');
    expect(message('hmac-sha512')).toContain('220,000');
    expect(message()).toContain('1,400,000');
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
