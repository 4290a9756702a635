import type { Unwrapped, Wrapping } from '../format.ts';
import { Collector, lineEnd, lineStart, nextLine } from '../text.ts';

/**
 * Text cut into string literals that a program joins: `"..." +`, `'...' .`, `"..."` after `"..."` as in C, arrays of lines, one `echo "..."` a line.
 * What stands between the literals is the language's matter and ignored; a line without a literal of the same quote ends it.
 */
export const literal: Wrapping = {
  name: 'string-literals',
  title: 'joined string literals',

  unwrap(bytes, start, limit): Unwrapped | undefined {
    const own = bytes[start - 1];
    const lineAtStart = lineStart(bytes, start, 256);
    const stopOfFirst = lineEnd(bytes, start, limit);
    const isOwn = (own === DOUBLE || own === SINGLE || own === BACKTICK) && bytes[start - 2] !== BACKSLASH && closing(bytes, start, own, stopOfFirst) !== undefined;
    const first = isOwn ? start : lineLiteral(bytes, lineAtStart, start);
    if (first === undefined) return undefined;
    const quote = bytes[first - 1]!;
    // A literal that holds the whole text, be it over many lines, is no wrapping: its escapes are.
    const close = closing(bytes, start, quote, stopOfFirst);
    if (close === undefined || holdsEnd(bytes, start, close)) return undefined;
    const inside = new Collector();
    let lineAt = lineAtStart;
    let at = first;
    let end = start;
    let empty = 0;
    for (let open: number | undefined = first; lineAt < limit; ) {
      const stop = lineEnd(bytes, at, limit);
      let pieces = 0;
      for (; open !== undefined; open = opening(bytes, at, quote, stop)) {
        const shut: number | undefined = closing(bytes, open, quote, stop);
        if (shut === undefined) break;
        inside.add(bytes.subarray(open, shut), open);
        pieces++;
        at = end = shut + 1;
        if (holdsEnd(bytes, open, shut)) return result(inside, start, end);
      }
      // A blank line or a comment between two literals is borne, a run of them is not.
      empty = pieces === 0 ? empty + 1 : 0;
      if (empty > 2) break;
      // A break between literals is a line's end, unless the text writes its line ends out itself.
      if (!WRITTEN_BREAK.test(bytes.toString('latin1', Math.max(start, end - 9), Math.max(start, end - 1)))) inside.add(LINE_BREAK, Math.max(start, stop - 1));
      lineAt = at = nextLine(bytes, stop, limit);
      open = opening(bytes, at, quote, lineEnd(bytes, at, limit));
    }
    return result(inside, start, end);
  },
};

const DOUBLE = 0x22;
const SINGLE = 0x27;
const BACKTICK = 0x60;
const BACKSLASH = 0x5c;
const WRITTEN_BREAK = /\\(?:[nr]|u000[aAdD]|x0[aAdD]|01[25])$/;
const LINE_BREAK = Buffer.from('\n');

function result(inside: Collector, start: number, end: number): Unwrapped {
  return { bytes: inside.bytes(), start, end, outer: (offset) => inside.outer(offset) };
}

/** Offset behind the quote that opens a line of an array, as notebooks keep the lines of a program, where `start` is inside that line. */
function lineLiteral(bytes: Buffer, lineAt: number, start: number): number | undefined {
  const before = LINE_LITERAL.exec(bytes.toString('latin1', lineAt, start));
  return before ? lineAt + before[1]!.length : undefined;
}

const LINE_LITERAL = /^([ \t]*")(?:[^"\\]|\\.)*$/;

/** Offset behind the next opening quote before `stop`. */
function opening(bytes: Buffer, at: number, quote: number, stop: number): number | undefined {
  for (let i = at; i < stop; i++) if (bytes[i] === quote) return i + 1;
  return undefined;
}

/** Offset of the quote that closes a literal whose text begins at `at`; backslashes hide quotes. */
function closing(bytes: Buffer, at: number, quote: number, stop: number): number | undefined {
  for (let i = at; i < stop; i++) {
    if (bytes[i] === BACKSLASH) i++;
    else if (bytes[i] === quote) return i;
  }
  return undefined;
}

/** Whether the stretch holds the line that ends an armor or a PuTTY key. */
function holdsEnd(bytes: Buffer, start: number, end: number): boolean {
  const text = bytes.subarray(start, end);
  return text.includes('-----END') || text.includes('Private-MAC:');
}
