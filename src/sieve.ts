import { code } from './sieve-loop.ts';
import type { SieveMemory } from './sieve-memory.ts';

/**
 * Finds where anchors stand in bytes, in one pass whose cost does not depend on how many anchors there are.
 *
 * Every anchor is at least 11 bytes long, so wherever it stands it covers one 4-byte word that starts at a multiple of 8.
 * It is enough, then, to look at every eighth byte's 32-bit word, and to ask a small table about it; the few that may be
 * part of an anchor are verified byte by byte. No occurrence is missed, and each is found once.
 */

export const MIN_ANCHOR = 11;
/** Lengths and offsets are written as one byte each. */
export const MAX_ANCHOR = 255;
/** One word in so many bytes is looked at. */
export const STRIDE = 8;

/** Pairs: index of the anchor, offset of its first byte; in order of offset. */
export type Hits = Int32Array;

/** Looks for the anchors in bytes. Cheapest where these lie in the memory of the sieve. */
export interface Sieve {
  (bytes: Uint8Array): Hits;
  /** The same in no certain order, good until bytes are looked at again: for who only asks what is there. */
  peek(bytes: Uint8Array): Hits;
}

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
export const SHIFT = 18;
export const SLOTS = 1 << (32 - SHIFT);

/** Goes over bytes in one kind of memory. */
interface Loop {
  /** What is gone over next. */
  begin(bytes: Uint8Array): void;
  /** Where the next word stands that may be an anchor's, in steps of 8 bytes from `from` on; what is behind the last whole word, or more, where none does. */
  next(from: number): number;
  /** Says which bytes may stand beside the words of each slot: as `sides` in Details. */
  narrow(sides: Int32Array): void;
}

/** Finds the anchors of a plan in one pass. `memoryOf`: gives its own memory, once there is one; what lies there is looked at in half the time. */
export function makeSieve(plan: SievePlan, memoryOf?: () => SieveMemory | undefined): Sieve {
  const { multiplier } = plan;
  const products = productsOf(plan);
  const table = buildTable(products);
  const anywhere = loopAnywhere(table, multiplier);
  let inMemory: Loop | undefined;
  /** Bytes in its memory that are looked at without its loop: to begin with it takes as long. */
  let small = SMALL;
  let passed = 0;
  let details: Details | undefined;
  /** Used for every file. */
  let found: Int32Array = none;
  let lastBuffer: ArrayBufferLike | undefined;
  let lastView: DataView = new DataView(new ArrayBuffer(0));

  function loopFor({ buffer, length }: Uint8Array): Loop {
    const memory = memoryOf?.();
    if (buffer !== memory?.buffer) return anywhere;
    if (small >= 0) {
      small -= length;
      if (small >= 0) return anywhere;
      inMemory = loopInMemory(memory, table, multiplier);
      if (details) inMemory?.narrow(details.sides);
    }
    return inMemory ?? anywhere;
  }

  /** Writes into `found`, and gives how many numbers. */
  function sift(given: Uint8Array): number {
    const loop = loopFor(given);
    const bytes = loop === anywhere && given.byteOffset & 3 ? new Uint8Array(given) : given;
    const { buffer, byteOffset, length } = bytes;
    if (buffer !== lastBuffer) {
      lastBuffer = buffer;
      lastView = new DataView(buffer);
    }
    const view = lastView;
    const end = length & -4;
    let count = 0;
    loop.begin(bytes);
    for (let at = loop.next(0); at < end; at = loop.next(at + STRIDE)) {
      const product = Math.imul(view.getInt32(byteOffset + at, true), multiplier);
      // Most small commits have no such word: the little that passes all the same is told from one without the details.
      if (!details && ++passed < 32 && !products.includes(product)) continue;
      if (!details) {
        details = makeDetails(plan);
        anywhere.narrow(details.sides);
        inMemory?.narrow(details.sides);
        // V8 compiles what it has seen done, and begins afresh when something else comes. Here everything is done once before there is much to do.
        const text = Buffer.from(plan.text, 'base64');
        for (const length of [24, 1 << 11]) sift(text.subarray(0, length));
        loop.begin(bytes);
      }
      if (count + details.most > found.length) found = withRoom(found, details.most);
      count = details.add(found, count, view, byteOffset, length, at, product);
    }
    return count;
  }

  return Object.assign((bytes: Uint8Array) => {
    const count = sift(bytes);
    return count > 0 ? inOrder(found.slice(0, count)) : none;
  }, {
    peek(bytes: Uint8Array) {
      const count = sift(bytes);
      return count > 0 ? found.subarray(0, count) : none;
    },
  });
}

const SMALL = 1 << 15;
const EVERY_SIDE = -1;

function loopAnywhere(table: Int32Array, multiplier: number): Loop {
  let sides: Int32Array | undefined;
  let lastBuffer: ArrayBufferLike | undefined;
  let words: Int32Array = none;
  let bytes: Uint8Array = new Uint8Array(0);
  let first = 0, last = 0;
  return {
    begin(given) {
      const { buffer, byteOffset, length } = bytes = given;
      if (buffer !== lastBuffer) {
        lastBuffer = buffer;
        words = new Int32Array(buffer, 0, buffer.byteLength >>> 2);
      }
      first = byteOffset >>> 2;
      last = first + (length >>> 2);
    },
    next(from) {
      for (let next = first + (from >>> 2); ; next += STRIDE / 4) {
        next = nextCandidate(table, words, multiplier, next, last);
        const at = (next - first) << 2;
        if (next >= last || !sides || at === 0 || at + 4 >= bytes.length) return at;
        if (hasBoth(sides[Math.imul(words[next]!, multiplier) >>> 18]!, bytes[at - 1]!, bytes[at + 4]!)) return at;
      }
    },
    narrow: (given) => void (sides = given),
  };
}

interface MemoryLoop {
  next(at: number, end: number, base: number, limit: number, multiplier: number): number;
}

/** Does the same by src/sieve-loop.wat; `undefined` where that cannot run. */
function loopInMemory({ buffer, run }: SieveMemory, table: Int32Array, multiplier: number): Loop | undefined {
  const exported = run(Buffer.from(code, 'base64')) as MemoryLoop | undefined;
  if (!exported) return undefined;
  const { next } = exported;
  const tables = new Int32Array(buffer, 0, 2 * SLOTS);
  tables.set(table);
  tables.fill(EVERY_SIDE, SLOTS);
  let base = 0, end = 0, limit = 0;
  return {
    begin({ byteOffset, length }) {
      base = byteOffset;
      end = base + (length & -4);
      limit = base + length;
    },
    next: (from) => next(base + from, end, base, limit, multiplier) - base,
    narrow: (sides) => tables.set(sides, SLOTS),
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

/** By slot the bits that are 0 in all of its products. */
export function buildTable(products: Int32Array): Int32Array {
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
  /** For each slot which bytes may stand before and behind its words: one bit for each value modulo 16, those before in the lower half. A word that ordinary text is full of, such as `": "`, seldom has an anchor's bytes on both its sides. */
  readonly sides: Int32Array;
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
    sides,
    most: 2 * offsets.length,
    add(found, before, view, base, length, at, product) {
      const slot = product >>> 18;
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
