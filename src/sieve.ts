/**
 * Finds where anchors stand in bytes, in one pass whose cost does not depend on how many anchors there are.
 *
 * Every anchor is at least 11 bytes long, so wherever it stands it covers one 4-byte word that starts at a multiple of 8.
 * It is enough, then, to look at every eighth byte's 32-bit word, and to ask a small table about it; the few that may be
 * part of an anchor are verified byte by byte. No occurrence is missed, and each is found once.
 */

export const MIN_ANCHOR = 11;
/** Lengths and offsets are written as one byte each. */
const MAX_ANCHOR = 255;
/** One word in so many bytes is looked at. */
const STRIDE = 8;

/** Pairs: index of the anchor, offset of its first byte; in order of offset. */
export type Hits = Int32Array;

/** Looks for the anchors in bytes. Cheapest where `bytes.byteOffset` is a multiple of 4 and its `buffer` is reused. */
export type Sieve = (bytes: Uint8Array) => Hits;

const none = new Int32Array(0);

/** How a sieve finds a set of anchors: made once, by `planSieve`. Plain data, so that a build can write it down; rows of bytes are in base64. */
export interface SievePlan {
  readonly multiplier: number;
  /** The words that are looked for, each multiplied: four bytes, little-endian. */
  readonly products: string;
  /** The anchors, one behind the other. */
  readonly text: string;
  /** A byte for each anchor. */
  readonly lengths: string;
  /** A byte for each anchor and each way it can lie across the multiples of 8: the offset in it of the word that stands at one. */
  readonly offsets: string;
}

/** The first bits of a product choose its slot in the table of 64 KB, which fits the second cache of every processor. A literal, since V8 shifts faster by a constant. */
const SHIFT = 18;
const SLOTS = 1 << (32 - SHIFT);

/** Finds the anchors of a plan in one pass. */
export function makeSieve(plan: SievePlan): Sieve {
  const { multiplier } = plan;
  const products = productsOf(plan);
  const table = buildTable(products);
  let passed = 0;
  let details: Details | undefined;
  /** Used for every file. */
  let found: Int32Array = none;
  let lastBuffer: ArrayBufferLike | undefined;
  let lastWords: Int32Array = new Int32Array(0);
  let lastView: DataView = new DataView(new ArrayBuffer(0));

  return function sieve(given) {
    const bytes = given.byteOffset & 3 ? new Uint8Array(given) : given;
    const { buffer, byteOffset, length } = bytes;
    if (buffer !== lastBuffer) {
      lastBuffer = buffer;
      lastWords = new Int32Array(buffer, 0, buffer.byteLength >>> 2);
      lastView = new DataView(buffer);
    }
    const words = lastWords, view = lastView;
    const first = byteOffset >>> 2;
    const end = first + (length >>> 2);
    let count = 0;
    for (let next = nextCandidate(table, words, multiplier, first, end); next < end; next = nextCandidate(table, words, multiplier, next + STRIDE / 4, end)) {
      const product = Math.imul(words[next]!, multiplier);
      // Most small commits have no such word: the little that passes all the same is told from one without the details.
      if (!details && ++passed < 32 && !products.includes(product)) continue;
      if (!details) {
        details = makeDetails(plan);
        // V8 compiles what it has seen done, and begins afresh when something else comes. Here everything is done once before there is much to do.
        const text = Buffer.from(plan.text, 'base64');
        for (const length of [24, 1 << 11]) sieve(text.subarray(0, length));
      }
      if (count + details.most > found.length) found = withRoom(found, details.most);
      count = details.add(found, count, view, byteOffset, length, (next - first) << 2, product);
    }
    return count > 0 ? inOrder(found.slice(0, count)) : none;
  };
}

/**
 * The next word, of those in steps of 8 bytes, that passes the table; `end` or more where none does.
 *
 * A word is multiplied by an odd number, which loses nothing. A slot of the table holds the bits that are 0 in the products of all
 * its words: a product that has one of them is none of these. So one test decides, and it misses no word however many share a slot.
 * An empty slot has every bit: nothing passes it but 0, which is the product of 0 alone.
 */
function nextCandidate(table: Int32Array, words: Int32Array, multiplier: number, from: number, end: number): number {
  let at = from;
  // Four probes a turn: V8 keeps this form fast where the plain loop falls to a fifth (Node 24).
  for (const stop = end - 6; at < stop; at += 8) {
    const a = Math.imul(words[at]!, multiplier), b = Math.imul(words[at + 2]!, multiplier), c = Math.imul(words[at + 4]!, multiplier), d = Math.imul(words[at + 6]!, multiplier);
    if ((table[a >>> 18]! & a) === 0 && a !== 0) return at;
    if ((table[b >>> 18]! & b) === 0 && b !== 0) return at + 2;
    if ((table[c >>> 18]! & c) === 0 && c !== 0) return at + 4;
    if ((table[d >>> 18]! & d) === 0 && d !== 0) return at + 6;
  }
  for (; at < end; at += 2) {
    const a = Math.imul(words[at]!, multiplier);
    if ((table[a >>> 18]! & a) === 0 && a !== 0) break;
  }
  return at;
}

