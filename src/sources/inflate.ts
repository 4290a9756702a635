import { constants, inflateSync } from 'node:zlib';
import type { Arena, Block } from './arena.ts';
import { UnknownObjects } from './pack-index.ts';

/** Expands bytes that must come to exactly the size of the block. Throws UnknownObjects. */
export function inflateInto(source: Buffer, from: number, to: number, arena: Arena, { at, size }: Block): void {
  let expanded: Buffer;
  try {
    // A chunk with room for one byte more is one call and one piece of memory.
    expanded = inflateSync(source.subarray(from, to), { chunkSize: Math.max(constants.Z_MIN_CHUNK, size + 1), maxOutputLength: size + 1 });
  } catch (error) {
    throw new UnknownObjects('an object that cannot be expanded', { cause: error });
  }
  if (expanded.length !== size) throw new UnknownObjects('an object that is not as long as it says');
  arena.bytes.set(expanded, at);
}
