import { announcedBy, elementsBegin, keyHead, readElements, withoutEnd } from '../encoded.ts';
import type { Elements } from '../encoded.ts';
import type { Unwrapped, Wrapping } from '../format.ts';

/**
 * Bytes written out as numbers in source code: `{0x30, 0x82, ...}`, `[48, 130, ...]`, `(byte)0x82`, `-126`, `$30, $82`, `&H30`;
 * or as escapes in strings: `"\x30\x82"`, `b'0\x82'`, `"0\202"`.
 */
export const byteArray: Wrapping = {
  name: 'byte-array',
  title: 'array of bytes in source code',
  joins: true,
  get anchors() {
    return [...anchors];
  },

  begin(bytes, at, since) {
    return bytes[at] === BACKSLASH ? stringBegin(bytes, at, since) : elementsBegin(bytes, at, since, numbers);
  },

  unwrap(bytes, start, limit, reach = limit): Unwrapped | undefined {
    const quote = bytes[start - 1]!;
    const quoted = (quote === DOUBLE || quote === SINGLE) && readElements(bytes, start, Math.min(limit, start + 200), numbers).offsets.length < SHORTEST;
    const elements = quoted ? stringElements(quote) : bytes[start] === BACKSLASH ? stringElements(DOUBLE) : numbers;
    const announced = announcedBy(bytes, start, elements);
    const { bytes: all, offsets, end } = readElements(bytes, start, announced === undefined ? limit : reach, elements, announced);
    if (all.length < SHORTEST) return undefined;
    const inside = announced ? all.subarray(0, announced) : all;
    const endOf = (index: number): number => {
      elements.element.lastIndex = 0;
      return offsets[index]! + (elements.element.exec(bytes.toString('latin1', offsets[index], offsets[index]! + LONGEST_ELEMENT))?.[0].length ?? 1);
    };
    const last = inside.length < all.length ? endOf(inside.length - 1) : end;
    const text = withoutEnd(inside);
    return {
      bytes: inside, start, end: last, container: true,
      outer: (offset) => offsets[offset] ?? last,
      outerEnd: (offset) => (offset >= text ? last : endOf(offset - 1)),
    };
  },
};

const BACKSLASH = 0x5c;
const DOUBLE = 0x22;
const SINGLE = 0x27;
/** Nothing shorter is a key or the text of one. */
const SHORTEST = 24;
/** A cast, a number and its suffix. */
const LONGEST_ELEMENT = 40;

