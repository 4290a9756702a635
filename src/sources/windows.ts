import type { FileFacts, SourceFile } from '../key.ts';
import { sieveBuffer } from '../sieve-memory.ts';
import { countCharacters, CR, LF, markLength } from '../text.ts';

/** What fits is given whole; what is longer, as overlapping windows of this size. */
const WINDOW = 1 << 21;
/** A key that an anchor in a window's own part proposes may reach back this far, and ahead this far. */
const BEHIND = 1 << 16;
const AHEAD = 1 << 18;
const STEP = WINDOW - BEHIND - AHEAD;

/** A buffer of one window, to be used for one file after the other. `returnBuffer` gives it back. */
export function windowBuffer(): Buffer {
  return sieveBuffer(WINDOW);
}

/** Reads bytes of the file at an offset into a buffer, and gives how many: none at its end. */
export type ReadAt = (into: Buffer, offset: number) => number;

/**
 * Turns the bytes of one file, as they come, into windows over a reused buffer: memory does not grow with the file.
 * Fill `room()`, say how much with `add()`; while `full` is true take a `window()` and `shift()`; when the file ends take `last()`.
 */
export class WindowReader {
  private readonly path: string;
  private readonly buffer: Buffer;
  private readonly facts: () => FileFacts;
  private readonly readAt: ReadAt | undefined;
  private readonly passed = new Passed();
  private size = 0;
  private offset = 0;

  /** `readAt` where the file can be read again: lines are then counted when a key is found; else as they pass. */
  constructor(path: string, buffer: Buffer, facts: () => FileFacts, readAt?: ReadAt) {
    this.path = path;
    this.buffer = buffer;
    this.facts = facts;
    this.readAt = readAt;
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
    if (!this.readAt) this.passed.add(this.buffer.subarray(0, STEP));
    this.buffer.copyWithin(0, STEP, this.size);
    this.size -= STEP;
    this.offset += STEP;
  }

  private take(ownEnd: number): SourceFile {
    const { path, facts, offset, passed, size, readAt } = this;
    const bytes = this.buffer.subarray(0, size);
    if (offset === 0 && ownEnd === size) return { path, bytes, facts };
    const before = (): Passed => {
      if (readAt) passed.catchUp(offset, readAt);
      return passed;
    };
    return { path, bytes, facts, ...(readAt && { whole: (most: number) => whole(readAt, most) }), window: { offset, before, ownStart: offset === 0 ? 0 : BEHIND, ownEnd } };
  }
}

/** A file's bytes, unless there are more than `most`. */
function whole(readAt: ReadAt, most: number): Buffer | undefined {
  const parts: Buffer[] = [];
  for (let size = 0; ; ) {
    const part = Buffer.allocUnsafeSlow(WINDOW);
    const count = readAt(part, size);
    if (count === 0) return Buffer.concat(parts, size);
    size += count;
    if (size > most) return undefined;
    parts.push(part.subarray(0, count));
  }
}

/** Bytes that are there already, as they would come through a pipe. `buffer`: asked for where they are more than a window. */
export function* windowsOf(path: string, bytes: Buffer, facts: () => FileFacts, buffer: () => Buffer): Generator<SourceFile> {
  if (bytes.length < WINDOW) {
    yield { path, bytes, facts };
    return;
  }
  const reader = new WindowReader(path, buffer(), facts);
  for (let at = 0; at < bytes.length; ) {
    const count = bytes.copy(reader.room(), 0, at);
    reader.add(count);
    at += count;
    if (!reader.full) continue;
    yield reader.window();
    reader.shift();
  }
  yield reader.last();
}

/** What of a file lies before a window, counted once however many windows ask. */
class Passed {
  lines = 0;
  columns = 0;
  /** Lines end with LF; in a file without any, with CR. */
  breaker: typeof LF | typeof CR | undefined;
  private bytes = 0;

  catchUp(end: number, readAt: ReadAt): void {
    const part = Buffer.allocUnsafeSlow(1 << 16);
    while (this.bytes < end) {
      const count = readAt(part.subarray(0, Math.min(part.length, end - this.bytes)), this.bytes);
      // Cut off while we read: nothing is certain then, and nothing more to be had.
      if (count === 0) return;
      this.add(part.subarray(0, count));
    }
  }

  add(part: Buffer): void {
    let start = this.bytes === 0 ? markLength(part) : 0;
    this.bytes += part.length;
    if (this.breaker !== LF && part.includes(LF)) {
      this.breaker = LF;
      this.lines = 0;
    } else if (this.breaker === undefined && part.includes(CR)) this.breaker = CR;
    if (this.breaker !== undefined) {
      for (let at = part.indexOf(this.breaker, start); at >= 0; at = part.indexOf(this.breaker, start)) {
        this.lines++;
        this.columns = 0;
        start = at + 1;
      }
    }
    this.columns += countCharacters(part.subarray(start));
  }
}
