/**
 * What the wrappings that decode (base64, hex, byte arrays) have in common: the literals that betray a key in encoded text,
 * and the cursors over runs of it.
 */

/** Text that stands in key files and hardly anywhere else. */
export const KEY_TEXTS: readonly string[] = ['PRIVATE KEY', ' KEY-----', 'PuTTY-User-Key-File-', 'Private-Lines: ', 'AGE-SECRET-KEY-', 'OpenVPN Static key V1', '<RSAKeyValue>',
  '"kty":"RSA', '"kty":"EC"', '"kty":"OKP', '"kty":"oct', '"kty": "RSA', '"kty": "EC"', '"kty": "OKP', '"kty": "oct'];

/** The base64 characters that the bytes alone decide where they stand `phase` bytes behind a multiple of three. The first is number `residue` of its four. */
export function base64Of(bytes: Uint8Array, phase: number): { readonly text: string; readonly residue: number } {
  const all = Buffer.concat([Buffer.alloc(phase), bytes]).toString('base64');
  const from = Math.ceil(phase * 4 / 3);
  return { text: all.slice(from, Math.floor((phase + bytes.length) * 4 / 3)), residue: from % 4 };
}

/** Constant bytes of a key container in DER, and by how many bytes, modulo 3, they follow its beginning. */
export interface DerMark {
  readonly hex: string;
  readonly phases: readonly number[];
}

const ANY_PHASE = [0, 1, 2];

/** What gzip begins with where it names no time (RFC 1952, 2.3). */
export const GZIP = Buffer.from('1f8b080000000000', 'hex');

/** Object identifiers with what stands around them in a private key but not in a certificate or a public key. */
export const DER_MARKS: readonly DerMark[] = [
  // PKCS#8 (RFC 5958, 2): version 0, then the algorithm: RSA; RSA-PSS without parameters, and with them.
  { hex: '020100300d06092a864886f70d0101010500', phases: ANY_PHASE },
  { hex: '020100300b06092a864886f70d01010a', phases: [1] },
  { hex: '06092a864886f70d01010a30', phases: [0] },
  // EC with a curve whose identifier takes 8, 5 or 9 bytes, and with one written out.
  { hex: '020100301306072a8648ce3d0201', phases: ANY_PHASE },
  { hex: '020100301006072a8648ce3d0201', phases: ANY_PHASE },
  { hex: '020100301406072a8648ce3d0201', phases: ANY_PHASE },
  { hex: '06072a8648ce3d02013081', phases: [1] },
  { hex: '06072a8648ce3d02013082', phases: [2] },
  // GOST R 34.10 (RFC 4491, 2.3.2; RFC 9215, 4).
  { hex: '06062a850302021330', phases: ANY_PHASE },
  { hex: '06062a850302026230', phases: ANY_PHASE },
  { hex: '06082a850307010101', phases: ANY_PHASE },
  { hex: '06082a850307010106', phases: ANY_PHASE },
  // X25519, X448, Ed25519, Ed448 (RFC 8410), without and with the public key, and with a NULL too many.
  { hex: '020100300506032b65', phases: [2] },
  { hex: '020101300506032b65', phases: [2] },
  { hex: '020100300706032b65', phases: [2] },
  // ML-DSA, SLH-DSA and ML-KEM (RFC 9881, 9909, 9935).
  { hex: '020100300b060960864801650304', phases: ANY_PHASE },
  { hex: '06072a8648ce3804013082', phases: [2] }, // DSA
  { hex: '06092a864886f70d0103013082', phases: [2] }, // DH
  // SEC 1 (RFC 5915): the curve behind a scalar of its size. They are cut, or there twice, so that a line break falls into no more than one.
  { hex: 'a00a06082a8648ce3d', phases: [0] },
  { hex: '030107a14403420004', phases: [0] },
  { hex: 'a00706052b8104000a', phases: [0] },
  { hex: '0706052b81040022a164', phases: [0] },
  { hex: 'a00706052b81040023', phases: [2] },
  { hex: '23a181890381860004', phases: [1] },
  { hex: 'a00b06092b24030302', phases: [0] },
  { hex: '0b06092b2403030208', phases: [0] },
  { hex: '010107a14403420004', phases: [1] },
  // A curve written out.
  { hex: '020101302c06072a8648ce3d0101', phases: ANY_PHASE },
  { hex: '020101303c06072a8648ce3d0101', phases: ANY_PHASE },
  { hex: '020101304d06072a8648ce3d0101', phases: ANY_PHASE },
  { hex: '022100ffffffff0000000100000000', phases: ANY_PHASE },
  // The encryption schemes of PKCS#5 and PKCS#12 (RFC 8018, RFC 7292), and the first content of a PFX.
  { hex: '06092a864886f70d0105', phases: ANY_PHASE },
  { hex: '060a2a864886f70d010c01', phases: ANY_PHASE },
  { hex: '06092a864886f70d010701a0', phases: ANY_PHASE },
];

