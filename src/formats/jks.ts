import { children, encoded, objectIdentifier, OCTET_STRING, octets, readTlv, SEQUENCE, smallInteger } from '../der.ts';
import type { Format, Lock, ReadKey } from '../format.ts';
import { sha256Hex } from '../hash.ts';
import { damaged, outerElements } from '../key-der.ts';
import type { Encryption, KeyFacts } from '../key.ts';
import { jceksLock, jksLock } from '../locks/java.ts';
import { pbeLock } from '../locks/pem.ts';
import { inferFromLength, readPbe } from '../pbe.ts';
import { WireReader } from '../wire.ts';
import { x509 } from './x509.ts';

const JKS = 0xfeedfeed;
const JCEKS = 0xcececece;

/** Java key stores before PKCS#12: names, dates and certificates are in the clear, keys encrypted one by one. */
export const jks: Format = {
  name: 'jks',
  title: 'Java key store (JKS, JCEKS)',
  sources: ['OpenJDK, sun.security.provider.JavaKeyStore.engineStore', 'OpenJDK, com.sun.crypto.provider.JceKeyStore.engineStore'],
  magics: [Buffer.from('feedfeed', 'hex'), Buffer.from('cececece', 'hex')],

  read(bytes) {
    const wire = new WireReader(bytes);
    const magic = wire.uint32();
    const version = wire.uint32();
    const count = wire.uint32();
    if ((magic !== JKS && magic !== JCEKS) || (version !== 1 && version !== 2) || count === undefined || count > MAX_ENTRIES) return undefined;
    const keys: ReadKey[] = [];
    for (let i = 0; i < count; i++) {
      const tag = wire.left < 4 ? undefined : bytes.readUInt32BE(wire.offset);
      const entry = readEntry(wire, version);
      if (!entry) {
        // What comes after cannot be found.
        if (tag === PRIVATE_KEY || tag === SECRET_KEY) keys.push(damaged(NAME, bytes, 'cut off or damaged: an entry cannot be read'));
        break;
      }
      if (entry.key) keys.push(entry.key);
    }
    return keys;
  },
};

const NAME = 'jks';
const MAX_ENTRIES = 1 << 16;
const MAX_CHAIN = 256;

/** Tags of entries. */
const PRIVATE_KEY = 1, TRUSTED_CERTIFICATE = 2, SECRET_KEY = 3;

/** `undefined` when the entry is not whole. */
function readEntry(wire: WireReader, version: number): { readonly key?: ReadKey } | undefined {
  const tag = wire.uint32();
  const alias = javaText(wire);
  if (tag === undefined || alias === undefined || wire.left < 8) return undefined;
  wire.offset += 8; // milliseconds since 1970
  switch (tag) {
    case PRIVATE_KEY: {
      const info = wire.string();
      const chain = info && readChain(wire, version === 2);
      return chain && { key: privateKey(info, alias, chain[0]) };
    }
    case TRUSTED_CERTIFICATE: return readCertificate(wire, version === 2) && {};
    case SECRET_KEY: {
      const start = wire.offset;
      const sealed = readSealedObject(wire);
      return sealed && { key: secretKey(sealed, wire.bytes.subarray(start, wire.offset), alias) };
    }
    default: return undefined;
  }
}

/** Java's writeUTF: a 16-bit length and modified UTF-8, which for names in use is UTF-8. */
export function javaText(wire: WireReader): string | undefined {
  if (wire.left < 2) return undefined;
  const length = wire.bytes.readUInt16BE(wire.offset);
  if (length > wire.left - 2) return undefined;
  wire.offset += 2 + length;
  return wire.bytes.toString('utf8', wire.offset - length, wire.offset);
}

/** Certificates with their type (`X.509`) before each, which version 1 leaves out: the key's own first. */
export function readChain(wire: WireReader, typed = true): readonly Buffer[] | undefined {
  const count = wire.uint32();
  if (count === undefined || count > MAX_CHAIN) return undefined;
  const chain: Buffer[] = [];
  for (let i = 0; i < count; i++) {
    const certificate = readCertificate(wire, typed);
    if (!certificate) return undefined;
    chain.push(certificate);
  }
  return chain;
}

function readCertificate(wire: WireReader, typed: boolean): Buffer | undefined {
  return typed && javaText(wire) === undefined ? undefined : wire.string();
}

/** What a certificate in DER says of the key that it certifies; `undefined` when it cannot be read. */
export function certifiedFacts(certificate: Buffer | undefined): Partial<KeyFacts> | undefined {
  const [facts] = (certificate && x509.read!(certificate)) || [];
  if (!facts || facts.defect !== undefined) return undefined;
  const { kind: _kind, format: _format, comment: _comment, x509: _x509, ...identity } = facts;
  return identity;
}

/** OpenJDK, sun.security.provider.KeyProtector, and com.sun.crypto.provider.KeyProtector. */
const JKS_PROTECTION = '1.3.6.1.4.1.42.2.17.1.1';
const JCEKS_PROTECTION = '1.3.6.1.4.1.42.2.19.1';

