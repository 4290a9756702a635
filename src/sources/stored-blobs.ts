import { closeSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Arena, type Block } from './arena.ts';
import { applyDelta, copyOutsides, deltaSizes, Insides } from './delta.ts';
import { inflateInto } from './inflate.ts';
import { readLoose } from './loose.ts';
import { BLOB, NOT_SEEN, openPack, readHead, type Head, type Pack, type Shared } from './pack.ts';
import { asUnknown, readAt, readExactly, UnknownObjects } from './pack-index.ts';

/**
 * The blobs in git's object store, read without git. Of most blobs only what is new in them is looked at, so that it takes half the time that
 * git needs to write them all down; but what is found is the same, blob by blob.
 */
export interface StoredBlobs {
  readonly idLength: number;
  readonly packs: readonly Pack[];
  readonly loose: LooseBlobs;
  /** The next unit of work that no thread has taken: those of the packs, one pack after the other, then those of loose objects. */
  readonly turn: Shared<Int32Array>;
}

/** Objects that are files of their own; which of them are blobs shows when they are read. */
export interface LooseBlobs {
  readonly folders: readonly string[];
  readonly ids: Shared<Uint8Array>;
  /** In which of the folders each lies. */
  readonly places: Shared<Uint16Array>;
  readonly sizes: Shared<Uint32Array>;
}

export interface OpenOptions {
  /** The repository's folder of objects, and those of its alternates. */
  readonly folders: readonly string[];
  readonly hash: 'sha1' | 'sha256';
  /** Asked once for every blob, and for loose objects that may be others. Default: all are wanted. */
  readonly isWanted?: ((id: string) => boolean) | undefined;
}

/** Opens an object store: finds out what is where. What comes of it can be sent to other threads. Throws UnknownObjects and EndlessDeltas. */
export function openStoredBlobs({ folders, hash, isWanted }: OpenOptions): StoredBlobs {
  const idLength = hash === 'sha1' ? 20 : 32;
  const packs: Pack[] = [];
  try {
    // Loose objects first: those that git packs meanwhile are missing when they are read, not when they are listed.
    const loose = folders.flatMap((folder, place) => looseIds(folder, idLength).map((id) => ({ id, place })));
    for (const folder of folders) for (const path of packIndexes(folder)) packs.push(openPack(path, idLength));
    const once = packs.length + (loose.length > 0 ? 1 : 0) > 1 ? withoutRepeated(packs, loose, idLength) : loose;
    if (isWanted) for (const { count, ids, wanted } of packs) for (let blob = 0; blob < count; blob++) if (wanted[blob] === 1 && !isWanted(hexAt(ids, blob, idLength))) wanted[blob] = 0;
    return { idLength, packs, loose: shareLoose(isWanted ? once.filter(({ id }) => isWanted(id)) : once, folders, idLength), turn: new Int32Array(new SharedArrayBuffer(4)) };
  } catch (error) {
    closePacks(packs);
    throw asUnknown(error);
  }
}

export function closeStoredBlobs({ packs }: StoredBlobs): void {
  closePacks(packs);
}

function closePacks(packs: readonly Pack[]): void {
  for (const { fd } of packs) closeSync(fd);
}

/** The blobs that have been looked at, by all threads, with their lengths. */
export function* seenBlobs({ idLength, packs, loose }: StoredBlobs): Generator<{ readonly id: string; readonly size: number }> {
  for (const { ids, sizes } of [...packs, loose]) for (let blob = 0; blob < sizes.length; blob++) if (sizes[blob] !== NOT_SEEN) yield { id: hexAt(ids, blob, idLength), size: sizes[blob]! };
}

/** The wanted blobs of packs that no thread has looked at. */
export function* leftBlobs({ idLength, packs }: StoredBlobs): Generator<string> {
  for (const { ids, sizes, wanted } of packs) for (let blob = 0; blob < sizes.length; blob++) if (sizes[blob] === NOT_SEEN && wanted[blob] === 1) yield hexAt(ids, blob, idLength);
}

/** How many units of work there are. */
export function countUnits({ packs, loose }: StoredBlobs): number {
  return packs.reduce((sum, { units }) => sum + units.length - 1, Math.ceil(loose.places.length / LOOSE_UNIT));
}

function hexAt(ids: Uint8Array, i: number, idLength: number): string {
  return Buffer.from(ids.buffer, i * idLength, idLength).toString('hex');
}

function packIndexes(folder: string): readonly string[] {
  const path = join(folder, 'pack');
  const names = existsSync(path) ? readdirSync(path) : [];
  const indexes = names.filter((name) => name.endsWith('.idx'));
  const known = new Set(indexes.map((name) => name.slice(0, -4)));
  if (names.some((name) => name.endsWith('.pack') && !known.has(name.slice(0, -5)))) throw new UnknownObjects('a pack without an index');
  return indexes.map((name) => join(path, name));
}

