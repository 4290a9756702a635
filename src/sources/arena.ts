import { returnBuffer, sieveBuffer } from '../sieve-memory.ts';
import { UnknownObjects } from './pack-index.ts';

/** A stretch of the arena. It moves when room is made: `at` is good until the next `push`. */
export interface Block {
  at: number;
  size: number;
}

/** Blocks begin at multiples of this; behind each one there is room for words that are written whole. */
const ALIGNMENT = 16;
const MOST = 1 << 28;

/**
 * Memory for objects that are made from each other: one buffer, so that copying needs no new views, and blocks that come and go nearly as on
 * a stack. Room left by a block further down is taken up when the end is reached.
 */
export class Arena {
  bytes: Buffer;
  view: DataView;
  private readonly blocks: Block[] = [];

  constructor(size: number) {
    this.bytes = sieveBuffer(size);
    this.view = viewOf(this.bytes);
  }

  /** Throws UnknownObjects when that is more than a repository should ask for. */
  push(size: number): Block {
    const block = { at: this.end, size };
    if (block.at + roomFor(size) > this.bytes.length) {
      this.makeRoom(roomFor(size));
      block.at = this.end;
    }
    this.blocks.push(block);
    return block;
  }

  remove(block: Block): void {
    this.blocks.splice(this.blocks.lastIndexOf(block), 1);
  }

  slice({ at, size }: Block): Buffer {
    return this.bytes.subarray(at, at + size);
  }

  clear(): void {
    this.blocks.length = 0;
  }

  private get end(): number {
    const last = this.blocks.at(-1);
    return last ? last.at + roomFor(last.size) : 0;
  }

  private makeRoom(room: number): void {
    let end = 0;
    for (const block of this.blocks) {
      this.bytes.copyWithin(end, block.at, block.at + block.size);
      block.at = end;
      end += roomFor(block.size);
    }
    // Room for more than this one, or the next would be moved again.
    if (end + room <= this.bytes.length * 0.75) return;
    let size = this.bytes.length;
    while (size * 0.75 < end + room) size *= 2;
    if (size > MOST) throw new UnknownObjects('objects too large to hold together');
    const { bytes } = this;
    this.bytes = sieveBuffer(size);
    this.view = viewOf(this.bytes);
    bytes.copy(this.bytes, 0, 0, end);
    returnBuffer(bytes);
  }

  /** Gives the memory back: nothing is made in it any more. */
  close(): void {
    returnBuffer(this.bytes);
  }
}

function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length);
}

function roomFor(size: number): number {
  return (size + 2 * ALIGNMENT - 1) & -ALIGNMENT;
}
