import { closeSync, fstatSync } from 'node:fs';
import { EndlessDeltas, findObject, openStored, readAt, readExactly, readPackIndex, UnknownObjects, type PackIndex } from './pack-index.ts';

/**
 * The blobs of a pack, and which of them are made from which: trees whose roots are stored whole. Blobs are numbered as they stand in the pack.
 * Plain data in shared memory, 33 bytes and the length of an id for each blob, so that threads can go through it together.
 */
export interface Pack {
  /** Open, for every thread. */
  readonly fd: number;
  readonly count: number;
  readonly ids: Shared<Uint8Array>;
  /** Where each blob begins, and how many bytes there are before the next object. */
  readonly offsets: Shared<Float64Array>;
  readonly lengths: Shared<Uint32Array>;
  /** The first blob made from each, and the next one made from the same; -1 for none. */
  readonly firstChildren: Shared<Int32Array>;
  readonly nextSiblings: Shared<Int32Array>;
  /** Which blobs are to be looked at: 1, or 0. */
  readonly wanted: Shared<Uint8Array>;
  /** How long each is, when it has been looked at; `NOT_SEEN` before. */
  readonly sizes: Shared<Uint32Array>;
  /** For whoever goes through a tree to take notes in. */
  readonly notes: Shared<Int32Array>;
  /** The blobs that are stored whole. */
  readonly roots: Shared<Int32Array>;
  /** Where in `roots` each unit of work begins, and the end. */
  readonly units: Shared<Int32Array>;
}

export type Shared<T extends Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array> = T & { readonly buffer: SharedArrayBuffer };

/** In place of the size of what has not been looked at. */
export const NOT_SEEN = 0xffffffff;

/** Types of objects in packs. */
const COMMIT = 1;
export const BLOB = 3;
export const OFFSET_DELTA = 6;
export const ID_DELTA = 7;

/** Longer ones are not told apart: they are too long. */
const MOST = 0xffffffff;

/** A unit of work: so many bytes of the pack, and something for each blob. */
const UNIT = 1 << 20;
const PER_BLOB = 1 << 10;

/** The longest beginning of an object: type and size, and how far back its base is or the id of that. */
const LONGEST_HEAD = 10 + 32;

/** The beginning of an object in a pack. */
export interface Head {
  type: number;
  /** Of the object itself, or of the delta that makes it. */
  size: number;
  /** Of a delta: how many bytes before it its base begins. */
  distance: number;
  /** Where in the bytes given the rest begins. */
  next: number;
}

/** Reads a head (gitformat-pack, PACK-*.PACK FILES HAVE THE FOLLOWING FORMAT) into an object that is reused. Throws UnknownObjects. */
export function readHead(bytes: Buffer, start: number, idLength: number, head: Head): void {
  let at = start;
  let byte = bytes[at++]!;
  head.type = (byte >> 4) & 7;
  let size = byte & 15;
  for (let unit = 16; byte >= 128; unit *= 128) {
    byte = bytes[at++]!;
    size += (byte & 127) * unit;
  }
  head.size = size;
  head.distance = 0;
  if (head.type === OFFSET_DELTA) {
    byte = bytes[at++]!;
    let distance = byte & 127;
    while (byte >= 128) {
      byte = bytes[at++]!;
      distance = (distance + 1) * 128 + (byte & 127);
    }
    head.distance = distance;
  } else if (head.type === ID_DELTA) at += idLength;
  head.next = at;
  if (at - start > LONGEST_HEAD || !(head.type >= COMMIT && head.type <= ID_DELTA && head.type !== 5)) throw new UnknownObjects('an object of an unknown type');
}

