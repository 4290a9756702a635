import { children, INTEGER, objectIdentifier, OCTET_STRING, octets, SEQUENCE, smallInteger } from './der.ts';
import type { Tlv } from './der.ts';
import { readPbe } from './pbe.ts';

/**
 * Tries passwords on what PKCS#12 and PKCS#8 protect: the empty one, which protects nothing, and any that is guessed.
 * Private numbers come out of here; they go no further than a reader.
 */

/** A password as each scheme takes it. */
export interface Password {
  /** A BMPString with its terminator (RFC 7292, B.1). */
  readonly bmp: Buffer;
  readonly utf8: Buffer;
}

export function password(text: string): Password {
  return { bmp: Buffer.from(`${text}\0`, 'utf16le').swap16(), utf8: Buffer.from(text, 'utf8') };
}

/** The two encodings of an empty password: with its terminator, and no bytes at all, as writers that know no password have it. */
export const emptyPasswords: readonly Password[] = [password(''), { bmp: Buffer.alloc(0), utf8: Buffer.alloc(0) }];

/** What may still be spent, in iterations of PBKDF2. Counts are in the file, and the file may be hostile. */
export interface Budget {
  left: number;
}

/** For a password that somebody asked to have tried. */
export function unlimited(): Budget {
  return { left: Infinity };
}

/** Some 25 ms at the most: a MAC of 10,000 iterations, as keytool writes it, and a key. Less for few bytes, so that many small stores cost no more than one large one. */
export function budgetFor(bytes: Buffer): Budget {
  return { left: Math.min(125_000, bytes.length * 64) };
}

/** A hash called from here costs as much as four iterations of the PBKDF2 inside OpenSSL; setting up a key or a cipher, as a hundred. */
const HASH_COST = 4;
const SETUP_COST = 100;

function afford(budget: Budget, cost: number): boolean {
  if (!(cost + SETUP_COST <= budget.left)) return false;
  budget.left -= cost + SETUP_COST;
  return true;
}

/** Block and digest size in bytes: v and u of RFC 7292, B.2. */
const hashes: ReadonlyMap<string, { readonly name: string; readonly block: number; readonly size: number }> = new Map([
  ['1.2.840.113549.2.5', { name: 'md5', block: 64, size: 16 }],
  ['1.3.14.3.2.26', { name: 'sha1', block: 64, size: 20 }],
  ['1.3.36.3.2.1', { name: 'ripemd160', block: 64, size: 20 }],
  ['2.16.840.1.101.3.4.2.4', { name: 'sha224', block: 64, size: 28 }],
  ['2.16.840.1.101.3.4.2.1', { name: 'sha256', block: 64, size: 32 }],
  ['2.16.840.1.101.3.4.2.2', { name: 'sha384', block: 128, size: 48 }],
  ['2.16.840.1.101.3.4.2.3', { name: 'sha512', block: 128, size: 64 }],
  ['2.16.840.1.101.3.4.2.5', { name: 'sha512-224', block: 128, size: 28 }],
  ['2.16.840.1.101.3.4.2.6', { name: 'sha512-256', block: 128, size: 32 }],
  ['2.16.840.1.101.3.4.2.7', { name: 'sha3-224', block: 144, size: 28 }],
  ['2.16.840.1.101.3.4.2.8', { name: 'sha3-256', block: 136, size: 32 }],
  ['2.16.840.1.101.3.4.2.9', { name: 'sha3-384', block: 104, size: 48 }],
  ['2.16.840.1.101.3.4.2.10', { name: 'sha3-512', block: 72, size: 64 }],
  ['1.2.156.10197.1.401', { name: 'sm3', block: 64, size: 32 }],
]);
const hashByName = new Map([...hashes.values()].map((hash) => [hash.name, hash]));

const PBMAC1 = '1.2.840.113549.1.5.14';
const PBES2 = '1.2.840.113549.1.5.13';
const MAX_SALT = 1024;

/** Loaded when the first store is found, as in `hash.ts`. */
const crypto = () => process.getBuiltinModule('node:crypto');

