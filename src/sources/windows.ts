import type { FileFacts, SourceFile } from '../key.ts';
import { LF } from '../text.ts';

/** What fits is given whole; what is longer, as overlapping windows of this size. */
export const WINDOW = 1 << 21;
/** A key that an anchor in a window's own part proposes may reach back this far, and ahead this far. */
const BEHIND = 1 << 16;
const AHEAD = 1 << 18;
const STEP = WINDOW - BEHIND - AHEAD;

/** A buffer of one window, aligned for the sieve. One per thread, reused for every file. */
export function windowBuffer(): Buffer {
  return Buffer.from(new ArrayBuffer(WINDOW));
}

/**
 * Turns the bytes of one file, as they come, into windows over a reused buffer: memory does not grow with the file.
 * Fill `room()`, say how much with `add()`; while `full` is true take a `window()` and `shift()`; when the file ends take `last()`.
 */
export class WindowReader {
  private readonly path: string;
  private readonly buffer: Buffer;
  private readonly facts: () => FileFacts;
  private size = 0;
  private offset = 0;
  private linesBefore = 0;
  private readonly countLines: ((end: number) => number) | undefined;

  /** `countLines` counts the line breaks before an offset of the file, where it can be read again; else they are counted as they pass. */
  constructor(path: string, buffer: Buffer, facts: () => FileFacts, countLines?: (end: number) => number) {
    this.path = path;
    this.buffer = buffer;
    this.facts = facts;
    this.countLines = countLines;
  }

  room(): Buffer {
    return this.buffer.subarray(this.size);
  }

  add(count: number): void {
    this.size += count;
  }

  get full(): boolean {
    return this.size === this.buffer.length;
  }

  window(): SourceFile {
    return this.take(this.buffer.length - AHEAD);
  }

  last(): SourceFile {
    return this.take(this.size);
  }

  shift(): void {
    if (!this.countLines) this.linesBefore += countBreaks(this.buffer.subarray(0, STEP));
    this.buffer.copyWithin(0, STEP, this.size);
    this.size -= STEP;
    this.offset += STEP;
  }

  private take(ownEnd: number): SourceFile {
    const { path, facts, offset, linesBefore, size, countLines } = this;
    const bytes = this.buffer.subarray(0, size);
    if (offset === 0 && ownEnd === size) return { path, bytes, facts };
    return { path, bytes, facts, window: { offset, linesBefore: () => countLines?.(offset) ?? linesBefore, ownStart: offset === 0 ? 0 : BEHIND, ownEnd } };
  }
}

export function countBreaks(bytes: Buffer): number {
  let count = 0;
  for (let i = 0; i < bytes.length; i++) if (bytes[i] === LF) count++;
  return count;
}
