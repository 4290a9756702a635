import { publicPower, toBigInt } from '../curve.ts';
import type { Format } from '../format.ts';
import { isOdd } from '../key-der.ts';
import type { KeyFacts } from '../key.ts';
import { objectAround } from '../object-literal.ts';
import { identify } from '../public-key.ts';

/**
 * RSA and DSA keys as .NET and XML signatures write them: RSAKeyValue with a D, DSAKeyValue with an X, RSAParameters in XML or JSON.
 * Without the private member it is a public key, as every SAML metadata file has.
 */
export const xmlRsa: Format = {
  name: 'xml-rsa',
  title: 'RSA or DSA key in XML',
  sources: ['W3C XML Signature 1.1, 4.5.2', 'Microsoft .NET, RSA.ToXmlString', 'XKMS 2.0, 8.1 (RSAKeyPair)'],
  // `RSAKeyValue` itself stands in every piece of code that handles signatures.
  anchors: ['</InverseQ>', '&lt;/InverseQ', '<\\/InverseQ', 'u003c/InverseQ', 'u003C/InverseQ', '</DSAKeyValue', '&lt;/DSAKeyValue', '"InverseQ":', '"inverseQ":'],

  readAt(text, at) {
    const anchor = text.toString('latin1', at, at + 24);
    return anchor.startsWith('"') ? readJson(text, at + 1, anchor.slice(1, 9)) : readXml(text, at, anchor.includes('DSAKeyValue') ? DSA : RSA);
  },
};

interface Kind {
  readonly ends: RegExp;
  /** The last tag of the elements that the anchor is one of. */
  readonly again: string;
  readonly names: readonly string[];
  facts(numbers: ReadonlyMap<string, Buffer>): KeyFacts | undefined;
}

const RSA: Kind = {
  again: '/InverseQ',
  ends: /\/(?:RSAKeyValue|RSAParameters|RSAKeyPair)\b/g,
  names: ['Modulus', 'Exponent', 'P', 'Q', 'D'],
  facts: (numbers) => rsaFacts(numbers.get('Modulus'), numbers.get('Exponent'), numbers.get('D'), numbers.get('P'), numbers.get('Q')),
};

const DSA: Kind = { again: '/DSAKeyValue', ends: /\/DSAKeyValue\b/g, names: ['P', 'Q', 'G', 'Y', 'X'], facts: dsaFacts };

/** Characters of a 16384-bit key in base64, with every slash escaped and lines broken. */
const REACH = 1 << 15;
const MAX_MODULUS_BYTES = 16384 / 8;

/** The angle brackets of a tag, also escaped in XML, JSON or a string. */
const OPEN = String.raw`(?:<|&lt;|&#60;|\\+u003[cC])`;
const CLOSE = String.raw`(?:>|&gt;|&#62;|\\+u003[eE])`;

function readXml(text: Buffer, at: number, { again, ends, names, facts }: Kind): ReturnType<NonNullable<Format['readAt']>> {
  // The element reaches back to the one before it at most, and on to where it is closed.
  const before = text.subarray(Math.max(0, at - REACH), at);
  const previous = before.lastIndexOf(again);
  const from = at - before.length + (previous < 0 ? 0 : previous + again.length);
  const behind = text.subarray(at + 16, at + REACH);
  const next = behind.indexOf(again);
  const limit = at + 16 + (next < 0 ? behind.length : next);
  const whole = text.toString('latin1', from, limit);
  ends.lastIndex = Math.max(0, at - from - 1);
  const close = ends.exec(whole);
  const end = close ? close.index + close[0].length : whole.length;
  const opener = whole.slice(0, at - from).search(new RegExp(`${OPEN}(?:RSAKeyValue|RSAParameters|RSAKeyPair|DSAKeyValue)\\b`));
  const inside = whole.slice(Math.max(0, opener), end);
  const numbers = new Map<string, Buffer>();
  for (const [, name, value] of inside.matchAll(new RegExp(`${OPEN}(?:\\w{1,16}:)?(${names.join('|')})${CLOSE}([^<&]{1,${REACH}}?)${OPEN}`, 'g'))) {
    const bytes = decoded(value!);
    if (bytes && !numbers.has(name!)) numbers.set(name!, bytes);
  }
  const key = facts(numbers);
  if (!key) return undefined;
  const closing = text.toString('latin1', from + end, from + end + 12).match(new RegExp(`^${CLOSE}`))?.[0].length ?? 0;
  return { start: from + Math.max(0, opener), end: from + end + closing, key };
}

/** RSAParameters as Newtonsoft.Json and System.Text.Json write them, for instance into IdentityServer's tempkey files. */
function readJson(text: Buffer, at: number, name: string): ReturnType<NonNullable<Format['readAt']>> {
  const object = objectAround(text, at, name);
  if (!object) return undefined;
  const [n, e, d, p, q] = ['Modulus', 'Exponent', 'D', 'P', 'Q'].map((member) => {
    const value = object.members.get(name === 'InverseQ' ? member : member[0]!.toLowerCase() + member.slice(1));
    return value === undefined ? undefined : decoded(value);
  });
  const key = rsaFacts(n, e, d, p, q);
  return key && { start: object.start, end: object.end, key };
}

/** ds:CryptoBinary: base64 of a big-endian number without leading zeros (XML Signature 1.1, 4.1). */
function decoded(value: string): Buffer | undefined {
  const base64 = value.replace(/\\+u002b/gi, '+').replace(/\\+[nrt]/g, '').replace(/\\+\//g, '/').replace(/(["'])\s*[+&]?\s*\1/g, '').replace(/\s+/g, '').replace(/=+$/, '');
  if (!/^[A-Za-z0-9+/]+$/.test(base64) || base64.length % 4 === 1) return undefined;
  const bytes = Buffer.from(base64, 'base64');
  const start = bytes.findIndex((byte) => byte !== 0);
  return start < 0 ? undefined : bytes.subarray(start);
}

function rsaFacts(n: Buffer | undefined, e: Buffer | undefined, d: Buffer | undefined, p: Buffer | undefined, q: Buffer | undefined): KeyFacts | undefined {
  if (!n || n.length < 32 || n.length > MAX_MODULUS_BYTES || !isOdd(n) || !(d && d.length >= 16) && !(p && p.length >= 16)) return undefined;
  const consistent = !p || !q || toBigInt(p) * toBigInt(q) === toBigInt(n);
  const identity = identify({ type: 'rsa', n, e: e ?? Buffer.from([1, 0, 1]) });
  return { kind: 'private', format: 'xml-rsa', ...identity, ...(!consistent && { weaknesses: ['public-half-mismatch'] }) };
}

function dsaFacts(numbers: ReadonlyMap<string, Buffer>): KeyFacts | undefined {
  const [p, q, g, y, x] = ['P', 'Q', 'G', 'Y', 'X'].map((name) => numbers.get(name));
  if (!p || p.length < 32 || p.length > MAX_MODULUS_BYTES || !q || !g || !x || x.length < 8) return undefined;
  const own = y ?? publicPower(g, x, p);
  return { kind: 'private', format: 'xml-rsa', ...(own ? identify({ type: 'dsa', p, q, g, y: own }) : { algorithm: 'dsa' }) };
}
