import { describe, expect, test } from 'vitest';
import { minKeySize as rule } from '../../rules/min-key-size.ts';
import { encrypted, findings, makeKey, messageId } from './key.ts';

describe('min-key-size', () => {
  test.each([
    ['rsa', 2047, 2048], ['rsa-pss', 2047, 2048], ['rsa1', 2047, 2048], ['dsa', 2047, 2048], ['ec', 223, 224], ['sm2', 223, 224], ['dh', 2047, 2048], ['elgamal', 2047, 2048],
  ])('%s: %i bits are too few, %i are enough', (algorithm, few, enough) => {
    for (const kind of ['private', 'public', 'certificate'] as const) {
      expect(messageId(rule, makeKey('k', { kind, algorithm, bits: few }))).toBe('tooSmall');
      expect(messageId(rule, makeKey('k', { kind, algorithm, bits: enough }))).toBeUndefined();
    }
  });

  test.each([
    ['rsa', 'rsa', 4095, 4096], ['dsa', 'dsa', 1023, 1024], ['ec', 'ec', 383, 384], ['dh', 'dh', 3071, 3072],
  ])('option %s judges %s', (option, algorithm, few, enough) => {
    expect(messageId(rule, makeKey('k', { algorithm, bits: few }), { [option]: enough })).toBe('tooSmall');
    expect(messageId(rule, makeKey('k', { algorithm, bits: enough }), { [option]: enough })).toBeUndefined();
  });

  test('says of a size that it was inferred', () => {
    const [finding] = findings(rule, makeKey('k', { format: 'legacy-pem', algorithm: 'rsa', bits: 1024, inferred: true, encryption: { cipher: 'aes-128-cbc', kdf: 'md5', rounds: 1 } }));
    expect(finding!.message).toBe('RSA 1024-bit private key protected by a passphrase (judged by its length): some 1024 bits, judged by its length, are fewer than the 2048 that RSA needs');
  });

  test.each([
    [{ algorithm: 'ed25519', bits: 256 }],
    [{ algorithm: 'x25519', bits: 256 }],
    [{ algorithm: 'rsa' }],
    [{ algorithm: 'rsa', bits: 512, defect: 'cut off' }],
    [{ algorithm: undefined, encryption: encrypted }],
    [{ algorithm: 'oct', kind: 'symmetric', bits: 8 }],
  ] as const)('stays silent for %o', (facts) => {
    expect(messageId(rule, makeKey('k', facts))).toBeUndefined();
  });
});
