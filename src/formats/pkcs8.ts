import { publicPower, rawPublicKey } from '../curve.ts';
import { BIT_STRING, children, content, derInteger, INTEGER, OCTET_STRING, octets, readTlv, SEQUENCE, SEQUENCE_MAGIC, smallInteger } from '../der.ts';
import type { Tlv } from '../der.ts';
import { ecPrivateFacts, namedDomain, readDomain, readEcPrivateKey, wholeBits } from '../ec-parameters.ts';
import type { Format } from '../format.ts';
import { damaged, outerElements, outerSequence, readAlgorithm, saysEncrypted, saysPrivate, unsigned } from '../key-der.ts';
import type { AlgorithmIdentifier } from '../key-der.ts';
import type { KeyFacts } from '../key.ts';
import { hybridPublicKey, latticePublicKey } from '../lattice.ts';
import { bitLength, identify } from '../public-key.ts';
import { readDsaParameters } from './dsa.ts';
import { readRsaPrivateKey, rsaFacts } from './pkcs1.ts';
import { keyLengths, modulus, other, pssParameters, publicFacts } from './spki.ts';

/** PKCS#8 PrivateKeyInfo and OneAsymmetricKey: SEQUENCE { version, AlgorithmIdentifier, OCTET STRING, [0] attributes, [1] publicKey }. */
export const pkcs8: Format = {
  name: 'pkcs8',
  title: 'PKCS#8 private key',
  sources: ['RFC 5208, 5', 'RFC 5958, 2'],
  magics: SEQUENCE_MAGIC,

  read(bytes, armor) {
    const outer = outerSequence(bytes);
    if (!outer || saysEncrypted(armor)) return undefined;
    const [version, identifier, privateKey, ...tagged] = children(bytes, outer) ?? [];
    // OpenSSL does not look at the version, nor do we where a label speaks for the content.
    const number = version?.tag === INTEGER ? (saysPrivate(armor) ? 0 : smallInteger(bytes, version)) : undefined;
    if ((number !== 0 && number !== 1) || !privateKey || (privateKey.tag & ~0x20) !== OCTET_STRING) return undefined;
    if (!tagged.every(({ tag }) => tag === 0xa0 || (tag & ~0x20) === 0x81)) return undefined;
    const algorithm = readAlgorithm(bytes, identifier);
    const inner = octets(bytes, privateKey);
    if (!algorithm || !inner || !(algorithm.known || saysPrivate(armor) || inner.length >= SHORTEST_UNKNOWN)) return undefined;
    const attached = tagged.find(({ tag }) => (tag & ~0x20) === 0x81);
    const publicKey = attached && attachedBits(bytes, attached, keyLengths.get(algorithm.name));
    const facts = readers(algorithm.name)({ bytes, algorithm, inner, ...(publicKey && { publicKey }) });
    if (facts) return [{ kind: 'private', format: 'pkcs8', ...facts }];
    const named = publicKey && publicFacts(bytes, algorithm, publicKey);
    return [damaged('pkcs8', bytes, `the ${algorithm.name} key inside cannot be read`, { algorithm: algorithm.name, ...(!named?.defect && named) })];
  },
};

/** A binary file that names an unknown algorithm is a key only if it has room for one. */
const SHORTEST_UNKNOWN = 16;

interface Contents {
  readonly bytes: Buffer;
  readonly algorithm: AlgorithmIdentifier;
  /** What is in the OCTET STRING. */
  readonly inner: Buffer;
  /** What is in [1]. */
  readonly publicKey?: Buffer;
}

/** The facts of a private key; `undefined` when it is not what the algorithm has. */
type Reader = (contents: Contents) => (Partial<KeyFacts> & { readonly algorithm: string }) | undefined;

function readers(algorithm: string): Reader {
  return readerOf.get(algorithm) ?? (algorithm.startsWith('slh-dsa-') ? readHashBased : readUnknown);
}

/** RFC 5958 tags the BIT STRING implicitly; some writers do so explicitly, and wolfSSL leaves out the octet that counts unused bits. */
function attachedBits(bytes: Buffer, tlv: Tlv, length: number | undefined): Buffer | undefined {
  if ((tlv.tag & 0x20) === 0) return tlv.end - tlv.start === length ? content(bytes, tlv) : wholeBits(bytes, tlv);
  const [string, ...more] = children(bytes, tlv) ?? [];
  return string?.tag === BIT_STRING && more.length === 0 ? wholeBits(bytes, string) : undefined;
}

const readRsa: Reader = ({ bytes, algorithm: { name, parameters }, inner }) => {
  const outer = outerSequence(inner);
  const key = outer && readRsaPrivateKey(inner, outer);
  if (!key) return undefined;
  return rsaFacts(key, name === 'rsa-pss' ? (parameters ? pssParameters(bytes, parameters) : Buffer.alloc(0)) : undefined);
};

const readEc: Reader = ({ bytes, algorithm: { name, parameters }, inner, publicKey }) => {
  const key = readEcPrivateKey(inner, outerElements(inner) ?? []);
  if (!key) return undefined;
  const domain = readDomain(bytes, parameters) ?? (name === 'sm2' ? namedDomain('SM2') : readDomain(inner, key.parameters));
  const point = key.point ?? publicKey;
  return ecPrivateFacts({ scalar: key.scalar, ...(point && { point }) }, domain);
};