/** 1 for each byte value among the characters. */
export function byteSet(characters: string): Uint8Array {
  const set = new Uint8Array(256);
  for (let i = 0; i < characters.length; i++) set[characters.charCodeAt(i)] = 1;
  return set;
}

/** Fewer characters on a line than this are a word and not a line of a wrapped body. */
const LEAST_WIDTH = 16;
/** Nobody wraps at more. */
const MOST_WIDTH = 512;
/** Bytes between two pieces: quotes, operators, line breaks, indentation. */
const LONGEST_GAP = 160;

const LF = 0x0a;
const CR = 0x0d;
const BACKSLASH = 0x5c;
const DASH = 0x2d;
const PLUS = 0x2b;
const SLASH = 0x2f;
const COMMA = 0x2c;
const blanks = byteSet(' \t\r\n\0');
const quotes = byteSet('"\'`');
/** What joins two string literals, or stands between those of an array. */
const joints = byteSet(' \t\r\n+.,&_\\();#*/');
/** Signs before the lines of comments and quotations that cannot be part of the encoded text. */
const signs = byteSet('#*;>|!%');
/** A word that goes on with one of these, or with a letter outside of the set, is code. */
const codeAfter = byteSet('.:([{@$!?~^_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz');

/** The end of a quoted name, in JSON, in PHP or Ruby. */
const NAME_END = /^\\?["'`]\s*(?::|=>)/;

/** A stretch of encoded characters: `[start, end)`. */
interface Piece {
  readonly start: number;
  readonly end: number;
}

/** Four dashes in a row are a frame: in base64 for URLs they are as rare as one in 16 million. */
function isFrame(bytes: Buffer, at: number): boolean {
  if (bytes[at] !== DASH) return false;
  let from = at, to = at + 1;
  while (bytes[from - 1] === DASH && at - from < 4) from--;
  while (bytes[to] === DASH && to - at < 4) to++;
  return to - from >= 4;
}

/** Where the unbroken run of characters begins that holds `at`, and how many there are before `at`; not before `floor`. */
function runStart(bytes: Buffer, at: number, { set, writtenBefore }: Code, floor = 0): { start: number; count: number } {
  let start = at;
  let count = 0;
  for (;;) {
    while (start > floor && set[bytes[start - 1]!] === 1 && !isFrame(bytes, start - 1)) {
      start--;
      count++;
    }
    const token = start > floor ? writtenBefore(bytes, start) : undefined;
    if (!token) break;
    start = token.start;
    count += token.more;
  }
  // The letter of an escape before it is not part of it.
  const letters = bytes[start - 1] === BACKSLASH ? Math.min(at - start, escapeLength(bytes, start)) : signLength(bytes, start, set);
  return { start: start + letters, count: count - letters };
}

/**
 * How many characters at the beginning of a line are the sign of a diff or of a comment, though they could be encoded text:
 * such text comes in units of four, padding included, and has that many too much.
 */
function signLength(bytes: Buffer, start: number, set: Uint8Array): number {
  const first = bytes[start];
  const length = first === PLUS || first === DASH ? 1 : first === SLASH && bytes[start + 1] === SLASH ? 2 : 0;
  if (length === 0) return 0;
  let before = start;
  while (length === 2 && (bytes[before - 1] === 0x20 || bytes[before - 1] === 0x09)) before--;
  if (before > 0 && bytes[before - 1] !== LF && bytes[before - 1] !== CR) return 0;
  let end = runEnd(bytes, start, set, Math.min(bytes.length, start + MOST_WIDTH));
  while (bytes[end] === 0x3d) end++;
  return (end - start) % 4 === length ? length : 0;
}

/** Where that run ends. */
function runEnd(bytes: Buffer, at: number, set: Uint8Array, limit: number): number {
  let end = at;
  while (end < limit && set[bytes[end]!] === 1 && !isFrame(bytes, end)) end++;
  return end;
}

/** How many characters after a backslash belong to an escaped white space; 0 for any other. */
function escapeLength(bytes: Buffer, at: number): number {
  const text = bytes.toString('latin1', at, at + 5);
  return /^(?:[nrtbfv]|u000[9aAdD]|x0[9aAdD]|01[125])/.exec(text)?.[0].length ?? 0;
}

/** The line of a wrapped body, or the string literal, before the one that begins at `start`: where it lies, how many characters it has, and whether it is one value with it. */
function previousPiece(bytes: Buffer, start: number, code: Code): (Piece & { readonly count: number; readonly glued: boolean }) | undefined {
  const least = Math.max(0, start - LONGEST_GAP);
  let glued = false;
  const sign = [1, 2].find((length) => start >= length && signLength(bytes, start - length, code.set) === length) ?? 0;
  let at = start - sign;
  if (at > least && quotes[bytes[at - 1]!] === 1) {
    const quote = bytes[at - 1]!;
    at--;
    if (at > least && isPrefix(bytes[at - 1]!) && blanks[bytes[at - 2] ?? LF] === 1) at--;
    while (at > least && joints[bytes[at - 1]!] === 1) at--;
    if (at <= least || bytes[at - 1] !== quote) return undefined;
    glued = !bytes.subarray(at, start).includes(COMMA);
    at--;
  } else {
    while (at > least && (blanks[bytes[at - 1]!] === 1 || isSign(bytes, at - 1, code.set))) at--;
    if (start > at && breaksIn(bytes, at, start) !== 1) return undefined;
    if (at > least && at < start && bytes[at - 1] === BACKSLASH) at--;
  }
  for (let length = breakBefore(bytes, at); length > 0 && at - length > least; length = breakBefore(bytes, at)) at -= length;
  if (at === start) return undefined;
  const from = runStart(bytes, at, code, Math.max(0, at - MOST_WIDTH - 1));
  return { start: from.start, end: at, count: from.count, glued };
}

/** How many line breaks are in `[start, end)`: none between words on one line, several before something else. */
function breaksIn(bytes: Buffer, start: number, end: number): number {
  let breaks = 0;
  for (let at = start; at < end; at++) if (bytes[at] === LF || (bytes[at] === CR && bytes[at + 1] !== LF)) breaks++;
  return breaks;
}

/** Whether a byte is part of a comment's or a diff's sign before a line of encoded text. */
function isSign(bytes: Buffer, at: number, set: Uint8Array): boolean {
  const byte = bytes[at]!;
  const next = bytes[at + 1] ?? LF;
  if (signs[byte] === 1) return next === 0x20 || next === 0x09 || at === 0 || bytes[at - 1] === LF;
  // Two slashes and a blank: as base64 they would be alone on a line.
  if (byte === SLASH) return next === SLASH ? bytes[at + 2] === 0x20 : bytes[at - 1] === SLASH && next === 0x20;
  return (byte === PLUS || byte === DASH) && set[byte] === 0 && (at === 0 || bytes[at - 1] === LF);
}

/** Before the quote of a string in Python, C, C# or Visual Basic. */
function isPrefix(byte: number): boolean {
  return 'bBrRuUL@'.includes(String.fromCharCode(byte));
}

const BREAK = '\\\\+(?:[nrt]|u000[9aAdD]|x0[9aAdD]|01[125])|%0[aAdD]|&#(?:10|13|x0?[aAdD]);';
const BREAK_BEFORE = new RegExp(`(?:${BREAK})$`);
const BREAKS = new RegExp(`^(?:${BREAK})+`);

/** How long the written line break is that ends at `at`. */
function breakBefore(bytes: Buffer, at: number): number {
  return BREAK_BEFORE.exec(bytes.toString('latin1', Math.max(0, at - 9), at))?.[0].length ?? 0;
}

/** Where the piece begins that goes on after the one ending at `end`, and whether it is one value with it: a string literal that no comma stands before. */
function nextPiece(bytes: Buffer, end: number, set: Uint8Array, limit: number): { readonly at: number; readonly glued: boolean } | undefined {
  let glued = false;
  const most = Math.min(limit, end + LONGEST_GAP);
  let at = end;
  const first = bytes[at];
  if (first === BACKSLASH || first === 0x25 || first === 0x26) at += BREAKS.exec(bytes.toString('latin1', at, most))?.[0].length ?? 0;
  const quote = bytes[at]!;
  if (at < most && quotes[quote] === 1) {
    const closed = at++;
    while (at < most && joints[bytes[at]!] === 1) at++;
    glued = !bytes.subarray(closed, at).includes(COMMA);
    // Strings beside each other on a line are two values.
    if (!glued && breaksIn(bytes, closed, at) === 0) return undefined;
    if (at < most && bytes[at] !== quote && isPrefix(bytes[at]!)) at++;
    if (at >= most || bytes[at] !== quote) return undefined;
    at++;
  } else {
    const from = at;
    if (bytes[at] === BACKSLASH && (bytes[at + 1] === LF || bytes[at + 1] === CR)) at++;
    while (at < most && (blanks[bytes[at]!] === 1 || isSign(bytes, at, set))) at++;
    at += signLength(bytes, at, set);
    if (at > from && breaksIn(bytes, from, at) !== 1) return undefined;
  }
  return at > end && at < limit && set[bytes[at]!] === 1 && !isFrame(bytes, at) ? { at, glued } : undefined;
}

/**
 * The pieces of an encoded run from `start` on: one line, or lines of one width and a last shorter one, in string literals or not; joined literals of any width.
 * `add` takes a piece and says whether more is wanted. Gives where the reading ended.
 */
export function readPieces(bytes: Buffer, start: number, limit: number, { set, written }: Code, add: (piece: Buffer, at: number) => boolean): number {
  let width: number | undefined;
  let at = start;
  for (let glued = false; ; ) {
    const from = at;
    let count = 0;
    for (;;) {
      const end = runEnd(bytes, at, set, limit);
      count += end - at;
      const more = end === at || add(bytes.subarray(at, end), at);
      at = end;
      if (!more) return at;
      const token = at < limit ? written(bytes, at) : undefined;
      if (!token) break;
      count++;
      if (!add(Buffer.from(token.value, 'latin1'), at)) return at + token.length;
      at += token.length;
    }
    // The first piece may have lost up to three characters to alignment.
    const next = nextPiece(bytes, at, set, limit);
    if (next === undefined || next.at <= from) return at;
    const isOdd = count < LEAST_WIDTH || count > MOST_WIDTH || (width !== undefined && !glued && count !== width && !(count > width && count <= width + 3));
    if (isOdd && !next.glued) return at;
    width = glued || next.glued ? count : Math.max(count, width ?? 0);
    ({ glued } = next);
    const stop = runEnd(bytes, next.at, set, Math.min(limit, next.at + MOST_WIDTH + 4));
    if ((stop - next.at > width + 3 && !glued) || (stop < limit && (codeAfter[bytes[stop]!] === 1 || NAME_END.test(bytes.toString('latin1', stop, stop + 8))))) return at;
    at = next.at;
  }
}

/** How a text encodes bytes: in which characters, and how many of them stand for whole bytes together. */
export interface Code {
  readonly set: Uint8Array;
  readonly unit: number;
  /** The first bytes of what begins at an offset; empty where that is no SEQUENCE. */
  head(bytes: Buffer, at: number): Buffer;
  /** The character written in some other way at an offset that is none of the set. */
  written(bytes: Buffer, at: number): { readonly length: number; readonly value: string } | undefined;
  /** The same for one whose last part, outside of the set, ends at `at`: where it begins, and how many characters more the run from `at` on has with it. */
  writtenBefore(bytes: Buffer, at: number): { readonly start: number; readonly more: number } | undefined;
}

/** Characters before a mark in which its container begins: the scalar of an EC key stands between. */
const HEAD_REACH = 160;

/**
 * Where a run begins that has a mark at `at`, the mark's first character being number `residue` of its unit: where a key's SEQUENCE begins
 * before the mark, else at the first whole unit. `undefined` where the run holds `since` too.
 */
export function runBegin(bytes: Buffer, at: number, residue: number, since: number, code: Code): number | undefined {
  const { set, unit, head } = code;
  const known = (start: number): boolean => since > 0 && start <= since;
  let { start, count: before } = runStart(bytes, at, code, since);
  let end = at;
  let width = before + runEnd(bytes, at, set, Math.min(bytes.length, at + MOST_WIDTH)) - at;
  for (;;) {
    if (known(start)) return undefined;
    const aligned = start + (((before - residue) % unit) + unit) % unit;
    const from = aligned + Math.max(0, Math.floor((end - aligned - HEAD_REACH) / unit)) * unit;
    for (let place = from; place < end; place += unit) if (keyHead(head(bytes, place), 0) !== undefined) return place;
    const piece = previousPiece(bytes, start, code);
    if (!piece || piece.count > MOST_WIDTH) return aligned;
    // Lines of one width, but for the last; literals that are joined of any.
    if (!piece.glued && (width > MOST_WIDTH || piece.count < LEAST_WIDTH || (end === at ? piece.count < width : piece.count !== width))) return aligned;
    width = piece.count;
    ({ start, end } = piece);
    before += width;
  }
}

/** Elements, one after another with nothing but separators between, each of which stands for a byte. Both expressions are sticky. */
export interface Elements {
  readonly element: RegExp;
  readonly separator: RegExp;
  value(match: RegExpExecArray): number;
}

/** Characters before a mark in which its run begins, or is taken to. */
const ELEMENTS_REACH = 4096;
/** Characters of one run, and bytes in it: no key store that somebody wrote into source code is longer. */
const LONGEST_RUN = 1 << 21;
const MOST_ELEMENTS = 1 << 18;

export interface ElementRun {
  readonly bytes: Buffer;
  /** Where each byte's element begins. */
  readonly offsets: readonly number[];
  /** Where the last one ends. */
  readonly end: number;
}

/** The elements from `start` on: so many of them, where that is not 0. */
export function readElements(bytes: Buffer, start: number, limit: number, elements: Elements, most?: number): ElementRun {
  return elementsIn(bytes.toString('latin1', start, Math.min(limit, start + LONGEST_RUN)), 0, start, elements, most);
}

/** How long a key that elements begin with here says it is, as `keyHead` gives it. */
export function announcedBy(bytes: Buffer, start: number, elements: Elements): number | undefined {
  return keyHead(readElements(bytes, start, Math.min(bytes.length, start + HEAD_ELEMENTS * LONGEST_ELEMENT), elements, HEAD_ELEMENTS).bytes, 0);
}

/** Bytes that `keyHead` looks at. */
const HEAD_ELEMENTS = 20;

/** The same in a text whose beginning lies at `base`, from `from` on. */
function elementsIn(text: string, from: number, base: number, { element, separator, value }: Elements, wanted = 0): ElementRun {
  const most = Math.min(MOST_ELEMENTS, wanted || MOST_ELEMENTS);
  const values: number[] = [];
  const offsets: number[] = [];
  let end = from;
  for (let at = from; values.length < most; ) {
    element.lastIndex = at;
    const match = element.exec(text);
    if (!match) break;
    const byte = value(match);
    if (byte < -128 || byte > 255) break;
    values.push(byte & 0xff);
    offsets.push(base + at);
    at = end = element.lastIndex;
    separator.lastIndex = at;
    if (separator.test(text)) at = separator.lastIndex;
  }
  return { bytes: Buffer.from(values), offsets, end: base + end };
}

/** Where the elements begin that have a mark at `at`: at a key's SEQUENCE, else at the first of them. `undefined` where they hold `since` too. */
export function elementsBegin(bytes: Buffer, at: number, since: number, elements: Elements): number | undefined {
  // Further back in growing steps as long as there are elements without a gap.
  for (let reach = ELEMENTS_REACH; ; reach *= 4) {
    const floor = Math.max(since, at - reach);
    const text = bytes.toString('latin1', floor, Math.min(bytes.length, at + 64));
    let from = floor;
    let run = elementsIn(text, 0, floor, elements);
    while (run.end <= at && from < at) {
      from = Math.max(from + 1, run.end);
      run = elementsIn(text, from - floor, floor, elements);
    }
    if (since > 0 && from === since) return undefined;
    const near = run.offsets.findLastIndex((offset, i) => offset <= at && at - offset < ELEMENTS_REACH && keyHead(run.bytes, i) !== undefined);
    if (near >= 0) return run.offsets[near]!;
    if (from - floor > LONGEST_ELEMENT || floor === since) return from;
  }
}

/** What may be left of an element and its separator where a stretch begins amidst them. */
const LONGEST_ELEMENT = 32;

/** How much of decoded bytes is not white space at their end. */
export function withoutEnd(bytes: Buffer): number {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1]! <= 0x20) end--;
  return end;
}

