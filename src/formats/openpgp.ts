import { rawPublicKey, toBigInt } from '../curve.ts';
import { der, derBitString, derInteger, derObjectIdentifier, objectIdentifier, OBJECT_IDENTIFIER, readTlv, SEQUENCE } from '../der.ts';
import { ecPrivateFacts, identifyEc, isPoint, namedDomain } from '../ec-parameters.ts';
import type { Format, Lock, ReadKey } from '../format.ts';
import { damaged, isLess, isOdd } from '../key-der.ts';
import type { Encryption, KeyFacts } from '../key.ts';
import { algorithmByOid, algorithmOid, curveByOid } from '../oids.ts';
import { bitLength, identify } from '../public-key.ts';
import { sha256Hex } from '../hash.ts';
import { openpgpLock, s2kHashes } from '../locks/pgp.ts';
import type { S2k } from '../locks/pgp.ts';
import { textOf } from '../ssh-blob.ts';
import { rsaFacts } from './pkcs1.ts';

/**
 * OpenPGP secret keys, versions 2 to 6. A transferable key is one key, its primary one; subkeys are told of only where they are
 * worse protected than that: beside a stub, or in the clear beside an encrypted one.
 */
export const openpgp: Format = {
  name: 'openpgp',
  title: 'OpenPGP secret key',
  sources: ['RFC 9580, 5.5 and 10.2', 'RFC 4880, 5.5.3', 'draft-koch-librepgp, 5.5.3', 'GnuPG, doc/DETAILS: GNU extensions to the S2K algorithm'],
  // Tags 5 and 7 in the old form with each kind of length, and in the new one (RFC 9580, 4.2); the marker packet.
  magics: [...['94', '95', '96', '97', 'c5', '9c', '9d', '9e', '9f', 'c7'], ...['ca03', 'a803'].map((marker) => `${marker}504750`)].map((octets) => Buffer.from(octets, 'hex')),

  read(bytes, armor) {
    const label = armor && /^PGP (?:(?:PRIVATE|SECRET) KEY BLOCK|ARMORED FILE)/.exec(armor.label)?.[0];
    // `gpg --enarmor` puts anything into an armored file.
    return armor && label === undefined ? undefined : readKeys(bytes, label?.endsWith('BLOCK') === true);
  },
};

const SECRET_KEY = 5;
const PUBLIC_KEY = 6;
const SECRET_SUBKEY = 7;
const USER_ID = 13;
/** What may stand before a key: the marker "PGP", and padding (RFC 9580, 5.8 and 5.14). */
const fillers: ReadonlySet<number> = new Set([10, 21]);

const beginnings: ReadonlySet<number> = new Set([SECRET_KEY, SECRET_SUBKEY, PUBLIC_KEY]);

/** Keyrings of whole organisations hold a few thousand keys. */
const MAX_KEYS = 10_000;

interface Packet {
  readonly tag: number;
  readonly body: Buffer;
  /** Bytes of the body as the packet announces it: more than are there when it is cut off. */
  readonly length: number;
  readonly next: number;
}

/** The packet at `at` (RFC 9580, 4.2). `undefined` where none begins, and for partial lengths, which keys do not have. */
function readPacket(bytes: Buffer, at: number): Packet | undefined {
  const header = bytes[at];
  if (header === undefined || header < 0x80) return undefined;
  const octets = new Octets(bytes, at + 1);
  let tag: number;
  let length: number | undefined;
  if (header & 0x40) {
    tag = header & 0x3f;
    const first = octets.uint(1);
    if (first === undefined || (first >= 224 && first < 255)) return undefined;
    const second = first >= 192 && first < 224 ? octets.uint(1) : 0;
    length = first < 192 ? first : first === 255 ? octets.uint(4) : second === undefined ? undefined : ((first - 192) << 8) + second + 192;
  } else {
    tag = (header >> 2) & 0x0f;
    length = (header & 3) === 3 ? octets.left : octets.uint(1 << (header & 3));
  }
  if (length === undefined || tag === 0) return undefined;
  const end = Math.min(bytes.length, octets.offset + length);
  return { tag, body: bytes.subarray(octets.offset, end), length, next: end };
}

/** A bounded cursor over the fields of a packet; what reaches beyond the end is `undefined`. */
class Octets {
  readonly bytes: Buffer;
  offset: number;

