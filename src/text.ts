import { countBefore } from './sorted.ts';

/** Small cursors over text that is still bytes. */

export const LF = 0x0a;
export const CR = 0x0d;

/** Offset of the first byte of the line that holds `at`, looking back no further than `reach` bytes. */
export function lineStart(bytes: Buffer, at: number, reach = 4096): number {
  const stop = Math.max(0, at - reach);
  let start = at;
  while (start > stop && bytes[start - 1] !== LF && bytes[start - 1] !== CR) start--;
  return start;
}

/** Offset of the line break that ends the line holding `at`, or `limit`. */
export function lineEnd(bytes: Buffer, at: number, limit: number = bytes.length): number {
  let end = at;
  while (end < limit && bytes[end] !== LF && bytes[end] !== CR) end++;
  return end;
}

/** Offset of the first byte after the line break at `end`: CR LF counts as one. */
export function nextLine(bytes: Buffer, end: number, limit: number = bytes.length): number {
  if (end >= limit) return limit;
  return bytes[end] === CR && bytes[end + 1] === LF ? Math.min(end + 2, limit) : end + 1;
}

/** `indexOf` that never looks beyond `limit`. -1 when it is not there. */
export function find(bytes: Buffer, literal: string, from: number, limit: number): number {
  const at = bytes.subarray(0, limit).indexOf(literal, from, 'latin1');
  return at;
}

/** Words of a file that travel with a key: of anything in them that could be a line of a key, in base64 or hex, only the first characters are left. */
export function withoutKeyText(text: string): string {
  return text
    .replace(/(?:[0-9a-fA-F]{2}[:, ]){12,}/g, shortened)
    .replace(/[\w+/=-]{24,}/g, (run) => (/[-_]/.test(run) && !(/[A-Z]/.test(run) && isRandom(run)) ? run.replace(/[A-Za-z0-9+/=]{24,}/g, plain) : plain(run)));
}

/** As `withoutKeyText`, for messages: names of keys, ids of objects, paths and long names of things stay. */
export function withoutPastedKey(text: string): string {
  return text.replace(/SHA256:[A-Za-z0-9+/]{43}(?![A-Za-z0-9+/])|\w+:[0-9a-f]{64}\b|\b[0-9a-f]{40}\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|[\w+/-]{24,}={0,2}/g, (run) => (isRandom(run) ? shortened(run) : run));
}

/** Words and paths in small letters are no key text. */
function plain(run: string): string {
  return /^[a-z/_-]+$/.test(run) ? run : shortened(run);
}

function shortened(run: string): string {
  return `${run.slice(0, 8)}\u2026`;
}

/** Whether the kinds of characters change as often as in base64 and hex. A capital before small letters begins a word. */
function isRandom(run: string): boolean {
  if (/:|^[0-9a-f]{40}$|^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-/.test(run)) return false;
  return (run.length >= 48 || /\d/.test(run)) && [...run.matchAll(/[A-Z]?[a-z]+|[A-Z]+|\d+|\++/g)].length * 4 >= run.length;
}

/** Bytes of one key in text: a 16384-bit RSA key takes 13,000 characters in PEM; escapes may make it three times as long. */
const LONGEST_KEY = 1 << 18;
/** What follows `-----END ` on its line. */
const LAST_LINE = 96;

/** Where a key in text ends that begins at `start`, if it has a last line; else as far as one may reach. */
export function endOfKey(bytes: Buffer, start: number, limit: number): number {
  const most = Math.min(limit, start + LONGEST_KEY);
  const text = bytes.subarray(start, most);
  const ends = ['-----END', 'Private-MAC:'].map((last) => text.indexOf(last)).filter((at) => at >= 0);
  return Math.min(most, start + Math.min(...ends) + LAST_LINE);
}

/** Where the armor begins whose label holds `at`, whatever stands in the label for blanks. */
export function beginOfArmor(bytes: Buffer, at: number): number | undefined {
  const from = Math.max(0, at - 120);
  const begin = /-----BEGIN[\w%+&#;\\.-]*$/.exec(bytes.toString('latin1', from, at));
  return begin ? from + begin.index : undefined;
}

/** Collects pieces of outer bytes into inner bytes and remembers where each came from. */
export class Collector {
  private readonly pieces: Buffer[] = [];
  private readonly innerStarts: number[] = [];
  private readonly outerStarts: number[] = [];
  private length = 0;

  /** `piece` stands in for outer bytes that begin at `outerStart`. */
  add(piece: Buffer, outerStart: number): void {
    if (piece.length === 0) return;
    this.pieces.push(piece);
    this.innerStarts.push(this.length);
    this.outerStarts.push(outerStart);
    this.length += piece.length;
  }

  bytes(): Buffer {
    return Buffer.concat(this.pieces, this.length);
  }

  /** The way back: for an inner offset, the outer one. An inner end maps to just behind the byte before it. */
  outer(offset: number): number {
    const piece = Math.max(0, countBefore(this.innerStarts.length, (i) => this.innerStarts[i]! <= offset) - 1);
    return (this.outerStarts[piece] ?? 0) + offset - (this.innerStarts[piece] ?? 0);
  }
}

/** Bytes of a byte order mark (RFC 3629, 6; RFC 2781, 3.2). */
export function markLength(bytes: Buffer): number {
  const [first, second, third] = bytes;
  if (first === 0xef && second === 0xbb && third === 0xbf) return 3;
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff) ? 2 : 0;
}

/** How many characters of UTF-8: continuation bytes do not begin one. */
export function countCharacters(bytes: Buffer): number {
  let count = 0;
  let i = 0;
  for (; i < bytes.length && ((bytes.byteOffset + i) & 3) !== 0; i++) if ((bytes[i]! & 0xc0) !== 0x80) count++;
  // Four at a time where all are ASCII: the line before a key can be gigabytes long.
  if (i + 4 <= bytes.length) {
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + i, (bytes.length - i) >> 2);
    for (let at = 0; at < words.length; at++) {
      const word = words[at]!;
      if ((word & 0x80808080) === 0) count += 4;
      else for (let byte = 0; byte < 32; byte += 8) if (((word >> byte) & 0xc0) !== 0x80) count++;
    }
    i += words.length * 4;
  }
  for (; i < bytes.length; i++) if ((bytes[i]! & 0xc0) !== 0x80) count++;
  return count;
}