/** How a password guards a store against change: a second way to check a guess at it. */
export interface Mac {
  /** `hmac-sha1`, `hmac-sha256` ...; the dotted identifier of an unknown hash. */
  readonly name: string;
  readonly rounds?: number;
  /** Whether this password made the MAC. */
  verify(password: Password, data: Buffer, budget: Budget): boolean;
}

/** MacData: SEQUENCE { SEQUENCE { AlgorithmIdentifier, digest }, salt, iterations DEFAULT 1 } (RFC 7292, 4; RFC 9579, 3). */
export function readMac(bytes: Buffer, macData: Tlv | undefined): Mac | undefined {
  const [info, saltTlv, iterations] = sequence(bytes, macData);
  const [algorithm, digestTlv] = sequence(bytes, info);
  const [identifier, parameters] = sequence(bytes, algorithm);
  const oid = objectIdentifier(bytes, identifier);
  const digest = string(bytes, digestTlv);
  if (oid === undefined || !digest?.length) return undefined;
  if (oid === PBMAC1) return readPbmac1(bytes, parameters, digest);
  const rounds = iterations ? smallInteger(bytes, iterations) : 1;
  const hash = hashes.get(oid);
  const salt = string(bytes, saltTlv);
  return {
    name: `hmac-${hash?.name ?? oid}`,
    ...(rounds !== undefined && { rounds }),
    verify({ bmp }, data, budget) {
      if (!hash || !salt || rounds === undefined) return false;
      const key = pkcs12Key(hash.name, 3, bmp, salt, rounds, hash.size, budget);
      return key !== undefined && attempt(() => crypto().createHmac(hash.name, key).update(data).digest().equals(digest)) === true;
    },
  };
}

/** PBMAC1-params: SEQUENCE { keyDerivationFunc, messageAuthScheme } (RFC 8018, A.5). Written like PBES2-params, and read as such. */
function readPbmac1(bytes: Buffer, parameters: Tlv | undefined, digest: Buffer): Mac | undefined {
  const [derivation, scheme] = sequence(bytes, parameters);
  const [, kdf] = sequence(bytes, derivation);
  const [saltTlv, iterations, ...rest] = sequence(bytes, kdf);
  const rounds = smallInteger(bytes, iterations);
  const named = rest.find(({ tag }) => tag === SEQUENCE);
  const lengthTlv = rest.find(({ tag }) => tag === INTEGER);
  const length = lengthTlv && smallInteger(bytes, lengthTlv);
  const prf = named ? macHashes.get(objectIdentifier(bytes, sequence(bytes, named)[0]) ?? '') : 'sha1';
  const schemeOid = objectIdentifier(bytes, sequence(bytes, scheme)[0]);
  if (schemeOid === undefined) return undefined;
  const hash = macHashes.get(schemeOid);
  const salt = string(bytes, saltTlv);
  return {
    name: `hmac-${hash ?? schemeOid}`,
    ...(rounds !== undefined && { rounds }),
    verify({ utf8 }, data, budget) {
      // RFC 9579, 5: the password is UTF-8, and the length of the key has to be given.
      if (!hash || !prf || !salt || !rounds || !length || length > 64 || !afford(budget, 2 * rounds)) return false;
      return attempt(() => crypto().createHmac(hash, crypto().pbkdf2Sync(utf8, salt, rounds, length, prf)).update(data).digest().equals(digest)) === true;
    },
  };
}

/** RFC 8018, B.1. */
const macHashes: ReadonlyMap<string, string> = new Map([
  ['1.2.840.113549.2.7', 'sha1'],
  ['1.2.840.113549.2.8', 'sha224'],
  ['1.2.840.113549.2.9', 'sha256'],
  ['1.2.840.113549.2.10', 'sha384'],
  ['1.2.840.113549.2.11', 'sha512'],
  ['1.2.840.113549.2.12', 'sha512-224'],
  ['1.2.840.113549.2.13', 'sha512-256'],
]);

/** Bytes of key and IV, for the ciphers that OpenSSL's default provider has. */
const ciphers: ReadonlyMap<string, readonly [key: number, iv: number]> = new Map<string, readonly [number, number]>([
  ['des-ede-cbc', [16, 8]], ['des-ede3-cbc', [24, 8]],
  ...['aes', 'camellia', 'aria'].flatMap((cipher) => [128, 192, 256].map((bits) => [`${cipher}-${bits}-cbc`, [bits / 8, 16]] as const)),
  // Which OpenSSL has under other names only: three times the same key, and a few lines.
  ['des-cbc', [8, 8]], ['rc4', [16, 0]], ['rc4-40', [5, 0]],
]);

