import { children, content, der, encoded, INTEGER, objectIdentifier, OCTET_STRING, octets, readTlv, SEQUENCE, SEQUENCE_MAGIC, SET, smallInteger } from '../der.ts';
import type { Tlv } from '../der.ts';
import type { Armor, Format, Lock, ReadKey } from '../format.ts';
import { budgetFor, decrypt, emptyPasswords, password, readMac, unlimited } from '../password.ts';
import type { Budget, Password } from '../password.ts';
import { damaged, leadingElements } from '../key-der.ts';
import type { Encryption, KeyFacts } from '../key.ts';
import { readPbe } from '../pbe.ts';
import { encryptedPkcs8 } from './encrypted-pkcs8.ts';
import { certifiedFacts } from './jks.ts';
import { pkcs8 } from './pkcs8.ts';

/**
 * PKCS#12 (PFX), whatever its file is called; BER as Windows, NSS and Java write it. A key for each key bag that can be seen. Writers leave the bags outside the
 * encrypted safes, since each bag is encrypted by itself; a store that shows none is taken for one of certificates.
 */
export const pkcs12: Format = {
  name: 'pkcs12',
  title: 'PKCS#12 key store',
  sources: ['RFC 7292, 4', 'RFC 9579 (PBMAC1)'],
  magics: SEQUENCE_MAGIC,

  read(bytes) {
    const outer = readTlv(bytes, 0);
    if (!outer) return readTruncated(bytes);
    if (outer.tag !== SEQUENCE) return undefined;
    const [version, authSafe, macData] = leadingElements(bytes, outer, 3);
    if (version?.tag !== INTEGER || smallInteger(bytes, version) !== 3 || authSafe?.tag !== SEQUENCE) return undefined;
    const info = readContentInfo(bytes, authSafe);
    if (!info) return undefined;
    const safe = info.type === DATA ? octetString(bytes, info.inner) : info.type === SIGNED_DATA ? signedContent(bytes, info.inner) : undefined;
    // Nothing else has this shape, so what cannot be read is a store without keys.
    if (!safe) return [];

    const budget = budgetFor(bytes);
    const mac = readMac(bytes, macData);
    const opening = mac && emptyPasswords.find((empty) => mac.verify(empty, safe, budget));
    const store: Store = {
      // Without a MAC the bags themselves tell whether a password is right.
      passwords: mac ? (opening ? [opening] : []) : emptyPasswords,
      budget,
      keys: [],
      certificates: [],
    };
    readAuthenticatedSafe(safe, store);
    const macFacts = mac && { mac: mac.name, ...(mac.rounds !== undefined && { macRounds: mac.rounds }) };
    // The MAC is the cheaper way to try a password on each of them.
    const lock: Lock | undefined = mac && { opens: (guess) => mac.verify(password(guess), safe, unlimited()) };
    return store.keys.map((bag) => ({ ...toKey(bag, store, macFacts, opening !== undefined), ...(lock && bag.facts.encryption && { lock }) }));
  },
};

const DATA = '1.2.840.113549.1.7.1';
const SIGNED_DATA = '1.2.840.113549.1.7.2';
const ENCRYPTED_DATA = '1.2.840.113549.1.7.6';

/** RFC 7292, 4.2. */
const BAGS = '1.2.840.113549.1.12.10.1.';
const KEY_BAG = `${BAGS}1`, SHROUDED_KEY_BAG = `${BAGS}2`, CERT_BAG = `${BAGS}3`, SECRET_BAG = `${BAGS}5`, SAFE_CONTENTS_BAG = `${BAGS}6`;
const X509_CERTIFICATE = '1.2.840.113549.1.9.22.1';
/** RFC 2985, 5.5.1 and 5.5.2. */
const FRIENDLY_NAME = '1.2.840.113549.1.9.20';
const LOCAL_KEY_ID = '1.2.840.113549.1.9.21';

/** Bags in a safe, safes in a store; and how deep safes may lie in each other. */
const MAX_BAGS = 4096;
const MAX_DEPTH = 8;

const privateKey: Armor = { label: 'PRIVATE KEY', headers: new Map() };
const encryptedPrivateKey: Armor = { label: 'ENCRYPTED PRIVATE KEY', headers: new Map() };