  constructor(bytes: Buffer, offset = 0) {
    this.bytes = bytes;
    this.offset = offset;
  }

  get left(): number {
    return this.bytes.length - this.offset;
  }

  uint(length: number): number | undefined {
    if (this.left < length) return undefined;
    const value = this.bytes.readUIntBE(this.offset, length);
    this.offset += length;
    return value;
  }

  take(length: number): Buffer | undefined {
    if (this.left < length) return undefined;
    this.offset += length;
    return this.bytes.subarray(this.offset - length, this.offset);
  }

  /** A number with its length in bits before it (RFC 9580, 3.2): its bytes without leading zeros, and whether the length is right. */
  mpi(): Mpi | undefined {
    const bits = this.uint(2);
    const bytes = bits === undefined ? undefined : this.take((bits + 7) >> 3);
    if (!bytes) return undefined;
    let start = 0;
    while (start < bytes.length && bytes[start] === 0) start++;
    return { value: bytes.subarray(start), exact: bitLength(bytes) === bits };
  }
}

interface Mpi {
  readonly value: Buffer;
  readonly exact: boolean;
}

/** Everything between one primary key and the next. */
function readKeys(bytes: Buffer, armored: boolean): readonly ReadKey[] | undefined {
  let at = 0;
  let packet = readPacket(bytes, at);
  for (; packet && fillers.has(packet.tag); packet = readPacket(bytes, at)) at = packet.next;
  if (!packet || !beginnings.has(packet.tag)) return undefined;
  // Public keys may come first in a block that says it holds private ones; a file without a label has to be one from its beginning.
  if (!armored && (packet.tag === PUBLIC_KEY || !isSound(packet))) return undefined;
  const keys: ReadKey[] = [];
  let group: Group | undefined;
  for (; packet && keys.length < MAX_KEYS; packet = readPacket(bytes, packet.next)) {
    switch (packet.tag) {
      case SECRET_KEY:
      case PUBLIC_KEY:
        if (group) keys.push(...factsOf(group));
        group = packet.tag === SECRET_KEY ? { secrets: [packet] } : undefined;
        break;
      case SECRET_SUBKEY:
        group ??= { secrets: [] };
        group.secrets.push(packet);
        break;
      case USER_ID:
        if (group) group.userId ??= textOf(packet.body);
        break;
    }
  }
  if (group) keys.push(...factsOf(group));
  return keys;
}

interface Group {
  readonly secrets: Packet[];
  userId?: string | undefined;
}

function factsOf({ secrets, userId }: Group): readonly ReadKey[] {
  const [primary, ...subkeys] = secrets.map(readSecretKey);
  if (!primary) return [];
  return [primary, ...subkeys.filter((subkey) => subkey && exposure(subkey) > exposure(primary))]
    .map((key) => ({ ...key!, ...(userId !== undefined && { comment: userId }) }));
}

function exposure({ hardware, encryption }: KeyFacts): number {
  return hardware ? 0 : encryption ? 1 : 2;
}

/** `undefined` for what is too short to hold anything secret. */
function readSecretKey(packet: Packet): ReadKey | undefined {
  const { body, length } = packet;
  const key = readKey(packet);
  if (!key || !('material' in key)) {
    if (body.length < SHORTEST_SECRET || (length >= SHORTEST_RSA && body.length * 5 < length)) return undefined;
    const defect = body.length < length ? `cut off: ${body.length} of ${length} bytes are there`
      : key?.unknown !== undefined ? `its algorithm, number ${key.unknown}, is not known` : 'its public numbers cannot be read';
    return damaged('openpgp', body, defect);
  }
  const { material, secret } = key;
  const facts = { kind: 'private' as const, format: 'openpgp' };
  if (secret.stub) return { ...facts, ...material.facts, hardware: true };
  const defect = body.length < length ? 'truncated in its private half' : secret.defect;
  const named = material.facts.spki ?? material.facts.fingerprint;
  return {
    ...facts,
    ...(secret.numbers && material.privateFacts ? material.privateFacts(secret.numbers) : material.facts),
    ...(secret.encryption && { encryption: secret.encryption }),
    ...(named === undefined && (secret.encryption ?? defect) !== undefined && { container: sha256Hex(body) }),
    ...(defect !== undefined && { defect }),
    ...(secret.lock && defect === undefined && { lock: secret.lock }),
  };
}

