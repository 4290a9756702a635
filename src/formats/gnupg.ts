import { nameOfCurve, rawPublicKey, toBigInt } from '../curve.ts';
import { ecPrivateFacts, identifyEc, isPoint, namedDomain } from '../ec-parameters.ts';
import type { Domain } from '../ec-parameters.ts';
import type { Format, Lock, ReadKey } from '../format.ts';
import { damaged } from '../key-der.ts';
import type { Encryption, KeyFacts } from '../key.ts';
import { algorithmByOid, curveByName, curveByOid } from '../oids.ts';
import { bitLength, identify } from '../public-key.ts';
import { sha256Hex } from '../hash.ts';
import { gnupgLock } from '../locks/pgp.ts';
import { textOf } from '../ssh-blob.ts';
import { lineStart } from '../text.ts';
import { decodeCount, identifyElGamal, isProduct, rawFacts } from './openpgp.ts';
import { rsaFacts } from './pkcs1.ts';

/** The S-expressions of GnuPG's agent (`private-keys-v1.d`) and of Libgcrypt: canonical, or as text, also where C source code cuts them into strings. */
export const gnupg: Format = {
  name: 'gnupg',
  title: 'GnuPG and Libgcrypt private key',
  sources: ['GnuPG, agent/keyformat.txt', 'Libgcrypt manual, Used S-expressions', 'RFC 9804'],
  anchors: ['(11:private-key(', '(21:protected-private-key(', '(20:shadowed-private-key(', '(private-key', '(protected-private-key', '(shadowed-private-key'],

  readAt(text, at) {
    const expression = readExpression(text, at);
    const key = expression && factsOf(expression, () => text.subarray(at, expression.end));
    return key && { start: at, end: expression.end, key };
  },
};

/** Longer than any key: a McEliece key as GnuPG does not store them has more, a 16384-bit RSA key in hex 25,000. */
const MAX_LENGTH = 1 << 17;
/** A protected key in OpenPGP's native form lies six lists deep and has some fifty atoms. */
const MAX_DEPTH = 8;
const MAX_NODES = 256;

/** Bytes, a word (a token), or a list. In the canonical form all atoms are bytes; of others Libgcrypt quotes those that are printable, as many a salt is (src/sexp.c, suitable_encoding). */
type Expression = Buffer | string | List;
type List = readonly Expression[];

interface Whole {
  readonly list: List;
  readonly end: number;
  /** Whether it ends before its last bracket, or has something in it that is no S-expression. */
  readonly broken: boolean;
}

