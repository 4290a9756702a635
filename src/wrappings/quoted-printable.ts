import type { Unwrapped, Wrapping } from '../format.ts';
import { Collector, endOfKey } from '../text.ts';

/** Quoted-printable text (RFC 2045, 6.7), as in mails: `=3D` for an equals sign, `=` at the end of a line that goes on in the next. */
export const quotedPrintable: Wrapping = {
  name: 'quoted-printable',
  title: 'quoted-printable',

  unwrap(bytes, start, limit): Unwrapped | undefined {
    const text = bytes.toString('latin1', start, endOfKey(bytes, start, limit));
    if (!ENCODED.test(text)) return undefined;
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

/** Padding ends a line too, but then all characters come in fours; a mail's lines have 75 before the sign. */
const ENCODED = /=(?:3D|0[AD]|20|2B|2F|2D)|(?<![A-Za-z0-9+/])(?:[A-Za-z0-9+/]{75}|(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{1,2}|[A-Za-z0-9+/]{4}))=\r?\n(?!-)[A-Za-z0-9+/]/;
