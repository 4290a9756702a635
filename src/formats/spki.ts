import { BIT_STRING, children, der, derBitString, derObjectIdentifier, encoded, NULL, SEQUENCE, SEQUENCE_MAGIC, smallInteger } from '../der.ts';
import type { Tlv } from '../der.ts';
import type { Format } from '../format.ts';
import { identifyEc, isPoint, namedDomain, readDomain, wholeBits } from '../ec-parameters.ts';
import { outerSequence, readAlgorithm, unsigned } from '../key-der.ts';
import type { AlgorithmIdentifier } from '../key-der.ts';
import type { KeyFacts } from '../key.ts';
import { bitLength, identify } from '../public-key.ts';
import { readDsaParameters } from './dsa.ts';

/** X.509 SubjectPublicKeyInfo: SEQUENCE { AlgorithmIdentifier, BIT STRING }. */
export const spki: Format = {
  name: 'spki',
  title: 'X.509 public key (SubjectPublicKeyInfo)',
  sources: ['RFC 5280, 4.1.2.7'],
  magics: SEQUENCE_MAGIC,

  read(bytes, armor) {
    const outer = outerSequence(bytes);
    const key = outer && readPublicKeyInfo(bytes, outer);
    if (!key || !(key.known || armor?.label.endsWith('PUBLIC KEY'))) return undefined;
    return [{ kind: 'public', format: 'spki', ...key.facts }];
  },
};

export interface PublicKeyInfo {
  readonly known: boolean;
  readonly facts: Partial<KeyFacts> & { readonly algorithm: string };
}

/** Reads a SubjectPublicKeyInfo, also one inside a certificate. A known algorithm whose key is damaged gives a `defect`. */
export function readPublicKeyInfo(bytes: Buffer, tlv: Tlv): PublicKeyInfo | undefined {
  if (tlv.tag !== SEQUENCE) return undefined;
  const [identifier, string, ...more] = children(bytes, tlv) ?? [];
  const algorithm = readAlgorithm(bytes, identifier);
  if (!algorithm || string?.tag !== BIT_STRING || more.length > 0) return undefined;
  const bits = wholeBits(bytes, string);
  if (!bits) return undefined;
  const facts = publicFacts(bytes, algorithm, bits);
  return { known: algorithm.known, facts: facts ?? { algorithm: algorithm.name, defect: 'its public key cannot be read' } };
}

/** What is known of a public key: an algorithm, and the content of the BIT STRING. `undefined` when that is not what the algorithm has. */
export function publicFacts(bytes: Buffer, algorithm: AlgorithmIdentifier, bits: Buffer): PublicKeyInfo['facts'] | undefined {
  const { name, parameters } = algorithm;
  switch (name) {
    case 'rsa':
    case 'rsa-pss': {
      const [n, e] = integers(bits);
      if (!n?.length || !e?.length) return undefined;
      if (name === 'rsa') return identify({ type: 'rsa', n, e });
      return identify({ type: 'rsa-pss', n, e, ...(parameters && { parameters: pssParameters(bytes, parameters) }) });
    }
    case 'dsa': {
      const group = readDsaParameters(bytes, parameters);
      const y = integer(bits);
      if (!y?.length) return undefined;
      // Parameters may be left out where an issuer's certificate has them (RFC 3279, 2.3.2).
      return group ? identify({ type: 'dsa', ...group, y }) : other(algorithm, bits);
    }
    case 'ec':
    case 'sm2': {
      const domain = readDomain(bytes, parameters) ?? (name === 'sm2' ? namedDomain('SM2') : undefined);
      if (!domain) return other(algorithm, bits);
      if (isPoint(domain, bits)) return identifyEc(domain, bits);
      return { ...identifyEc(domain, undefined), defect: 'its public point does not lie on its curve' };
    }
    case 'dh':
    case 'elgamal': {
      const p = modulus(bytes, parameters);
      return p && integer(bits)?.length ? other(algorithm, bits, bitLength(p)) : undefined;
    }
    case 'gost2001':
    case 'gost2012-256': return other(algorithm, bits, 256);
    case 'gost2012-512': return other(algorithm, bits, 512);
    default: {
      if (!algorithm.known) return other(algorithm, bits);
      const length = keyLengths.get(name);
      return length === undefined || length === bits.length ? identify({ type: 'raw', algorithm: name, key: bits }) : undefined;
    }
  }
}

