import { commonWords } from './common-words.ts';
import { buildTable, MAX_ANCHOR, MIN_ANCHOR, SHIFT, SLOTS, STRIDE, type SievePlan } from './sieve.ts';

/** Multipliers to try: Knuth's (2^32 divided by the golden ratio), then its odd multiples. */
const MULTIPLIERS = Array.from({ length: 64 }, (_, i) => Math.imul(0x9e3779b1, 2 * i + 1));

/** Throws RangeError for an anchor that is too short or too long, and for one of NUL bytes. */
export function planSieve(anchors: readonly Uint8Array[]): SievePlan {
  for (const { length } of anchors) if (length < MIN_ANCHOR || length > MAX_ANCHOR) throw new RangeError(`an anchor has ${MIN_ANCHOR} to ${MAX_ANCHOR} bytes, this one ${length}`);
  const offsets = chosenWords(anchors);
  const words = [...new Set(anchors.flatMap((anchor, i) => offsets[i]!.map((offset) => wordAt(anchor, offset))))];
  if (words.includes(0)) throw new RangeError('an anchor has a word of NUL bytes');
  const multiplier = bestMultiplier(words);
  const products = Int32Array.from(words, (word) => Math.imul(word, multiplier));
  return {
    multiplier,
    products: Buffer.from(products.buffer).toString('base64'),
    text: Buffer.concat(anchors).toString('base64'),
    lengths: Buffer.from(anchors.map(({ length }) => length)).toString('base64'),
    offsets: Buffer.from(offsets.flat()).toString('base64'),
  };
}

/** The one whose table the fewest words pass, of random and of common ones. */
function bestMultiplier(words: readonly number[]): number {
  const rates = MULTIPLIERS.map((multiplier) => passRate(words, multiplier));
  return MULTIPLIERS[rates.indexOf(Math.min(...rates))]!;
}

function passRate(words: readonly number[], multiplier: number): number {
  const table = buildTable(Int32Array.from(words, (word) => Math.imul(word, multiplier)));
  let rate = 0;
  for (const bits of table) if (bits !== -1) rate += 2 ** -bitCount(bits & ((1 << SHIFT) - 1));
  rate /= SLOTS;
  for (const [word, bits] of commonBits) {
    const product = Math.imul(word, multiplier);
    if ((table[product >>> 18]! & product) === 0) rate += 2 ** -bits;
  }
  return rate;
}

function bitCount(value: number): number {
  let count = 0;
  for (let left = value; left !== 0; left &= left - 1) count++;
  return count;
}

/**
 * For each anchor and each way it can lie, which of its words is looked for: the one least likely in ordinary text, or one that others
 * need anyway and that is nearly as good. Those go first that leave no choice.
 */
function chosenWords(anchors: readonly Uint8Array[]): readonly (readonly number[])[] {
  const chosen = anchors.map(() => Array.from({ length: STRIDE }, (_, first) => first));
  const taken = new Set<number>();
  const choices = anchors.flatMap((anchor, i) => Array.from({ length: STRIDE }, (_, first) => ({ anchor, i, first, most: Math.floor((anchor.length - 4 - first) / STRIDE) })));
  for (const { anchor, i, first } of choices.sort((a, b) => a.most - b.most)) {
    const at = chosen[i]![first] = rarestWord(anchor, first, taken);
    taken.add(wordAt(anchor, at));
  }
  return chosen;
}

/** Bits that a word is better for being looked for anyway. Not more: all anchors that have a word must be thought of wherever it stands. */
const SHARED = 5;

/** Of the words of an anchor at `first` and every eighth byte behind it, the best: where it stands. */
function rarestWord(anchor: Uint8Array, first: number, taken: ReadonlySet<number>): number {
  let best = first;
  let most = -1;
  for (let at = first; at + 4 <= anchor.length; at += STRIDE) {
    const bits = rarity(anchor, at) + (taken.has(wordAt(anchor, at)) ? SHARED : 0);
    if (bits > most) [best, most] = [at, bits];
  }
  return best;
}

/** About how many bits of information a word has, in source code and in tables of numbers. */
function rarity(bytes: Uint8Array, at: number): number {
  const known = commonBits.get(wordAt(bytes, at));
  if (known !== undefined) return known;
  let bits = 0;
  for (let i = at; i < at + 4; i++) {
    const byte = bytes[i]!;
    const last = i > at ? bytes[i - 1]! : -1;
    const follows = (byte === SPACE && (last === COMMA || last === COLON)) || (byte === LETTER_X && last === DIGIT_0);
    bits += follows ? 1 : byte === last ? 2 : byte === SPACE || byte === 0 ? 3 : isLower(byte) ? letters[byte - 0x61]! : isDigit(byte) ? 5 : byte === COMMA || byte === DASH ? 6 : 8;
  }
  return Math.max(bits, UNCOMMON);
}

/** Bits of a small letter behind another letter, in source code: a to z. */
const letters = [4, 6, 5, 5, 3, 6, 6, 6, 4, 9, 8, 4, 5, 4, 4, 5, 9, 4, 4, 3, 5, 7, 8, 7, 6, 9];

/** How many bits of information the common ones have. */
const commonBits: ReadonlyMap<number, number> = new Map(Object.entries(commonWords).flatMap(([bits, words]) => Array.from({ length: words.length / 4 }, (_, i) => [wordAt(Buffer.from(words, 'latin1'), 4 * i), Number(bits)] as const)));
/** At least so many have all others. */
const UNCOMMON = 14;

const SPACE = 0x20;
const COMMA = 0x2c;
const DASH = 0x2d;
const DIGIT_0 = 0x30;
const COLON = 0x3a;
const LETTER_X = 0x78;
const isLower = (byte: number): boolean => byte >= 0x61 && byte <= 0x7a;
const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;

function wordAt(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}