/** RFC 3279, 2.3.2; and as early Java and Netscape wrote it, SEQUENCE { parameters or y, x } inside. */
const readDsa: Reader = ({ bytes, algorithm: { parameters }, inner }) => {
  const elements = outerElements(inner);
  const x = elements ? unsigned(inner, elements[1]) : lone(inner);
  const group = readDsaParameters(bytes, parameters) ?? readDsaParameters(inner, elements?.[0]);
  if (!x || !group) return undefined;
  const y = publicPower(group.g, x, group.p);
  return y ? identify({ type: 'dsa', ...group, y }) : { algorithm: 'dsa', bits: bitLength(group.p) };
};

/** Diffie-Hellman and ElGamal: the group in the parameters, an exponent inside. */
const readExponent: Reader = ({ bytes, algorithm, inner }) => {
  const p = modulus(bytes, algorithm.parameters);
  const x = lone(inner);
  if (!p || !x) return undefined;
  const g = unsigned(bytes, (children(bytes, algorithm.parameters!) ?? [])[1]);
  const y = g?.length ? publicPower(g, x, p) : undefined;
  return y ? other(algorithm, derInteger(y), bitLength(p)) : { algorithm: algorithm.name, bits: bitLength(p) };
};

/** The INTEGER that the bytes consist of. */
function lone(inner: Buffer): Buffer | undefined {
  const integer = readTlv(inner, 0);
  return integer && integer.next === inner.length ? unsigned(inner, integer) : undefined;
}

/** The OCTET STRING that the bytes consist of (CurvePrivateKey of RFC 8410, 7), else the bytes themselves. */
function unwrap(inner: Buffer): Buffer {
  const string = readTlv(inner, 0);
  return string?.tag === OCTET_STRING && string.next === inner.length ? content(inner, string) : inner;
}

const readRaw: Reader = ({ algorithm: { name }, inner, publicKey }) => {
  const secret = unwrap(inner);
  const length = keyLengths.get(name)!;
  // Some libraries keep the public key behind the seed.
  if (secret.length !== length && secret.length !== 2 * length) return undefined;
  const key = rawPublicKey(name, secret.subarray(0, length));
  if (!key) return { algorithm: name };
  return { ...identify({ type: 'raw', algorithm: name, key }), ...(publicKey && !publicKey.equals(key) && { weaknesses: ['public-half-mismatch'] }) };
};

/** RFC 9881, 6, and RFC 9935, 6: CHOICE { [0] seed, expandedKey OCTET STRING, SEQUENCE { seed, expandedKey } }. */
const readLattice: Reader = ({ algorithm: { name }, inner, publicKey }) => {
  const choice = readTlv(inner, 0);
  const whole = choice && choice.next === inner.length ? choice : undefined;
  const parts = !whole ? [inner] : whole.tag === SEQUENCE ? (children(inner, whole) ?? []).map((part) => content(inner, part)) : [content(inner, whole)];
  const sound = !whole || whole.tag === 0x80 || whole.tag === OCTET_STRING || (whole.tag === SEQUENCE && parts.length === 2);
  const keys = sound ? parts.map((part) => latticePublicKey(name, part)) : [];
  const [first] = keys;
  if (!first || keys.includes(undefined)) return undefined;
  const { key } = first;
  const agree = keys.every((one) => one?.consistent && one.key.equals(key)) && (!publicKey || publicKey.equals(key));
  return { ...identify({ type: 'raw', algorithm: name, key }), ...(!agree && { weaknesses: ['public-half-mismatch'] }) };
};

/** RFC 9909, 6: SK.seed, SK.prf, PK.seed, PK.root; the last two are the public key (FIPS 205, 9.1). */
const readHashBased: Reader = ({ algorithm: { name }, inner }) => {
  const length = keyLengths.get(name);
  const secret = inner.length === 2 * length! ? inner : unwrap(inner);
  return length !== undefined && secret.length === 2 * length ? identify({ type: 'raw', algorithm: name, key: secret.subarray(length) }) : undefined;
};

/** draft-connolly-cfrg-xwing-kem, 5.8: the seed as it is. */
const readHybrid: Reader = ({ algorithm: { name }, inner }) => {
  const key = hybridPublicKey(unwrap(inner));
  return key && identify({ type: 'raw', algorithm: name, key });
};

/** An algorithm without a reader: only what stands outside can be told. */
const readUnknown: Reader = ({ bytes, algorithm, inner, publicKey }) => {
  if (inner.length === 0) return undefined;
  const bits = gostBits.get(algorithm.name);
  const facts = publicKey && publicFacts(bytes, algorithm, publicKey);
  return { algorithm: algorithm.name, ...(bits !== undefined && { bits }), ...(!facts?.defect && facts) };
};

/** RFC 9215, 4, and RFC 4491, 2.3.2. */
const gostBits: ReadonlyMap<string, number> = new Map([['gost2001', 256], ['gost2012-256', 256], ['gost2012-512', 512]]);

const readerOf: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['rsa', readRsa], ['rsa-pss', readRsa],
  ['ec', readEc], ['sm2', readEc],
  ['dsa', readDsa],
  ['dh', readExponent], ['elgamal', readExponent],
  ['mlkem768-x25519', readHybrid],
  ['ed25519', readRaw], ['ed448', readRaw], ['x25519', readRaw], ['x448', readRaw],
  ...['ml-dsa-44', 'ml-dsa-65', 'ml-dsa-87', 'ml-kem-512', 'ml-kem-768', 'ml-kem-1024'].map((name) => [name, readLattice] as const),
]);
