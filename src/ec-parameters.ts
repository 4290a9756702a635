import { curvesThrough, bytesOf, ecPublicPoint, isOnCurve, nameOfCurve, primeCurve, toBigInt, uncompressed } from './curve.ts';
import type { PrimeCurve } from './curve.ts';
import { BIT_STRING, children, content, encoded, INTEGER, objectIdentifier, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, smallInteger } from './der.ts';
import type { Tlv } from './der.ts';
import { unsigned } from './key-der.ts';
import type { KeyFacts } from './key.ts';
import { curveByName, curveByOid } from './oids.ts';
import { bitLength, identify } from './public-key.ts';

/** The curve of an EC key, as its file states it. */
export interface Domain {
  /** OpenSSL's name, `explicit` for parameters that name none, else the dotted identifier. */
  readonly curve: string;
  /** The parameters as they stand in the file. */
  readonly parameters: Buffer;
  /** Bits of the group order. */
  readonly bits?: number;
  /** The numbers, where the field is prime. */
  readonly prime?: PrimeCurve;
}

/** The domain of a named curve. */
export function namedDomain(name: string, parameters: Buffer = Buffer.alloc(0)): Domain {
  const bits = curveByName.get(name)?.bits;
  const prime = primeCurve(name);
  return { curve: name, parameters, ...(bits !== undefined && { bits }), ...(prime && { prime }) };
}

/** ECParameters: an identifier or the numbers themselves (RFC 3279, 2.3.5). `undefined` for NULL and for damaged ones. */
export function readDomain(bytes: Buffer, tlv: Tlv | undefined): Domain | undefined {
  if (tlv?.tag === OBJECT_IDENTIFIER) {
    const oid = objectIdentifier(bytes, tlv);
    return oid === undefined ? undefined : namedDomain(curveByOid.get(oid)?.name ?? oid, encoded(bytes, tlv));
  }
  return tlv?.tag === SEQUENCE ? readExplicit(bytes, tlv) : undefined;
}

/** SEQUENCE { version, fieldID { fieldType, parameters }, curve { a, b, seed }, base, order, cofactor, hash } (SEC 1, C.2). */
function readExplicit(bytes: Buffer, tlv: Tlv): Domain | undefined {
  const [version, field, curve, base, order] = children(bytes, tlv) ?? [];
  const number = smallInteger(bytes, version);
  if (number === undefined || number < 1 || number > 3 || field?.tag !== SEQUENCE || curve?.tag !== SEQUENCE || base?.tag !== OCTET_STRING) return undefined;
  const n = unsigned(bytes, order);
  if (!n) return undefined;
  const [fieldType, modulus] = children(bytes, field) ?? [];
  const [a, b] = children(bytes, curve) ?? [];
  const prime = objectIdentifier(bytes, fieldType) === '1.2.840.10045.1.1' && a && b ? readPrimeCurve(bytes, modulus, a, b, base, n) : undefined;
  return { curve: 'explicit', parameters: encoded(bytes, tlv), bits: bitLength(n), ...(prime && { prime }) };
}

/** No curve in use has a larger field; beyond it numbers are not worth their cost. */
const MAX_FIELD_BYTES = 80;

function readPrimeCurve(bytes: Buffer, modulus: Tlv | undefined, a: Tlv, b: Tlv, base: Tlv, n: Buffer): PrimeCurve | undefined {
  const p = unsigned(bytes, modulus);
  if (!p || p.length > MAX_FIELD_BYTES || n.length > MAX_FIELD_BYTES || p.length < 2) return undefined;
  const [aBytes, bBytes] = [content(bytes, a), content(bytes, b)];
  if (aBytes.length > MAX_FIELD_BYTES || bBytes.length > MAX_FIELD_BYTES) return undefined;
  const curve = { p: toBigInt(p), a: toBigInt(aBytes), b: toBigInt(bBytes), x: 0n, y: 0n, n: toBigInt(n) };
  const point = uncompressed(curve, content(bytes, base));
  const length = bytesOf(curve);
  return point && { ...curve, x: toBigInt(point.subarray(1, 1 + length)), y: toBigInt(point.subarray(1 + length)) };
}

/** The content of a BIT STRING of whole bytes, also where its tag is implicit. */
export function wholeBits(bytes: Buffer, tlv: Tlv): Buffer | undefined {
  return tlv.end > tlv.start && bytes[tlv.start] === 0 ? bytes.subarray(tlv.start + 1, tlv.end) : undefined;
}