/** The words that a key begins with, whatever stands between them where lines or literals end. Mentions end here: `(private-key.pem)`, `(private-key %s)`. */
const HEAD = /^\((?:\d\d:)?(?:protected-|shadowed-)?private-key(?:\\[nrt]|[\s"'+.,&\\]){0,200}\((?:\\[nrt]|[\s"'+.,&\\]){0,200}(?:\d{1,3}:)?([\w.-]{1,64})/;

function readExpression(text: Buffer, at: number): Whole | undefined {
  const algorithm = HEAD.exec(text.toString('latin1', at, at + 512))?.[1];
  if (algorithm === undefined || !readerOf(algorithm)) return undefined;
  const lexer = new Lexer(text, at, Math.min(text.length, at + MAX_LENGTH), valueIndent(text, at));
  const list = lexer.list(0);
  return lexer.tooMuch ? undefined : { list, end: lexer.at, broken: lexer.broken };
}

/** keyformat.txt, Values: the value of `Key:` goes on in lines that begin with a blank. How many blanks these begin with; `undefined` where it is no such value. */
function valueIndent(text: Buffer, at: number): number | undefined {
  const name = /^(?:.*["'])?([ \t]*)key:[ \t]*$/i.exec(text.toString('latin1', lineStart(text, at, 256), at));
  return name ? name[1]!.length + 1 : undefined;
}

const LF = 0x0a, CR = 0x0d, TAB = 0x09, BLANK = 0x20, OPEN = 0x28, CLOSE = 0x29, HASH = 0x23, BAR = 0x7c, DOUBLE = 0x22, SINGLE = 0x27, BACKSLASH = 0x5c, COLON = 0x3a;

const isBlank = (byte: number): boolean => byte === BLANK || byte === LF || byte === CR || byte === TAB;
const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;
const isHex = (byte: number): boolean => isDigit(byte) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);
/** RFC 9804, 4.3. */
const isTokenByte = (byte: number): boolean => isDigit(byte) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a) || [0x2d, 0x2e, 0x2f, 0x5f, 0x3a, 0x2a, 0x2b, 0x3d].includes(byte);
const isBase64 = (byte: number): boolean => isTokenByte(byte) && byte !== COLON;

/** From the end of a string literal in source code to the beginning of the next, on another line. */
const NEXT_LITERAL = /^(?:\\[nrt])*(["'])[ \t]*[+.,&\\]?[ \t]*\r?\n[ \t+.&]*\1/;

/** Reads S-expressions in any of their forms (RFC 9804, 4 and 6), up to the first thing that is none. Bytes that lines and literals are joined with are no part of them. */
class Lexer {
  at: number;
  broken = false;
  tooMuch = false;
  private readonly text: Buffer;
  private readonly limit: number;
  private readonly indent: number | undefined;
  private nodes = 0;

  constructor(text: Buffer, at: number, limit: number, indent: number | undefined) {
    this.text = text;
    this.at = at;
    this.limit = limit;
    this.indent = indent;
  }

  /** The list whose bracket stands here. */
  list(depth: number): List {
    const items: Expression[] = [];
    this.at++;
    while (!this.broken) {
      this.skipBlanks();
      const byte = this.at < this.limit ? this.text[this.at]! : undefined;
      if (byte === CLOSE) {
        this.at++;
        return items;
      }
      if (byte === undefined || depth >= MAX_DEPTH || ++this.nodes > MAX_NODES) {
        this.tooMuch ||= byte !== undefined;
        this.broken = true;
        return items;
      }
      const item = byte === OPEN ? this.list(depth + 1) : this.atom(byte);
      if (item === undefined) this.broken = true;
      else items.push(item);
    }
    return items;
  }

  private skipBlanks(): void {
    while (this.at < this.limit) {
      if (this.join()) continue;
      const byte = this.text[this.at]!;
      const next = this.text[this.at + 1];
      if (isBlank(byte)) this.at++;
      else if (byte === BACKSLASH && (next === 0x6e || next === 0x72 || next === 0x74)) this.at += 2;
      else return;
    }
  }

  /** Steps over a line break in the value of a name-value file, or from one string literal to the next. */
  private join(): boolean {
    const { text, at, limit, indent } = this;
    const byte = text[at];
    if (indent !== undefined && (byte === LF || (byte === CR && text[at + 1] === LF))) {
      const first = at + (byte === LF ? 1 : 2);
      const next = this.behindIndent(first);
      if (next === first) return false;
      this.at = next;
      return true;
    }
    if (byte !== DOUBLE && byte !== SINGLE && byte !== BACKSLASH) return false;
    const joint = NEXT_LITERAL.exec(text.toString('latin1', at, Math.min(limit, at + LONGEST_JOINT)));
    // Where the literals are the lines of such a file, each ends with a written break.
    if (joint) this.at = byte === BACKSLASH ? this.behindIndent(at + joint[0].length) : at + joint[0].length;
    return joint !== null;
  }

  /** Behind the blanks that a value's next line begins with. */
  private behindIndent(start: number): number {
    const most = Math.min(this.limit, start + (this.indent ?? 0));
    let next = start;
    while (next < most && (this.text[next] === BLANK || this.text[next] === TAB)) next++;
    return next;
  }

  /** The bytes of one sort that stand here, at most so many. */
  private run(isInside: (byte: number) => boolean, most: number): string {
    let found = '';
    do {
      const start = this.at;
      while (this.at < this.limit && this.at - start < most && isInside(this.text[this.at]!)) this.at++;
      found += this.text.toString('latin1', start, this.at);
    } while (found.length < most && this.join());
    return found;
  }

  private atom(byte: number): Buffer | string | undefined {
    if (byte === HASH) return this.between(HASH, isHex, 'hex');
    if (byte === BAR) return this.between(BAR, isBase64, 'base64');
    if (byte === DOUBLE || (byte === BACKSLASH && this.text[this.at + 1] === DOUBLE)) return this.string(byte === BACKSLASH);
    if (isDigit(byte)) {
      const digits = /^(\d{1,6}):/.exec(this.text.toString('latin1', this.at, this.at + 7))?.[1];
      if (digits !== undefined) return this.verbatim(this.at + digits.length + 1, Number(digits));
    }
    return this.run(isTokenByte, MAX_TOKEN) || undefined;
  }

  private verbatim(start: number, length: number): Buffer | undefined {
    if (length > this.limit - start) return undefined;
    this.at = start + length;
    return this.text.subarray(start, this.at);
  }

  /** `#0a1b#` or `|Chs=|`, blanks anywhere. */
  private between(mark: number, isInside: (byte: number) => boolean, encoding: 'hex' | 'base64'): Buffer | undefined {
    const parts: string[] = [];
    for (this.at++; ;) {
      this.skipBlanks();
      if (this.at >= this.limit) return undefined;
      if (this.text[this.at] === mark) break;
      const part = this.run(isInside, MAX_LENGTH);
      if (part === '') return undefined;
      parts.push(part);
    }
    this.at++;
    const digits = parts.join('');
    return Buffer.from(encoding === 'hex' && digits.length % 2 === 1 ? `0${digits}` : digits, encoding);
  }

  /** `"..."`, or in source code `\"...\"`. */
  private string(escaped: boolean): Buffer | undefined {
    this.at += escaped ? 2 : 1;
    let found = '';
    while (this.at < this.limit && found.length < MAX_STRING) {
      const byte = this.text[this.at]!;
      if (escaped ? byte === BACKSLASH && this.text[this.at + 1] === DOUBLE : byte === DOUBLE) {
        this.at += escaped ? 2 : 1;
        return Buffer.from(found, 'latin1');
      }
      if ((escaped || byte === LF || byte === CR) && this.join()) continue;
      this.at++;
      // What is left of lines that were joined.
      if (byte === LF || byte === CR) continue;
      found += byte === BACKSLASH ? this.escape(escaped) : String.fromCharCode(byte);
    }
    return undefined;
  }

  /** What a backslash and the characters behind it stand for (RFC 9804, 4.4); in source code the backslash itself is escaped. */
  private escape(escaped: boolean): string {
    const text = this.text.toString('latin1', this.at, Math.min(this.limit, this.at + 5));
    const name = !escaped || text[0] === '\\' ? ESCAPE.exec(escaped ? text.slice(1) : text)?.[0] : undefined;
    if (name === undefined) return '\\';
    this.at += name.length + (escaped ? 1 : 0);
    // There the backslash and the quote that are meant have one before them too.
    if (escaped && name === '\\') return String.fromCharCode(this.text[this.at++] ?? BACKSLASH);
    return ESCAPED.get(name) ?? String.fromCharCode(name[0] === 'x' ? Number.parseInt(name.slice(1), 16) : Number.parseInt(name, 8) & 0xff);
  }
}

const ESCAPE = /^(?:x[0-9a-fA-F]{2}|[0-7]{3}|[btvnfr"'\\])/;
const ESCAPED: ReadonlyMap<string, string> = new Map([['b', '\b'], ['t', '\t'], ['v', '\v'], ['n', '\n'], ['f', '\f'], ['r', '\r'], ['"', '"'], ["'", "'"], ['\\', '\\']]);

const LONGEST_JOINT = 256;
const MAX_TOKEN = 128;
const MAX_STRING = 1024;

const isList = (one: Expression | undefined): one is List => Array.isArray(one);
const wordOf = (one: Expression | undefined): string => (typeof one === 'string' ? one : Buffer.isBuffer(one) && one.length <= MAX_STRING ? one.toString('latin1') : '');

/** The first list in a list that begins with this word. */
function child(list: List, word: string): List | undefined {
  return list.filter(isList).find(([head]) => wordOf(head) === word);
}

/** A parameter in bytes. In templates and manuals there are words instead: `(n N-MPI)`. */
function bytesOf(list: List, name: string): Buffer | undefined {
  const value = child(list, name)?.[1];
  return Buffer.isBuffer(value) && value.length > 0 ? value : undefined;
}

/** A parameter as a number: unsigned, without leading zeros. */
function numberOf(list: List, name: string): Buffer | undefined {
  const value = bytesOf(list, name);
  if (!value) return undefined;
  let start = 0;
  while (start < value.length && value[start] === 0) start++;
  return start < value.length ? value.subarray(start) : undefined;
}

/** A parameter that may be a number of a byte or some: Libgcrypt writes those whose bytes are printable as words, 41 as ")". */
function smallNumberOf(list: List, name: string): Buffer | undefined {
  const word = wordOf(child(list, name)?.[1]);
  return numberOf(list, name) ?? (word === '' ? undefined : Buffer.from(word, 'latin1'));
}

function factsOf({ list, broken }: Whole, bytes: () => Buffer): ReadKey | undefined {
  const [head, ...parts] = list;
  const word = wordOf(head);
  if (!words.has(word)) return undefined;
  const parameters = parts.filter(isList).find(([name]) => readerOf(wordOf(name)) !== undefined);
  const found = parameters && readerOf(wordOf(parameters[0]))!(parameters);
  if (!found) return undefined;
  const protection = word === 'private-key' ? undefined : child(parameters, word === 'shadowed-private-key' ? 'shadowed' : 'protected');
  const comment = textOf(Buffer.from(wordOf(child(parts, 'comment')?.[1]), 'latin1'));
  const told = { kind: 'private' as const, format: 'gnupg', ...(comment !== undefined && { comment }) };
  if (word === 'shadowed-private-key') return protection && { ...told, ...found.facts, hardware: true };
  if (word === 'protected-private-key') {
    const [, mode, ...rest] = protection ?? [];
    const ciphertext = rest.at(-1);
    const short = wordOf(mode) === 'openpgp-native' ? !isList(ciphertext) : !Buffer.isBuffer(ciphertext) || ciphertext.length < SHORTEST_CIPHERTEXT;
    // In documents the ciphertext is left out.
    if (!protection && !broken) return undefined;
    const defect = !protection || short ? 'its private half is missing or cut off' : undefined;
    const lock = protection && defect === undefined ? lockOf(protection) : undefined;
    const unnamed = found.facts.spki === undefined && found.facts.fingerprint === undefined;
    return {
      ...told,
      ...found.facts,
      ...(protection && { encryption: readProtection(protection) }),
      ...(lock && { lock }),
      ...((defect ?? (unnamed || undefined)) !== undefined && { container: sha256Hex(bytes()) }),
      ...(defect !== undefined && { defect }),
    };
  }
  if (found.secret) return { ...told, ...found.facts };
  return broken ? damaged('gnupg', bytes(), 'its private numbers are missing or cut off', found.facts) : undefined;
}

const words: ReadonlySet<string> = new Set(['private-key', 'protected-private-key', 'shadowed-private-key']);
const SHORTEST_CIPHERTEXT = 16;

/** keyformat.txt, Protected Private Key Format: `(protected mode (parameters) ciphertext)`. */
function readProtection([, mode, ...rest]: List): Encryption {
  const name = wordOf(mode);
  const parameters = rest.find(isList) ?? [];
  if (name === 'openpgp-native') return readNative(parameters);
  const [, cipher] = /^openpgp-s2k3-(?:sha1-)?([a-z0-9-]{1,32})$/.exec(name) ?? [];
  const s2k = parameters.find(isList) ?? [];
  const digits = wordOf(s2k[2]);
  const count = /^\d{1,10}$/.test(digits) ? Number(digits) : undefined;
  return {
    cipher: modes.get(cipher ?? '') ?? cipher ?? (/^[\w.-]{1,64}$/.test(name) ? name : 'unknown'),
    kdf: cipher === undefined ? 'unknown' : 's2k-iterated',
    // Agents before 2.0.14 wrote the count as OpenPGP encodes it (agent/protect.c).
    ...(count !== undefined && { rounds: count < 256 ? decodeCount(count) : count }),
  };
}

/** `openpgp-s2k3-ocb-aes ((sha1 SALT COUNT) NONCE) CIPHERTEXT`. */
function lockOf(protection: List): Lock | undefined {
  const { cipher, kdf, rounds } = readProtection(protection);
  const [, mode, parameters, ciphertext] = protection;
  const [s2k, iv] = parameters !== undefined && isList(parameters) ? parameters : [];
  const [hash, salt] = s2k !== undefined && isList(s2k) ? s2k : [];
  if (!wordOf(mode).startsWith('openpgp-s2k3-') || kdf !== 's2k-iterated' || rounds === undefined || wordOf(hash) !== 'sha1') return undefined;
  return Buffer.isBuffer(salt) && Buffer.isBuffer(iv) && Buffer.isBuffer(ciphertext) ? gnupgLock(cipher, { hash: 'sha1', salt, count: rounds }, iv, ciphertext) : undefined;
}

const modes: ReadonlyMap<string, string> = new Map([['aes-cbc', 'aes-128-cbc'], ['ocb-aes', 'aes-128-ocb']]);

/** `(openpgp-private-key ... (protection sha1 aes IV 3 sha1 SALT COUNT))`: as it came in an OpenPGP packet. */
function readNative(key: List): Encryption {
  const [, , cipher, , mode, , , count] = child(key, 'protection') ?? [];
  const name = wordOf(cipher).toLowerCase();
  const encoded = /^\d{1,3}$/.test(wordOf(count)) ? Number(wordOf(count)) : undefined;
  const kdf = { 0: 's2k-simple', 1: 's2k-salted', 3: 's2k-iterated' }[wordOf(mode)] ?? 'unknown';
  return {
    cipher: `${nativeCiphers.get(name) ?? (name || 'unknown')}-cfb`,
    kdf,
    ...(kdf === 's2k-iterated' ? encoded !== undefined && encoded < 256 && { rounds: decodeCount(encoded) } : kdf !== 'unknown' && { rounds: 1 }),
  };
}

/** Libgcrypt's names (cipher/*.c) and OpenSSL's. */
const nativeCiphers: ReadonlyMap<string, string> = new Map([
  ['aes', 'aes-128'], ['aes128', 'aes-128'], ['aes192', 'aes-192'], ['aes256', 'aes-256'], ['3des', 'des-ede3'], ['cast5', 'cast5'], ['blowfish', 'bf'], ['idea', 'idea'],
  ['twofish', 'twofish'], ['camellia128', 'camellia-128'], ['camellia192', 'camellia-192'], ['camellia256', 'camellia-256'],
]);

interface Found {
  readonly facts: Partial<KeyFacts>;
  /** Whether the private number is there. */
  readonly secret: boolean;
}

/** The facts of a list of parameters. `undefined` where the public ones are missing, as in documents and templates, or no key's. */
type Reader = (parameters: List) => Found | undefined;

/** Test keys of less exist, but no key in use. */
const LEAST_BITS = 256;

const readRsa: Reader = (list) => {
  const [n, d, p, q] = ['n', 'd', 'p', 'q'].map((name) => numberOf(list, name));
  const e = smallNumberOf(list, 'e');
  if (!n || !e || bitLength(n) < LEAST_BITS) return undefined;
  return { facts: d ? rsaFacts({ n, e, consistent: isProduct(n, p, q) }) : identify({ type: 'rsa', n, e }), secret: d !== undefined };
};

const readDsa: Reader = (list) => {
  const [p, q, g, y, x] = ['p', 'q', 'g', 'y', 'x'].map((name) => numberOf(list, name));
  if (!p || !q || !g || !y || bitLength(p) < LEAST_BITS) return undefined;
  return { facts: identify({ type: 'dsa', p, q, g, y }), secret: x !== undefined };
};

const readElGamal: Reader = (list) => {
  const [p, y, x] = ['p', 'y', 'x'].map((name) => numberOf(list, name));
  const g = smallNumberOf(list, 'g');
  if (!p || !g || !y || bitLength(p) < LEAST_BITS) return undefined;
  return { facts: identifyElGamal(p, g, y), secret: x !== undefined };
};

/** Libgcrypt's names of curves (cipher/ecc-curves.c) that are not OpenSSL's, in lower case and without blanks. */
const curveNames: ReadonlyMap<string, string> = new Map([
  ['nistp-192', 'prime192v1'], ['nistp-224', 'secp224r1'], ['nistp-256', 'prime256v1'], ['nistp-384', 'secp384r1'], ['nistp-521', 'secp521r1'],
  ['nistp192', 'prime192v1'], ['nistp224', 'secp224r1'], ['nistp256', 'prime256v1'], ['nistp384', 'secp384r1'], ['nistp521', 'secp521r1'],
  ['secp192r1', 'prime192v1'], ['secp256r1', 'prime256v1'], ['sm2p256v1', 'SM2'],
]);
const curvesByLowerCase: ReadonlyMap<string, string> = new Map([...curveByName.keys()].map((name) => [name.toLowerCase(), name]));

/** The curves whose keys are strings of bytes. */
const rawNames: ReadonlyMap<string, string> = new Map([
  ['ed25519', 'ed25519'], ['1.3.6.1.4.1.11591.15.1', 'ed25519'], ['curve25519', 'x25519'], ['cv25519', 'x25519'], ['x25519', 'x25519'],
  ['1.3.6.1.4.1.3029.1.5.1', 'x25519'], ['ed448', 'ed448'], ['x448', 'x448'],
]);
const rawLengths: ReadonlyMap<string, number> = new Map([['x25519', 32], ['x448', 56], ['ed25519', 32], ['ed448', 57]]);

const readEc: Reader = (list) => {
  const named = wordOf(child(list, 'curve')?.[1]).toLowerCase().replaceAll(' ', '');
  const oid = named.replace(/^oid\./, '');
  const q = bytesOf(list, 'q'), d = bytesOf(list, 'd');
  const raw = rawNames.get(oid) ?? algorithmByOid.get(oid);
  if (raw !== undefined) return readRaw(raw, q, d);
  const domain = named === '' ? explicitDomain(list) : namedCurve(oid);
  if (!(q ?? d)) return undefined;
  // A curve without an identifier gives the key no name; Libgcrypt knows some of GOST's by names of its own.
  if (!domain && named === '') return undefined;
  if (!domain || domain.curve === 'explicit') {
    const bits = domain?.bits ?? (q?.[0] === 4 ? (q.length - 1) * 4 : undefined);
    return { facts: { algorithm: 'ec', curve: domain ? 'explicit' : named.slice(0, MAX_TOKEN), ...(bits !== undefined && { bits }) }, secret: d !== undefined };
  }
  if (d && d.length <= MAX_SCALAR) return { facts: ecPrivateFacts({ scalar: d, ...(q && { point: q }) }, domain), secret: true };
  return { facts: identifyEc(domain, q && isPoint(domain, q) ? q : undefined), secret: false };
};

/** Longer than the order of any curve. */
const MAX_SCALAR = 80;

function namedCurve(name: string): Domain | undefined {
  const known = curveNames.get(name) ?? curvesByLowerCase.get(name) ?? curveByOid.get(name)?.name;
  return known === undefined ? undefined : namedDomain(known);
}

/** `(p ...)(a ...)(b ...)(g ...)(n ...)`: the numbers of a known curve in most cases. */
function explicitDomain(list: List): Domain | undefined {
  const [p, a, b, g, n] = ['p', 'a', 'b', 'g', 'n'].map((name) => bytesOf(list, name));
  if (!p || !a || !b || !g || !n || [p, a, b, g, n].some(({ length }) => length > 2 * MAX_SCALAR)) return undefined;
  const half = (g.length - 1) / 2;
  const curve = { p: toBigInt(p), a: toBigInt(a), b: toBigInt(b), n: toBigInt(n), x: toBigInt(g.subarray(1, 1 + half)), y: toBigInt(g.subarray(1 + half)) };
  const known = g[0] === 4 ? nameOfCurve(curve) : undefined;
  return known === undefined ? { curve: 'explicit', parameters: Buffer.alloc(0), bits: bitLength(n) } : namedDomain(known);
}

/** A point as bytes, with 0x40 before it, or as SEC 1 writes it; a secret as bytes, of which an MPI has lost the zeros before them. */
function readRaw(algorithm: string, q: Buffer | undefined, d: Buffer | undefined): Found | undefined {
  const length = rawLengths.get(algorithm);
  if (length === undefined || !(q ?? d)) return undefined;
  const { bits } = identify({ type: 'raw', algorithm, key: Buffer.alloc(0) });
  const key = q && (q.length === length ? q : q.length === length + 1 && q[0] === 0x40 ? q.subarray(1) : q.length === 65 && q[0] === 4 && algorithm === 'ed25519' ? compressed(q) : undefined);
  // Of X25519 and X448 the number is stored the other way round, or not: only what comes without a point is worth a guess.
  const secret = d && Buffer.concat([Buffer.alloc(Math.max(0, length - d.length)), d]);
  const derived = secret && !key && algorithm.startsWith('ed') ? rawPublicKey(algorithm, secret) : undefined;
  const name = key ?? derived;
  const facts = !name ? { algorithm, bits: bits! }
    : secret && q?.[0] !== 4 && algorithm.startsWith('ed') ? rawFacts(algorithm, name, secret) : identify({ type: 'raw', algorithm, key: name });
  return { facts, secret: d !== undefined };
}

/** RFC 8032, 5.1.2. */
function compressed(point: Buffer): Buffer {
  const y = Buffer.from(point.subarray(33)).reverse();
  y[31]! |= (point[32]! & 1) << 7;
  return y;
}

/** Libgcrypt's KEM keys: ML-KEM under its earlier name, public in p, private in s. */
const readKyber = (algorithm: string, length: number): Reader => (list) => {
  const key = bytesOf(list, 'p');
  return key?.length === length ? { facts: identify({ type: 'raw', algorithm, key }), secret: bytesOf(list, 's') !== undefined } : undefined;
};

/** Libgcrypt's names of algorithms (cipher/*.c), without the `openpgp-` before some. */
const readers: ReadonlyMap<string, Reader> = new Map([
  ['rsa', readRsa], ['dsa', readDsa], ['elg', readElGamal], ['elg-e', readElGamal], ['ecc', readEc], ['ecdsa', readEc], ['ecdh', readEc], ['eddsa', readEc],
  ['kyber512', readKyber('ml-kem-512', 800)], ['kyber768', readKyber('ml-kem-768', 1184)], ['kyber1024', readKyber('ml-kem-1024', 1568)],
]);

function readerOf(name: string): Reader | undefined {
  const plain = name.toLowerCase().replace(/^openpgp-/, '');
  return readers.get(plain) ?? readers.get(algorithmByOid.get(plain.replace(/^oid\./, '')) ?? '');
}
