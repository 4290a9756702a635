import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import openWabt from 'wabt';
import { anchors, ends, plan } from '../src/anchors.ts';
import { code } from '../src/sieve-loop.ts';
import { reserve } from '../src/sieve-memory.ts';
import { planSieve } from '../src/sieve-plan.ts';
import { makeSieve, MIN_ANCHOR } from '../src/sieve.ts';
import { folder, makeKey, program, spawn, write } from './program.ts';

/** What there is to find, looked for the plain way. */
function search(bytes: Buffer, literals: readonly Uint8Array[]): string[] {
  const found = literals.flatMap((literal, anchor) => {
    const starts: [number, number][] = [];
    for (let at = bytes.indexOf(literal); at >= 0; at = bytes.indexOf(literal, at + 1)) starts.push([at, anchor]);
    return starts;
  });
  return found.sort(([x, a], [y, b]) => x - y || a - b).map(([at, anchor]) => `${at} ${anchor}`);
}

/** The same, as a sieve tells it. */
function sifted(hits: Int32Array): string[] {
  const pairs = Array.from({ length: hits.length / 2 }, (_, i) => [hits[2 * i + 1]!, hits[2 * i]!] as const);
  expect(pairs.map(([at]) => at)).toEqual(pairs.map(([at]) => at).sort((x, y) => x - y));
  return [...pairs].sort(([x, a], [y, b]) => x - y || a - b).map(([at, anchor]) => `${at} ${anchor}`);
}

/** A sieve, and where it wants the same bytes: somewhere inside a larger buffer. */
function kinds(of: typeof plan): [string, (bytes: Buffer, offset?: number) => Int32Array][] {
  const memory = reserve(1 << 19)!;
  const room = memory.take(1 << 19)!;
  const placed = (bytes: Buffer, offset: number, whole: Buffer): Buffer => {
    whole.fill(0x41, 0, bytes.length + offset + 5);
    bytes.copy(whole, offset);
    return whole.subarray(offset, offset + bytes.length);
  };
  const anywhere = makeSieve(of), inMemory = makeSieve(of, () => memory);
  // Only then is its memory's loop worth it.
  inMemory(room);
  return [
    ['in any buffer', (bytes, offset = 0) => anywhere(placed(bytes, offset, Buffer.alloc(bytes.length + offset + 5)))],
    ['in its memory', (bytes, offset = 0) => inMemory(placed(bytes, offset, room))],
    ['beside its memory', (bytes, offset = 0) => inMemory(placed(bytes, offset, Buffer.alloc(bytes.length + offset + 5)))],
  ];
}

describe.each(kinds(plan))('finds what a plain search finds, %s', (where, sieve) => {

  test('each anchor at each place, also at the ends', () => {
    for (const [anchor, literal] of anchors.entries()) {
      for (let before = 0; before < 9; before++) {
        for (const behind of [0, 1, 3]) {
          const bytes = Buffer.concat([Buffer.alloc(before, '~'), literal, Buffer.alloc(behind, '~')]);
          expect(sifted(sieve(bytes)), JSON.stringify(literal.toString('latin1'))).toContain(`${before} ${anchor}`);
        }
      }
    }
  });

  const filler = fc.oneof(fc.constantFrom('\0', '\n', '"', ' ', 'A', '0', ', 0x', 'PRIVATE', '-----').map((text) => Buffer.from(text)), fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes)));
  const cut = fc.tuple(fc.constantFrom(...anchors), fc.nat(40), fc.nat(40)).map(([anchor, from, to]) => anchor.subarray(Math.min(from, anchor.length), Math.min(to, anchor.length)));

  test('anchors, pieces of them and other bytes, wherever they lie in memory', () => {
    fc.assert(fc.property(fc.array(fc.oneof(fc.constantFrom(...anchors), cut, filler), { maxLength: 30 }), fc.nat(17), (parts, offset) => {
      const bytes = Buffer.concat(parts);
      expect(sifted(sieve(bytes, offset))).toEqual(search(bytes, anchors));
    }), { numRuns: 2000 });
  });

  test('any anchors', () => {
    const byte = fc.constantFrom(0x41, 0x42, 0x61, 0x30, 0xff);
    const literal = fc.array(byte, { minLength: MIN_ANCHOR, maxLength: 40 }).map((bytes) => Buffer.from(bytes));
    const some = fc.uniqueArray(literal, { minLength: 1, maxLength: 20, selector: (bytes) => bytes.toString('latin1') });
    fc.assert(fc.property(some.chain((literals) => fc.tuple(fc.constant(literals), fc.array(fc.oneof(fc.constantFrom(...literals), fc.array(byte, { maxLength: 9 }).map((bytes) => Buffer.from(bytes))), { maxLength: 20 }))), ([literals, parts]) => {
      const bytes = Buffer.concat(parts);
      const [, other] = kinds(planSieve(literals)).find(([name]) => name === where)!;
      expect(sifted(other(bytes))).toEqual(search(bytes, literals));
    }), { numRuns: 50 });
  });

  test('more hits than there were ever before', () => {
    for (const size of [1 << 10, 1 << 18]) {
      const bytes = Buffer.alloc(size, anchors[0]);
      expect(sieve(bytes).length / 2).toBe(search(bytes, anchors).length);
    }
    expect(sieve(Buffer.alloc(1 << 18)).length).toBe(0);
  });

  test('in one buffer with changing content', () => {
    const buffer = Buffer.alloc(64);
    expect(sieve(buffer).length).toBe(0);
    buffer.write('PRIVATE KEY', 7);
    expect(sifted(sieve(buffer))).toEqual(search(buffer, anchors));
    buffer.fill(0);
    expect(sieve(buffer).length).toBe(0);
  });
});

