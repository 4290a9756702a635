import { base64Of, byteSet, DER_MARKS, GZIP, KEY_TEXTS, keyHead, readPieces, runBegin, withoutEnd } from '../encoded.ts';
import type { Code } from '../encoded.ts';
import type { Unwrapped, Wrapping } from '../format.ts';
import { Collector } from '../text.ts';

/**
 * Base64 (RFC 4648, 4 and 5) of the text of a key or of its container, as in Kubernetes Secrets, environment variables and data URLs: with line breaks or
 * escapes in it, cut into string literals, its signs percent-encoded or as entities.
 */
export const base64: Wrapping = {
  name: 'base64',
  title: 'base64',
  joins: true,
  get anchors() {
    return [...anchors];
  },

  begin(bytes, at, since) {
    const residue = residues.get(bytes.toString('latin1', at, at + TOLD_BY));
    return residue === undefined ? undefined : runBegin(bytes, at, residue, since, code);
  },

  unwrap(bytes, start, limit, reach = limit): Unwrapped | undefined {
    const dense = new Collector();
    let length = 0;
    const announced = keyHead(code.head(bytes, start), 0);
    const need = announced ? Math.min(MAX_CHARACTERS, Math.ceil(announced * 4 / 3)) : MAX_CHARACTERS;
    const stop = announced === undefined ? limit : reach;
    const end = readPieces(bytes, start, stop, code, (piece, at) => {
      dense.add(piece, at);
      length += piece.length;
      return length < need;
    });
    const inside = Buffer.from(dense.bytes().toString('latin1', 0, need), 'base64');
    if (inside.length < SHORTEST) return undefined;
    const last = padded(bytes, length > need ? dense.outer(need - 1) + 1 : end, stop);
    const text = withoutEnd(inside);
    return {
      bytes: inside,
      start,
      end: last,
      container: true,
      outer: (offset) => dense.outer(Math.floor(offset * 4 / 3)),
      outerEnd: (offset) => (offset >= text ? last : dense.outer(Math.ceil(offset * 4 / 3) - 1) + 1),
    };
  },
};

const CHARACTERS = byteSet('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_');
/** Characters that hold the head of a DER container, and what tells it from the parameters of a curve. */
const HEAD = 28;
/** Nothing shorter is a key or the text of one. */
const SHORTEST = 24;
/** As long as a file that is a container may be. */
const MAX_CHARACTERS = 1 << 24;
/** Signs that are written some other way: escaped in JSON, percent-encoded, as entities. */
const WRITTEN = /\\+\/|\\+u00(?:2[bBfF])|%(?:2[bBfF])|&#(?:4[37]);|&#x(?:2[bBfF]);|&(?:plus|sol);/g;

function signOf(token: string): string {
  return /2b|43|plus/i.test(token) ? '+' : '/';
}

