import { describe, expect, test } from 'vitest';
import { noWeakAlgorithm as rule } from '../../rules/no-weak-algorithm.ts';
import { curves } from '../../src/oids.ts';
import { encrypted, findings, makeKey, messageId } from './key.ts';

describe('no-weak-algorithm', () => {
  test.each([
    [{ algorithm: 'dsa', bits: 2048 }],
    [{ algorithm: 'rsa1', bits: 2048 }],
    [{ algorithm: 'ec', curve: 'sect283r1', bits: 282 }],
    [{ algorithm: 'ec', curve: 'c2pnb272w1', bits: 257 }],
    [{ algorithm: 'ec', curve: 'wap-wsg-idm-ecid-wtls11', bits: 233 }],
    [{ algorithm: 'ec', curve: 'explicit', bits: 256 }],
    [{ algorithm: 'gost2001', bits: 256 }],
    [{ algorithm: 'dh', bits: 4096 }],
  ])('refuses %o', (facts) => {
    expect(messageId(rule, makeKey('k', facts))).toBe('weak');
    expect(messageId(rule, makeKey('k', { ...facts, kind: 'public' }))).toBe('weak');
    expect(messageId(rule, makeKey('k', { ...facts, kind: 'certificate' }))).toBe('weak');
    expect(messageId(rule, makeKey('k', { ...facts, encryption: encrypted }))).toBe('weak');
  });

  test.each([
    [{ algorithm: 'rsa', bits: 512 }],
    [{ algorithm: 'rsa-pss', bits: 2048 }],
    [{ algorithm: 'ed25519' }],
    [{ algorithm: 'ec', curve: 'prime256v1' }],
    [{ algorithm: 'ec', curve: 'prime192v1' }],
    [{ algorithm: 'ec', curve: 'secp256k1' }],
    [{ algorithm: 'ec', curve: 'brainpoolP256r1' }],
    [{ algorithm: 'ec' }],
    [{ algorithm: 'gost2012-256' }],
    [{ algorithm: 'ml-dsa-44' }],
    [{ algorithm: undefined, encryption: encrypted }],
    [{ algorithm: 'dsa', defect: 'cut off' }],
    [{ algorithm: 'dsa', kind: 'symmetric' }],
  ] as const)('accepts %o', (facts) => {
    expect(messageId(rule, makeKey('k', facts))).toBeUndefined();
  });

  test('all curves over binary fields are refused, no curve over a prime field is', () => {
    for (const { name, field } of curves) {
      expect(messageId(rule, makeKey('k', { algorithm: 'ec', curve: name })) === 'weak', name).toBe(field === 'binary');
    }
  });

  test('says why', () => {
    expect(findings(rule, makeKey('k', { algorithm: 'dsa', bits: 1024, fingerprint: 'SHA256:x' }))[0]!.message)
      .toBe('DSA 1024-bit private key without a passphrase: FIPS 186-5 approves DSA for no new signature, and OpenSSH 10 has removed it');
  });

  test('disallow adds algorithms, curves and families', () => {
    const p256 = makeKey('k', { algorithm: 'ec', curve: 'prime256v1' });
    for (const disallow of ['ec', 'ecdsa', 'nist-curves', 'prime256v1']) expect(messageId(rule, p256, { disallow: [disallow] }), disallow).toBe('disallowed');
    expect(messageId(rule, p256, { disallow: ['brainpool-curves', 'secp256k1', 'rsa'] })).toBeUndefined();
    expect(messageId(rule, makeKey('k', { algorithm: 'ecdsa-sk' }), { disallow: ['nist-curves'] })).toBe('disallowed');
    expect(messageId(rule, makeKey('k', { algorithm: 'ec', curve: 'secp256k1' }), { disallow: ['koblitz-curves'] })).toBe('disallowed');
    expect(messageId(rule, makeKey('k', { algorithm: 'ec', curve: 'brainpoolP384t1' }), { disallow: ['brainpool-curves'] })).toBe('disallowed');
    expect(findings(rule, p256, { disallow: ['nist-curves'] })[0]!.message).toContain('the policy does not want NIST curves');
  });

  test('accept takes back what is refused by default', () => {
    expect(messageId(rule, makeKey('k', { algorithm: 'dsa' }), { accept: ['dsa'] })).toBeUndefined();
    expect(messageId(rule, makeKey('k', { algorithm: 'ec', curve: 'sect283r1' }), { accept: ['binary-curves'] })).toBeUndefined();
    expect(messageId(rule, makeKey('k', { algorithm: 'ec', curve: 'sect283r1' }), { accept: ['sect283r1'] })).toBeUndefined();
    expect(messageId(rule, makeKey('k', { algorithm: 'ec', curve: 'sect283k1' }), { accept: ['sect283r1'] })).toBe('weak');
    expect(messageId(rule, makeKey('k', { algorithm: 'dsa' }), { accept: ['dsa'], disallow: ['dsa'] })).toBe('disallowed');
  });

  test('only refuses everything else that is known', () => {
    expect(messageId(rule, makeKey('k', { algorithm: 'rsa' }), { only: ['rsa'] })).toBeUndefined();
    expect(messageId(rule, makeKey('k'), { only: ['rsa'] })).toBe('notAmong');
    expect(messageId(rule, makeKey('k', { algorithm: 'rsa-pss' }), { only: ['rsa'] })).toBe('notAmong');
    expect(messageId(rule, makeKey('k', { algorithm: 'dsa' }), { only: ['dsa'] })).toBe('weak');
    expect(messageId(rule, makeKey('k', { algorithm: undefined, encryption: encrypted }), { only: ['rsa'] })).toBeUndefined();
    expect(findings(rule, makeKey('k'), { only: ['rsa', 'prime256v1'] })[0]!.help).toContain('RSA, P-256');
  });

  test('kinds says which keys the wishes of a policy are about; what is weak is refused in all', () => {
    const wishes = { kinds: ['private'], only: ['ed25519'], disallow: ['brainpool-curves'] };
    const of = (algorithm: string, kind: 'private' | 'public'): string | undefined => messageId(rule, makeKey('k', { algorithm, kind }), wishes);
    expect([of('rsa', 'private'), of('rsa', 'public')]).toEqual(['notAmong', undefined]);
    expect([of('dsa', 'private'), of('dsa', 'public')]).toEqual(['weak', 'weak']);
    const brainpool = { algorithm: 'ec', curve: 'brainpoolP256r1' } as const;
    expect([messageId(rule, makeKey('k', brainpool), wishes), messageId(rule, makeKey('k', { ...brainpool, kind: 'public' }), wishes)]).toEqual(['disallowed', undefined]);
  });
});
