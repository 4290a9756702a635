/**
 * A bounded cursor over DER and the BER that occurs in practice (ITU-T X.690), and the few writers an SPKI needs.
 * Lengths are checked against the enclosing element, nesting and counts are bounded: hostile input costs linear time.
 */

/** One element. All offsets are absolute in the bytes it was read from. */
export interface Tlv {
  /** The identifier octet: class, constructed bit and number. High tag numbers are not used by key formats and not read. */
  readonly tag: number;
  /** Offset of the identifier octet. */
  readonly header: number;
  /** Content: `[start, end)`. */
  readonly start: number;
  readonly end: number;
  /** Where the next element begins: `end`, or two bytes later after an indefinite length. */
  readonly next: number;
}

export const INTEGER = 0x02;
export const BIT_STRING = 0x03;
export const OCTET_STRING = 0x04;
export const NULL = 0x05;
export const OBJECT_IDENTIFIER = 0x06;
export const SEQUENCE = 0x30;
export const SET = 0x31;

/** What a file in DER begins with, be it a key of any kind. */
export const SEQUENCE_MAGIC: readonly Buffer[] = [Buffer.from([SEQUENCE])];

const MAX_DEPTH = 32;
const MAX_CHILDREN = 4096;

/** Reads the element at `at`, which must end by `limit`. `undefined` when it is no element or reaches beyond. */
export function readTlv(bytes: Buffer, at: number, limit: number = bytes.length, depth = 0): Tlv | undefined {
  if (at < 0 || at + 2 > limit || limit > bytes.length) return undefined;
  const tag = bytes[at]!;
  if ((tag & 0x1f) === 0x1f) return undefined;
  const first = bytes[at + 1]!;
  if (first < 0x80) {
    const start = at + 2;
    return start + first <= limit ? { tag, header: at, start, end: start + first, next: start + first } : undefined;
  }
  if (first === 0x80) return readIndefinite(bytes, tag, at, limit, depth);
  const count = first & 0x7f;
  const start = at + 2 + count;
  if (count > 6 || start > limit) return undefined;
  const length = bytes.readUIntBE(at + 2, count);
  return length <= limit - start ? { tag, header: at, start, end: start + length, next: start + length } : undefined;
}

/** X.690, 8.1.3.6: only constructed elements, ended by two zero bytes. */
function readIndefinite(bytes: Buffer, tag: number, at: number, limit: number, depth: number): Tlv | undefined {
  if ((tag & 0x20) === 0 || depth >= MAX_DEPTH) return undefined;
  const start = at + 2;
  let cursor = start;
  for (let count = 0; count <= MAX_CHILDREN; count++) {
    if (cursor + 2 > limit) return undefined;
    if (bytes[cursor] === 0 && bytes[cursor + 1] === 0) return { tag, header: at, start, end: cursor, next: cursor + 2 };
    const child = readTlv(bytes, cursor, limit, depth + 1);
    if (!child) return undefined;
    cursor = child.next;
  }
  return undefined;
}

/** The elements inside a constructed element; `undefined` when they do not fill it exactly. */
export function children(bytes: Buffer, parent: Tlv): readonly Tlv[] | undefined {
  const list: Tlv[] = [];
  let cursor = parent.start;
  while (cursor < parent.end) {
    const child = readTlv(bytes, cursor, parent.end);
    if (!child || list.length >= MAX_CHILDREN) return undefined;
    list.push(child);
    cursor = child.next;
  }
  return list;
}

/** The one element that the bytes consist of, if its tag is `tag`; up to `slack` bytes may follow it. */
export function readWhole(bytes: Buffer, tag: number = SEQUENCE, slack = 0): Tlv | undefined {
  const tlv = readTlv(bytes, 0);
  return tlv && tlv.tag === tag && bytes.length - tlv.next <= slack ? tlv : undefined;
}

/** The content of an element. */
export function content(bytes: Buffer, tlv: Tlv): Buffer {
  return bytes.subarray(tlv.start, tlv.end);
}

/** The whole element with its header. */
export function encoded(bytes: Buffer, tlv: Tlv): Buffer {
  return bytes.subarray(tlv.header, tlv.next);
}