/** A packet with less than this has no room for any secret. */
const SHORTEST_SECRET = 32;
/** Of such a packet the first fifth is the public half of an RSA key: what manuals and the tests of scanners show of one. */
const SHORTEST_RSA = 300;

interface SecretKey {
  readonly material: Material;
  readonly secret: Secret;
}

/** Version, time, algorithm, then the public half and the private one (RFC 9580, 5.5.2 and 5.5.3). `unknown`: the number of an algorithm without a reader. */
function readKey({ body }: Packet): SecretKey | { readonly unknown: number } | undefined {
  const octets = new Octets(body);
  const version = octets.uint(1);
  if (version === undefined || version < 2 || version > 6 || octets.uint(4) === undefined) return undefined;
  if (version < 4 && octets.uint(2) === undefined) return undefined;
  const algorithm = octets.uint(1);
  const counted = version > 4 ? octets.uint(4) : 0;
  if (algorithm === undefined || counted === undefined) return undefined;
  const readMaterial = materials.get(algorithm);
  if (!readMaterial) return { unknown: algorithm };
  const start = octets.offset;
  const material = readMaterial(octets);
  // From version 5 on the length of the public half stands before it.
  if (!material || (version > 4 && octets.offset - start !== counted)) return undefined;
  return { material, secret: readSecret(octets, version, material) };
}

/** Whether a file that begins this way is a key without any label saying so: every number of its first packet is what it can be. */
function isSound(packet: Packet): boolean {
  const key = readKey(packet);
  return key !== undefined && 'material' in key && key.material.exact && key.secret.sound;
}

/** The public half of a key. */
interface Material {
  readonly facts: Partial<KeyFacts>;
  /** Whether every number is well-formed and of a possible size. */
  readonly exact: boolean;
  /** How many numbers the private half has; where it is one string of bytes instead, its length. */
  readonly secret: { readonly mpis: number } | { readonly bytes: number };
  /** The facts with what can be told from the private numbers, in their order. */
  privateFacts?(numbers: readonly Buffer[]): Partial<KeyFacts>;
}

type MaterialReader = (octets: Octets) => Material | undefined;

const MISMATCH = { weaknesses: ['public-half-mismatch'] };

/** Largest modulus whose primes are multiplied. */
const MAX_MODULUS_BYTES = 16384 / 8;

const readRsa: MaterialReader = (octets) => {
  const n = octets.mpi(), e = octets.mpi();
  if (!n?.value.length || !e?.value.length) return undefined;
  return {
    facts: identify({ type: 'rsa', n: n.value, e: e.value }),
    exact: n.exact && e.exact && isOdd(n.value) && isOdd(e.value) && isLess(e.value, n.value) && bitLength(n.value) >= 256,
    secret: { mpis: 4 },
    privateFacts: ([, p, q]) => rsaFacts({ n: n.value, e: e.value, consistent: isProduct(n.value, p, q) }),
  };
};

/** Whether n = pq; not asked of numbers too large to be worth their cost. */
export function isProduct(n: Buffer, p: Buffer | undefined, q: Buffer | undefined): boolean {
  if (!p?.length || !q?.length || n.length > MAX_MODULUS_BYTES) return true;
  return p.length <= n.length && q.length <= n.length && toBigInt(p) * toBigInt(q) === toBigInt(n);
}

const readDsa: MaterialReader = (octets) => {
  const p = octets.mpi(), q = octets.mpi(), g = octets.mpi(), y = octets.mpi();
  if (!p?.value.length || !q?.value.length || !g?.value.length || !y?.value.length) return undefined;
  return {
    facts: identify({ type: 'dsa', p: p.value, q: q.value, g: g.value, y: y.value }),
    exact: [p, q, g, y].every(({ exact }) => exact) && isOdd(p.value) && isLess(q.value, p.value) && isLess(y.value, p.value) && bitLength(p.value) >= 256,
    secret: { mpis: 1 },
  };
};

const readElGamal: MaterialReader = (octets) => {
  const p = octets.mpi(), g = octets.mpi(), y = octets.mpi();
  if (!p?.value.length || !g?.value.length || !y?.value.length) return undefined;
  return {
    facts: identifyElGamal(p.value, g.value, y.value),
    exact: [p, g, y].every(({ exact }) => exact) && isOdd(p.value) && isLess(y.value, p.value) && bitLength(p.value) >= 256,
    secret: { mpis: 1 },
  };
};

