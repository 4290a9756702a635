import { children, objectIdentifier, SEQUENCE, smallInteger } from './der.ts';
import type { Tlv } from './der.ts';
import type { Encryption } from './key.ts';

/** Password-based encryption as an AlgorithmIdentifier names it: PBES1 and PBES2 (RFC 8018), PKCS#12's own (RFC 7292, appendix C). */
export interface Pbe {
  readonly oid: string;
  /** A scheme of the tables here; another has its dotted identifier for cipher and KDF. */
  readonly known: boolean;
  readonly encryption: Encryption;
  /** Whether the parameters are there and readable; without them nothing can be decrypted. */
  readonly complete: boolean;
}

const PBES2 = '1.2.840.113549.1.5.13';
const PBKDF2 = '1.2.840.113549.1.5.12';
const SCRYPT = '1.3.6.1.4.1.11591.4.11';

/** Schemes whose identifier names cipher and KDF at once; their parameters are SEQUENCE { salt, iterations }. */
const schemes: ReadonlyMap<string, readonly [cipher: string, kdf: 'pbkdf1' | 'pkcs12']> = new Map([
  ['1.2.840.113549.1.5.1', ['des-cbc', 'pbkdf1']], // MD2; RFC 8018, A.3
  ['1.2.840.113549.1.5.3', ['des-cbc', 'pbkdf1']], // MD5
  ['1.2.840.113549.1.5.4', ['rc2-64-cbc', 'pbkdf1']], // MD2
  ['1.2.840.113549.1.5.6', ['rc2-64-cbc', 'pbkdf1']], // MD5
  ['1.2.840.113549.1.5.10', ['des-cbc', 'pbkdf1']], // SHA-1
  ['1.2.840.113549.1.5.11', ['rc2-64-cbc', 'pbkdf1']], // SHA-1
  ['1.2.840.113549.1.12.1.1', ['rc4', 'pkcs12']], // RFC 7292, appendix C
  ['1.2.840.113549.1.12.1.2', ['rc4-40', 'pkcs12']],
  ['1.2.840.113549.1.12.1.3', ['des-ede3-cbc', 'pkcs12']],
  ['1.2.840.113549.1.12.1.4', ['des-ede-cbc', 'pkcs12']],
  ['1.2.840.113549.1.12.1.5', ['rc2-cbc', 'pkcs12']],
  ['1.2.840.113549.1.12.1.6', ['rc2-40-cbc', 'pkcs12']],
  ['1.3.6.1.4.1.22554.1.1.2.1.2', ['aes-128-cbc', 'pkcs12']], // SHA-1; Bouncy Castle, BCObjectIdentifiers
  ['1.3.6.1.4.1.22554.1.1.2.1.22', ['aes-192-cbc', 'pkcs12']],
  ['1.3.6.1.4.1.22554.1.1.2.1.42', ['aes-256-cbc', 'pkcs12']],
  ['1.3.6.1.4.1.22554.1.2.1.2.1.2', ['aes-128-cbc', 'pkcs12']], // SHA-256
  ['1.3.6.1.4.1.22554.1.2.1.2.1.22', ['aes-192-cbc', 'pkcs12']],
  ['1.3.6.1.4.1.22554.1.2.1.2.1.42', ['aes-256-cbc', 'pkcs12']],
]);

const prfs: ReadonlyMap<string, string> = new Map([
  ['1.2.840.113549.2.7', 'hmac-sha1'], // RFC 8018, B.1
  ['1.2.840.113549.2.8', 'hmac-sha224'],
  ['1.2.840.113549.2.9', 'hmac-sha256'],
  ['1.2.840.113549.2.10', 'hmac-sha384'],
  ['1.2.840.113549.2.11', 'hmac-sha512'],
  ['1.2.840.113549.2.12', 'hmac-sha512-224'],
  ['1.2.840.113549.2.13', 'hmac-sha512-256'],
  ['1.3.6.1.5.5.8.1.1', 'hmac-md5'], // IANA, HMAC of RFC 2104
  ['1.3.6.1.5.5.8.1.2', 'hmac-sha1'],
  ['2.16.840.1.101.3.4.2.13', 'hmac-sha3-224'], // NIST, Computer Security Objects Register
  ['2.16.840.1.101.3.4.2.14', 'hmac-sha3-256'],
  ['2.16.840.1.101.3.4.2.15', 'hmac-sha3-384'],
  ['2.16.840.1.101.3.4.2.16', 'hmac-sha3-512'],
  ['1.2.643.2.2.10', 'hmac-gost-94'], // RFC 4357, 11.3
  ['1.2.643.7.1.1.4.1', 'hmac-streebog-256'], // RFC 9337, 7
  ['1.2.643.7.1.1.4.2', 'hmac-streebog-512'],
  ['1.2.156.10197.1.401.2', 'hmac-sm3'], // GM/T 0006
]);

