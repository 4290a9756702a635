/**
 * Finds where anchors stand in bytes, in one pass whose cost does not depend on how many anchors there are.
 *
 * Every anchor is at least 11 bytes long, so wherever it stands it covers one 4-byte word that starts at a multiple of 8.
 * It is enough, then, to look at every eighth byte's 32-bit word and compare it with the one word a small table has in its
 * hash slot; the few that are equal are verified byte by byte. No occurrence is missed, and each is found once.
 */

export const MIN_ANCHOR = 11;

/** Pairs of numbers: index of the anchor, offset of its first byte; in order of offset. */
export type Hits = readonly number[];

/** Looks for the anchors in bytes. Cheapest where `bytes.byteOffset` is a multiple of 4 and its `buffer` is reused. */
export type Sieve = (bytes: Uint8Array) => Hits;

const none: Hits = Object.freeze([]);

/** How a sieve finds a set of anchors: made once, by `planSieve`. Plain data, so that a build can write it down. */
export interface SievePlan {
  /** The table has 2^bits slots. */
  readonly bits: number;
  readonly multiplier: number;
  /** For each anchor, where the eleven bytes begin that the table knows it by. */
  readonly windows: readonly number[];
}

/** Finds anchors in one pass; `anchors` are at least 11 bytes each, `plan` was made for them. */
export function makeSieve(anchors: readonly Uint8Array[], plan: SievePlan = planSieve(anchors)): Sieve {
  const { multiplier } = plan;
  const shift = 32 - plan.bits;
  const table = buildTable(anchors, plan);
  let known: Words | undefined;
  let lastBuffer: ArrayBufferLike | undefined;
  let lastWords: Int32Array = new Int32Array(0);

  /** Which anchors really stand around a word that the table knows. */
  function verify(bytes: Uint8Array, word: number, position: number, hits: number[] | undefined): number[] | undefined {
    // Most runs meet no such word.
    known ??= collectWords(anchors, plan);
    const { keys, before, behind } = known;
    let slot = Math.imul(word, multiplier) >>> known.shift;
    while (keys[slot] !== word) slot = (slot + 1) & (keys.length - 1);
    // A word that ordinary text is full of, such as `": "`, seldom has an anchor's bytes on both its sides.
    if (position > 0 && ((before[slot]! >>> (bytes[position - 1]! & 31)) & 1) === 0) return hits;
    if (position + 4 < bytes.length && ((behind[slot]! >>> (bytes[position + 4]! & 31)) & 1) === 0) return hits;
    for (const { anchor, within } of known.links[slot]!) {
      const literal = anchors[anchor]!;
      const start = position - within;
      if (start >= 0 && start + literal.length <= bytes.length && matches(bytes, start, literal)) (hits ??= []).push(anchor, start);
    }
    return hits;
  }

  return (given) => {
    let bytes = given;
    if (bytes.byteOffset & 3) bytes = new Uint8Array(bytes);
    if (bytes.buffer !== lastBuffer) {
      lastBuffer = bytes.buffer;
      lastWords = new Int32Array(bytes.buffer, 0, bytes.buffer.byteLength >>> 2);
    }
    const words = lastWords;
    const first = bytes.byteOffset >>> 2;
    const end = first + (bytes.length >>> 2);
    let hits: number[] | undefined;
    let at = first;
    // Four probes a turn: V8 keeps this form fast where the plain loop falls to a fifth (Node 24).
    for (const stop = end - 6; at < stop; at += 8) {
      const a = words[at]!, b = words[at + 2]!, c = words[at + 4]!, d = words[at + 6]!;
      if (table[Math.imul(a, multiplier) >>> shift] === a) hits = verify(bytes, a, (at - first) << 2, hits);
      if (table[Math.imul(b, multiplier) >>> shift] === b) hits = verify(bytes, b, (at + 2 - first) << 2, hits);
      if (table[Math.imul(c, multiplier) >>> shift] === c) hits = verify(bytes, c, (at + 4 - first) << 2, hits);
      if (table[Math.imul(d, multiplier) >>> shift] === d) hits = verify(bytes, d, (at + 6 - first) << 2, hits);
    }
    for (; at < end; at += 2) {
      const word = words[at]!;
      if (table[Math.imul(word, multiplier) >>> shift] === word) hits = verify(bytes, word, (at - first) << 2, hits);
    }
    return hits ? inOrder(hits) : none;
  };
}

interface Link {
  readonly anchor: number;
  /** Offset of the word inside the anchor. */
  readonly within: number;
}

/** Every word in the slot it hashes to. */
function buildTable(anchors: readonly Uint8Array[], { bits, multiplier, windows }: SievePlan): Int32Array {
  const table = emptyTable(bits);
  for (let anchor = 0; anchor < anchors.length; anchor++) {
    for (let within = windows[anchor]!; within < windows[anchor]! + 8; within++) {
      const word = wordAt(anchors[anchor]!, within);
      table[Math.imul(word, multiplier) >>> (32 - bits)] = word;
    }
  }
  return table;
}

/** What is known of the words in the table: a hash table with open addressing, no word being 0. */
interface Words {
  /** A word's slot is its product shifted by so many bits, or one behind. */
  readonly shift: number;
  readonly keys: Int32Array;
  /** One bit for each value modulo 32 of the bytes that anchors have next to the word. */
  readonly before: Int32Array;
  readonly behind: Int32Array;
  /** Which anchors it stands for. */
  readonly links: readonly (readonly Link[])[];
}