/** Whether a SEQUENCE begins here that is a private key's: a version, or the algorithm of an encryption. Gives its announced length, 0 for an indefinite one. */
export function keyHead(bytes: Buffer, at: number): number | undefined {
  if (bytes[at] !== 0x30 || at + 8 > bytes.length) return undefined;
  const first = bytes[at + 1]!;
  const count = first < 0x80 ? 0 : first & 0x7f;
  if (count > 3) return undefined;
  const inside = at + 2 + count;
  const length = first < 0x80 ? 2 + first : first === 0x80 ? 0 : 2 + count + bytes.readUIntBE(at + 2, count);
  const [tag, size, value, next] = bytes.subarray(inside, inside + 4);
  const version = tag === 0x02 && size === 0x01 && (value === 0 || value === 1 || value === 3) && !(next === 0x30 && isField(bytes, inside + 5));
  const algorithm = tag === 0x30 && size! >= 0x0b && size! < 0x80 && value === 0x06 && (next === 0x09 || next === 0x0a);
  return version || algorithm ? length : undefined;
}

/** Whether the identifier of a finite field stands here (RFC 3279, 2.3.5): the parameters of a curve begin like a key, with a version and a SEQUENCE. */
function isField(bytes: Buffer, at: number): boolean {
  return bytes.subarray(at, at + FIELD.length).equals(FIELD);
}

const FIELD = Buffer.from('06072a8648ce3d01', 'hex');
