import fc from 'fast-check';
import { expect, test } from 'vitest';
import { didYouMean } from '../src/did-you-mean.ts';

const words = ['no-committed-private-key', 'no-weak-algorithm', 'min-key-size', 'require-passphrase', '--staged', '--history'];

test('finds the word that was meant', () => {
  expect(didYouMean('min-key-sise', words)).toBe('min-key-size');
  expect(didYouMean('--satged', words)).toBe('--staged');
  expect(didYouMean('REQUIRE-PASSPHRASE', words)).toBe('require-passphrase');
  expect(didYouMean('no-commited-private-keys', words)).toBe('no-committed-private-key');
});

test('says nothing where nothing is near', () => {
  expect(didYouMean('', words)).toBeUndefined();
  expect(didYouMean('x', words)).toBeUndefined();
  expect(didYouMean('something-else', words)).toBeUndefined();
  expect(didYouMean('abc', [])).toBeUndefined();
});

test('one slip in a word of six letters or more is always seen through', () => {
  const slip = fc.record({ word: fc.constantFrom(...words), at: fc.nat(), kind: fc.constantFrom('drop', 'double', 'swap') });
  fc.assert(fc.property(slip, ({ word, at, kind }) => {
    const i = at % (word.length - 1);
    const typed = kind === 'drop' ? word.slice(0, i) + word.slice(i + 1)
      : kind === 'double' ? word.slice(0, i + 1) + word.slice(i)
      : word.slice(0, i) + word[i + 1]! + word[i]! + word.slice(i + 2);
    expect(didYouMean(typed, words)).toBe(word);
  }));
});

test('a very long word costs little', () => {
  const before = performance.now();
  didYouMean('x'.repeat(1_000_000), words);
  expect(performance.now() - before).toBeLessThan(100);
});
