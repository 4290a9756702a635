import type { Unwrapped, Wrapping } from '../format.ts';
import { Collector, endOfKey } from '../text.ts';

/** Quoted-printable text (RFC 2045, 6.7), as in mails: `=3D` for an equals sign, `=` at the end of a line that goes on in the next. */
export const quotedPrintable: Wrapping = {
  name: 'quoted-printable',
  title: 'quoted-printable',

  unwrap(bytes, start, limit): Unwrapped | undefined {
    const text = bytes.toString('latin1', start, endOfKey(bytes, start, limit));
    if (!isEncoded(text)) return undefined;
    const inside = new Collector();
    let from = 0;
    for (const match of text.matchAll(/=(?:([0-9A-Fa-f]{2})|[ \t]*\r?\n)/g)) {
      inside.add(bytes.subarray(start + from, start + match.index), start + from);
      if (match[1] !== undefined) inside.add(Buffer.from(match[1], 'hex'), start + match.index);
      from = match.index + match[0].length;
    }
    const end = start + text.length;
    inside.add(bytes.subarray(start + from, end), start + from);
    return { bytes: inside.bytes(), start, end, outer: (offset) => inside.outer(offset) };
  },
};

const ESCAPE = /=(?:3D|0[AD]|20|2B|2F|2D)/;
const SOFT_BREAK = /=\r?\n(?=[A-Za-z0-9+/])/g;
/** RFC 2045, 6.7: a line has 76 characters at most, the sign at its end included. */
const FULL_LINE = 75;

function isEncoded(text: string): boolean {
  if (ESCAPE.test(text)) return true;
  for (const { index } of text.matchAll(SOFT_BREAK)) {
    // Padding ends a line too, but then all characters come in fours, with the sign or with two of them.
    const run = runBefore(text, index);
    if (run > 0 && (run % 4 !== 3 || run === FULL_LINE)) return true;
  }
  return false;
}

/** How many characters of base64 stand before an offset. */
function runBefore(text: string, end: number): number {
  let at = end;
  while (at > 0 && isBase64(text.charCodeAt(at - 1))) at--;
  return end - at;
}

function isBase64(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || (code >= 0x2b && code <= 0x39 && (code === 0x2b || code >= 0x2f));
}
