import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/**
 * Something in git's object store is damaged, or is not what these readers know: git itself is to be asked. The message says what, never
 * any content.
 */
export class UnknownObjects extends Error {
  override readonly name = 'UnknownObjects';
}

/** git would follow them without an end: it must not be asked. */
export class EndlessDeltas extends Error {
  override readonly name = 'EndlessDeltas';
  override readonly message = 'a pack has deltas that are made from each other';
}

/** As UnknownObjects what the file system says of a store that changes or cannot be read; everything else as it is. */
export function asUnknown(error: unknown): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  return syscall === undefined ? error : new UnknownObjects(`the object store cannot be read: ${code ?? 'failed'}`, { cause: error });
}

/** Which objects a pack has and where (gitformat-pack, PACK-*.IDX FILES). Objects are numbered as they stand in the pack. */
export interface PackIndex {
  readonly count: number;
  /** Where each object begins; at the end, where the last one ends. */
  readonly offsets: Float64Array;
  /** The ids, ascending. */
  readonly ids: Buffer;
  /** The number of the object that each of the ids names. */
  readonly numbers: Uint32Array;
  /** What the pack itself must end with. */
  readonly checksum: Buffer;
}

const FANOUT = 256 * 4;
/** Before it: a header of the pack. */
const FIRST_OBJECT = 12;
/** An offset with this bit set is a place in a table of larger ones. */
const IN_TABLE = 0x80000000;

/** Reads the index, version 1 or 2, of a pack with `packSize` bytes. Throws UnknownObjects. */
export function readPackIndex(fd: number, packSize: number, idLength: number): PackIndex {
  const size = fstatSync(fd).size;
  const version = size < 8 ? 0 : versionOf(readExactly(fd, 0, 8));
  const start = version === 1 ? 0 : 8;
  const fanout = readExactly(fd, start, FANOUT);
  const count = fanout.readUInt32BE(FANOUT - 4);
  const entry = idLength + (version === 1 ? 4 : 8);
  const tables = start + FANOUT;
  const rest = size - (tables + count * entry + 2 * idLength);
  // Version 2 may have a table of offsets that need more than 31 bits.
  if (rest < 0 || rest % 8 !== 0 || rest > (version === 1 ? 0 : 8 * count)) throw new UnknownObjects('a pack index is not as long as its objects make it');
  const { ids, offsets: unordered } = version === 1
    ? entriesOf(readExactly(fd, tables, count * entry), count, idLength)
    : tablesOf(fd, tables, count, idLength, rest);
  if (!areInOrder(ids, idLength, fanout)) throw new UnknownObjects('the ids of a pack index are not in order');
  const { offsets, numbers } = inOrder(unordered, packSize - idLength);
  return { count, offsets, ids, numbers, checksum: readExactly(fd, size - 2 * idLength, idLength) };
}

/** Whether ids ascend, and git, which looks them up by their first byte in a table of how many there are up to each, finds all of them. */
function areInOrder(ids: Buffer, idLength: number, fanout: Buffer): boolean {
  let i = 0;
  for (let first = 0; first < 256; first++) {
    const end = fanout.readUInt32BE(4 * first);
    if (end < i) return false;
    for (; i < end; i++) {
      const at = i * idLength;
      if (ids[at] !== first) return false;
      if (i > 0 && ids.readUInt32BE(at - idLength) >= ids.readUInt32BE(at) && ids.compare(ids, at, at + idLength, at - idLength, at) >= 0) return false;
    }
  }
  return i * idLength === ids.length;
}

function versionOf(head: Buffer): 1 | 2 {
  if (head.readUInt32BE(0) !== 0xff744f63) return 1;
  if (head.readUInt32BE(4) !== 2) throw new UnknownObjects('a pack index of another version than 1 and 2');
  return 2;
}

interface Unordered {
  readonly ids: Buffer;
  readonly offsets: Float64Array;
}