interface Store {
  /** The encodings of the empty password that may open it. */
  readonly passwords: readonly Password[];
  readonly budget: Budget;
  readonly keys: KeyBag[];
  readonly certificates: CertificateBag[];
}

interface KeyBag {
  readonly facts: ReadKey;
  /** The empty password opened the bag. */
  readonly opened: boolean;
  readonly attributes: Attributes;
}

interface CertificateBag {
  readonly facts: ReturnType<typeof certifiedFacts>;
  readonly attributes: Attributes;
}

interface Attributes {
  readonly friendlyName?: string;
  /** Hex. */
  readonly localKeyId?: string;
}

/** A safe that was encrypted as a whole and that the empty password opened. */
interface Enclosing {
  readonly encryption: Encryption;
}

function readAuthenticatedSafe(safe: Buffer, store: Store): void {
  const list = readTlv(safe, 0);
  if (list?.tag !== SEQUENCE) return;
  for (const element of leadingElements(safe, list, MAX_BAGS)) {
    const info = readContentInfo(safe, element);
    if (info?.type === DATA) {
      const contents = octetString(safe, info.inner);
      if (contents) readSafeContents(contents, store);
    } else if (info?.type === ENCRYPTED_DATA) readEncryptedData(safe, info.inner, store);
  }
}

/** EncryptedData: SEQUENCE { version, SEQUENCE { contentType, AlgorithmIdentifier, [0] OCTET STRING } } (RFC 5652, 8). */
function readEncryptedData(safe: Buffer, data: Tlv, store: Store): void {
  if (store.passwords.length === 0 || data.tag !== SEQUENCE) return;
  const info = (children(safe, data) ?? [])[1];
  const [, algorithm, string] = (info?.tag === SEQUENCE && children(safe, info)) || [];
  if (!algorithm || !string || (string.tag & ~0x20) !== 0x80) return;
  const ciphertext = octets(safe, string);
  const encryption = readPbe(safe, algorithm)?.encryption;
  if (!ciphertext || !encryption) return;
  for (const empty of store.passwords) {
    const contents = decrypt(safe, algorithm, ciphertext, empty, store.budget);
    if (contents && readTlv(contents, 0)?.next === contents.length) {
      readSafeContents(contents, store, { encryption });
      return;
    }
  }
}

/** SafeContents: SEQUENCE OF SEQUENCE { bagId, [0] value, attributes SET OPTIONAL }. */
function readSafeContents(contents: Buffer, store: Store, enclosing?: Enclosing, depth = 0): void {
  const list = readTlv(contents, 0);
  if (list?.tag !== SEQUENCE || depth > MAX_DEPTH) return;
  for (const bag of leadingElements(contents, list, MAX_BAGS)) {
    if (bag.tag !== SEQUENCE || store.keys.length >= MAX_BAGS) continue;
    const [identifier, wrapper, set] = children(contents, bag) ?? [];
    const id = objectIdentifier(contents, identifier);
    const value = wrapper?.tag === 0xa0 ? readTlv(contents, wrapper.start, wrapper.end) : undefined;
    if (id === undefined || !value) continue;
    const attributes = readAttributes(contents, set);
    switch (id) {
      case KEY_BAG:
        store.keys.push({ ...readKey(inDer(contents, value), enclosing), attributes });
        break;
      case SHROUDED_KEY_BAG:
        store.keys.push({ ...readShroudedKey(inDer(contents, value), store), attributes });
        break;
      case SECRET_BAG: {
        const secret = readSecret(contents, value, enclosing);
        if (secret) store.keys.push({ facts: secret, opened: enclosing !== undefined, attributes });
        break;
      }
      case CERT_BAG: {
        const certificate = readCertificate(contents, value);
        if (certificate) store.certificates.push({ facts: certifiedFacts(certificate), attributes });
        break;
      }
      case SAFE_CONTENTS_BAG:
        readSafeContents(encoded(contents, value), store, enclosing, depth + 1);
        break;
    }
  }
}

type Read = Omit<KeyBag, 'attributes'>;