/** Whether there is a way to try a password on what an AlgorithmIdentifier protects. */
export function canDecrypt(bytes: Buffer, algorithm: Tlv): boolean {
  const pbe = readPbe(bytes, algorithm);
  const { cipher = '', kdf = '' } = pbe?.encryption ?? {};
  return pbe?.complete === true && ciphers.has(cipher) && (pbe.oid === PBES2 ? kdf === 'pbkdf2' || kdf === 'scrypt' : kdf === 'pkcs12' || pbkdf1Hashes.has(pbe.oid));
}

/** PBES1 (RFC 8018, A.3); MD2 is nowhere to be had. */
const pbkdf1Hashes: ReadonlyMap<string, string> = new Map([['1.2.840.113549.1.5.3', 'md5'], ['1.2.840.113549.1.5.6', 'md5'], ['1.2.840.113549.1.5.10', 'sha1'], ['1.2.840.113549.1.5.11', 'sha1']]);


/**
 * What `ciphertext` hides, if the password is this one and the scheme is one of those in wide use.
 * With another password the result is `undefined`, or in one case of 250 nonsense.
 */
export function decrypt(bytes: Buffer, algorithm: Tlv, ciphertext: Buffer, { bmp, utf8 }: Password, budget: Budget): Buffer | undefined {
  const pbe = readPbe(bytes, algorithm);
  const sizes = pbe?.complete ? ciphers.get(pbe.encryption.cipher) : undefined;
  const { cipher, kdf, rounds = 0, prf, N = 0, r = 0, p = 0 } = pbe?.encryption ?? {};
  if (!pbe || !sizes || cipher === undefined || (rounds < 1 && kdf !== 'scrypt')) return undefined;
  const [keyLength, ivLength] = sizes;
  const parameters = sequence(bytes, sequence(bytes, algorithm)[1]);
  let key: Buffer | undefined;
  let iv: Buffer | undefined;
  if (kdf === 'pkcs12') {
    const salt = string(bytes, parameters[0]);
    const hash = pbe.oid.startsWith('1.3.6.1.4.1.22554.1.2.') ? 'sha256' : 'sha1';
    key = salt && pkcs12Key(hash, 1, bmp, salt, rounds, keyLength, budget);
    iv = key && salt && (ivLength === 0 ? Buffer.alloc(0) : pkcs12Key(hash, 2, bmp, salt, rounds, ivLength, budget));
  } else if (kdf === 'pbkdf2' && pbe.oid === PBES2) {
    const [saltTlv] = sequence(bytes, sequence(bytes, parameters[0])[1]);
    const salt = string(bytes, saltTlv);
    iv = string(bytes, sequence(bytes, parameters[1])[1]);
    const hash = prf?.replace(/^hmac-/, '');
    if (!salt || hash === undefined || !afford(budget, 2 * rounds)) return undefined;
    key = attempt(() => crypto().pbkdf2Sync(utf8, salt, rounds, keyLength, hash));
  } else if (kdf === 'scrypt' && pbe.oid === PBES2) {
    const [saltTlv] = sequence(bytes, sequence(bytes, parameters[0])[1]);
    const salt = string(bytes, saltTlv);
    iv = string(bytes, sequence(bytes, parameters[1])[1]);
    if (!salt || 128 * N * r > MAX_SCRYPT_MEMORY || !afford(budget, N * r * p)) return undefined;
    key = attempt(() => crypto().scryptSync(utf8, salt, keyLength, { N, r, p, maxmem: 2 * MAX_SCRYPT_MEMORY }));
  } else if (kdf === 'pbkdf1') {
    const salt = string(bytes, parameters[0]);
    const hash = pbkdf1Hashes.get(pbe.oid);
    const both = salt && hash !== undefined && afford(budget, rounds * HASH_COST) ? attempt(() => pbkdf1(hash, utf8, salt, rounds)) : undefined;
    key = both?.subarray(0, 8);
    iv = both?.subarray(8, 16);
  }
  if (!key || iv?.length !== ivLength) return undefined;
  return attempt(() => {
    if (cipher.startsWith('rc4')) return rc4(key, ciphertext);
    const decipher = cipher === 'des-cbc' ? crypto().createDecipheriv('des-ede3-cbc', Buffer.concat([key, key, key]), iv) : crypto().createDecipheriv(cipher, key, iv);
    return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
  });
}

