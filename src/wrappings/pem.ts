import type { Armor, Unwrapped, Wrapping } from '../format.ts';
import { find, lineEnd, nextLine } from '../text.ts';

/**
 * PEM armor (RFC 7468; headers as in RFC 1421, 4.4), read as people leave it behind: any line breaks or none, indented, blank lines
 * between, blanks inside, a byte order mark before, a missing END line. Signs and quotes around the lines are other wrappings' matter.
 */
export const pem: Wrapping = {
  name: 'pem',
  title: 'PEM armor',
  // `-----BEGIN ` itself is far more common in source code than the labels are.
  anchors: ['PRIVATE KEY', 'SECRET KEY BLOCK', 'PGP ARMORED FILE', 'UBLIC KEY-----', 'CERTIFICATE-----'],

  // `-----BEGIN PRIVATE KEY-----` and SHORTEST_KEY bytes in base64.
  shortest: 49,

  begin(bytes, at) {
    const from = Math.max(0, at - LONGEST_LABEL);
    const before = bytes.toString('latin1', from, at);
    const begin = /-----BEGIN (?:[A-Za-z0-9][\w .+/()#-]*)?$/.exec(before);
    return begin ? from + begin.index : undefined;
  },

  unwrap(bytes, start, limit): Unwrapped | undefined {
    const frame = FRAME.exec(bytes.toString('latin1', start, Math.min(limit, start + LONGEST_LABEL + 40)));
    if (!frame) return undefined;
    const label = frame[1]!;
    const bodyStart = start + frame[0].length;
    const reach = Math.min(limit, bodyStart + LONGEST_BODY);
    const endAt = find(bytes, '-----END ', bodyStart, reach);
    const close = endAt < 0 ? null : FRAME_END.exec(bytes.toString('latin1', endAt, Math.min(bytes.length, endAt + LONGEST_LABEL + 40)));
    const bodyEnd = endAt < 0 ? reach : endAt;
    const end = endAt < 0 ? undefined : endAt + (close?.[0].length ?? '-----END '.length);

    const body = readBody(bytes, bodyStart, bodyEnd, end !== undefined);
    if (body === undefined) return undefined;
    const { base64, headers, stop, garbled, elided } = body;
    const inside = Buffer.from(base64, 'base64');
    if (!worthReading(base64, inside, elided)) return undefined;
    return {
      bytes: inside,
      start,
      end: end ?? stop,
      armor: { label, headers } satisfies Armor,
      ...((garbled || elided) && { damage: 'characters that are not base64 stand in its body' }),
    };
  },
};

const LONGEST_LABEL = 80;
/** Longer than any key in PEM: a 16384-bit RSA key takes 13,000 characters. */
const LONGEST_BODY = 1 << 18;
const FRAME = /^-----BEGIN ([A-Za-z0-9][\w .+/()#-]*?) ?-----/;
const FRAME_END = /^-----END [\w .+/()#-]{0,80}-{1,5}/;
const HEADER = /^([A-Za-z][A-Za-z0-9-]{0,63}):[ \t]*(.*)$/;
/** Longer than any that continues on the next line. */
const LONGEST_HEADER = 4096;
const COMMENTED = /^(?:\/\/[/!]?|\+)[ \t]+\S/;
/** A line break as HTML, XML (character references, XML 1.0, 4.1) and PowerShell (about_Special_Characters) spell it, and U+00A0 in UTF-8. */
const SPELT_BREAK = /<br ?\/?>|&#(?:1[03]|x0?[AD]);|`[rn]|\xc2\xa0/gi;
const FOREIGN = /[^A-Za-z0-9+/]/g;
/** Padding may stand on a line of its own. */
const BASE64 = /^(?:[A-Za-z0-9+/]+|(?==))=*$/;
/** The checksum of an OpenPGP armor whose lines were joined. */
const JOINED_CHECKSUM = /(?<=[A-Za-z0-9+/=])=[A-Za-z0-9+/]{4}$/;

interface Body {
  readonly base64: string;
  readonly headers: ReadonlyMap<string, string>;
  /** Offset behind the last byte that belongs to the body. */
  readonly stop: number;
  /** Whether lines of the body had characters that cannot stand there. */
  readonly garbled: boolean;
  /** Whether something else stood between them: dots, words, the name of a variable. */
  readonly elided: boolean;
}

/** `closed`: an END line follows, so what is no base64 is damage or elision and not the end. */
function readBody(bytes: Buffer, start: number, end: number, closed: boolean): Body | undefined {
  const headers = new Map<string, string>();
  const parts: string[] = [];
  let stop = start;
  let garbled = false;
  let elided = false;
  let lastHeader: string | undefined;
  for (let at = start; at < end; ) {
    const lineStop = lineEnd(bytes, at, end);
    const line = bytes.toString('latin1', at, lineStop).replace(SPELT_BREAK, ' ').trim();
    at = nextLine(bytes, lineStop, end);
    if (line === '') continue;
    // Two slashes and a plus are base64 too, but a blank stands behind them where they begin a comment or a line of a diff: that is another wrapping's matter.
    if (parts.length === 0 && COMMENTED.test(line)) return undefined;
    // A blank line ends the headers, but blank lines are also what editors and pasting put between any two.
    if (parts.length === 0) {
      const last = lastHeader === undefined ? '' : headers.get(lastHeader)!;
      if (last.endsWith('\\') && last.length < LONGEST_HEADER) {
        headers.set(lastHeader!, last.slice(0, -1) + line);
        continue;
      }
      const header = HEADER.exec(line);
      if (header) {
        const rest = oneLineHeaders(line, headers);
        if (rest === undefined) headers.set((lastHeader = header[1]!.toLowerCase()), header[2]!.trim());
        else parts.push(rest);
        stop = lineStop;
        continue;
      }
    }
    const dense = line.replace(/[ \t\0\u00a0]+/g, '').replace(JOINED_CHECKSUM, '');
    if (BASE64.test(dense) && !prose(line)) {
      // Node's decoder would stop at padding, and needs none.
      parts.push(dense.replace(/=+$/, ''));
      stop = lineStop;
      if (!closed && dense.endsWith('=')) break;
    } else if (/^=[!-~]{4}$/.test(dense)) {
      // The checksum line of an OpenPGP armor (RFC 9580, 6.1), be it right or wrong.
      stop = lineStop;
    } else {
      if (!closed) break;
      if (isGarbled(line)) {
        garbled = true;
        parts.push(line.replace(FOREIGN, ''));
        stop = lineStop;
      } else elided = true;
    }
  }
  const base64 = parts.join('');
  return base64 === '' ? undefined : { base64, headers, stop, garbled, elided };
}

/**
 * A line of a body that was damaged on its way: one character in sixteen at most is foreign to it, and the others look random.
 * Dots or another sign several times over stand for what was left out; written line breaks are another wrapping's matter.
 */
function isGarbled(line: string): boolean {
  return line.length >= 32 && !/([^A-Za-z0-9+/\s])\1|\xe2\x80\xa6|\\[nr]/.test(line) && [/[A-Z]/, /[a-z]/, /[0-9]/].every((kind) => kind.test(line)) && line.replace(FOREIGN, '').length * 16 >= line.length * 15;
}

/** A line of several words is a sentence or a setting, not a wrapped body: bodies are cut at 64 or 76 characters. */
function prose(line: string): boolean {
  const words = line.split(/[ \t\u00a0]+/);
  return words.length > 2 && (line.length / words.length < 16 || words.slice(0, -1).every(({ length }) => length < 16));
}

/**
 * `Proc-Type: 4,ENCRYPTED DEK-Info: AES-128-CBC,<IV> <body>`: the headers of a key whose lines were joined with blanks.
 * Gives what follows the headers, and puts them into the map; `undefined` when this is an ordinary header line.
 */
function oneLineHeaders(line: string, headers: Map<string, string>): string | undefined {
  const joined = /^Proc-Type:\s*(4,\s*ENCRYPTED)\s+DEK-Info:\s*([A-Za-z0-9-]+,[0-9A-Fa-f]+)(?:\s+([A-Za-z0-9+/][A-Za-z0-9+/ \t]*={0,2}))?$/.exec(line);
  if (!joined) return oneLineArmor(line);
  headers.set('proc-type', joined[1]!).set('dek-info', joined[2]!);
  return joined[3]?.replace(/\s+/g, '') ?? '';
}

/** `Version: GnuPG v2 Comment: some words <body>`: the headers of an OpenPGP armor, which nothing asks for, and the body from its first long word on. */
function oneLineArmor(line: string): string | undefined {
  if (!/^(?:Version|Comment|Charset|Hash|MessageID):/.test(line)) return undefined;
  const words = line.split(/[ \t]+/);
  // A comment may be the key's fingerprint.
  const first = words.findIndex((word) => word.length >= 48 && BASE64.test(word) && !/^[0-9A-Fa-f]{64}$/.test(word));
  if (first < 0) return undefined;
  const dense = words.slice(first).join('').replace(JOINED_CHECKSUM, '');
  return BASE64.test(dense) ? dense.replace(/=+$/, '') : undefined;
}

/**
 * Whether a body can hold a key, or is what documentation shows in a key's place: a word, a row of one letter,
 * the first characters of a real key and then dots.
 */
function worthReading(base64: string, inside: Buffer, elided: boolean): boolean {
  if (inside.length < SHORTEST_KEY) return false;
  if (new Set(base64).size <= 6) return false;
  if (WORDS.test(inside.toString('latin1'))) return false;
  if (!elided) return true;
  // A body with gaps is damage worth a word only where most of the key is there.
  const announced = announcedLength(inside);
  return announced !== undefined && inside.length * 2 >= announced;
}

/** What an example has in a key's place, be it in base64: no container of a key is text that begins with a word and a blank. */
const WORDS = /^[A-Za-z]+ [\t\n\r\x20-\x7e]*$/;

/** The shortest container of a key: an Ed448 seed or a 256-bit scalar without parameters is longer, a 128-bit test key too. */
const SHORTEST_KEY = 16;

/** How long a DER element, or an OpenPGP secret key's packet with a length of two bytes (RFC 9580, 4.2), says it is, header included. */
export function announcedLength(bytes: Buffer): number | undefined {
  if (bytes.length >= 4 && bytes[0] === 0x95) return 3 + bytes.readUInt16BE(1);
  if (bytes.length < 4 || bytes[0] !== 0x30) return undefined;
  const first = bytes[1]!;
  if (first < 0x80) return 2 + first;
  if (first === 0x81) return 3 + bytes[2]!;
  if (first === 0x82) return 4 + bytes.readUInt16BE(2);
  return undefined;
}
