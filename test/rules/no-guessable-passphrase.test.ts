import { expect, test } from 'vitest';
import { noGuessablePassphrase } from '../../rules/no-guessable-passphrase.ts';
import { makeKey } from './key.ts';

const check = noGuessablePassphrase.checkKey!;
const guessed = { encryption: { cipher: 'aes256-ctr', kdf: 'bcrypt', rounds: 16 }, weaknesses: ['guessable-passphrase'] };

test('a key whose passphrase was guessed is told, with the way to another passphrase', () => {
  expect(check(makeKey('.ssh/id_ed25519', { format: 'openssh', ...guessed }), {})).toEqual({ messageId: 'guessed', data: { advice: expect.stringMatching(/^ssh-keygen -p .*\.ssh\/id_ed25519$/) } });
});

test('a PuTTY key is asked for a new passphrase, and not only encrypted anew under the old one', () => {
  expect(check(makeKey('a.ppk', { format: 'ppk', ...guessed }), {})?.data.advice).toMatch(/^puttygen a\.ppk -P /);
});

test.each([
  ['whose passphrase was not guessed', { encryption: guessed.encryption }],
  ['in the clear', {}],
  ['that is damaged', { ...guessed, defect: 'cut off' }],
  ['in hardware', { ...guessed, hardware: true as const }],
])('nothing is said of a key %s', (_, facts) => {
  expect(check(makeKey('k', facts), {})).toBeUndefined();
});
