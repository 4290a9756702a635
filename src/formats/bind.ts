import { rawPublicKey } from '../curve.ts';
import { ecPrivateFacts, namedDomain } from '../ec-parameters.ts';
import type { Format } from '../format.ts';
import type { KeyFacts } from '../key.ts';
import { bitLength, identify } from '../public-key.ts';
import { secretFacts } from '../secret-digest.ts';
import { textLine } from '../text-line.ts';

/** Private keys of DNSSEC and TSIG, as BIND, ldns, NSD and Knot keep them in `K<zone>.+<algorithm>+<tag>.private`. */
export const bind: Format = {
  name: 'bind',
  title: 'BIND private key',
  sources: ['BIND 9 lib/dns/dst_parse.c', 'IANA, DNS Security Algorithm Numbers', 'RFC 6605, 6', 'RFC 8080, 6'],
  anchors: ['Private-key-format: v1'],

  readAt(text, at) {
    const fields = new Map<string, string>();
    let end = at;
    for (let line = textLine(text, at, MAX_LINE); line; line = textLine(text, line.next, MAX_LINE)) {
      const [, name, value] = /^([A-Z][A-Za-z0-9_()-]{1,31}):[ \t]*(.*)$/s.exec(line.text) ?? [];
      if (name === undefined || fields.has(name)) break;
      fields.set(name, value!);
      end = line.end;
    }
    const key = factsOf(fields);
    return key && { start: at, end, key };
  },
};

/** The modulus of a 16384-bit key on one line. */
const MAX_LINE = 4096;

function factsOf(fields: ReadonlyMap<string, string>): KeyFacts | undefined {
  const bytes = (name: string): Buffer | undefined => {
    const value = fields.get(name)?.replace(/[ \t]+/g, '').replace(/=+$/, '');
    if (value === undefined || !/^[A-Za-z0-9+/]+$/.test(value)) return undefined;
    const decoded = Buffer.from(value, 'base64');
    const start = decoded.findIndex((byte) => byte !== 0);
    return start < 0 ? undefined : decoded.subarray(start);
  };
  const algorithm = Number(/^\d{1,3}/.exec(fields.get('Algorithm') ?? '')?.[0]);
  const base = { kind: 'private', format: 'bind' } as const;
  const known = readers.get(algorithm);
  if (!known) return undefined;
  const facts = known(bytes, algorithm);
  if (facts) return { ...base, ...facts };
  // Without numbers it tells where in a token the key is.
  return fields.has('Label') || fields.has('Engine') ? { ...base, ...publicFacts(bytes, algorithm), hardware: true } : undefined;
}

type Bytes = (name: string) => Buffer | undefined;
type Reader = (bytes: Bytes, algorithm: number) => Partial<KeyFacts> | undefined;

const readRsa: Reader = (bytes) => {
  const [n, e, d] = ['Modulus', 'PublicExponent', 'PrivateExponent'].map(bytes);
  return n && n.length >= 32 && d && d.length >= 16 ? identify({ type: 'rsa', n, e: e ?? Buffer.from([1, 0, 1]) }) : undefined;
};

const readDsa: Reader = (bytes) => {
  const [p, q, g, y, x] = ['Prime(p)', 'Subprime(q)', 'Base(g)', 'Public_value(y)', 'Private_value(x)'].map(bytes);
  if (!p || !x || p.length < 32) return undefined;
  return q && g && y ? identify({ type: 'dsa', p, q, g, y }) : { algorithm: 'dsa', bits: bitLength(p) };
};

const readDh: Reader = (bytes) => {
  const [p, x] = ['Prime(p)', 'Private_value(x)'].map(bytes);
  return p && x && p.length >= 32 ? { algorithm: 'dh', bits: bitLength(p) } : undefined;
};

const curves = new Map([[13, 'prime256v1'], [14, 'secp384r1']]);

const readEc: Reader = (bytes, algorithm) => {
  const scalar = bytes('PrivateKey');
  return scalar && scalar.length >= 16 && scalar.length <= 48 ? ecPrivateFacts({ scalar }, namedDomain(curves.get(algorithm)!)) : undefined;
};

const readPair: Reader = (bytes, number) => {
  const algorithm = number === 15 ? 'ed25519' : 'ed448';
  const length = number === 15 ? 32 : 57;
  const secret = bytes('PrivateKey');
  if (!secret || secret.length > length || secret.length < 16) return undefined;
  const key = rawPublicKey(algorithm, Buffer.concat([Buffer.alloc(length - secret.length), secret]));
  return key && identify({ type: 'raw', algorithm, key });
};

const readGost: Reader = (bytes) => {
  const secret = bytes('GostAsn1') ?? bytes('PrivateKey');
  return secret && secret.length >= 16 ? { algorithm: 'gost2001', bits: 256 } : undefined;
};

/** TSIG (RFC 8945): BIND's own numbers for HMACs. */
const readSecret: Reader = (bytes) => {
  const secret = bytes('Key');
  return secret && secret.length >= 8 ? { kind: 'symmetric', algorithm: 'hmac', ...secretFacts(secret) } : undefined;
};

const readers: ReadonlyMap<number, Reader> = new Map([
  ...[1, 5, 7, 8, 10].map((number) => [number, readRsa] as const),
  ...[3, 6].map((number) => [number, readDsa] as const),
  [2, readDh], [12, readGost],
  ...[13, 14].map((number) => [number, readEc] as const),
  ...[15, 16].map((number) => [number, readPair] as const),
  ...[157, 158, 161, 162, 163, 164, 165].map((number) => [number, readSecret] as const),
]);

/** What a handle tells of the key it stands for. */
function publicFacts(bytes: Bytes, algorithm: number): Partial<KeyFacts> {
  const [n, e] = ['Modulus', 'PublicExponent'].map(bytes);
  if (n && e) return identify({ type: 'rsa', n, e });
  const curve = curves.get(algorithm);
  if (curve !== undefined) return { algorithm: 'ec', curve, bits: namedDomain(curve).bits! };
  const name = readers.get(algorithm) === readRsa ? 'rsa' : algorithm === 15 ? 'ed25519' : algorithm === 16 ? 'ed448' : undefined;
  return name === undefined ? {} : { algorithm: name };
}
