import { expect, test } from 'vitest';
import { describeKey, namesOf, nameOf } from '../src/describe.ts';
import type { KeyFacts } from '../src/key.ts';

const encryption = { cipher: 'aes256-ctr', kdf: 'bcrypt', rounds: 16 };

test.each<[KeyFacts, string]>([
  [{ kind: 'private', format: 'pkcs1', algorithm: 'rsa', bits: 2048 }, 'RSA 2048-bit private key without a passphrase'],
  [{ kind: 'private', format: 'openssh', algorithm: 'ed25519', bits: 256, encryption }, 'Ed25519 private key protected by a passphrase'],
  [{ kind: 'private', format: 'encrypted-pkcs8', encryption }, 'encrypted PKCS#8 private key (type hidden)'],
  [{ kind: 'private', format: 'encrypted-pkcs8', algorithm: 'rsa', bits: 4096, inferred: true, encryption }, 'RSA 4096-bit private key protected by a passphrase (judged by its length)'],
  [{ kind: 'public', format: 'spki', algorithm: 'ec', curve: 'prime256v1', bits: 256 }, 'EC P-256 public key'],
  [{ kind: 'public', format: 'spki', algorithm: 'ec', curve: 'secp256k1', bits: 256 }, 'EC secp256k1 public key'],
  [{ kind: 'public', format: 'spki', algorithm: 'ec', curve: 'explicit', bits: 256 }, 'EC 256-bit public key with explicit curve parameters'],
  [{ kind: 'private', format: 'sec1', algorithm: 'ec', curve: 'explicit', bits: 256 }, 'EC 256-bit private key with explicit curve parameters without a passphrase'],
  [{ kind: 'private', format: 'legacy-pem', algorithm: 'ec', encryption }, 'EC private key protected by a passphrase'],
  [{ kind: 'certificate', format: 'x509', algorithm: 'rsa-pss', bits: 3072 }, 'RSA-PSS 3072-bit certificate'],
  [{ kind: 'private', format: 'openssh', algorithm: 'ed25519-sk', bits: 256, hardware: true }, 'Ed25519-SK private key held in hardware'],
  [{ kind: 'private', format: 'openssh', defect: 'cut off' }, 'unreadable OpenSSH private key'],
  [{ kind: 'private', format: 'pkcs1', algorithm: 'rsa', defect: 'cut off' }, 'unreadable RSA private key'],
  [{ kind: 'private', format: 'pkcs8', algorithm: 'ml-dsa-44' }, 'ML-DSA-44 private key without a passphrase'],
  [{ kind: 'public', format: 'spki', algorithm: 'slh-dsa-sha2-128s' }, 'SLH-DSA-SHA2-128s public key'],
  [{ kind: 'private', format: 'pkcs8', algorithm: 'sm2', curve: 'SM2', bits: 256 }, 'SM2 private key without a passphrase'],
  [{ kind: 'symmetric', format: 'jwk', algorithm: 'oct', bits: 256 }, '256-bit symmetric key in the clear'],
  [{ kind: 'symmetric', format: 'pkcs12', encryption }, 'symmetric key protected by a passphrase'],
  [{ kind: 'private', format: 'pkcs8', algorithm: '1.2.3.4' }, '1.2.3.4 private key without a passphrase'],
])('%o is called %s', (key, words) => {
  expect(describeKey(key)).toBe(words);
});

test('a key goes by its SSH fingerprint first, then by the hash of its SPKI, then by that of its container, then by a digest', () => {
  const key = { kind: 'private', format: 'x', fingerprint: 'SHA256:f', spki: '5', container: 'c', digest: 'd' } as const;
  expect(namesOf(key)).toEqual(['SHA256:f', 'spki:5', 'container:c', 'digest:d']);
  expect(nameOf({ kind: 'private', format: 'x', spki: '5' })).toBe('spki:5');
  expect(nameOf({ kind: 'private', format: 'x' })).toBeUndefined();
});