function looseIds(folder: string, idLength: number): readonly string[] {
  const rest = new RegExp(`^[0-9a-f]{${2 * idLength - 2}}$`);
  return readdirSync(folder).filter((name) => /^[0-9a-f]{2}$/.test(name)).flatMap((name) => readdirSync(join(folder, name)).filter((one) => rest.test(one)).map((one) => name + one));
}

interface Loose {
  readonly id: string;
  readonly place: number;
}

function shareLoose(list: readonly Loose[], folders: readonly string[], idLength: number): LooseBlobs {
  const ids = new Uint8Array(new SharedArrayBuffer(list.length * idLength));
  const places = new Uint16Array(new SharedArrayBuffer(list.length * 2));
  list.forEach(({ id, place }, i) => {
    ids.set(Buffer.from(id, 'hex'), i * idLength);
    places[i] = place;
  });
  return { folders, ids, places, sizes: new Uint32Array(new SharedArrayBuffer(list.length * 4)).fill(NOT_SEEN) };
}

/** Leaves out blobs of packs that a pack before has too, and gives the loose objects that are nowhere else. */
function withoutRepeated(packs: readonly Pack[], loose: readonly Loose[], idLength: number): readonly Loose[] {
  const seen = idSet(packs.reduce((sum, { count }) => sum + count, loose.length), idLength);
  for (const { count, ids, wanted } of packs) for (let blob = 0; blob < count; blob++) if (!seen.add(ids, blob * idLength)) wanted[blob] = 0;
  return loose.filter(({ id }) => seen.add(Buffer.from(id, 'hex'), 0));
}

/** A set of ids, at most so many. */
function idSet(most: number, idLength: number): { add(ids: Uint8Array, at: number): boolean } {
  const bits = Math.ceil(Math.log2(2 * most + 2));
  const mask = 2 ** bits - 1;
  /** 0, or one more than the number of an id in `known`. */
  const slots = new Int32Array(2 ** bits);
  const known = new Uint8Array(most * idLength);
  let count = 0;
  const isAt = (place: number, ids: Uint8Array, at: number): boolean => {
    for (let i = 0; i < idLength; i++) if (known[place + i] !== ids[at + i]) return false;
    return true;
  };
  return {
    /** Whether it is new. */
    add(ids, at) {
      let slot = (ids[at]! | (ids[at + 1]! << 8) | (ids[at + 2]! << 16) | (ids[at + 3]! << 24)) & mask;
      for (; slots[slot] !== 0; slot = (slot + 1) & mask) if (isAt((slots[slot]! - 1) * idLength, ids, at)) return false;
      for (let i = 0; i < idLength; i++) known[count * idLength + i] = ids[at + i]!;
      slots[slot] = ++count;
      return true;
    },
  };
}

/** A blob that is sought. `bytes` is valid until the next one is asked for. */
export interface Candidate {
  /** Hexadecimal. */
  readonly id: string;
  readonly bytes: Buffer;
}

export interface BlobScan {
  /** Unit by unit, so that there can be a pause between two of them. */
  readonly units: Iterable<Iterable<Candidate>>;
  /** Ids of blobs that were not looked at, since they or what they are made from are too large to be held. Complete when there are no more units. */
  readonly oversize: readonly string[];
  /** How many were looked at, and how long they are together. */
  readonly blobs: number;
  readonly bytes: number;
}

export interface ScanOptions {
  /**
   * Whether a blob is sought. It is decided by stretches of it, or by how it begins, none longer than `reach`: leaving out what is farther from
   * them makes no blob less sought.
   */
  readonly isSought: (bytes: Buffer) => boolean;
  readonly reach: number;
}

/** Longer blobs are not held. */
const LARGEST = 1 << 24;
/** What one thread has room for at first. */
const ARENA = 1 << 21;
/** Loose objects in a unit of work. */
const LOOSE_UNIT = 64;

/** A blob that others are made from. */
interface Node {
  readonly block: Block;
  readonly isSought: boolean;
  /** The next of its children, and the one that comes last. */
  next: number;
  heaviest: number;
}

/** Lets no thread take another turn: each is through when it has done the unit that it is at. */
export function endStoredBlobs({ turn }: StoredBlobs): void {
  Atomics.store(turn, 0, 1 << 30);
}

/**
 * Finds every wanted blob that is sought, in the units of work that no other thread has taken. Throws UnknownObjects: then nothing is certain,
 * and git is to be asked for all of it.
 */