function collectWords(anchors: readonly Uint8Array[], { multiplier, windows }: SievePlan): Words {
  const bits = Math.ceil(Math.log2(16 * (anchors.length + 1)));
  const shift = 32 - bits;
  const size = 1 << bits;
  const keys = new Int32Array(size), before = new Int32Array(size), behind = new Int32Array(size);
  const links: Link[][] = [];
  for (let anchor = 0; anchor < anchors.length; anchor++) {
    const bytes = anchors[anchor]!;
    const window = windows[anchor]!;
    for (let within = window; within < window + 8; within++) {
      const word = wordAt(bytes, within);
      let slot = Math.imul(word, multiplier) >>> shift;
      while (keys[slot] !== word && keys[slot] !== 0) slot = (slot + 1) & (size - 1);
      keys[slot] = word;
      before[slot]! |= within === 0 ? -1 : 1 << (bytes[within - 1]! & 31);
      behind[slot]! |= within + 4 === bytes.length ? -1 : 1 << (bytes[within + 4]! & 31);
      (links[slot] ??= []).push({ anchor, within });
    }
  }
  return { shift, keys, before, behind, links };
}

/** An empty slot holds 0, which no word but 0 equals, and 0 hashes to slot 0: that one must never look like a match. */
function emptyTable(bits: number): Int32Array {
  const table = new Int32Array(1 << bits);
  table[0] = 1;
  return table;
}

/** Multipliers to try: Knuth's (2^32 divided by the golden ratio), then its odd multiples. A table that fits the fastest cache is worth a search. */
const MULTIPLIERS = Array.from({ length: 64 }, (_, i) => Math.imul(0x9e3779b1, 2 * i + 1));

/**
 * A perfect hash: no two different words share a slot, so that one comparison decides. Found by trying, for each anchor longer
 * than 11 bytes, its stretches in order of rarity, then other multipliers, then a larger table. Throws RangeError for a short anchor.
 */
export function planSieve(anchors: readonly Uint8Array[]): SievePlan {
  for (const anchor of anchors) if (anchor.length < MIN_ANCHOR) throw new RangeError(`an anchor needs ${MIN_ANCHOR} bytes, this has ${anchor.length}`);
  // The anchors with the least choice go first.
  const order = anchors.map((bytes, anchor) => ({ anchor, bytes, starts: windowsByRarity(bytes) })).sort((x, y) => x.starts.length - y.starts.length);
  for (let bits = 12; ; bits++) {
    for (const multiplier of MULTIPLIERS) {
      const table = emptyTable(bits);
      const windows: number[] = [];
      const placed = order.every(({ anchor, bytes, starts }) => {
        const window = starts.find((start) => fits(bytes, start, table, multiplier, 32 - bits, true));
        if (window === undefined) return false;
        windows[anchor] = window;
        for (let within = window; within < window + 8; within++) {
          const word = wordAt(bytes, within);
          table[Math.imul(word, multiplier) >>> (32 - bits)] = word;
        }
        // Two words of the stretch itself may have fallen on one slot.
        return fits(bytes, window, table, multiplier, 32 - bits, false);
      });
      if (placed) return { bits, multiplier, windows };
    }
  }
}

/** Whether each of the eight words of a stretch has its slot for itself. */
function fits(bytes: Uint8Array, window: number, words: Int32Array, multiplier: number, shift: number, empty: boolean): boolean {
  for (let within = window; within < window + 8; within++) {
    const word = wordAt(bytes, within);
    const slot = Math.imul(word, multiplier) >>> shift;
    if (words[slot] !== word && !(empty && slot !== 0 && words[slot] === 0)) return false;
  }
  return true;
}

function matches(bytes: Uint8Array, start: number, anchor: Uint8Array): boolean {
  for (let i = 0; i < anchor.length; i++) if (bytes[start + i] !== anchor[i]) return false;
  return true;
}

/** Anchors are met in the order of their words, not of their first bytes: put near neighbours right. */
function inOrder(hits: number[]): Hits {
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

/**
 * The starts of the 11-byte stretches of an anchor, those least likely in ordinary text first.
 * Lower-case letters, spaces and rows of one character are common in source code; capitals, digits and other signs are not.
 */
function windowsByRarity(anchor: Uint8Array): readonly number[] {
  if (anchor.length === MIN_ANCHOR) return [0];
  const starts: number[] = [];
  const scores: number[] = [];
  for (let start = 0; start + MIN_ANCHOR <= anchor.length; start++) {
    let score = 0;
    for (let within = start; within < start + 8; within++) {
      let commonness = 0;
      for (let i = within; i < within + 4; i++) {
        const byte = anchor[i]!;
        commonness += (byte >= 0x61 && byte <= 0x7a) || byte === 0x20 || byte === 0 ? 3 : byte === 0x2d ? 2 : 1;
        if (i > within && byte === anchor[i - 1]) commonness += 2;
      }
      score += 2 ** (commonness / 2);
    }
    starts.push(start);
    scores.push(score);
  }
  return starts.sort((x, y) => scores[x]! - scores[y]!);
}
