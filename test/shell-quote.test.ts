import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shellQuote } from '../src/shell-quote.ts';
import { describeWith, run } from './tools.ts';

describe('shellQuote', () => {
  test.each([
    ['id_ed25519', 'id_ed25519'],
    ['/home/me/.ssh/id_x', '/home/me/.ssh/id_x'],
    ['my key', "'my key'"],
    ["it's", "'it'\\''s'"],
    ['-rf', './-rf'],
    ['- x', "'./- x'"],
    ['~root', "'~root'"],
    ['$(id)', "'$(id)'"],
    ['schlüssel', "'schlüssel'"],
    ['a\nb', "$'a\\012b'"],
    ['\u001b[2J', "$'\\033[2J'"],
    ['\u202etxt', "$'\\342\\200\\256txt'"],
    ['', "''"],
  ])('%j is written %s', (name, written) => {
    expect(shellQuote(name)).toBe(written);
  });
});

describeWith(['bash'], 'what bash makes of a quoted name', () => {
  const name = fc.string({ unit: fc.oneof(fc.constantFrom(...'\'"\\$`!*?[]{}()<>|&;#~=% \t\n\r\u001b\u0001\u007f\u0085\u200b\u2028\u202e-x1/'), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 })), maxLength: 20 })
    .map((text) => text.replaceAll('\0', ''));

  test('is the name again, or the name behind ./', () => {
    fc.assert(fc.property(fc.array(name, { minLength: 50, maxLength: 100 }), (names) => {
      const output = run('bash', ['-c', `printf '%s\\0' ${names.map(shellQuote).join(' ')}`], { env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8' } });
      expect(output.split('\0').slice(0, -1)).toEqual(names.map((text) => text.startsWith('-') ? `./${text}` : text));
    }), { numRuns: 30 });
  });

  test('can be printed: no character of it is a control or format character', () => {
    fc.assert(fc.property(name, (text) => !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(shellQuote(text))));
  });
});