export function scanStoredBlobs(store: StoredBlobs, { isSought, reach }: ScanOptions): BlobScan {
  const { idLength, packs, loose, turn } = store;
  const oversize: string[] = [];
  const scan = { units: units(), oversize, blobs: 0, bytes: 0 };
  const arena = new Arena(ARENA);
  const windows = new Windows();
  const insides = new Insides();
  const head: Head = { type: 0, size: 0, distance: 0, next: 0 };

  function* units(): Generator<Iterable<Candidate>> {
    for (;;) {
      let unit = Atomics.add(turn, 0, 1);
      const pack = packs.find(({ units }) => {
        if (unit < units.length - 1) return true;
        unit -= units.length - 1;
        return false;
      });
      if (!pack && unit * LOOSE_UNIT >= loose.places.length) break;
      yield candidatesIn(pack, unit);
    }
    arena.close();
  }

  function* candidatesIn(pack: Pack | undefined, unit: number): Generator<Candidate> {
    try {
      if (pack) for (let i = pack.units[unit]!; i < pack.units[unit + 1]!; i++) yield* tree(pack, pack.roots[i]!);
      else for (let i = unit * LOOSE_UNIT; i < Math.min(loose.places.length, (unit + 1) * LOOSE_UNIT); i++) yield* looseBlob(i);
    } catch (error) {
      throw asUnknown(error);
    }
  }

  function* looseBlob(i: number): Generator<Candidate> {
    const id = hexAt(loose.ids, i, idLength);
    const object = readLoose(join(loose.folders[loose.places[i]!]!, id.slice(0, 2), id.slice(2)), LARGEST);
    if (object.type !== 'blob') return;
    if (!object.bytes) {
      oversize.push(id);
      return;
    }
    markSeen(loose.sizes, i, object.bytes.length);
    if (isSought(object.bytes)) yield { id, bytes: object.bytes };
  }

  /** Blobs of a tree, each after the one it is made from. Of what is held, a blob is let go when its last child, the heaviest, is made: at most as many are held as the number of blobs has binary digits. */
  function* tree(pack: Pack, root: number): Generator<Candidate> {
    if (weigh(pack, root) === 0) return;
    arena.clear();
    const source = readObject(pack, root);
    if (head.size > LARGEST) {
      passOver(pack, root);
      return;
    }
    if (head.type !== BLOB) throw new UnknownObjects('a pack that changes while it is read');
    const whole = arena.push(head.size);
    inflateInto(source.bytes, head.next, source.at + pack.lengths[root]!, arena, whole);
    const first = nodeOf(pack, root, whole, isSought(arena.slice(whole)));
    if (isNeeded(pack, root)) {
      markSeen(pack.sizes, root, whole.size);
      if (first.isSought) yield { id: hexAt(pack.ids, root, idLength), bytes: arena.slice(whole) };
    }
    const path = [first];
    while (path.length > 0) {
      const parent = path.at(-1)!;
      const child = nextChild(pack, parent);
      if (child < 0) {
        arena.remove(parent.block);
        path.pop();
        continue;
      }
      const isLast = parent.heaviest < 0;
      const made = make(pack, child, parent);
      if (made) {
        if (isNeeded(pack, child)) {
          markSeen(pack.sizes, child, made.block.size);
          if (made.isSought) yield { id: hexAt(pack.ids, child, idLength), bytes: arena.slice(made.block) };
        }
      } else passOver(pack, child);
      if (isLast) {
        arena.remove(parent.block);
        path.pop();
      }
      if (!made) continue;
      if (pack.notes[child] === LEAF) arena.remove(made.block);
      else path.push(nodeOf(pack, child, made.block, made.isSought));
    }
  }

  function markSeen(sizes: Uint32Array, blob: number, size: number): void {
    sizes[blob] = size;
    scan.blobs++;
    scan.bytes += size;
  }

  /** Makes a child: not wholly where there is nothing new in it to be found and nothing made from it. `undefined` when it is too large. */
  function make(pack: Pack, child: number, parent: Node): { readonly block: Block; readonly isSought: boolean } | undefined {
    const source = readObject(pack, child);
    if (head.size > LARGEST) return undefined;
    if (head.type === BLOB) throw new UnknownObjects('a pack that changes while it is read');
    const delta = arena.push(head.size);
    inflateInto(source.bytes, head.next, source.at + pack.lengths[child]!, arena, delta);
    const sizes = deltaSizes(arena, delta);
    if (sizes.base !== parent.block.size) throw new UnknownObjects('a delta for another base than it has');
    if (sizes.result > LARGEST) {
      arena.remove(delta);
      return undefined;
    }
    const block = arena.push(sizes.result);
    // Of what nothing is made from, the insides of copies are needed only where something may be found.
    const making = { delta, sizes, base: parent.block, target: block };
    const isWhole = pack.notes[child] !== LEAF || parent.isSought;
    applyDelta(arena, making, reach, insides, isWhole);
    const isCandidate = parent.isSought || isOutsideSought(block);
    if (isCandidate && !isWhole) applyDelta(arena, making, reach, insides, true);
    const made = { block, isSought: isCandidate && isSought(arena.slice(block)) };
    arena.remove(delta);
    return made;
  }

  /** Whether there is something to be found in an object that was not in the one it was made from. */
  function isOutsideSought(block: Block): boolean {
    const outsides = arena.push(block.size);
    outsides.size = copyOutsides(arena, block, insides, outsides);
    const found = isSought(arena.slice(outsides));
    arena.remove(outsides);
    return found;
  }

  /** Where an object lies in memory; its head is in `head`. */
  function readObject({ fd, offsets, lengths }: Pack, blob: number): Windows {
    const length = lengths[blob]!;
    windows.find(fd, offsets[blob]!, Math.min(length, Windows.SIZE));
    readHead(windows.bytes, windows.at, idLength, head);
    if (length > Windows.SIZE && head.size <= LARGEST) {
      // What does not get smaller by compression gets longer by a few bytes in thousands.
      if (length > 2 * LARGEST) throw new UnknownObjects('a pack with room between its objects');
      windows.read(fd, offsets[blob]!, length);
      readHead(windows.bytes, windows.at, idLength, head);
    }
    return windows;
  }

  const stack: number[] = [];

  /** Notes for each blob of a tree how many are needed of it and those made from it, twice, and one more if it is needed itself. */
  function weigh(pack: Pack, root: number): number {
    const { firstChildren, nextSiblings, notes, wanted } = pack;
    const members = stack;
    members.length = 0;
    members.push(root);
    for (let i = 0; i < members.length; i++) {
      const blob = members[i]!;
      notes[blob] = wanted[blob] === 1 ? LEAF : 0;
      for (let child = firstChildren[blob]!; child >= 0; child = nextSiblings[child]!) members.push(child);
    }
    for (let i = members.length - 1; i >= 0; i--) {
      const blob = members[i]!;
      for (let child = firstChildren[blob]!; child >= 0; child = nextSiblings[child]!) notes[blob]! += notes[child]! & -2;
    }
    return notes[root]!;
  }

  function passOver(pack: Pack, top: number): void {
    const left = [top];
    for (let blob = left.pop(); blob !== undefined; blob = left.pop()) {
      if (isNeeded(pack, blob)) oversize.push(hexAt(pack.ids, blob, idLength));
      for (let child = pack.firstChildren[blob]!; child >= 0; child = pack.nextSiblings[child]!) left.push(child);
    }
  }

  return scan;
}