/** PrivateKeyInfo. */
function readKey(info: Buffer, enclosing?: Enclosing): Read {
  const [facts] = pkcs8.read!(info, privateKey) ?? [];
  const encryption = enclosing && { encryption: enclosing.encryption };
  return { facts: { ...(facts ?? damaged('pkcs12', info, 'the key in its bag cannot be read')), ...encryption, format: 'pkcs12' }, opened: enclosing !== undefined };
}

/** EncryptedPrivateKeyInfo; with the empty password, what is inside. */
function readShroudedKey(info: Buffer, store: Store): Read {
  const [facts] = encryptedPkcs8.read!(info, encryptedPrivateKey) ?? [];
  if (!facts) return { facts: damaged('pkcs12', info, 'the key in its bag cannot be read'), opened: false };
  const outer = readTlv(info, 0)!;
  const [algorithm, data] = children(info, outer) ?? [];
  const ciphertext = data && octets(info, data);
  for (const empty of store.passwords) {
    const plain = algorithm && ciphertext && decrypt(info, algorithm, ciphertext, empty, store.budget);
    const [inside] = (plain && pkcs8.read!(plain)) || [];
    if (inside) return { facts: { ...inside, ...(facts.encryption && { encryption: facts.encryption }), format: 'pkcs12' }, opened: true };
  }
  return { facts: { ...facts, format: 'pkcs12' }, opened: false };
}

/**
 * SecretBag: SEQUENCE { secretTypeId, [0] value }. Java keeps its symmetric keys here, as an EncryptedPrivateKeyInfo in an OCTET STRING
 * whose type is that of a shrouded key bag (OpenJDK, sun.security.pkcs12.PKCS12KeyStore).
 */
function readSecret(contents: Buffer, bag: Tlv, enclosing?: Enclosing): ReadKey | undefined {
  const [type, wrapper] = (bag.tag === SEQUENCE && children(contents, bag)) || [];
  const value = wrapper?.tag === 0xa0 ? readTlv(contents, wrapper.start, wrapper.end) : undefined;
  const id = objectIdentifier(contents, type);
  if (!value || (id !== SHROUDED_KEY_BAG && id !== KEY_BAG)) return undefined;
  const info = (value.tag & ~0x20) === OCTET_STRING ? octets(contents, value) : encoded(contents, value);
  const [facts] = (info && encryptedPkcs8.read!(info, encryptedPrivateKey)) || [];
  const encryption = facts?.encryption ?? enclosing?.encryption;
  const container = facts?.container;
  return { kind: 'symmetric', format: 'pkcs12', ...(encryption && { encryption }), ...(container !== undefined && { container }) };
}

/** CertBag: SEQUENCE { certId, [0] OCTET STRING }. */
function readCertificate(contents: Buffer, bag: Tlv): Buffer | undefined {
  const [type, wrapper] = (bag.tag === SEQUENCE && children(contents, bag)) || [];
  if (objectIdentifier(contents, type) !== X509_CERTIFICATE || wrapper?.tag !== 0xa0) return undefined;
  const value = readTlv(contents, wrapper.start, wrapper.end);
  return value && octetString(contents, value);
}

/** SET OF SEQUENCE { attrId, SET OF value }. */
function readAttributes(contents: Buffer, set: Tlv | undefined): Attributes {
  const found: { friendlyName?: string; localKeyId?: string } = {};
  for (const attribute of set?.tag === SET ? leadingElements(contents, set, 64) : []) {
    const [type, values] = (attribute.tag === SEQUENCE && children(contents, attribute)) || [];
    const value = values?.tag === SET ? readTlv(contents, values.start, values.end) : undefined;
    const id = objectIdentifier(contents, type);
    if (!value || value.end - value.start > 1024) continue;
    if (id === FRIENDLY_NAME && value.tag === 0x1e) {
      const name = Buffer.from(content(contents, value).subarray(0, (value.end - value.start) & ~1)).swap16().toString('utf16le').replace(/\0+$/, '').trim();
      if (name !== '') found.friendlyName = name;
    } else if (id === LOCAL_KEY_ID && value.tag === OCTET_STRING) found.localKeyId = content(contents, value).toString('hex');
  }
  return found;
}

