import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { detect } from '../src/detect.ts';
import type { Key } from '../src/key.ts';
import { secretFacts } from '../src/secret-digest.ts';

const detectIn = (text: string): readonly Key[] => detect({ path: 'file', bytes: Buffer.from(text), facts: () => ({ origin: 'file' }) });
const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

describe('the name of a shared secret', () => {
  test('is a digest that nobody else makes, the same in every format', () => {
    const secret = randomBytes(64);
    const { digest } = secretFacts(secret);
    expect(digest).toBe(createHash('sha256').update('keylint name of a secret\0').update(sha256(secret)).digest('hex'));
    expect(digest).not.toBe(sha256(secret).toString('hex'));
    const [key] = detectIn(JSON.stringify({ kty: 'oct', k: secret.toString('base64url') }));
    const [tsig] = detectIn(`Private-key-format: v1.3\nAlgorithm: 165 (HMAC_SHA512)\nKey: ${secret.toString('base64')}\n`);
    expect([key?.digest, tsig?.digest]).toEqual([digest, digest]);
  });

  test('is there for what a generator made', () => {
    for (const length of [16, 20, 24, 32, 64, 256]) {
      const named = Array.from({ length: 300 }, () => secretFacts(randomBytes(length)).digest).filter((digest) => digest !== undefined);
      expect(named.length, `${length} bytes`).toBeGreaterThan(290);
    }
  });

  test.each<[string, Uint8Array]>([
    ['too short', randomBytes(15)],
    ['a word', Buffer.from('correct horse battery staple')],
    ['a word in another alphabet', Buffer.from('пароль пароль пароль')],
    ['a word with a byte that is no text', Buffer.concat([Buffer.from('correct horse battery staple'), Buffer.from([0xff])])],
    ['hex digits', Buffer.from(randomBytes(32).toString('hex'))],
    ['one byte over and over', Buffer.alloc(32, 0x9f)],
    ['a row', Buffer.from(Array.from({ length: 32 }, (_, i) => 0x90 + 3 * i))],
    ['a number and nothing else', Buffer.concat([Buffer.alloc(28), Buffer.from([0xde, 0xad, 0xbe, 0xef])])],
    ['a short secret twice', Buffer.concat(Array.from({ length: 4 }, () => Buffer.from('90a1b2c3d4e5f607', 'hex')))],
  ])('is not there for %s, which could be guessed', (_, secret) => {
    expect(secretFacts(secret)).toEqual({ bits: secret.length * 8 });
    const keys = detectIn(JSON.stringify({ kty: 'oct', k: Buffer.from(secret).toString('base64url') }));
    expect(keys.map(({ fingerprint, spki, container, digest }) => [fingerprint, spki, container, digest])).toEqual(keys.map(() => [undefined, undefined, undefined, undefined]));
  });
});