/** Version 1: offset and id, entry by entry. */
function entriesOf(entries: Buffer, count: number, idLength: number): Unordered {
  const ids = Buffer.alloc(count * idLength);
  const offsets = new Float64Array(count);
  for (let i = 0, at = 0; i < count; i++, at += 4 + idLength) {
    offsets[i] = entries.readUInt32BE(at);
    entries.copy(ids, i * idLength, at + 4, at + 4 + idLength);
  }
  return { ids, offsets };
}

/** Version 2: all ids, their check sums, all offsets, and those that need more than 31 bits. */
function tablesOf(fd: number, at: number, count: number, idLength: number, largeSize: number): Unordered {
  const ids = readExactly(fd, at, count * idLength);
  const small = readExactly(fd, at + count * (idLength + 4), count * 4);
  const large = readExactly(fd, at + count * (idLength + 8), largeSize);
  const offsets = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const offset = small.readUInt32BE(4 * i);
    if (offset < IN_TABLE) offsets[i] = offset;
    else {
      const place = 8 * (offset - IN_TABLE);
      if (place + 8 > largeSize) throw new UnknownObjects('an offset in a pack index that is not there');
      offsets[i] = large.readUInt32BE(place) * 2 ** 32 + large.readUInt32BE(place + 4);
    }
  }
  return { ids, offsets };
}

/** Sorted by 16 bits at a time, the lowest first: a comparison per object would take four times as long. */
function inOrder(unordered: Float64Array, end: number): { readonly offsets: Float64Array; readonly numbers: Uint32Array } {
  const count = unordered.length;
  let order = Uint32Array.from({ length: count }, (_, i) => i);
  let other = new Uint32Array(count);
  for (let unit = 1; unit <= end; unit *= 65536) {
    const starts = new Uint32Array(65537);
    for (let i = 0; i < count; i++) starts[Math.floor(unordered[i]! / unit) % 65536 + 1]!++;
    for (let digit = 0; digit < 65536; digit++) starts[digit + 1]! += starts[digit]!;
    for (const i of order) other[starts[Math.floor(unordered[i]! / unit) % 65536]!++] = i;
    [order, other] = [other, order];
  }
  const offsets = new Float64Array(count + 1);
  offsets[count] = end;
  for (let number = 0; number < count; number++) {
    const place = order[number]!;
    offsets[number] = unordered[place]!;
    other[place] = number;
    if (offsets[number]! < (number === 0 ? FIRST_OBJECT : offsets[number - 1]! + 1)) throw new UnknownObjects('two objects at one place of a pack');
  }
  if (count > 0 && offsets[count - 1]! >= end) throw new UnknownObjects('an object behind the end of its pack');
  return { offsets, numbers: other };
}

/** The number of the object with an id, or -1. */
export function findObject({ count, ids, numbers }: PackIndex, id: Buffer): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const order = id.compare(ids, middle * id.length, (middle + 1) * id.length);
    // `compare` is of the id given with the one in the table.
    if (order === 0) return numbers[middle]!;
    if (order < 0) high = middle;
    else low = middle + 1;
  }
  return -1;
}

/** Windows has no such bit: what is not there is none. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK;

/** Opens a file of the object store. A pipe in its place is not waited at. Throws UnknownObjects, and what the file system says. */
export function openStored(path: string): number {
  const fd = openSync(path, FLAGS);
  if (fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  throw new UnknownObjects('what is no file in the object store');
}

/** So many bytes of a file from an offset. Throws UnknownObjects when it has fewer. */
export function readExactly(fd: number, offset: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(length);
  if (readAt(fd, bytes, offset) < length) throw new UnknownObjects('a file of the object store is cut off');
  return bytes;
}

/** Fills a buffer from an offset of a file, as far as it goes, and gives how far. */
export function readAt(fd: number, into: Buffer, offset: number): number {
  let done = 0;
  while (done < into.length) {
    const count = readSync(fd, into, done, into.length - done, offset + done);
    if (count === 0) break;
    done += count;
  }
  return done;
}