const code: Code = {
  set: CHARACTERS,
  unit: 4,
  // 0x30 as the first byte gives `M`, then one of `A` to `P`.
  head: (bytes, at) => (bytes[at] === 0x4d && bytes[at + 1]! >= 0x41 && bytes[at + 1]! <= 0x50
    ? Buffer.from(/^[\w+/-]*/.exec(bytes.toString('latin1', at, at + 3 * HEAD).replace(WRITTEN, (token) => signOf(token)))![0].slice(0, HEAD), 'base64') : NOTHING),
  written(bytes, at) {
    const first = bytes[at];
    if (first !== 0x5c && first !== 0x25 && first !== 0x26) return undefined;
    WRITTEN.lastIndex = 0;
    const match = WRITTEN.exec(bytes.toString('latin1', at, at + 12));
    return match?.index === 0 ? { length: match[0].length, value: signOf(match[0]) } : undefined;
  },
  writtenBefore(bytes, at) {
    const last = bytes[at - 1];
    if (last !== 0x5c && last !== 0x25 && last !== 0x3b) return undefined;
    // A part of it may consist of characters of the set, and lies behind `at` then.
    const behind = last === 0x5c ? /^(?:\/|u00(?:2[bBfF]))/ : last === 0x25 ? /^2[bBfF]/ : undefined;
    if (behind) {
      const part = behind.exec(bytes.toString('latin1', at, at + 5));
      let start = at - 1;
      while (part && last === 0x5c && at - start < 16 && bytes[start - 1] === 0x5c) start--;
      return part ? { start, more: 1 - part[0].length } : undefined;
    }
    const entity = /&(?:#4[37]|#x2[bBfF]|plus|sol);$/.exec(bytes.toString('latin1', Math.max(0, at - 6), at));
    return entity ? { start: at - entity[0].length, more: 1 } : undefined;
  },
};
const NOTHING = Buffer.alloc(0);

const anchors = new Set<string>();
/** For each anchor by its beginning, all that is needed to tell them apart: which character of a group of four its first is. */
const residues = new Map<string, number>();
const TOLD_BY = 11;
const PHASES = [0, 1, 2];

function add(text: string, residue: number): string {
  anchors.add(text);
  residues.set(text.slice(0, TOLD_BY), residue);
  return text;
}

function addBytes(bytes: Buffer, phases: readonly number[] = PHASES): readonly string[] {
  return phases.map((phase) => {
    const { text, residue } = base64Of(bytes, phase);
    return add(text, residue);
  });
}

for (const { hex, phases } of DER_MARKS) addBytes(Buffer.from(hex, 'hex'), phases);
// PKCS#1: SEQUENCE { 0, n of 2048, 3072, 4096, 5120, 6144, 7680, 8192, 16384 bits, ...}; the character before is the last of the length.
for (const size of ['AQEA', 'AYEA', 'AgEA', 'AoEA', 'AwEA', 'A8EA', 'BAEA', 'CAEA']) for (const length of 'AQgw') add(`${length}IBAAKC${size}`, 1);
// Of 768, 1280 and 1536 bits.
for (const [size, first] of [['026100', 0x1c8], ['0281a100', 0x2e8], ['0281c100', 0x37a]] as const) {
  for (let length: number = first; length < first + 8; length++) add(Buffer.from(`3082${length.toString(16).padStart(4, '0')}020100${size}`, 'hex').toString('base64').slice(2, 13), 2);
}
// Of 1024 bits: 0x259 to 0x25e bytes, in OpenSSL's DSA 0x1b9 to 0x1bd; of 512: 0x139 to 0x13c.
for (const length of ['CWQ', 'CWg', 'CWw', 'CXA', 'CXQ', 'CXg', 'BuQ', 'Bug', 'Buw', 'BvA', 'BvQ']) add(`${length}IBAAKBgQ`, 3);
for (const length of ['OQ', 'Og', 'Ow', 'PA']) add(`IB${length}IBAAJBA`, 2);
// Java key stores of version 2.
for (const hex of ['feedfeed00000002000000', 'cececece00000002000000']) addBytes(Buffer.from(hex, 'hex'), [0]);
for (const once of addBytes(Buffer.from(add(base64Of(Buffer.concat([GZIP, Buffer.alloc(1)]), 0).text.slice(0, TOLD_BY), 0)))) addBytes(Buffer.from(once));
for (const text of KEY_TEXTS) addBytes(Buffer.from(text));
// Two and three times. What is a file's beginning stands at the beginning at first.
for (const [text, phases] of [['PRIVATE KEY', PHASES], ['PuTTY-User-Key-File-', [0]], ['openssh-key-v1\0', [0]]] as const) {
  for (const once of addBytes(Buffer.from(text), phases)) for (const twice of addBytes(Buffer.from(once))) if (!text.startsWith('openssh')) addBytes(Buffer.from(twice), phases);
}
for (const text of ['PRIVATE KEY', 'PuTTY-User-Key-File']) {
  const wide = Buffer.from(text, 'utf16le');
  addBytes(wide.subarray(0, -1));
  addBytes(wide.subarray(1));
}
for (const digits of [Buffer.from('PRIVATE KEY').toString('hex')]) for (const hex of [digits, digits.toUpperCase()]) addBytes(Buffer.from(hex));

/** Where the padding ends that begins at `at`, if any does. */
function padded(bytes: Buffer, at: number, limit: number): number {
  const match = /^(?:=|\\+u003[dD]|%3[dD]|&#61;|&#x3[dD];|&equals;){1,2}/.exec(bytes.toString('latin1', at, Math.min(limit, at + 24)));
  return match ? at + match[0].length : at;
}