function toKey({ facts, opened, attributes }: KeyBag, store: Store, mac: Partial<Encryption> | undefined, isEmpty: boolean): ReadKey {
  const { container, inferred, ...own } = facts;
  const named = own.spki === undefined && facts.kind === 'private' && !facts.defect ? certified(attributes, store) : undefined;
  const hidden = own.spki === undefined && named?.spki === undefined;
  const comment = attributes.friendlyName;
  const weak = facts.encryption && (opened || isEmpty);
  const weaknesses = [...(facts.weaknesses ?? []), ...(weak ? ['empty-password'] : [])];
  return {
    ...own,
    ...named,
    ...(hidden && container !== undefined && { container }),
    ...(inferred && !named && { inferred }),
    ...(facts.encryption && mac && { encryption: { ...facts.encryption, ...mac } }),
    ...(comment !== undefined && { comment }),
    ...(weaknesses.length > 0 && { weaknesses }),
  };
}

/** The public half that a certificate in the clear says belongs to the key; `undefined` where that is not certain. */
function certified({ localKeyId }: Attributes, { keys, certificates }: Store): CertificateBag['facts'] {
  const matches = localKeyId === undefined ? [] : certificates.filter(({ attributes }) => attributes.localKeyId === localKeyId);
  if (matches.length === 1) return matches[0]!.facts;
  return matches.length === 0 && keys.length === 1 && certificates.length === 1 && certificates[0]!.attributes.localKeyId === undefined ? certificates[0]!.facts : undefined;
}

/** ContentInfo: SEQUENCE { contentType, [0] content } (RFC 5652, 3). */
function readContentInfo(bytes: Buffer, tlv: Tlv): { readonly type: string; readonly inner: Tlv } | undefined {
  if (tlv.tag !== SEQUENCE) return undefined;
  const [identifier, wrapper] = children(bytes, tlv) ?? [];
  const type = objectIdentifier(bytes, identifier);
  const inner = wrapper?.tag === 0xa0 ? readTlv(bytes, wrapper.start, wrapper.end) : undefined;
  return type?.startsWith('1.2.840.113549.1.7.') && inner ? { type, inner } : undefined;
}

/** The content that a SignedData signs (RFC 5652, 5.1): SEQUENCE { version, digestAlgorithms, encapContentInfo, ... }. */
function signedContent(bytes: Buffer, signed: Tlv): Buffer | undefined {
  const [, , encapsulated] = signed.tag === SEQUENCE ? leadingElements(bytes, signed, 3) : [];
  const info = encapsulated && readContentInfo(bytes, encapsulated);
  return info?.type === DATA ? octetString(bytes, info.inner) : undefined;
}

function octetString(bytes: Buffer, tlv: Tlv): Buffer | undefined {
  return (tlv.tag & ~0x20) === OCTET_STRING ? octets(bytes, tlv) : undefined;
}

/** An element in DER, so that a key has one name however its store is written: strings in one piece, all lengths definite. */
function inDer(bytes: Buffer, tlv: Tlv, depth = 0): Buffer {
  if ((tlv.tag & 0x20) === 0 || depth > MAX_DEPTH) return encoded(bytes, tlv);
  const string = tlv.tag === (OCTET_STRING | 0x20) ? octets(bytes, tlv) : undefined;
  if (string) return der(OCTET_STRING, string);
  const parts = children(bytes, tlv);
  return parts ? der(tlv.tag, ...parts.map((part) => inDer(bytes, part, depth + 1))) : encoded(bytes, tlv);
}

/** SEQUENCE of any length, version 3, ContentInfo of type data. */
const BEGIN = /^\x30(?:[\x82-\x84][^]{2,4}|\x81[^]|\x80)\x02\x01\x03\x30(?:[\x82-\x84][^]{2,4}|\x81[^]|\x80)\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01/;
/** keyBag and pkcs8ShroudedKeyBag as they are encoded. */
const KEY_BAGS = [1, 2].map((arc) => Buffer.from([0x06, 0x0b, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x0a, 0x01, arc]));

/** A store that was cut off has a key where a key bag begins. */
function readTruncated(bytes: Buffer): readonly KeyFacts[] | undefined {
  if (!BEGIN.test(bytes.toString('latin1', 0, 40))) return undefined;
  return KEY_BAGS.some((bag) => bytes.includes(bag)) ? [damaged('pkcs12', bytes, 'cut off: the end of the key store is missing')] : [];
}