/** EncryptedPrivateKeyInfo with Java's own schemes. */
function privateKey(info: Buffer, alias: string, certificate: Buffer | undefined): ReadKey {
  const [algorithm, data] = outerElements(info) ?? [];
  const [identifier, parameters] = (algorithm?.tag === SEQUENCE && children(info, algorithm)) || [];
  const oid = objectIdentifier(info, identifier);
  const ciphertext = data?.tag === OCTET_STRING ? octets(info, data) : undefined;
  const sealed = ciphertext?.length;
  const encryption: Encryption | undefined = oid === JKS_PROTECTION ? jksEncryption
    : oid === JCEKS_PROTECTION ? jceksEncryption(parameters && encoded(info, parameters))
    : algorithm && readPbe(info, algorithm)?.encryption;
  const lock = !ciphertext ? undefined
    : oid === JKS_PROTECTION ? jksLock(ciphertext)
    : oid === JCEKS_PROTECTION ? jceksLockOf(parameters && encoded(info, parameters), ciphertext)
    : algorithm && pbeLock(info, algorithm, ciphertext);
  const identity = certifiedFacts(certificate);
  const container = sha256Hex(info);
  const hidden = identity?.spki === undefined;
  return {
    kind: 'private',
    format: NAME,
    ...(identity ?? (encryption && sealed !== undefined && inferred(encryption, sealed))),
    ...(encryption && { encryption }),
    ...(hidden && { container }),
    ...(alias !== '' && { comment: alias }),
    ...(!encryption && { defect: 'its encryption cannot be read' }),
    ...(encryption && !sealed && { defect: 'its encrypted part is not whole' }),
    ...(lock && { lock }),
  };
}

/** A keystream of SHA-1, each block the hash of the password and the block before it: one guess, one hash. */
const jksEncryption: Encryption = { cipher: 'jks', kdf: 'sha1', rounds: 1 };
/** A salt before the encrypted key and a check value behind it, 20 bytes each. */
const JKS_OVERHEAD = 40;

function inferred(encryption: Encryption, length: number) {
  // A cipher that does not pad gives the length away as RC4 does.
  return encryption === jksEncryption ? inferFromLength('pkcs8', 'rc4', length - JKS_OVERHEAD) : inferFromLength('pkcs8', encryption.cipher, length);
}

/**
 * PBEWithMD5AndTripleDES: MD5 of either half of the salt and the password, over and over (OpenJDK, com.sun.crypto.provider.PBES1Core).
 * The parameters are those of RFC 8018, A.3: SEQUENCE { salt, iterations }.
 */
function jceksEncryption(parameters: Buffer | undefined): Encryption {
  const [, iterations] = (parameters && outerElements(parameters)) ?? [];
  const rounds = parameters && smallInteger(parameters, iterations);
  return { cipher: 'des-ede3-cbc', kdf: 'pbkdf1', ...(rounds !== undefined && { rounds }) };
}

function jceksLockOf(parameters: Buffer | undefined, ciphertext: Buffer): Lock | undefined {
  const [salt, iterations] = (parameters && outerElements(parameters)) ?? [];
  const rounds = parameters && smallInteger(parameters, iterations);
  const bytes = parameters && salt && octets(parameters, salt);
  return bytes && rounds !== undefined ? jceksLock(bytes, rounds, ciphertext) : undefined;
}

function secretKey(sealed: Sealed, object: Buffer, alias: string): ReadKey {
  const { algorithm, parameters } = sealed;
  const named = algorithm === undefined || /^PBEWithMD5AndTripleDES$/i.test(algorithm);
  const whole = parameters && readTlv(parameters, 0)?.next === parameters.length ? parameters : undefined;
  const encryption = named ? jceksEncryption(whole) : { cipher: algorithm.toLowerCase(), kdf: algorithm.toLowerCase() };
  const lock = named && sealed.content ? jceksLockOf(whole, sealed.content) : undefined;
  return { kind: 'symmetric', format: NAME, encryption, container: sha256Hex(object), ...(alias !== '' && { comment: alias }), ...(lock && { lock }) };
}

/** The fields of a javax.crypto.SealedObject that tell how it is sealed. */
interface Sealed {
  /** DER of the parameters. */
  readonly parameters?: Buffer;
  /** `PBEWithMD5AndTripleDES` */
  readonly algorithm?: string;
  readonly content?: Buffer;
}

/** Java Object Serialization Specification, 6.4.2. */
const STREAM = 0xaced0005;
const TC_NULL = 0x70, TC_REFERENCE = 0x71, TC_CLASSDESC = 0x72, TC_OBJECT = 0x73, TC_STRING = 0x74, TC_ARRAY = 0x75, TC_BLOCKDATA = 0x77, TC_ENDBLOCKDATA = 0x78;
const FIRST_HANDLE = 0x7e0000;
const SC_WRITE_METHOD = 0x01;
/** Classes, fields and objects in a sealed object: some ten. */
const MAX_ITEMS = 64;

interface ClassDescription {
  readonly fields: readonly (readonly [type: number, name: string])[];
  readonly flags: number;
  readonly parent: ClassDescription | undefined;
}