/** The content of an OCTET STRING, joined where BER wrote it in pieces, and those in pieces again (X.690, 8.7.3). */
export function octets(bytes: Buffer, tlv: Tlv): Buffer | undefined {
  if ((tlv.tag & 0x20) === 0) return content(bytes, tlv);
  const pieces: Buffer[] = [];
  const around = [tlv];
  for (let at = tlv.start, last = around.at(-1); last; last = around.at(-1)) {
    if (at >= last.end) {
      around.pop();
      at = last.next;
      continue;
    }
    const piece = readTlv(bytes, at, last.end);
    if (!piece || (piece.tag & ~0x20) !== OCTET_STRING) return undefined;
    if (piece.tag === OCTET_STRING) pieces.push(content(bytes, piece));
    else around.push(piece);
    at = piece.tag === OCTET_STRING ? piece.next : piece.start;
  }
  return pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
}

/** An INTEGER as a number; `undefined` for another tag, a negative one, or one beyond 2^48. */
export function smallInteger(bytes: Buffer, tlv: Tlv | undefined): number | undefined {
  if (!tlv || tlv.tag !== INTEGER) return undefined;
  const value = magnitude(bytes, tlv);
  if (!value || value.length > 6) return undefined;
  return value.length === 0 ? 0 : value.readUIntBE(0, value.length);
}

/** A non-negative INTEGER's big-endian bytes without leading zeros (empty for zero). `undefined` for another tag or a negative one. */
function magnitude(bytes: Buffer, tlv: Tlv | undefined): Buffer | undefined {
  if (!tlv || tlv.tag !== INTEGER || tlv.start === tlv.end) return undefined;
  if (bytes[tlv.start]! & 0x80) return undefined;
  let start = tlv.start;
  while (start < tlv.end && bytes[start] === 0) start++;
  return bytes.subarray(start, tlv.end);
}

/** An OBJECT IDENTIFIER in dotted form (X.690, 8.19); `undefined` for another tag or a damaged one. */
export function objectIdentifier(bytes: Buffer, tlv: Tlv | undefined): string | undefined {
  if (!tlv || tlv.tag !== OBJECT_IDENTIFIER || tlv.end - tlv.start > 64 || tlv.start === tlv.end) return undefined;
  if (bytes[tlv.end - 1]! & 0x80) return undefined;
  const arcs: number[] = [];
  let arc = 0;
  for (let i = tlv.start; i < tlv.end; i++) {
    const byte = bytes[i]!;
    arc = arc * 128 + (byte & 0x7f);
    if (arc > Number.MAX_SAFE_INTEGER) return undefined;
    if (byte & 0x80) continue;
    if (arcs.length === 0) {
      const root = Math.min(2, Math.floor(arc / 40));
      arcs.push(root, arc - root * 40);
    } else arcs.push(arc);
    arc = 0;
  }
  return arcs.join('.');
}

/** One DER element around the parts. */
export function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const header = length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length]
    : length < 0x10000 ? [tag, 0x82, length >> 8, length & 0xff] : [tag, 0x83, length >> 16, (length >> 8) & 0xff, length & 0xff];
  return Buffer.concat([Buffer.from(header), ...parts]);
}

/** A non-negative INTEGER from big-endian bytes. */
export function derInteger(value: Uint8Array): Buffer {
  let start = 0;
  while (start < value.length - 1 && value[start] === 0) start++;
  const bytes = value.length === 0 ? Buffer.from([0]) : Buffer.from(value.subarray(start));
  return bytes[0]! & 0x80 ? der(INTEGER, Buffer.from([0]), bytes) : der(INTEGER, bytes);
}

/** A BIT STRING without unused bits. */
export function derBitString(value: Uint8Array): Buffer {
  return der(BIT_STRING, Buffer.from([0]), value);
}

/** An OBJECT IDENTIFIER from its dotted form. */
export function derObjectIdentifier(dotted: string): Buffer {
  const [root = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const out: number[] = [];
  for (const arc of [root * 40 + second, ...rest]) {
    const digits = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) digits.unshift((left % 128) | 0x80);
    out.push(...digits);
  }
  return der(OBJECT_IDENTIFIER, Buffer.from(out));
}