const numbers: Elements = {
  element: /(?:\(\w[\w ]{0,14}\)\s{0,4})?(?:0[xX]([0-9a-fA-F]{1,2})(?![0-9a-fA-F])|[#&]?[$H]{1,2}([0-9a-fA-F]{2})|(-?\d{1,3})(?!\w))(?:\.toByte\(\)|u?y|u8|[uUlL]{1,2})?/y,
  separator: /(?:[\s,;]|\/\*[^*]{0,120}\*\/|\/\/[^\n]{0,160}\n|#[^\n$&]{0,160}\n|_\r?\n){1,80}/y,
  value: ([, hex, signed, decimal]) => (decimal !== undefined ? Number(decimal) : parseInt(hex ?? signed!, 16)),
};

const letters: ReadonlyMap<string, number> = new Map([['n', 10], ['r', 13], ['t', 9], ['a', 7], ['b', 8], ['f', 12], ['v', 11], ['e', 27], ['0', 0]]);

/** What stands in string literals: escapes as in C and Python, and characters for themselves. */
function stringElements(quote: number): Elements {
  const q = String.fromCharCode(quote);
  return {
    element: new RegExp(`\\\\(?:x([0-9a-fA-F]{2})|([0-3][0-7]{2}|[0-7]{1,2})|([^\\r\\n]))|([^\\\\${q}\\r\\n])`, 'y'),
    separator: new RegExp(`${q}[ \\t\\r\\n+.,&_\\\\()#;]{0,120}[bBuU]?${q}|\\\\\\r?\\n`, 'y'),
    value: ([, hex, octal, letter, plain]) => (hex !== undefined ? parseInt(hex, 16) : octal !== undefined ? parseInt(octal, 8)
      : letter !== undefined ? letters.get(letter) ?? letter.charCodeAt(0) : plain!.charCodeAt(0)),
  };
}

/** Behind the quote that opens the first of the joined strings; where there is none, at the first of the escapes. */
function stringBegin(bytes: Buffer, at: number, since: number): number | undefined {
  const text = bytes.toString('latin1', since, at);
  // A quote before the anchor may be a byte of the string: the one that a key begins behind is the opening one.
  for (let from = text.length; from > text.length - NEAR; ) {
    const quote = lastQuote(text, from, ANY_QUOTE);
    if (quote === undefined) break;
    from = quote;
    const first = readElements(bytes, since + quote + 1, Math.min(bytes.length, since + quote + 64), stringElements(text.charCodeAt(quote)));
    if (keyHead(first.bytes, 0) !== undefined) return since + quote + 1;
  }
  let start: number | undefined;
  for (let from = text.length; ; ) {
    const opening = start === undefined ? lastQuote(text, from, ANY_QUOTE, OPENS) : lastQuote(text, from, text[from]!);
    // The string began before the last anchor.
    if (opening === undefined) return since > 0 ? undefined : start ?? at - (ESCAPES.exec(text.slice(-NEAR))?.[0].length ?? 0);
    start = since + opening + 1;
    let before = opening - 1;
    if (/[bBuU]/.test(text[before] ?? '')) before--;
    while (before >= 0 && JOINTS.includes(text[before]!)) before--;
    if (before < 0 || text[before] !== text[opening] || before === opening - 1) return start;
    from = before;
  }
}

const ESCAPES = /(?:\\x[0-9a-fA-F]{2})+$/;
/** Characters before an anchor in which its container begins. */
const NEAR = 512;
/** What stands before the quote that opens a literal. */
const OPENS = /[\s=(,:[{+&.>bBuU"']/;
const JOINTS = ' \t\r\n+.,&_\\()#;';

/** The last of the quotes before `from` that no backslash hides, and that has one of some characters before it. */
function lastQuote(text: string, from: number, quotes: string, before?: RegExp): number | undefined {
  for (let at = from - 1; at >= 0; at--) {
    if (quotes.includes(text[at]!) && text[at - 1] !== '\\' && (!before || before.test(text[at - 1] ?? ' '))) return at;
  }
  return undefined;
}

const ANY_QUOTE = '"\'';

const anchors = new Set<string>();

/** Bytes as somebody wrote them, with what stands between. */
function add(hex: string, write: (digits: string) => string, ...separators: readonly string[]): void {
  for (const digits of new Set([hex, hex.toUpperCase()])) for (const separator of separators) anchors.add(digits.match(/../g)!.map(write).join(separator));
}

/** A number in a signed byte is negative from 128 on. */
const signed = (digits: string): string => String(Buffer.from(digits, 'hex').readInt8());
const unsigned = (digits: string): string => String(parseInt(digits, 16));
/** Only what is negative in Java needs a cast. */
const castLarge = (cast: string) => (digits: string): string => (parseInt(digits, 16) > 127 ? `${cast}0x${digits}` : `0x${digits}`);

// They are short, since a line break may fall anywhere: of 1.2.840.113549 and 10045, 1.3.132.0, 1.3.101, 1.3.36.3.3, 2.16.840.1.101.3.4.3 and .4, of the beginning of PKCS#1, of `PRIVATE` and `PuTTY`.
for (const mark of ['864886', '8648ce', '48ce3d', '2b8104', '06052b', '032b65', '2b2403', '240303', '0b0609', '030403', '030404', '02010002', '505249', '415445', '755454']) add(mark, (digits) => `0x${digits}`, ', ', ',');
for (const mark of ['864886', '8648ce', '2b8104', '032b65', '2b2403', '240303', '020100', '505249', '415445', '755454']) add(mark, (digits) => `\\x${digits}`, '');
for (const mark of ['864886', '8648ce', '06052b', '032b65', '2b2403', '020100', '505249', '415445', '755454']) {
  add(mark, (digits) => `$${digits}`, ', ');
  add(mark, (digits) => `(byte) 0x${digits}`, ', ');
}
for (const mark of ['864886', '8648ce', '020100']) {
  add(mark, (digits) => `#$${digits}`, '');
  add(mark, (digits) => `&H${digits}`, ', ');
  add(mark, (digits) => `(byte)0x${digits}`, ', ');
}
for (const cast of ['(byte)', '(byte) ']) for (const mark of ['8648', '2b81']) add(mark, castLarge(cast), ', ', ',');
for (const mark of ['864886f7', '8648ce3d', '0201000282', '0201000281', '06052b8104', '300506032b65', '2b2403030208']) {
  add(mark, unsigned, ', ', ',');
  add(mark, signed, ', ', ',');
}
for (const mark of ['50524956', '41544520', '75545459']) add(mark, unsigned, ', ', ',');
// Strings as Python and C print them: what is text stands for itself.
for (const text of ['\\x86H\\x86\\xf7', '\\x86H\\xce=\\x0', '\\x05+\\x81\\x04', '\\x05\\x06\\x03+e', '\\t+$\\x03\\x03\\x02', '\\206H\\206\\367', '\\206H\\316=\\0']) anchors.add(text);
// As Go prints them, without leading zeros.
for (const text of ['0x2, 0x1, 0x0, 0x2', '0x2b, 0x81, 0x4', '0x3, 0x2b, 0x65', '0x2b, 0x24, 0x3']) anchors.add(text);
anchors.add('0x86.toByte()');
