import { createRequire } from 'node:module';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bcryptPbkdf } from '../src/bcrypt-pbkdf.ts';

/** A translation of OpenBSD's code, which sshpk brings along: an independent implementation. */
const other = createRequire(createRequire(import.meta.url).resolve('sshpk'))('bcrypt-pbkdf') as {
  pbkdf(password: Uint8Array, passwordLength: number, salt: Uint8Array, saltLength: number, key: Uint8Array, keyLength: number, rounds: number): number;
};

test('derives what another implementation derives', () => {
  fc.assert(fc.property(fc.uint8Array({ minLength: 1, maxLength: 80 }), fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 100 }), (password, salt, rounds, length) => {
    const expected = new Uint8Array(length);
    expect(other.pbkdf(password, password.length, salt, salt.length, expected, length, rounds)).toBe(0);
    expect(bcryptPbkdf(Buffer.from(password), Buffer.from(salt), rounds, length).equals(expected)).toBe(true);
  }), { numRuns: 15 });
});