/** Modes at consecutive arcs after `prefix`; a hole is an arc without a cipher. */
function modes(prefix: string, cipher: string, from: number, names: string): readonly (readonly [oid: string, cipher: string])[] {
  return names.split(' ').flatMap((mode, i) => (mode === '.' ? [] : [[`${prefix}.${from + i}`, `${cipher}-${mode}`] as const]));
}

/** Ciphers by OpenSSL's names in lower case. */
const ciphers: ReadonlyMap<string, string> = new Map([
  ['1.2.840.113549.3.2', 'rc2-cbc'], // RFC 8018, B.2
  ['1.2.840.113549.3.4', 'rc4'],
  ['1.2.840.113549.3.7', 'des-ede3-cbc'],
  ['1.2.840.113549.3.8', 'rc5-cbc'],
  ['1.2.840.113549.3.9', 'rc5-cbc'],
  ['1.3.14.3.2.6', 'des-ecb'],
  ['1.3.14.3.2.7', 'des-cbc'],
  ['1.3.14.3.2.8', 'des-ofb'],
  ['1.3.14.3.2.9', 'des-cfb'],
  ['1.3.14.3.2.17', 'des-ede'],
  ['1.3.6.1.4.1.188.7.1.1.2', 'idea-cbc'],
  ['1.3.6.1.4.1.3029.1.2', 'bf-cbc'],
  ['1.2.840.113533.7.66.10', 'cast5-cbc'], // RFC 2984
  ['1.2.840.113549.1.9.16.3.18', 'chacha20-poly1305'], // RFC 8103
  ['1.2.643.2.2.21', 'gost89'], // RFC 4357, 10.2
  ['1.2.643.7.1.1.5.1.1', 'magma-ctr-acpkm'], // RFC 9337, 7
  ['1.2.643.7.1.1.5.1.2', 'magma-ctr-acpkm-omac'],
  ['1.2.643.7.1.1.5.2.1', 'kuznyechik-ctr-acpkm'],
  ['1.2.643.7.1.1.5.2.2', 'kuznyechik-ctr-acpkm-omac'],
  ...[128, 192, 256].flatMap((bits, i) => [
    ...modes('2.16.840.1.101.3.4.1', `aes-${bits}`, 1 + 20 * i, 'ecb cbc ofb cfb wrap gcm ccm wrap-pad'), // RFC 3565, RFC 5084
    ...modes('0.3.4401.5.3.1.9', `camellia-${bits}`, 1 + 20 * i, 'ecb . ofb cfb . gcm ccm . ctr'),
    ...modes('1.2.392.200011.61.1.1.1', `camellia-${bits}`, 2 + i, 'cbc'), // RFC 3657
    ...modes('1.2.410.200046.1.1', `aria-${bits}`, 1 + 5 * i, 'ecb cbc cfb ofb ctr'), // RFC 5794
    ...modes('1.2.410.200046.1.1', `aria-${bits}`, 34 + i, 'gcm'),
    ...modes('1.2.410.200046.1.1', `aria-${bits}`, 37 + i, 'ccm'),
  ]),
  ...modes('1.2.410.200004.1', 'seed', 3, 'ecb cbc cfb ofb'), // RFC 4269
  ...modes('1.2.156.10197.1.104', 'sm4', 1, 'ecb cbc ofb cfb . . ctr gcm ccm'), // GM/T 0006
]);

/** Reads an AlgorithmIdentifier that protects something with a password. `undefined` when the element is no AlgorithmIdentifier. */
export function readPbe(bytes: Buffer, algorithm: Tlv): Pbe | undefined {
  if (algorithm.tag !== SEQUENCE) return undefined;
  const [identifier, parameters] = children(bytes, algorithm) ?? [];
  const oid = objectIdentifier(bytes, identifier);
  if (oid === undefined) return undefined;
  if (oid === PBES2) return readPbes2(bytes, oid, parameters);
  const scheme = schemes.get(oid);
  if (!scheme) return { oid, known: false, encryption: { cipher: oid, kdf: oid }, complete: true };
  const [cipher, kdf] = scheme;
  const [salt, iterations] = sequence(bytes, parameters);
  const rounds = smallInteger(bytes, iterations);
  return { oid, known: true, encryption: { cipher, kdf, ...(rounds !== undefined && { rounds }) }, complete: salt !== undefined && rounds !== undefined };
}