/** Opens a pack by its index (`pack-....idx`). Throws UnknownObjects for all that it cannot do, and EndlessDeltas. */
export function openPack(indexPath: string, idLength: number): Pack {
  const fd = openStored(indexPath.replace(/\.idx$/, '.pack'));
  try {
    const size = fstatSync(fd).size;
    const indexFd = openStored(indexPath);
    let index: PackIndex;
    try {
      index = readPackIndex(indexFd, size, idLength);
    } finally {
      closeSync(indexFd);
    }
    const head = readExactly(fd, 0, 12);
    if (head.toString('latin1', 0, 4) !== 'PACK' || ![2, 3].includes(head.readUInt32BE(4))) throw new UnknownObjects('a pack of another version than 2 and 3');
    if (head.readUInt32BE(8) !== index.count || !readExactly(fd, size - idLength, idLength).equals(index.checksum)) throw new UnknownObjects('a pack that is not the one its index is of');
    return { fd, ...familiesOf(index, basesOf(fd, index, idLength), idLength) };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

interface Bases {
  /** Of each object: the number of the one it is made from, or -1. */
  readonly bases: Int32Array;
  readonly types: Uint8Array;
}

/** Reads the head of every object, front to back. */
function basesOf(fd: number, index: PackIndex, idLength: number): Bases {
  const { count, offsets } = index;
  const bases = new Int32Array(count);
  const types = new Uint8Array(count);
  const head: Head = { type: 0, size: 0, distance: 0, next: 0 };
  const window = Buffer.alloc((1 << 18) + LONGEST_HEAD);
  let start = 0;
  let end = 0;
  for (let number = 0; number < count; number++) {
    const offset = offsets[number]!;
    if (offset + LONGEST_HEAD > end) {
      start = offset;
      // Behind the end of the pack there are zeros, which no head goes on with.
      end = start + window.length;
      window.fill(0, readAt(fd, window, start));
    }
    const at = offset - start;
    readHead(window, at, idLength, head);
    types[number] = head.type;
    if (head.type === OFFSET_DELTA) bases[number] = numberAt(offsets, number, offset - head.distance);
    else if (head.type === ID_DELTA) {
      // Git too looks for it in the same pack only: one that lacks it cannot be read.
      const base = findObject(index, window.subarray(head.next - idLength, head.next));
      if (base < 0) throw new UnknownObjects('a delta whose base is not in its pack');
      bases[number] = base;
    } else bases[number] = -1;
  }
  return { bases, types };
}

/** Which of the objects before one begins at an offset. Mostly it is near. */
function numberAt(offsets: Float64Array, before: number, offset: number): number {
  let low = before;
  for (let step = 1; low > 0 && offsets[low]! > offset; step *= 2) low = Math.max(0, low - step);
  let high = before;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (offsets[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  if (offsets[low] !== offset || low === before) throw new UnknownObjects('a delta whose base is not in its pack');
  return low;
}

/** Puts the blobs into their trees. */
function familiesOf({ count, offsets, ids, numbers }: PackIndex, { bases, types }: Bases, idLength: number): Omit<Pack, 'fd'> {
  const blobs = blobsOf(bases, types);
  let last = 0;
  for (let number = 0; number < count; number++) if (blobs[number]! >= 0) blobs[number] = last++;
  const pack = {
    count: last,
    ids: new Uint8Array(new SharedArrayBuffer(last * idLength)),
    offsets: new Float64Array(new SharedArrayBuffer(last * 8)),
    lengths: new Uint32Array(new SharedArrayBuffer(last * 4)),
    firstChildren: new Int32Array(new SharedArrayBuffer(last * 4)).fill(-1),
    nextSiblings: new Int32Array(new SharedArrayBuffer(last * 4)).fill(-1),
    wanted: new Uint8Array(new SharedArrayBuffer(last)).fill(1),
    sizes: new Uint32Array(new SharedArrayBuffer(last * 4)).fill(NOT_SEEN),
    notes: new Int32Array(new SharedArrayBuffer(last * 4)),
  };
  for (let place = 0; place < count; place++) {
    const blob = blobs[numbers[place]!]!;
    if (blob >= 0) for (let i = 0; i < idLength; i++) pack.ids[blob * idLength + i] = ids[place * idLength + i]!;
  }
  const roots: number[] = [];
  for (let number = count - 1; number >= 0; number--) {
    const blob = blobs[number]!;
    if (blob < 0) continue;
    pack.offsets[blob] = offsets[number]!;
    pack.lengths[blob] = Math.min(offsets[number + 1]! - offsets[number]!, MOST);
    if (bases[number] === -1) roots.push(blob);
    else {
      const base = blobs[bases[number]!]!;
      pack.nextSiblings[blob] = pack.firstChildren[base]!;
      pack.firstChildren[base] = blob;
    }
  }
  roots.reverse();
  return { ...pack, roots: shared(roots), units: shared(unitsOf(pack, roots)) };
}

function shared(list: readonly number[]): Shared<Int32Array> {
  const array = new Int32Array(new SharedArrayBuffer(list.length * 4));
  array.set(list);
  return array;
}

/** 0 for the objects that are blobs, which is decided by what they are made from in the end; -1 for others. Throws EndlessDeltas. */
function blobsOf(bases: Int32Array, types: Uint8Array): Int32Array {
  const UNDECIDED = -2;
  const UNDERWAY = -3;
  const blobs = new Int32Array(bases.length).fill(UNDECIDED);
  for (let number = 0; number < bases.length; number++) {
    let at = number;
    while (blobs[at] === UNDECIDED && bases[at]! >= 0) {
      blobs[at] = UNDERWAY;
      at = bases[at]!;
    }
    if (blobs[at] === UNDERWAY) throw new EndlessDeltas();
    if (blobs[at] === UNDECIDED) blobs[at] = types[at] === BLOB ? 0 : -1;
    const decided = blobs[at]!;
    for (at = number; blobs[at] === UNDERWAY; at = bases[at]!) blobs[at] = decided;
  }
  return blobs;
}

/** Cuts the list of roots into units of about the same work, in the order of the pack. */
function unitsOf({ count, lengths, firstChildren, nextSiblings }: Pick<Pack, 'count' | 'lengths' | 'firstChildren' | 'nextSiblings'>, roots: readonly number[]): readonly number[] {
  const units = [0];
  const stack = new Int32Array(count);
  let work = 0;
  roots.forEach((root, i) => {
    if (work >= UNIT) {
      units.push(i);
      work = 0;
    }
    let height = 0;
    stack[height++] = root;
    while (height > 0) {
      const blob = stack[--height]!;
      work += lengths[blob]! + PER_BLOB;
      for (let child = firstChildren[blob]!; child >= 0; child = nextSiblings[child]!) stack[height++] = child;
    }
  });
  units.push(roots.length);
  return units;
}