/** An ElGamal key goes by the SubjectPublicKeyInfo that Crypto++ and Bouncy Castle write. */
export function identifyElGamal(p: Buffer, g: Buffer, y: Buffer): Partial<KeyFacts> {
  const algorithm = der(SEQUENCE, derObjectIdentifier(algorithmOid.get('elgamal')!), der(SEQUENCE, derInteger(p), derInteger(g)));
  return identify({ type: 'other', algorithm: 'elgamal', bits: bitLength(p), spki: der(SEQUENCE, algorithm, derBitString(derInteger(y))) });
}

/** RFC 9580, 9.2: the identifiers that were in use before the curves had their own. */
const legacyCurves: ReadonlyMap<string, string> = new Map([['1.3.6.1.4.1.11591.15.1', 'ed25519'], ['1.3.6.1.4.1.3029.1.5.1', 'x25519']]);

/** A curve's identifier and a point; for ECDH parameters of its key derivation behind them. */
function readEc(octets: Octets, withKdf: boolean): Material | undefined {
  const length = octets.uint(1);
  const oid = length === undefined || length === 0 || length === 0xff ? undefined : octets.take(length);
  const point = oid && octets.mpi();
  const kdf = withKdf ? octets.take(octets.uint(1) ?? Infinity) : undefined;
  if (!oid || !point || (withKdf && !kdf)) return undefined;
  const encoded = der(OBJECT_IDENTIFIER, oid);
  const name = objectIdentifier(encoded, readTlv(encoded, 0));
  if (name === undefined) return undefined;
  const raw = legacyCurves.get(name) ?? algorithmByOid.get(name);
  if (raw !== undefined) return edwardsMaterial(raw, point.value);
  const curve = curveByOid.get(name)?.name;
  const domain = namedDomain(curve ?? name, encoded);
  const sound = isPoint(domain, point.value);
  return {
    facts: sound ? identifyEc(domain, point.value) : { ...identifyEc(domain, undefined), ...MISMATCH },
    exact: curve !== undefined && point.exact && sound,
    secret: { mpis: 1 },
    privateFacts: ([scalar]) => ecPrivateFacts({ scalar: scalar!, point: point.value }, domain),
  };
}

/** Ed25519, X25519 and their kin as a point with 0x40 before it, and a number (RFC 9580, 11.2 and 5.5.5.5). */
function edwardsMaterial(algorithm: string, point: Buffer): Material | undefined {
  const length = rawLengths.get(algorithm);
  if (length === undefined) return undefined;
  const key = point.length === 1 + length && point[0] === 0x40 ? point.subarray(1) : point;
  const facts = identify({ type: 'raw', algorithm, key });
  if (key.length !== length) return { facts: { algorithm, bits: facts.bits! }, exact: false, secret: { mpis: 1 } };
  return {
    facts,
    exact: point.length === 1 + length,
    secret: { mpis: 1 },
    privateFacts: ([secret]) => rawFacts(algorithm, key, padded(secret!, length, algorithm.startsWith('x'))),
  };
}

/** An MPI loses the zeros before it; the scalars of X25519 and X448 are little-endian and turned round to be one. */
function padded(secret: Buffer, length: number, turned: boolean): Buffer {
  const bytes = Buffer.concat([Buffer.alloc(Math.max(0, length - secret.length)), secret]);
  return turned ? bytes.reverse() : bytes;
}

/** The facts of a key that is one string of bytes, its private half held against its public one. */
export function rawFacts(algorithm: string, key: Buffer, secret: Buffer): Partial<KeyFacts> {
  const derived = rawPublicKey(algorithm, secret);
  return { ...identify({ type: 'raw', algorithm, key }), ...(derived && !derived.equals(key) && MISMATCH) };
}

const rawLengths: ReadonlyMap<string, number> = new Map([['x25519', 32], ['x448', 56], ['ed25519', 32], ['ed448', 57]]);

/** RFC 9580, 5.5.5.7 to 5.5.5.10: as bytes. */
const readRaw = (algorithm: string): MaterialReader => (octets) => {
  const length = rawLengths.get(algorithm)!;
  const key = octets.take(length);
  return key && { facts: identify({ type: 'raw', algorithm, key }), exact: true, secret: { bytes: length }, privateFacts: ([secret]) => rawFacts(algorithm, key, secret!) };
};

