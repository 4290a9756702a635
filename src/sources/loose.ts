import { closeSync, fstatSync } from 'node:fs';
import { constants, inflateSync, type ZlibOptions } from 'node:zlib';
import { openStored, readExactly, UnknownObjects } from './pack-index.ts';

export interface LooseObject {
  readonly type: string;
  /** Of a blob, unless there are more than was asked for. */
  readonly bytes?: Buffer;
}

/** Longer than any head: a type and a number. */
const HEAD = 64;

/** Reads an object that is a file of its own, a zlib stream of `<type> <size>`, a zero byte and the content. Throws UnknownObjects, or what the file system says. */
export function readLoose(path: string, most: number): LooseObject {
  const fd = openStored(path);
  try {
    const { size: stored } = fstatSync(fd);
    const match = /^([a-z]+) (0|[1-9][0-9]*)\0/.exec(beginningOf(readExactly(fd, 0, Math.min(stored, 4 * HEAD))));
    if (!match) throw new UnknownObjects('a loose object with an unknown head');
    const [head, type, digits] = match as unknown as [string, string, string];
    const size = Number(digits);
    if (type !== 'blob' || size > most || stored > 2 * most) return { type };
    const bytes = expanded(readExactly(fd, 0, stored), { maxOutputLength: head.length + size + 1 });
    if (bytes.length !== head.length + size) throw new UnknownObjects('a loose object that is not as long as it says');
    return { type, bytes: bytes.subarray(head.length) };
  } finally {
    closeSync(fd);
  }
}

function beginningOf(compressed: Buffer): string {
  return expanded(compressed, { finishFlush: constants.Z_SYNC_FLUSH }).toString('latin1', 0, HEAD);
}

function expanded(compressed: Buffer, options: ZlibOptions): Buffer {
  try {
    return inflateSync(compressed, options);
  } catch (error) {
    throw new UnknownObjects('a loose object that cannot be expanded', { cause: error });
  }
}