test.each([['short', 'PRIVATEKEY'], ['long', 'A'.repeat(256)], ['empty inside', `PRIVATE${'\0'.repeat(12)}KEY`]])('an anchor that is too %s is refused', (_what, literal) => {
  expect(() => planSieve([Buffer.from(literal)])).toThrow(RangeError);
});

test('what is only asked for is the same in some order', () => {
  const sieve = makeSieve(plan);
  const bytes = Buffer.concat([...anchors].reverse());
  const pairs = (hits: Int32Array): string[] => Array.from({ length: hits.length / 2 }, (_, i) => `${hits[2 * i + 1]} ${hits[2 * i]}`).sort();
  expect(pairs(sieve.peek(bytes))).toEqual(pairs(sieve(bytes)));
  expect(sieve.peek(Buffer.alloc(64))).toHaveLength(0);
});

test('at the ends of its memory, where what lies beside the bytes are not theirs', () => {
  const memory = reserve(1 << 16)!;
  const sieve = makeSieve(plan, () => memory);
  const room = memory.take(1 << 16)!;
  sieve(room);
  for (const [anchor, literal] of anchors.entries()) {
    for (const at of [0, room.length - literal.length]) {
      room.fill('~');
      literal.copy(room, at);
      expect(sifted(sieve(room.subarray(at, at + literal.length))), JSON.stringify(literal.toString('latin1'))).toContain(`0 ${anchor}`);
    }
  }
});

test('the first anchor that a sieve ever meets hides none behind it', () => {
  const bytes = Buffer.concat(anchors.slice(0, 40).flatMap((anchor) => [Buffer.alloc(40, '~'), anchor]));
  expect(sifted(makeSieve(plan)(bytes))).toEqual(search(bytes, anchors));
});

test('the loop is what its source is assembled to', async () => {
  const { parseWat } = await openWabt();
  const module = parseWat('sieve-loop.wat', readFileSync(new URL('../src/sieve-loop.wat', import.meta.url), 'utf8'));
  expect(code).toBe(Buffer.from(module.toBinary({}).buffer).toString('base64'));
});

test('memory that cannot be had is none, and there is as much of it as was asked for', () => {
  expect(reserve(2 ** 40)).toBeUndefined();
  const memory = reserve(1 << 16)!;
  expect(memory.take(1 << 15)).toHaveLength(1 << 15);
  expect(memory.take((1 << 15) + 1)).toBeUndefined();
  const second = memory.take(1 << 15)!;
  expect([second.length, memory.take(1)]).toEqual([1 << 15, undefined]);
  memory.giveBack(second);
  expect([memory.take(1), memory.take(1 << 15), memory.take(1 << 15)]).toEqual([undefined, second, undefined]);
  expect(memory.run(Buffer.from('no code'))).toBeUndefined();
});

test('where nothing may be compiled, keys are found all the same', () => {
  const cwd = folder();
  write(join(cwd, 'key.pem'), makeKey().text);
  const { status, stdout } = spawn(process.execPath, ['--jitless', program, '--format', 'json', '.'], { cwd });
  expect([status, (JSON.parse(stdout) as { keys: unknown[] }).keys.length]).toEqual([1, 1]);
});

test('the words of a plan are hardly met in source code, those of commands least', () => {
  const texts = ['typescript/lib/typescript.js', 'typescript/lib/lib.dom.d.ts', 'yaml/README.md', '@types/node/fs.d.ts'].map((file) => readFileSync(new URL(`../node_modules/${file}`, import.meta.url)));
  /** In how many places one of the words stands that a plan looks for, of all in the texts. */
  const share = (literals: readonly Buffer[]): number => {
    const { products, multiplier } = planSieve(literals);
    const words = new Set(new Int32Array(new Uint8Array(Buffer.from(products, 'base64')).buffer));
    let count = 0;
    for (const text of texts) for (let at = 0; at + 4 <= text.length; at++) if (words.has(Math.imul(text.readInt32LE(at), multiplier))) count++;
    return count / texts.reduce((sum, { length }) => sum + length, 0);
  };
  const all = share(anchors);
  const keys = share(anchors.slice(0, ends[1]));
  expect(keys).toBeLessThan(1 / 200);
  expect(all - keys).toBeLessThan(1 / 400);
});