/** FIPS 205 keys stand alone. */
const readHashBased = (algorithm: string, length: number): MaterialReader => (octets) => {
  const key = octets.take(length);
  return key && { facts: identify({ type: 'raw', algorithm, key }), exact: true, secret: { bytes: 2 * length } };
};

/** A lattice key and one on a curve, end to end. */
const readComposite = (algorithm: string, publicLength: number, secretLength: number): MaterialReader => (octets) =>
  octets.take(publicLength) && { facts: { algorithm }, exact: true, secret: { bytes: secretLength } };

/** RFC 9580, 9.1; draft-ietf-openpgp-pqc, 2 and 6 to 8. */
const materials: ReadonlyMap<number, MaterialReader> = new Map<number, MaterialReader>([
  [1, readRsa], [2, readRsa], [3, readRsa],
  [16, readElGamal], [20, readElGamal],
  [17, readDsa],
  [18, (octets) => readEc(octets, true)], [19, (octets) => readEc(octets, false)], [22, (octets) => readEc(octets, false)],
  [25, readRaw('x25519')], [26, readRaw('x448')], [27, readRaw('ed25519')], [28, readRaw('ed448')],
  [30, readComposite('ml-dsa-65+ed25519', 32 + 1952, 32 + 32)], [31, readComposite('ml-dsa-87+ed448', 57 + 2592, 57 + 32)],
  [32, readHashBased('slh-dsa-shake-128s', 32)], [33, readHashBased('slh-dsa-shake-128f', 32)], [34, readHashBased('slh-dsa-shake-256s', 64)],
  [35, readComposite('ml-kem-768+x25519', 32 + 1184, 32 + 64)], [36, readComposite('ml-kem-1024+x448', 56 + 1568, 56 + 64)],
]);

/** The private half, as far as it can be read without a passphrase. */
interface Secret {
  /** Whether every field is one that can be. */
  readonly sound: boolean;
  readonly encryption?: Encryption;
  readonly lock?: Lock;
  /** The secret is elsewhere: on a card, or kept back on purpose. */
  readonly stub?: true;
  /** The private numbers, where they are in the clear. */
  readonly numbers?: readonly Buffer[];
  readonly defect?: string;
}

const MISSING: Secret = { sound: false, defect: 'its private half is missing' };

/** From the octet that says how the private half is protected to the end of the packet (RFC 9580, 5.5.3 and 3.7.2). */
function readSecret(octets: Octets, version: number, { secret }: Material): Secret {
  const usage = octets.uint(1);
  if (usage === undefined) return MISSING;
  // The fields of encryption are counted: since version 5, and in version 6 only where there are any.
  if (version === 5 || (version === 6 && usage !== 0)) octets.uint(1);
  if (usage === 0) {
    if (version === 5) octets.uint(4);
    return readClear(octets, version, secret);
  }
  if (usage === EXTERNAL) return { sound: true, stub: true };
  const specified = usage >= 253;
  const cipher = specified ? octets.uint(1) : usage;
  const aead = usage === 253 ? octets.uint(1) : 0;
  if (specified && version === 6) octets.uint(1);
  const derivation = specified ? readS2k(octets) : { facts: { kdf: 'md5', rounds: 1 }, s2k: { hash: 'md5', salt: Buffer.alloc(0), count: 0 } };
  if (cipher === undefined || aead === undefined || !derivation) return MISSING;
  if (derivation === 'stub') return { sound: true, stub: true };
  const { facts: kdf, s2k } = derivation;
  const [name, block] = ciphers.get(cipher) ?? [`openpgp-${cipher}`, 16];
  const [mode, nonce] = usage === 253 ? aeads.get(aead) ?? [`aead${aead}`, 16] : ['cfb', block];
  const encryption: Encryption = { cipher: `${name}-${mode}`, ...kdf };
  const sound = ciphers.has(cipher) && (usage !== 253 || aeads.has(aead)) && knownKdfs.has(kdf.kdf);
  // The shortest secret, 16 bytes or more, comes behind the nonce.
  if (octets.left < nonce + SHORTEST_CIPHERTEXT) return { sound: false, encryption, defect: MISSING.defect! };
  // Keys of version 3 have each number encrypted by itself (RFC 4880, 5.5.3).
  const lock = usage !== 253 && version > 3 && s2k ? openpgpLock(encryption.cipher, s2k, octets.bytes.subarray(octets.offset), usage === 254 ? 'sha1' : 'sum', 'mpis' in secret ? secret.mpis : undefined) : undefined;
  return { sound, encryption, ...(lock && { lock }) };
}

