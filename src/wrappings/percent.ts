import type { Unwrapped, Wrapping } from '../format.ts';
import { beginOfArmor, Collector, endOfKey } from '../text.ts';

/** Percent-encoded text (RFC 3986, 2.1; a plus sign for a blank as in application/x-www-form-urlencoded) with its blanks encoded. */
export const percent: Wrapping = {
  name: 'percent',
  title: 'percent-encoding',
  anchors: ['PRIVATE%20KEY', 'PRIVATE+KEY', 'PRIVATE%2520KEY', 'PRIVATE%252520KEY', 'PRIVATE%2BKEY'],

  begin: beginOfArmor,

  unwrap(bytes, start, limit): Unwrapped | undefined {
    return decode(bytes, start, limit, isForm(bytes, start));
  },
};

/** The same where only line breaks and signs are encoded. */
export const percentForBreaks: Wrapping = {
  name: 'percent',
  title: percent.title,

  unwrap(bytes, start, limit): Unwrapped | undefined {
    const end = endOfKey(bytes, start, limit);
    return ENCODED.test(bytes.toString('latin1', start, end)) ? decode(bytes, start, limit, isForm(bytes, start)) : undefined;
  },
};

/** Whether the first blank, in a label or behind the colon of a header, is a plus sign. */
function isForm(bytes: Buffer, start: number): boolean {
  return /^(?:-+BEGIN|[\w-]{1,24}%3A)\+/.test(bytes.toString('latin1', start, start + 40));
}

const LONGEST = 1 << 18;
/** A line break, also an escaped one, a colon, or a sign of base64. */
const ENCODED = /%(?:25)*(?:0[aAdD]|2[bBfF]|3[dDaA]|5[cC][nr])/;

const PERCENT = 0x25;
const PLUS = 0x2b;

/** To the end of the text: a blank, a quote, an angle bracket or an ampersand. */
function decode(bytes: Buffer, start: number, limit: number, form: boolean): Unwrapped {
  const inside = new Collector();
  const most = Math.min(limit, start + LONGEST);
  let from = start;
  let at = start;
  for (; at < most; at++) {
    const byte = bytes[at]!;
    if (byte === 0x22 || byte === 0x27 || byte === 0x26 || byte === 0x3c || byte === 0x3e || byte === 0x0a || byte === 0x0d) break;
    if (byte === PLUS && form) {
      inside.add(bytes.subarray(from, at), from);
      inside.add(BLANK, at);
      from = at + 1;
    } else if (byte === PERCENT) {
      const value = /^[0-9a-fA-F]{2}$/.exec(bytes.toString('latin1', at + 1, at + 3));
      if (!value) continue;
      inside.add(bytes.subarray(from, at), from);
      inside.add(Buffer.from(value[0], 'hex'), at);
      from = at + 3;
      at += 2;
    }
  }
  const end = Math.min(at, most);
  inside.add(bytes.subarray(from, end), from);
  return { bytes: inside.bytes(), start, end, outer: (offset) => inside.outer(offset) };
}

const BLANK = Buffer.from(' ');