/** scrypt takes 128 * N * r bytes. */
const MAX_SCRYPT_MEMORY = 1 << 28;

/** RFC 8018, 5.1: 16 bytes, a key of DES or RC2 and an IV. */
function pbkdf1(hash: string, secret: Buffer, salt: Buffer, rounds: number): Buffer {
  let digest = Buffer.concat([secret, salt]);
  for (let round = 0; round < rounds; round++) digest = crypto().hash(hash, digest, 'buffer');
  return digest;
}

/** RFC 6229 has vectors of it. OpenSSL keeps it apart. */
export function rc4(key: Buffer, bytes: Buffer): Buffer {
  const state = Uint8Array.from({ length: 256 }, (_, i) => i);
  const swap = (i: number, j: number): void => void ([state[i], state[j]] = [state[j]!, state[i]!]);
  for (let i = 0, j = 0; i < 256; i++) swap(i, (j = (j + state[i]! + key[i % key.length]!) & 0xff));
  const out = Buffer.alloc(bytes.length);
  for (let n = 0, i = 0, j = 0; n < bytes.length; n++) {
    i = (i + 1) & 0xff;
    j = (j + state[i]!) & 0xff;
    swap(i, j);
    out[n] = bytes[n]! ^ state[(state[i]! + state[j]!) & 0xff]!;
  }
  return out;
}

/** RFC 7292, B.2. `id`: 1 for a key, 2 for an IV, 3 for the key of a MAC. `undefined` when it costs more than there is to spend. */
function pkcs12Key(hash: string, id: 1 | 2 | 3, bmp: Buffer, salt: Buffer, rounds: number, length: number, budget: Budget): Buffer | undefined {
  const { block, size } = hashByName.get(hash)!;
  const count = Math.ceil(length / size);
  if (rounds < 1 || salt.length > MAX_SALT || !afford(budget, count * rounds * HASH_COST)) return undefined;
  return attempt(() => {
    const { hash: digestOf } = crypto();
    const inputs = Buffer.concat([repeat(salt, block), repeat(bmp, block)]);
    const diversifier = Buffer.alloc(block, id);
    const out: Buffer[] = [];
    for (let i = 0; i < count; i++) {
      let digest = digestOf(hash, Buffer.concat([diversifier, inputs]), 'buffer');
      for (let round = 1; round < rounds; round++) digest = digestOf(hash, digest, 'buffer');
      out.push(digest);
      addToBlocks(inputs, digest, block);
    }
    return Buffer.concat(out).subarray(0, length);
  });
}

/** Copies of the bytes, as many as fill whole blocks. */
function repeat(bytes: Buffer, block: number): Buffer {
  return bytes.length === 0 ? bytes : Buffer.alloc(block * Math.ceil(bytes.length / block), bytes);
}

/** Adds the digest, repeated to a block, plus one to each block (RFC 7292, B.2, 6 C). */
function addToBlocks(inputs: Buffer, digest: Buffer, block: number): void {
  for (let start = 0; start < inputs.length; start += block) {
    let carry = 1;
    for (let i = block - 1; i >= 0; i--) {
      carry += inputs[start + i]! + digest[i % digest.length]!;
      inputs[start + i] = carry & 0xff;
      carry >>= 8;
    }
  }
}

/** OpenSSL throws for what a build does not have, and for padding that is none. */
function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}

function sequence(bytes: Buffer, tlv: Tlv | undefined): readonly Tlv[] {
  return (tlv?.tag === SEQUENCE && children(bytes, tlv)) || [];
}

function string(bytes: Buffer, tlv: Tlv | undefined): Buffer | undefined {
  return tlv && (tlv.tag & ~0x20) === OCTET_STRING ? octets(bytes, tlv) : undefined;
}