const MGF1 = '1.2.840.113549.1.1.8';
const SHA1 = '1.3.14.3.2.26';

/**
 * RSASSA-PSS-params (RFC 8017, A.2.3) as OpenSSL 3 writes them, for one key to have one name: defaults left out, NULL after a hash.
 * OpenSSL 1.1 wrote no NULL. What cannot be read stays as it is.
 */
export function pssParameters(bytes: Buffer, parameters: Tlv): Buffer {
  const fields = parameters.tag === SEQUENCE ? children(bytes, parameters) : undefined;
  const parts = fields?.map((field) => pssField(bytes, field));
  return parts && !parts.includes(undefined) ? der(SEQUENCE, ...(parts as Buffer[])) : encoded(bytes, parameters);
}

function pssField(bytes: Buffer, field: Tlv): Buffer | undefined {
  const [value, ...more] = children(bytes, field) ?? [];
  if (!value || more.length > 0) return undefined;
  switch (field.tag) {
    case 0xa0: {
      const hash = readAlgorithm(bytes, value)?.oid;
      return hash === undefined ? undefined : hash === SHA1 ? Buffer.alloc(0) : der(0xa0, hashIdentifier(hash));
    }
    case 0xa1: {
      const mask = readAlgorithm(bytes, value);
      const hash = mask?.oid === MGF1 ? readAlgorithm(bytes, mask.parameters)?.oid : undefined;
      return hash === undefined ? undefined : hash === SHA1 ? Buffer.alloc(0) : der(0xa1, der(SEQUENCE, derObjectIdentifier(MGF1), hashIdentifier(hash)));
    }
    case 0xa2:
    case 0xa3: {
      const number = smallInteger(bytes, value);
      return number === undefined ? undefined : number === (field.tag === 0xa2 ? 20 : 1) ? Buffer.alloc(0) : encoded(bytes, field);
    }
    default: return undefined;
  }
}

function hashIdentifier(oid: string): Buffer {
  return der(SEQUENCE, derObjectIdentifier(oid), der(NULL));
}

/** A public key of an algorithm that has no numbers here: its names come from its own encoding. */
export function other(algorithm: AlgorithmIdentifier, bits: Uint8Array, size?: number): PublicKeyInfo['facts'] {
  const encoding = der(SEQUENCE, algorithm.der, derBitString(bits));
  return identify({ type: 'other', algorithm: algorithm.name, spki: encoding, ...(size !== undefined && { bits: size }) });
}

/** The first number of a group: p of DHParameter (PKCS #3, 9) and of DomainParameters (RFC 3279, 2.3.3). */
export function modulus(bytes: Buffer, parameters: Tlv | undefined): Buffer | undefined {
  if (parameters?.tag !== SEQUENCE) return undefined;
  const p = unsigned(bytes, (children(bytes, parameters) ?? [])[0]);
  return p?.length ? p : undefined;
}

function integer(bits: Buffer): Buffer | undefined {
  return integers(der(SEQUENCE, bits))[0];
}

/** The INTEGERs in the SEQUENCE that the bytes consist of. */
function integers(bits: Buffer): readonly (Buffer | undefined)[] {
  const outer = outerSequence(bits);
  return outer ? (children(bits, outer) ?? []).map((number) => unsigned(bits, number)) : [];
}

/** Bytes of a public key: RFC 8032, 5; RFC 7748, 5; FIPS 203, table 3; FIPS 204, table 2; FIPS 205, table 2. */
export const keyLengths: ReadonlyMap<string, number> = new Map([
  ['ed25519', 32], ['ed448', 57], ['x25519', 32], ['x448', 56],
  ['ml-dsa-44', 1312], ['ml-dsa-65', 1952], ['ml-dsa-87', 2592],
  ['ml-kem-512', 800], ['ml-kem-768', 1184], ['ml-kem-1024', 1568], ['mlkem768-x25519', 1216],
  ...['sha2', 'shake'].flatMap((hash) => ['s', 'f'].flatMap((size) => [128, 192, 256].map((bits) => [`slh-dsa-${hash}-${bits}${size}`, bits / 4] as const))),
]);
