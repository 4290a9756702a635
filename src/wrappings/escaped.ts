import type { Unwrapped, Wrapping } from '../format.ts';
import { beginOfArmor, Collector } from '../text.ts';

/**
 * Text whose line breaks are written out, as in JSON strings, .env values, source code and shell variables:
 * `\n`, `\r\n`, `\u000a`, `\x0a`, and `\` at the end of a line. Twice escaped text is opened twice.
 */
export const escaped: Wrapping = {
  name: 'escaped',
  title: 'backslash escapes',

  unwrap(bytes, start, limit): Unwrapped | undefined {
    // The first escape must stand where the first line ends, or for a blank in it, or the text is not written that way.
    const first = FIRST_ESCAPE.exec(bytes.toString('latin1', start, Math.min(limit, start + FIRST_LINE)));
    if (!first) return undefined;
    // With the quote that opens a string inside the string, so that it is taken for one.
    const hasQuote = bytes[start - 1] === DOUBLE && bytes[start - 2] === BACKSLASH;
    return unescape(bytes, hasQuote ? start - 1 : start, start + first[1]!.length, limit);
  },
};

/** The same where the blank in `PRIVATE KEY` is escaped too. */
export const escapedBlanks: Wrapping = {
  name: 'escaped',
  title: escaped.title,
  anchors: ['PRIVATE\\u0020KEY', 'PRIVATE\\x20KEY', 'PRIVATE\\040KEY'],
  begin: beginOfArmor,

  unwrap(bytes, start, limit): Unwrapped | undefined {
    return unescape(bytes, start, start, Math.min(limit, start + LONGEST));
  },
};

/** Opens the escapes from `first` on. */
function unescape(bytes: Buffer, start: number, first: number, limit: number): Unwrapped {
  const inside = new Collector();
  let from = start;
  let at = first;
  for (; at < limit; at++) {
    const byte = bytes[at];
    // The string ends at its quote or at a bare line break.
    if (byte === DOUBLE || byte === LF || byte === CR) break;
    if (byte !== BACKSLASH) continue;
    inside.add(bytes.subarray(from, at), from);
    const { length, value } = escape(bytes, at, limit);
    inside.add(value, at);
    at += length - 1;
    from = at + 1;
  }
  const end = Math.min(at, limit);
  inside.add(bytes.subarray(from, end), from);
  return { bytes: inside.bytes(), start, end, outer: (offset) => inside.outer(offset) };
}

const LONGEST = 1 << 18;

const LF = 0x0a;
const CR = 0x0d;
const DOUBLE = 0x22;
const BACKSLASH = 0x5c;
/** The longest first line: a label, or a PuTTY header. */
const FIRST_LINE = 160;
const FIRST_ESCAPE = /^([^\\\r\n]*)\\(?:\\*[nr]|\\*u00(?:0[aAdD]|20)|\\*x(?:0[aAdD]|20)|\\*01[25]|\r?\n)/;

const letters: ReadonlyMap<string, string> = new Map([['n', '\n'], ['r', '\r'], ['t', '\t'], ['b', ' '], ['f', ' '], ['v', ' ']]);

/** The escape at a backslash: how many bytes it takes, and what it stands for (JSON: RFC 8259, 7; octal and \x as in C). */
function escape(bytes: Buffer, at: number, limit: number): { length: number; value: Buffer } {
  const text = bytes.toString('latin1', at + 1, Math.min(at + 6, limit));
  const letter = text[0] ?? '';
  const simple = letters.get(letter);
  if (simple !== undefined) return { length: 2, value: Buffer.from(simple) };
  const numeric = /^(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([0-3][0-7]{2}))/.exec(text);
  if (numeric) {
    const code = numeric[3] !== undefined ? parseInt(numeric[3], 8) : parseInt(numeric[1] ?? numeric[2] ?? '', 16);
    return { length: 1 + numeric[0].length, value: Buffer.from(String.fromCharCode(code), 'utf8') };
  }
  // A line continuation stands for nothing; a character escaped without need for itself.
  if (letter === '\r' && text[1] === '\n') return { length: 3, value: Buffer.alloc(0) };
  if (letter === '\n' || letter === '\r') return { length: 2, value: Buffer.alloc(0) };
  return { length: letter === '' ? 1 : 2, value: Buffer.from(letter, 'latin1') };
}
