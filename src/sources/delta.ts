import type { Arena, Block } from './arena.ts';
import { UnknownObjects } from './pack-index.ts';

/** The sizes that a delta begins with: of the object it is made from, and of the one it makes. `next`: where in it the instructions begin. */
export interface DeltaSizes {
  readonly base: number;
  readonly result: number;
  readonly next: number;
}

/** Throws UnknownObjects. */
export function deltaSizes({ bytes }: Arena, { at, size }: Block): DeltaSizes {
  const end = at + size;
  const sizes: number[] = [];
  let next = at;
  for (let i = 0; i < 2; i++) {
    let value = 0;
    for (let unit = 1; ; unit *= 128) {
      if (next === end) throw new UnknownObjects('a delta that is cut off');
      const byte = bytes[next++]!;
      value += (byte & 127) * unit;
      if (byte < 128) break;
    }
    sizes.push(value);
  }
  return { base: sizes[0]!, result: sizes[1]!, next: next - at };
}

/** How an object is made. */
export interface Making {
  readonly delta: Block;
  readonly sizes: DeltaSizes;
  readonly base: Block;
  readonly target: Block;
}

/** Where in an object the insides of long copies lie: for each its beginning and its end. Reused. */
export class Insides {
  bounds: Int32Array = new Int32Array(256);
  count = 0;

  makeRoom(): Int32Array {
    const bounds = new Int32Array(2 * this.bounds.length);
    bounds.set(this.bounds);
    return this.bounds = bounds;
  }
}

/** Copies that are shorter have no inside: to go around it would cost more. */
const LONG = 512;

/**
 * Makes an object from another one by the instructions of a delta, "copy from the base" and "insert these bytes" (gitformat-pack, Deltified
 * representation). Throws UnknownObjects for instructions that do not make exactly what they say.
 *
 * The inside of a copy is what is farther than `reach` from both of its ends. What is not longer than `reach`, and does not lie in one copy,
 * lies outside of all insides: of every copy that it touches it has the first byte or the last one. They are noted, and made only `withInsides`.
 */
export function applyDelta({ bytes, view }: Arena, { delta, sizes: { next, result }, base, target }: Making, reach: number, insides: Insides, withInsides: boolean): void {
  const end = delta.at + delta.size;
  const from = base.at;
  const most = base.size;
  const stop = target.at + result;
  const long = Math.max(LONG, 4 * reach);
  let { bounds } = insides;
  let count = 0;
  let at = delta.at + next;
  let to = target.at;
  while (at < end) {
    const instruction = bytes[at++]!;
    if (instruction < 128) {
      if (instruction === 0) throw new UnknownObjects('a delta with an instruction that is reserved');
      if (to + instruction > stop || at + instruction > end) throw new UnknownObjects('a delta that inserts too much');
      if (instruction <= SHORT) copyShort(view, to, at, instruction);
      else bytes.copyWithin(to, at, at + instruction);
      at += instruction;
      to += instruction;
      continue;
    }
    let offset = 0;
    let size = 0;
    if (instruction & 1) offset = bytes[at++]!;
    if (instruction & 2) offset |= bytes[at++]! << 8;
    if (instruction & 4) offset |= bytes[at++]! << 16;
    if (instruction & 8) offset += bytes[at++]! * 0x1000000;
    if (instruction & 16) size = bytes[at++]!;
    if (instruction & 32) size |= bytes[at++]! << 8;
    if (instruction & 64) size |= bytes[at++]! << 16;
    if (size === 0) size = 0x10000;
    if (to + size > stop || at > end || offset + size > most) throw new UnknownObjects('a delta that copies what is not there');
    const start = from + offset;
    if (size <= SHORT) copyShort(view, to, start, size);
    else if (size < long) bytes.copyWithin(to, start, start + size);
    else {
      if (count === bounds.length) bounds = insides.makeRoom();
      bounds[count++] = to + reach - target.at;
      bounds[count++] = to + size - reach - target.at;
      if (withInsides) bytes.copyWithin(to, start, start + size);
      else {
        bytes.copyWithin(to, start, start + reach);
        bytes.copyWithin(to + size - reach, start + size - reach, start + size);
      }
    }
    to += size;
  }
  if (to !== stop) throw new UnknownObjects('a delta that makes less than it says');
  insides.count = count;
}

/** Puts down what of an object is outside of all insides, and gives how many bytes that is. */
export function copyOutsides({ bytes }: Arena, object: Block, { bounds, count }: Insides, target: Block): number {
  let from = object.at;
  let to = target.at;
  for (let i = 0; i < count; i += 2) {
    const end = object.at + bounds[i]!;
    bytes.copyWithin(to, from, end);
    to += end - from;
    from = object.at + bounds[i + 1]!;
  }
  const end = object.at + object.size;
  bytes.copyWithin(to, from, end);
  return to + end - from - target.at;
}

/** Half of all copies have less than 32 bytes: a call would cost more than the bytes. Up to this many, words are faster. */
const SHORT = 64;

/** Whole words: up to 15 bytes behind the end are overwritten, which the next instruction, or no one, has a use for. */
function copyShort(view: DataView, to: number, from: number, size: number): void {
  for (let i = 0; i < size; i += 16) {
    view.setInt32(to + i, view.getInt32(from + i, true), true);
    view.setInt32(to + i + 4, view.getInt32(from + i + 4, true), true);
    view.setInt32(to + i + 8, view.getInt32(from + i + 8, true), true);
    view.setInt32(to + i + 12, view.getInt32(from + i + 12, true), true);
  }
}
