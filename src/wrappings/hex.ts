import { announcedBy, base64Of, byteSet, DER_MARKS, elementsBegin, GZIP, keyHead, readElements, readPieces, runBegin, withoutEnd } from '../encoded.ts';
import type { Code, Elements } from '../encoded.ts';
import type { Unwrapped, Wrapping } from '../format.ts';
import { Collector } from '../text.ts';

/**
 * Hexadecimal digits of the text of a key or of its container, in either case: in one run, on lines, in string literals;
 * or two by two with blanks, colons or dashes between.
 */
export const hex: Wrapping = {
  name: 'hex',
  title: 'hexadecimal digits',
  joins: true,
  get anchors() {
    return [...anchors];
  },

  begin(bytes, at, since) {
    return DIGITS[bytes[at + 2]!] === 1 ? runBegin(bytes, at, 0, since, code) : elementsBegin(bytes, at, since, pairs);
  },

  unwrap(bytes, start, limit, reach = limit): Unwrapped | undefined {
    if (DIGITS[bytes[start + 2]!] !== 1) return openPairs(bytes, start, announcedBy(bytes, start, pairs) === undefined ? limit : reach);
    return openRun(bytes, start, keyHead(code.head(bytes, start), 0) === undefined ? limit : reach);
  },
};

const DIGITS = byteSet('0123456789abcdefABCDEF');
/** Nothing shorter is a key or the text of one. */
const SHORTEST = 24;
const MAX_CHARACTERS = 1 << 25;
/** Digits that hold the head of a DER container, and what tells it from the parameters of a curve. */
const HEAD = 42;

const code: Code = {
  set: DIGITS,
  unit: 2,
  head: (bytes, at) => (bytes[at] === 0x33 && bytes[at + 1] === 0x30 ? Buffer.from(bytes.toString('latin1', at, at + HEAD), 'hex') : NOTHING),
  written: () => undefined,
  writtenBefore: () => undefined,
};
const NOTHING = Buffer.alloc(0);

function openRun(bytes: Buffer, start: number, limit: number): Unwrapped | undefined {
  const digits = new Collector();
  let length = 0;
  const announced = keyHead(code.head(bytes, start), 0);
  const need = announced ? 2 * announced : MAX_CHARACTERS;
  readPieces(bytes, start, limit, code, (piece, at) => {
    digits.add(piece, at);
    length += piece.length;
    return length < need;
  });
  const all = Buffer.from(digits.bytes().toString('latin1'), 'hex');
  const inside = wholeOf(all);
  if (!inside) return undefined;
  const last = digits.outer(2 * inside.length - 1) + 1;
  const text = withoutEnd(inside);
  return {
    bytes: inside, start, end: last, container: true,
    outer: (offset) => digits.outer(2 * offset),
    outerEnd: (offset) => (offset >= text ? last : digits.outer(2 * offset - 1) + 1),
  };
}

/** A DER container with the length that it announces, other bytes as they are. `undefined` when that is too short for a key. */
function wholeOf(bytes: Buffer): Buffer | undefined {
  const announced = keyHead(bytes, 0);
  return bytes.length < SHORTEST ? undefined : announced ? bytes.subarray(0, announced) : bytes;
}

const pairs: Elements = {
  element: /[0-9a-fA-F]{2}(?![0-9a-zA-Z])/y,
  separator: /(?:[ \t\r\n:,;|"'\\+-]|(?<=\\)[nr]){1,80}/y,
  value: ([digits]) => parseInt(digits, 16),
};

function openPairs(bytes: Buffer, start: number, limit: number): Unwrapped | undefined {
  const { bytes: all, offsets, end } = readElements(bytes, start, limit, pairs, announcedBy(bytes, start, pairs));
  const inside = wholeOf(all);
  if (!inside) return undefined;
  const last = inside.length < all.length ? offsets[inside.length - 1]! + 2 : end;
  const text = withoutEnd(inside);
  return {
    bytes: inside, start, end: last, container: true,
    outer: (offset) => offsets[offset] ?? last,
    outerEnd: (offset) => (offset >= text ? last : offsets[offset - 1]! + 2),
  };
}

const anchors = new Set<string>();

/** In both cases, and with each separator between the pairs. */
function add(digits: string, separators: readonly string[] = ['']): void {
  for (const separator of separators) for (const text of [digits.toLowerCase(), digits.toUpperCase()]) anchors.add(text.match(/../g)!.join(separator));
}

for (const mark of DER_MARKS) add(mark.hex);
// Again for curves, where a line break may fall into those.
for (const mark of ['a00706052b810400', '2b81040022a164', '2b81040023a181', '2b8104000aa144']) add(mark);
// SEQUENCE { 0, n or p of 512, 1024, 2048, 3072, 4096, 8192 bits, ...: PKCS#1, and OpenSSL's DSA.
for (const size of ['024100', '02818100', '0282010100', '0282018100', '0282020100', '0282040100']) add(`020100${size}`);
// The same without the zero before, where it has some bits less.
for (const size of ['028180', '02820100', '02820180', '02820200']) add(`020100${size}`);
// PKCS#1 of any other size: e, which is 65537 nearly always, and d behind it. In a public key nothing stands behind e.
add('020301000102');
for (const text of ['PRIVATE KEY', 'PuTTY-User-Key-', 'openssh-key-v1', 'AGE-SECRET-KEY-']) add(Buffer.from(text).toString('hex'));
for (const phase of [0, 1, 2]) add(Buffer.from(base64Of(Buffer.from('PRIVATE KEY'), phase).text).toString('hex'));
add(GZIP.toString('hex'));
// Pairs are cut short, since lines are broken anywhere: 1.2.840.113549, 1.2.840.10045, 1.3.132.0, 1.3.101, 1.3.36.3.3, a PKCS#1 head, and of `PRIVATE KEY` the middle.
for (const digits of ['2a864886', '8648ce3d', 'ce3d0301', '2b810400', '06052b81', '06032b65', '2b240303', '24030302', '03030208', '02010002', '50524956', '41544520', '75545459']) {
  add(digits, [' ']);
  anchors.add(digits.match(/../g)!.join(':'));
}
for (const digits of ['2A864886', '8648CE3D', '2B810400', '06032B65', '2B240303', '02010002', '50524956', '75545459']) {
  anchors.add(digits.match(/../g)!.join('-'));
}
