import { describe, expect, test } from 'vitest';
import { guessRate, macGuessRate, roughly } from '../src/guess-rate.ts';
import type { Encryption } from '../src/key.ts';

function rate(encryption: Omit<Encryption, 'cipher'>): number {
  return guessRate({ cipher: 'aes-256-cbc', ...encryption })!;
}

describe('guesses a second', () => {
  test('are fewer than 10,000 under each of the settings that OWASP gives', () => {
    for (const encryption of [
      { kdf: 'pbkdf2', prf: 'hmac-sha1', rounds: 1_400_000 }, { kdf: 'pbkdf2', prf: 'hmac-sha256', rounds: 600_000 }, { kdf: 'pbkdf2', prf: 'hmac-sha512', rounds: 220_000 },
      ...[[17, 1], [16, 2], [15, 3], [14, 5], [13, 10]].map(([log, p]) => ({ kdf: 'scrypt', N: 2 ** log!, r: 8, p: p! })),
      ...[[47_104, 1], [19_456, 2], [12_288, 3], [9216, 4], [7168, 5]].map(([memory, passes]) => ({ kdf: 'argon2id', memory: memory!, passes: passes!, parallelism: 1 })),
    ]) {
      expect(rate(encryption), JSON.stringify(encryption)).toBeLessThan(10_100);
      expect(rate(encryption), JSON.stringify(encryption)).toBeGreaterThan(5000);
    }
  });

  test('fall as the work grows', () => {
    expect(rate({ kdf: 'bcrypt', rounds: 16 })).toBe(2500);
    expect(rate({ kdf: 'bcrypt', rounds: 100 })).toBe(400);
    expect(rate({ kdf: 's2k-iterated', rounds: 65_011_712 })).toBeCloseTo(25_595.4, 1);
    expect(rate({ kdf: 'pkcs12', rounds: 2048 })).toBe(macGuessRate(2048) / 2);
  });

  test('are not told where the cost is not known', () => {
    for (const encryption of [{ kdf: 'md5', rounds: 1 }, { kdf: 'pbkdf2' }, { kdf: 'scrypt' }, { kdf: 'argon2id', memory: 1 }, { kdf: 'unknown' }]) expect(guessRate({ cipher: 'x', ...encryption })).toBeUndefined();
  });

  test.each([[0.3, 'some 1'], [1, 'some 1'], [94, 'some 90'], [95, 'some 100'], [2500, 'some 3,000'], [999_999, 'some 1 million'], [2_929_687, 'some 3 million'], [26_000_000_000, 'some 30 billion']])('%d: %s', (exact, words) => {
    expect(roughly(exact)).toBe(words);
  });
});