function buildTable(products: Int32Array): Int32Array {
  const table = new Int32Array(SLOTS).fill(-1);
  for (let i = 0; i < products.length; i++) table[products[i]! >>> 18]! &= ~products[i]!;
  return table;
}

function productsOf({ products }: SievePlan): Int32Array {
  return new Int32Array(new Uint8Array(Buffer.from(products, 'base64')).buffer);
}

function withRoom(list: Int32Array, more: number): Int32Array {
  const copy = new Int32Array(2 * list.length + more);
  copy.set(list);
  return copy;
}

/** What is known of the anchors around each word. */
interface Details {
  /** More numbers than one word can bring. */
  readonly most: number;
  /** Writes the anchors that really stand around a word behind the `count` numbers in `found`, and gives the new count. `at`: where the word begins in the `length` bytes from `base` on. */
  add(found: Int32Array, count: number, view: DataView, base: number, length: number, at: number, product: number): number;
}

function makeDetails(plan: SievePlan): Details {
  const { multiplier } = plan;
  const text = Buffer.from(plan.text, 'base64'), lengths = Buffer.from(plan.lengths, 'base64'), offsets = Buffer.from(plan.offsets, 'base64');
  const anchors = new DataView(text.buffer, text.byteOffset, text.length);
  const starts = new Uint32Array(lengths.length + 1);
  // Anchors by what their first bytes hash to, and for each slot the offsets that its words have in anchors: lists whose links are one more than an index, since 0 ends them.
  const sameHead = new Uint16Array(HEADS), nextAnchor = new Uint16Array(lengths.length);
  const sameSlot = new Uint16Array(SLOTS), nextPlace = new Uint16Array(offsets.length);
  // Two bytes that must be there, one bit for each value modulo 16: those before and behind the words of a slot, and the first and eleventh of the anchors that have a word of it at one offset.
  const sides = new Int32Array(SLOTS), ends = new Int32Array(offsets.length);
  for (let anchor = 0; anchor < lengths.length; anchor++) {
    const start = starts[anchor]!, end = (starts[anchor + 1] = start + lengths[anchor]!);
    const head = headOf(anchors, start);
    nextAnchor[anchor] = sameHead[head]!;
    sameHead[head] = anchor + 1;
    for (let place = anchor * STRIDE; place < (anchor + 1) * STRIDE; place++) {
      const at = start + offsets[place]!;
      const slot = Math.imul(anchors.getInt32(at, true), multiplier) >>> 18;
      sides[slot]! |= (at === start ? 0xffff : bitOf(text[at - 1]!)) | ((at + 4 === end ? 0xffff : bitOf(text[at + 4]!)) << 16);
      let link = sameSlot[slot]!;
      while (link !== 0 && offsets[link - 1] !== offsets[place]) link = nextPlace[link - 1]!;
      if (link === 0) {
        nextPlace[place] = sameSlot[slot]!;
        sameSlot[slot] = link = place + 1;
      }
      ends[link - 1]! |= bitOf(text[start]!) | (bitOf(text[start + MIN_ANCHOR - 1]!) << 16);
    }
  }

  /** Compares from the end on, since anchors in one list begin alike. */
  function stands(view: DataView, start: number, end: number, anchor: number): boolean {
    const from = starts[anchor]!;
    let i = starts[anchor + 1]! - from;
    if (start + i > end) return false;
    for (; i >= 4; i -= 4) if (view.getInt32(start + i - 4, true) !== anchors.getInt32(from + i - 4, true)) return false;
    // What is left overlaps what was compared.
    return view.getInt32(start, true) === anchors.getInt32(from, true);
  }

  return {
    most: 2 * offsets.length,
    add(found, before, view, base, length, at, product) {
      const slot = product >>> 18;
      // A word that ordinary text is full of, such as `": "`, seldom has an anchor's bytes on both its sides.
      if (at > 0 && at + 4 < length && !hasBoth(sides[slot]!, view.getInt8(base + at - 1), view.getInt8(base + at + 4))) return before;
      let count = before;
      for (let place = sameSlot[slot]!; place !== 0; place = nextPlace[place - 1]!) {
        const offset = offsets[place - 1]!;
        const start = at - offset;
        if (start < 0 || start + MIN_ANCHOR > length || !hasBoth(ends[place - 1]!, view.getInt8(base + start), view.getInt8(base + start + MIN_ANCHOR - 1))) continue;
        for (let link = sameHead[headOf(view, base + start)]!; link !== 0; link = nextAnchor[link - 1]!) {
          // It may have the word at several offsets: it is found by one of them.
          if (offsets[(link - 1) * STRIDE + (offset & 7)] !== offset || !stands(view, base + start, base + length, link - 1)) continue;
          found[count++] = link - 1;
          found[count++] = start;
        }
      }
      return count;
    },
  };
}