/** RFC 8018, A.4: SEQUENCE { keyDerivationFunc, encryptionScheme }. */
function readPbes2(bytes: Buffer, oid: string, parameters: Tlv | undefined): Pbe {
  const [derivation, scheme] = sequence(bytes, parameters);
  const kdf = readKdf(bytes, derivation);
  const cipherOid = objectIdentifier(bytes, sequence(bytes, scheme)[0]);
  const cipher = cipherOid === undefined ? oid : (ciphers.get(cipherOid) ?? cipherOid);
  return { oid, known: true, encryption: { cipher, ...(kdf?.facts ?? { kdf: oid }) }, complete: kdf?.complete === true && cipherOid !== undefined };
}

function readKdf(bytes: Buffer, derivation: Tlv | undefined): { readonly facts: Omit<Encryption, 'cipher'>; readonly complete: boolean } | undefined {
  const [identifier, parameters] = sequence(bytes, derivation);
  const oid = objectIdentifier(bytes, identifier);
  if (oid === undefined) return undefined;
  if (oid === PBKDF2) {
    // RFC 8018, A.2: SEQUENCE { salt, iterationCount, keyLength OPTIONAL, prf DEFAULT algid-hmacWithSHA1 }
    const [, iterations, ...rest] = sequence(bytes, parameters);
    const rounds = smallInteger(bytes, iterations);
    const named = rest.find((element) => element.tag === SEQUENCE);
    const prfOid = named && objectIdentifier(bytes, sequence(bytes, named)[0]);
    const prf = named ? (prfOid !== undefined ? (prfs.get(prfOid) ?? prfOid) : undefined) : 'hmac-sha1';
    return { facts: { kdf: 'pbkdf2', ...(rounds !== undefined && { rounds }), ...(prf !== undefined && { prf }) }, complete: rounds !== undefined && prf !== undefined };
  }
  if (oid === SCRYPT) {
    // RFC 7914, 7: SEQUENCE { salt, costParameter, blockSize, parallelizationParameter, keyLength OPTIONAL }
    const [, ...numbers] = sequence(bytes, parameters);
    const [N, r, p] = [0, 1, 2].map((i) => smallInteger(bytes, numbers[i]));
    const facts = { kdf: 'scrypt', ...(N !== undefined && { N }), ...(r !== undefined && { r }), ...(p !== undefined && { p }) };
    return { facts, complete: N !== undefined && r !== undefined && p !== undefined };
  }
  return { facts: { kdf: oid }, complete: true };
}

function sequence(bytes: Buffer, tlv: Tlv | undefined): readonly Tlv[] {
  return (tlv?.tag === SEQUENCE && children(bytes, tlv)) || [];
}

/**
 * How many bytes a ciphertext of `length` bytes hides: `[least, most]`. `undefined` when the cipher's mode is not known
 * or no ciphertext of that mode has this length.
 */
function plaintextLength(cipher: string, length: number): readonly [least: number, most: number] | undefined {
  const block = blockLength(cipher);
  // PKCS#7 padding adds one byte to one block (RFC 8018, 6.1.1).
  if (block !== undefined) return length > 0 && length % block === 0 ? [length - block, length - 1] : undefined;
  // RFC 5084, 3: the tag has 12 bytes by default, 16 as most write it.
  if (/-(?:gcm|ccm|poly1305)$/.test(cipher)) return length > 16 ? [length - 16, length - 12] : undefined;
  if (/^rc4|-(?:ofb|cfb|ctr)$/.test(cipher)) return [length, length];
  return undefined;
}

/** Bytes of a block, for the modes that pad to whole blocks. */
export function blockLength(cipher: string): 8 | 16 | undefined {
  if (!/-(?:cbc|ecb)$/.test(cipher)) return undefined;
  if (/^(?:aes|camellia|aria|sm4|seed)-/.test(cipher)) return 16;
  return /^(?:des|rc2|bf|cast5|idea|rc5)-/.test(cipher) ? 8 : undefined;
}

/** A kind of key and the lengths, in bytes, that its encoding has. */
interface Sized {
  readonly algorithm: string;
  readonly bits: number;
  readonly least: number;
  readonly most: number;
}

export type Encoding = 'pkcs8' | 'pkcs1' | 'sec1' | 'dsa';

const header = (length: number): number => (length < 0x80 ? 2 : length < 0x100 ? 3 : length < 0x10000 ? 4 : 5);
/** Length of an element around `lengths`. */
const around = (...lengths: readonly number[]): number => {
  const inner = lengths.reduce((sum, length) => sum + length, 0);
  return header(inner) + inner;
};