/**
 * A serialized SealedObject. Nothing says how long it is, so it has to be read to find the entry behind it; of the serialization protocol
 * that takes classes without superfluous parts, byte arrays and strings.
 */
function readSealedObject(wire: WireReader): Sealed | undefined {
  if (wire.uint32() !== STREAM || wire.uint8() !== TC_OBJECT) return undefined;
  const reader = new ObjectReader(wire);
  const described = reader.classDescription();
  if (!described) return undefined;
  const values = reader.fields(described);
  if (!values) return undefined;
  const parameters = values.get('encodedParams');
  const algorithm = values.get('sealAlg');
  const content = values.get('encryptedContent');
  return {
    ...(parameters instanceof Buffer && { parameters }),
    ...(content instanceof Buffer && { content }),
    ...(typeof algorithm === 'string' && algorithm.length <= 64 && /^[\w./-]+$/.test(algorithm) && { algorithm }),
  };
}

type Value = Buffer | string | undefined;

class ObjectReader {
  private readonly wire: WireReader;
  /** What references point at, in order; numbered from FIRST_HANDLE. */
  private readonly handles: (ClassDescription | Value)[] = [];

  constructor(wire: WireReader) {
    this.wire = wire;
  }

  private reference(): ClassDescription | Value {
    const handle = this.wire.uint32();
    return handle === undefined ? undefined : this.handles[handle - FIRST_HANDLE];
  }

  /** `undefined` where there is none, or none that can be read. */
  classDescription(depth = 0): ClassDescription | undefined {
    const { wire } = this;
    const code = wire.uint8();
    if (code === TC_REFERENCE) {
      const target = this.reference();
      return typeof target === 'object' && 'fields' in target ? target : undefined;
    }
    if (code !== TC_CLASSDESC || depth > 4 || javaText(wire) === undefined || wire.left < 11) return undefined;
    wire.offset += 8; // serialVersionUID
    const handle = this.handles.push(undefined) - 1;
    const flags = wire.uint8()!;
    const count = wire.bytes.readUInt16BE(wire.offset);
    wire.offset += 2;
    if (count > MAX_ITEMS) return undefined;
    const fields: (readonly [number, string])[] = [];
    for (let i = 0; i < count; i++) {
      const type = wire.uint8();
      const name = javaText(wire);
      if (type === undefined || name === undefined) return undefined;
      if ((type === 0x4c || type === 0x5b) && this.text() === undefined) return undefined;
      fields.push([type, name]);
    }
    if (wire.uint8() !== TC_ENDBLOCKDATA) return undefined;
    const parent = wire.bytes[wire.offset] === TC_NULL ? void wire.uint8() : this.classDescription(depth + 1);
    return (this.handles[handle] = { fields, flags, parent });
  }

  private text(): string | undefined {
    const code = this.wire.uint8();
    if (code === TC_REFERENCE) {
      const target = this.reference();
      return typeof target === 'string' ? target : undefined;
    }
    const value = code === TC_STRING ? javaText(this.wire) : undefined;
    if (value !== undefined) this.handles.push(value);
    return value;
  }

  /** The values of an object's fields, those of the topmost class first, as they are written. */
  fields(described: ClassDescription): ReadonlyMap<string, Value> | undefined {
    this.handles.push(undefined);
    const lineage: ClassDescription[] = [];
    for (let one: ClassDescription | undefined = described; one && lineage.length < MAX_ITEMS; one = one.parent) lineage.unshift(one);
    const values = new Map<string, Value>();
    for (const { fields, flags } of lineage) {
      for (const [type, name] of fields) {
        const size = primitiveSizes.get(type);
        if (size !== undefined) {
          if (this.wire.left < size) return undefined;
          this.wire.offset += size;
        } else {
          const value = this.value();
          if (!value) return undefined;
          values.set(name, value.value);
        }
      }
      if (flags & SC_WRITE_METHOD && !this.annotation()) return undefined;
    }
    return values;
  }

  /** What a class wrote itself: blocks of bytes, to the end mark. */
  private annotation(): boolean {
    const { wire } = this;
    for (let i = 0; i < MAX_ITEMS; i++) {
      const code = wire.uint8();
      if (code === TC_ENDBLOCKDATA) return true;
      const length = code === TC_BLOCKDATA ? wire.uint8() : undefined;
      if (length === undefined || length > wire.left) return false;
      wire.offset += length;
    }
    return false;
  }

  private value(): { readonly value: Value } | undefined {
    const { wire } = this;
    switch (wire.bytes[wire.offset]) {
      case TC_NULL:
        wire.offset++;
        return { value: undefined };
      case TC_ARRAY: {
        wire.offset++;
        if (!this.classDescription()) return undefined;
        const value = wire.string();
        if (value) this.handles.push(value);
        return value && { value };
      }
      default: {
        const value = this.text();
        return value === undefined ? undefined : { value };
      }
    }
  }
}

/** Bytes of the primitive types. */
const primitiveSizes: ReadonlyMap<number, number> = new Map(([['B', 1], ['C', 2], ['D', 8], ['F', 4], ['I', 4], ['J', 8], ['S', 2], ['Z', 1]] as const).map(([letter, size]) => [letter.charCodeAt(0), size]));
