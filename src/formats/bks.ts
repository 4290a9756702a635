import type { Armor, Format } from '../format.ts';
import { sha256Hex } from '../hash.ts';
import { damaged } from '../key-der.ts';
import type { Encryption, KeyFacts } from '../key.ts';
import { secretFacts } from '../secret-digest.ts';
import { WireReader } from '../wire.ts';
import { encryptedPkcs8 } from './encrypted-pkcs8.ts';
import { certifiedFacts, javaText, readChain } from './jks.ts';
import { pkcs8 } from './pkcs8.ts';

/**
 * Bouncy Castle's key stores. BKS has its entries' names and certificates in the clear and seals keys one by one; UBER begins alike and encrypts everything.
 */
export const bks: Format = {
  name: 'bks',
  title: 'Bouncy Castle key store (BKS, UBER)',
  sources: ['Bouncy Castle, org.bouncycastle.jcajce.provider.keystore.bc.BcKeyStoreSpi'],
  // A version and a salt of 20 bytes.
  magics: ['0000000100000014', '0000000200000014'].map((hex) => Buffer.from(hex, 'hex')),

  read(bytes) {
    const wire = new WireReader(bytes);
    const version = wire.uint32();
    if (version !== 1 && version !== 2) return undefined;
    const salt = wire.string();
    const iterations = wire.uint32();
    if (salt?.length !== SALT || iterations === undefined || iterations === 0 || iterations > MAX_ITERATIONS) return undefined;
    const start = wire.offset;
    const { keys, left } = readEntries(wire);
    // Behind the entries is their MAC alone.
    if (left === MAC) return keys;
    const sealed = bytes.subarray(start);
    if (version === 1 && sealed.length > 0 && sealed.length % BLOCK === 0) return readUber(sealed, iterations);
    if (keys.length > 0) return keys;
    return left === undefined && namesAKey(bytes, start) ? [damaged(NAME, bytes, 'cut off or damaged: its entries cannot be read')] : undefined;
  },
};

const NAME = 'bks';
const SALT = 20;
/** HMAC with SHA-1. */
const MAC = 20;
const MAX_ITERATIONS = 1 << 24;
const MAX_ENTRIES = 1 << 16;

/** Twofish. */
const BLOCK = 16;
/** SHA-1 of the entries, the end mark and padding: an empty store has two blocks, one with the shortest of keys and names four. */
const LEAST_UBER = 64;

/** PBEWithSHAAndTwofish-CBC over everything: what is inside, keys or certificates, cannot be told. */
function readUber(sealed: Buffer, rounds: number): readonly KeyFacts[] {
  if (sealed.length < LEAST_UBER) return [];
  return [{ kind: 'private', format: NAME, encryption: { cipher: 'twofish-cbc', kdf: 'pkcs12', rounds }, container: sha256Hex(sealed) }];
}

/** Types of entries. */
const CERTIFICATE = 1, KEY = 2, SECRET = 3, SEALED = 4;

/** Entries up to the end mark; `left` counts the bytes behind that, absent where it was not reached. */
function readEntries(wire: WireReader): { readonly keys: readonly KeyFacts[]; readonly left?: number } {
  const keys: KeyFacts[] = [];
  for (let i = 0; i < MAX_ENTRIES; i++) {
    const type = wire.uint8();
    if (type === 0) return { keys, left: wire.left };
    if (type === undefined || type > SEALED) break;
    const alias = javaText(wire);
    if (alias === undefined || wire.left < 8) break;
    wire.offset += 8; // milliseconds since 1970
    const chain = readChain(wire);
    if (!chain) break;
    const entry = type === CERTIFICATE ? readCertificate(wire) : type === KEY ? readKey(wire) : readBytes(wire, type);
    if (!entry) break;
    const identity = certifiedFacts(chain[0]);
    for (const { container, ...key } of entry) {
      const isPrivate = chain.length > 0 || key.kind === 'private';
      keys.push({
        ...key,
        kind: isPrivate ? 'private' : key.kind,
        ...(key.spki === undefined && identity),
        ...((key.spki ?? identity?.spki) === undefined && container !== undefined && { container }),
        ...(alias !== '' && { comment: alias }),
      });
    }
  }
  return { keys };
}

/** `undefined`: not whole. */
function readCertificate(wire: WireReader): readonly KeyFacts[] | undefined {
  return javaText(wire) === undefined || wire.string() === undefined ? undefined : [];
}

const privateKey: Armor = { label: 'PRIVATE KEY', headers: new Map() };

/** A key in the clear: its kind (0 private, 1 public, 2 secret), format, algorithm, encoding. */
function readKey(wire: WireReader): readonly KeyFacts[] | undefined {
  const kind = wire.uint8();
  const format = javaText(wire);
  const algorithm = javaText(wire);
  const encoding = wire.string();
  if (kind === undefined || kind > 2 || format === undefined || algorithm === undefined || !encoding) return undefined;
  if (kind === 0) {
    const [facts] = pkcs8.read!(encoding, privateKey) ?? [];
    return [{ ...(facts ?? damaged(NAME, encoding, 'the key in its entry cannot be read')), format: NAME }];
  }
  if (kind === 1) return [];
  const name = /^[\w./-]{1,64}$/.test(algorithm) ? algorithm.toLowerCase() : undefined;
  return [{ kind: 'symmetric', format: NAME, ...(name !== undefined && { algorithm: name }), ...secretFacts(encoding) }];
}

/**
 * A sealed key: a salt, an iteration count, and PBEWithSHAAnd3-KeyTripleDES-CBC over what `readKey` reads; or bytes that a program stored as they are, having protected them or not.
 * Java takes private keys only with their certificates, so one without is symmetric.
 */
function readBytes(wire: WireReader, type: number): readonly KeyFacts[] | undefined {
  const bytes = wire.string();
  if (!bytes) return undefined;
  if (type === SECRET) {
    const [facts] = encryptedPkcs8.read!(bytes) ?? pkcs8.read!(bytes) ?? [];
    return [{ kind: 'symmetric', ...facts, format: NAME }];
  }
  const inside = new WireReader(bytes);
  const salt = inside.string();
  const rounds = inside.uint32();
  const whole = salt !== undefined && rounds !== undefined && inside.left > 0 && inside.left % 8 === 0;
  const encryption: Encryption = { cipher: 'des-ede3-cbc', kdf: 'pkcs12', ...(rounds !== undefined && { rounds }) };
  return [{
    kind: 'symmetric',
    format: NAME,
    encryption,
    container: sha256Hex(bytes),
    ...(!whole && { defect: 'its encrypted part is not whole' }),
  }];
}

/** Whether the first entry is a key's and has a printable name, so that this is a store and not just any binary file that begins like one. */
function namesAKey(bytes: Buffer, start: number): boolean {
  const wire = new WireReader(bytes, start);
  const type = wire.uint8();
  const alias = javaText(wire);
  return type !== undefined && type > CERTIFICATE && type <= SEALED && alias !== undefined && /^[\x20-\x7e]+$/.test(alias);
}