/** Lengths that numbers below p, which lack a byte or their sign byte now and then, make shorter. */
function rsa(bits: number): { pkcs1: Sized; pkcs8: Sized } {
  const [whole, half] = [around(bits / 8 + 1), around(bits / 16 + 1)];
  const most = around(3, whole, 5, whole, half, half, half, half, half);
  const sized = (length: number): Sized => ({ algorithm: 'rsa', bits, least: length - 7, most: length });
  return { pkcs1: sized(most), pkcs8: sized(around(3, 15, around(most))) };
}

function dsa(bits: number, q: number): { dsa: Sized; pkcs8: Sized } {
  const [large, small] = [around(bits / 8 + 1), around(q / 8 + 1)];
  const sized = (length: number): Sized => ({ algorithm: 'dsa', bits, least: length - 4, most: length });
  return { dsa: sized(around(3, large, small, large, large, small)), pkcs8: sized(around(3, around(9, around(large, small, large)), around(small))) };
}

/** A Diffie-Hellman key of a named group (RFC 3526, RFC 7919), with the short exponent that OpenSSL takes for it, and its length. */
function dh(bits: number, exponent: number): Sized {
  const most = around(3, around(11, around(around(bits / 8 + 1), 3, 4)), around(around(Math.ceil(exponent / 8))));
  return { algorithm: 'dh', bits, least: most - 6, most };
}

/** An EC key on a named curve, with its public point and, in PKCS#8 as Java writes the curves it still has, without. */
function ec(bits: number, oidLength: number): { sec1: Sized; pkcs8: readonly Sized[] } {
  const length = Math.ceil(bits / 8);
  const [scalar, point] = [around(length), around(around(1 + 1 + 2 * length))];
  const sized = (exact: number): Sized => ({ algorithm: 'ec', bits, least: exact, most: exact });
  const wrapped = (inner: number): Sized => sized(around(3, around(9, around(oidLength)), around(inner)));
  const pkcs8 = [around(3, scalar, point), ...(bits >= 256 ? [around(3, scalar)] : [])].map(wrapped);
  return { sec1: sized(around(3, scalar, around(around(oidLength)), point)), pkcs8 };
}

const raw = (algorithm: string, bits: number, secret: number, point: number): readonly Sized[] =>
  [around(3, 7, around(around(secret))), around(3, 7, around(around(secret)), around(1 + point))].map((length) => ({ algorithm, bits, least: length, most: length }));

const rsaSizes = [512, 768, 1024, 1536, 2048, 3072, 4096, 8192].map(rsa);
const dsaSizes = ([[512, 160], [1024, 160], [2048, 224], [2048, 256], [3072, 256]] as const).map(([bits, q]) => dsa(bits, q));
/** SP 800-56A Rev. 3, Appendix D: twice the strength of the group. */
const dhSizes = ([[2048, 225], [3072, 275], [4096, 325], [6144, 375], [8192, 400]] as const).map(([bits, exponent]) => dh(bits, exponent));
/** The curves in wide use: bits and the length of the identifier. */
const ecSizes = ([[224, 5], [256, 8], [256, 5], [256, 9], [384, 5], [384, 9], [512, 9], [521, 5]] as const).map(([bits, oid]) => ec(bits, oid));

const sizes: Readonly<Record<Encoding, readonly Sized[]>> = {
  pkcs1: rsaSizes.map((size) => size.pkcs1),
  dsa: dsaSizes.map((size) => size.dsa),
  sec1: ecSizes.map((size) => size.sec1),
  pkcs8: [
    ...rsaSizes.map((size) => size.pkcs8),
    ...dsaSizes.map((size) => size.pkcs8),
    ...dhSizes,
    ...ecSizes.flatMap((size) => size.pkcs8),
    ...raw('ed25519', 256, 32, 32),
    ...raw('x25519', 256, 32, 32),
    // Ed448 and X448 with a public key have the length of a P-256 key and are not worth its ambiguity.
    raw('ed448', 456, 57, 57)[0]!,
    raw('x448', 448, 56, 56)[0]!,
  ],
};

/** What the length of a ciphertext gives away of the key inside: what all kinds of key that fit have in common. */
export function inferFromLength(encoding: Encoding, cipher: string, length: number): { readonly algorithm?: string; readonly bits?: number; readonly inferred?: true } {
  const range = plaintextLength(cipher, length);
  if (!range) return {};
  const fits = sizes[encoding].filter(({ least, most }) => least <= range[1] && most >= range[0]);
  const first = fits[0];
  if (!first) return {};
  const algorithm = fits.every((fit) => fit.algorithm === first.algorithm) ? first.algorithm : undefined;
  const bits = fits.every((fit) => fit.bits === first.bits) ? first.bits : undefined;
  return { ...(algorithm !== undefined && { algorithm }), ...(bits !== undefined && { bits }), ...((algorithm ?? bits) !== undefined && { inferred: true as const }) };
}