/** What `weigh` notes for a blob that is needed by itself alone. */
const LEAF = 3;

function isNeeded({ notes }: Pack, blob: number): boolean {
  return (notes[blob]! & 1) === 1;
}

function nodeOf({ firstChildren, nextSiblings, notes }: Pack, blob: number, block: Block, isSought: boolean): Node {
  let heaviest = -1;
  let most = 0;
  for (let child = firstChildren[blob]!; child >= 0; child = nextSiblings[child]!) {
    if (notes[child]! <= most) continue;
    most = notes[child]!;
    heaviest = child;
  }
  return { block, isSought, next: firstChildren[blob]!, heaviest };
}

/** The next child that is needed for anything; -1 when there is none left. */
function nextChild({ nextSiblings, notes }: Pack, node: Node): number {
  while (node.next >= 0) {
    const child = node.next;
    node.next = nextSiblings[child]!;
    if (child !== node.heaviest && notes[child] !== 0) return child;
  }
  const child = node.heaviest;
  node.heaviest = -1;
  return child;
}

/** Parts of packs, as they were read last: trees lie together, but not in the order in which they are gone through. */
class Windows {
  static readonly SIZE = 1 << 17;
  bytes: Buffer = Buffer.alloc(0);
  at = 0;
  private readonly all = Array.from({ length: 16 }, () => ({ fd: -1, start: 0, end: 0, bytes: Buffer.alloc(0) }));
  private oldest = 0;

  find(fd: number, offset: number, length: number): void {
    for (const window of this.all) {
      if (window.fd !== fd || offset < window.start || offset + length > window.end) continue;
      this.bytes = window.bytes;
      this.at = offset - window.start;
      return;
    }
    const window = this.all[this.oldest]!;
    this.oldest = (this.oldest + 1) % this.all.length;
    if (window.bytes.length === 0) window.bytes = Buffer.allocUnsafeSlow(Windows.SIZE);
    window.fd = fd;
    window.start = offset;
    window.end = offset + readAt(fd, window.bytes, offset);
    if (window.end < offset + length) throw new UnknownObjects('a pack that is cut off');
    this.bytes = window.bytes;
    this.at = 0;
  }

  /** More than a window. */
  read(fd: number, offset: number, length: number): void {
    this.bytes = readExactly(fd, offset, length);
    this.at = 0;
  }
}