/** ECPrivateKey (RFC 5915, 3): SEQUENCE { 1, privateKey OCTET STRING, [0] parameters OPTIONAL, [1] publicKey BIT STRING OPTIONAL }. */
export interface EcPrivateKey {
  readonly scalar: Buffer;
  /** What stands in [0]. */
  readonly parameters?: Tlv;
  readonly point?: Buffer;
}

/** The scalar of the largest curve in OpenSSL has 72 bytes (sect571). */
const MAX_SCALAR = 72;

export function readEcPrivateKey(bytes: Buffer, elements: readonly Tlv[]): EcPrivateKey | undefined {
  const [version, privateKey, ...tagged] = elements;
  if (version?.tag !== INTEGER || smallInteger(bytes, version) !== 1 || privateKey?.tag !== OCTET_STRING) return undefined;
  const scalar = content(bytes, privateKey);
  if (scalar.length === 0 || scalar.length > MAX_SCALAR || tagged.length > 2) return undefined;
  const inside = (tag: number): Tlv | undefined => {
    const outer = tagged.find((element) => element.tag === tag);
    return outer && (children(bytes, outer) ?? [])[0];
  };
  if (!tagged.every((element) => element.tag === 0xa0 || element.tag === 0xa1)) return undefined;
  const parameters = inside(0xa0);
  const bits = inside(0xa1);
  const point = bits?.tag === BIT_STRING ? wholeBits(bytes, bits) : undefined;
  return { scalar, ...(parameters && { parameters }), ...(point && point.length > 0 && { point }) };
}

/** Whether bytes can be a point of the curve: on it, where the field is prime; of a possible form, where it is not. */
export function isPoint(domain: Domain | undefined, point: Buffer): boolean {
  const form = point[0]!;
  if (domain?.prime) {
    const length = bytesOf(domain.prime);
    if (form === 2 || form === 3) return point.length === 1 + length;
    return (form === 4 || form === 6 || form === 7) && point.length === 1 + 2 * length && isOnCurve(domain.prime, point);
  }
  if (form === 2 || form === 3) return point.length > 1 && point.length <= 1 + MAX_SCALAR;
  return (form === 4 || form === 6 || form === 7) && point.length % 2 === 1 && point.length > 1 && point.length <= 1 + 2 * MAX_SCALAR;
}

/** Algorithm, size and names of an EC key. Without its point it has no names. */
export function identifyEc(domain: Domain | undefined, point: Buffer | undefined): Partial<KeyFacts> & { readonly algorithm: string } {
  if (!domain) return { algorithm: 'ec' };
  const { curve, bits, parameters, prime } = domain;
  const explicit = !curveByName.has(curve) && { parameters };
  const key = { type: 'ec' as const, curve, ...explicit, ...(bits !== undefined && { bits }) };
  if (!point) {
    const { algorithm } = identify({ ...key, point: Buffer.alloc(0) });
    return { algorithm, ...(bits !== undefined && { bits }), curve };
  }
  // SSH knows a curve by its numbers and a point by its coordinates, however a file writes them.
  const name = prime && (curve === 'explicit' ? nameOfCurve(prime) : curve);
  const plain = prime && uncompressed(prime, point);
  const { fingerprint } = name !== undefined && plain ? identify({ type: 'ec', curve: name, point: plain }) : {};
  return { ...identify({ ...key, point }), ...(fingerprint !== undefined && { fingerprint }) };
}

/** The facts of a private EC key: its public point as the file has it, or made from the scalar where it has none or a wrong one. */
export function ecPrivateFacts(key: EcPrivateKey, stated: Domain | undefined): Partial<KeyFacts> & { readonly algorithm: string } {
  const domain = stated ?? (key.point && domainThrough(key.point));
  const mismatch = key.point !== undefined && !isPoint(domain, key.point);
  const point = key.point && !mismatch ? key.point : domain?.prime && ecPublicPoint(domain.prime, key.scalar);
  return { ...identifyEc(domain, point), ...(mismatch && { weaknesses: ['public-half-mismatch'] }) };
}

/** The one curve that a point lies on, for keys that do not name theirs. */
function domainThrough(point: Buffer): Domain | undefined {
  const [name, ...others] = curvesThrough(point);
  return name !== undefined && others.length === 0 ? namedDomain(name) : undefined;
}