const SHORTEST_CIPHERTEXT = 16;

/** The secret is in a token, which the rest may name (draft-dkg-openpgp-external-secrets, 3.2). No cipher has this number. */
const EXTERNAL = 252;

/** Numbers or bytes, and before version 6 a checksum of two bytes. */
function readClear(octets: Octets, version: number, secret: Material['secret']): Secret {
  const numbers: (Buffer | undefined)[] = 'mpis' in secret ? Array.from({ length: secret.mpis }, () => octets.mpi()?.value) : [octets.take(secret.bytes)];
  const checked = version === 6 || octets.take(2) !== undefined;
  const whole = numbers.filter((number) => number !== undefined);
  if (whole.length < numbers.length) return { sound: false, defect: 'its private numbers cannot be read' };
  return { sound: checked && whole.every(({ length }) => length > 0), numbers: whole };
}

/** RFC 9580, 9.3, by OpenSSL's names, with the block's bytes. */
const ciphers: ReadonlyMap<number, readonly [name: string, block: number]> = new Map([
  [1, ['idea', 8]], [2, ['des-ede3', 8]], [3, ['cast5', 8]], [4, ['bf', 8]], [7, ['aes-128', 16]], [8, ['aes-192', 16]], [9, ['aes-256', 16]], [10, ['twofish', 16]],
  [11, ['camellia-128', 16]], [12, ['camellia-192', 16]], [13, ['camellia-256', 16]],
]);

/** RFC 9580, 9.6, with the nonce's bytes. */
const aeads: ReadonlyMap<number, readonly [name: string, nonce: number]> = new Map([[1, ['eax', 16]], [2, ['ocb', 15]], [3, ['gcm', 12]]]);

const knownKdfs: ReadonlySet<string> = new Set(['md5', 's2k-simple', 's2k-salted', 's2k-iterated', 'argon2id']);

/** How a passphrase becomes a key (RFC 9580, 3.7.1). `rounds` of `s2k-iterated` are the bytes that are hashed. */
function readS2k(octets: Octets): { readonly facts: Omit<Encryption, 'cipher'>; readonly s2k?: S2k } | 'stub' | undefined {
  const type = octets.uint(1);
  if (type === 4) {
    if (!octets.take(16)) return undefined;
    const passes = octets.uint(1), parallelism = octets.uint(1), exponent = octets.uint(1);
    return passes === undefined || parallelism === undefined || exponent === undefined ? undefined : { facts: { kdf: 'argon2id', memory: 2 ** Math.min(exponent, 40), passes, parallelism } };
  }
  const algorithm = octets.uint(1);
  if (type === undefined || algorithm === undefined) return undefined;
  const hash = s2kHashes.get(algorithm);
  const found = (kdf: string, rounds: number, salt: Buffer) => ({ facts: { kdf, rounds }, ...(hash !== undefined && { s2k: { hash, salt, count: rounds > 1 ? rounds : 0 } }) });
  switch (type) {
    case 0: return found('s2k-simple', 1, Buffer.alloc(0));
    case 1: {
      const salt = octets.take(8);
      return salt && found('s2k-salted', 1, salt);
    }
    case 3: {
      const salt = octets.take(8);
      const count = salt && octets.uint(1);
      return count === undefined ? undefined : found('s2k-iterated', decodeCount(count), salt!);
    }
    case 101: {
      // GNU's extension: 1 for a secret that was not exported (gnu-dummy), 2 for one on a card.
      const mark = octets.take(3)?.toString('latin1');
      const mode = octets.uint(1);
      return mark === 'GNU' && (mode === 1 || mode === 2) ? 'stub' : { facts: { kdf: 's2k-101' } };
    }
    default: return { facts: { kdf: `s2k-${type}` } };
  }
}

/** RFC 9580, 3.7.1.3. */
export function decodeCount(octet: number): number {
  return (16 + (octet & 15)) << ((octet >> 4) + 6);
}