const bitOf = (byte: number): number => 1 << (byte & 15);
const hasBoth = (bits: number, first: number, last: number): boolean => ((bits >>> (first & 15)) & (bits >>> (16 + (last & 15))) & 1) !== 0;

const HEADS = 1 << 13;

/** A hash of the first bytes of what may be an anchor. */
function headOf(view: DataView, at: number): number {
  return Math.imul(Math.imul(view.getInt32(at, true), 0x9e3779b1) ^ view.getInt32(at + 4, true), 0x85ebca6b) + Math.imul(view.getInt32(at + 7, true), 0xc2b2ae35) >>> 19;
}

/** Multipliers to try: Knuth's (2^32 divided by the golden ratio), then its odd multiples. */
const MULTIPLIERS = Array.from({ length: 32 }, (_, i) => Math.imul(0x9e3779b1, 2 * i + 1));

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

/** The one whose table the fewest random words pass. */
function bestMultiplier(words: readonly number[]): number {
  const rates = MULTIPLIERS.map((multiplier) => passRate(words, multiplier));
  return MULTIPLIERS[rates.indexOf(Math.min(...rates))]!;
}

function passRate(words: readonly number[], multiplier: number): number {
  const table = new Int32Array(SLOTS).fill(-1);
  for (const word of words) {
    const product = Math.imul(word, multiplier);
    table[product >>> 18]! &= ~product;
  }
  let rate = 0;
  for (const bits of table) if (bits !== -1) rate += 2 ** -bitCount(bits & ((1 << SHIFT) - 1));
  return rate / SLOTS;
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
  let bits = common.has(String.fromCharCode(...bytes.subarray(at, at + 4))) ? -COMMON : 0;
  for (let i = at; i < at + 4; i++) {
    const byte = bytes[i]!;
    const last = i > at ? bytes[i - 1]! : -1;
    const follows = (byte === SPACE && (last === COMMA || last === COLON)) || (byte === LETTER_X && last === DIGIT_0);
    bits += follows ? 1 : byte === last ? 2 : byte === SPACE || byte === 0 ? 3 : isLower(byte) ? letters[byte - 0x61]! : isDigit(byte) ? 5 : byte === COMMA || byte === DASH ? 6 : 8;
  }
  return bits;
}

/** Bits of a small letter behind another letter, in source code: a to z. */
const letters = [4, 6, 5, 5, 3, 6, 6, 6, 4, 9, 8, 4, 5, 4, 4, 5, 9, 4, 4, 3, 5, 7, 8, 7, 6, 9];
/** Words that source code is full of, though their letters are not those it has most of: four of these in a row have so many bits less. */
const COMMON = 6;
const common: ReadonlySet<string> = new Set([' default', 'service', 'server ', ' check', ' changed', 'password', ' length', ' host', ' type: ', ' request', ' keys', ' size', ' mode', ' open', ' public', 'generated', 'known', 'encrypted', 'rest', 'String', 'Public', '\', \'', '", "'].flatMap((word) => Array.from({ length: word.length - 3 }, (_, i) => word.slice(i, i + 4))));
const SPACE = 0x20;
const COMMA = 0x2c;
const DASH = 0x2d;
const DIGIT_0 = 0x30;
const COLON = 0x3a;
const LETTER_X = 0x78;
const isLower = (byte: number): boolean => byte >= 0x61 && byte <= 0x7a;
const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;

/** Anchors are met in the order of their words, not of their first bytes: put near neighbours right. */
function inOrder(hits: Int32Array): Hits {
  for (let i = 2; i < hits.length; i += 2) {
    const anchor = hits[i]!, start = hits[i + 1]!;
    let j = i;
    for (; j > 0 && hits[j - 1]! > start; j -= 2) {
      hits[j] = hits[j - 2]!;
      hits[j + 1] = hits[j - 1]!;
    }
    hits[j] = anchor;
    hits[j + 1] = start;
  }
  return hits;
}

function wordAt(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}
