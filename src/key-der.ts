import { children, encoded, INTEGER, objectIdentifier, OBJECT_IDENTIFIER, readTlv, readWhole, SEQUENCE } from './der.ts';
import type { Tlv } from './der.ts';
import type { Armor } from './format.ts';
import type { KeyFacts } from './key.ts';
import { algorithmByOid } from './oids.ts';
import { sha256Hex } from './hash.ts';

/** What the readers of DER key formats have in common. */

/** Tools pad files to whole blocks, editors end them with a line break. */
const MAX_PADDING = 16;

/** The SEQUENCE that the bytes consist of, up to 16 zero or newline bytes after it. */
export function outerSequence(bytes: Buffer): Tlv | undefined {
  const outer = readWhole(bytes, SEQUENCE, MAX_PADDING);
  return outer && bytes.subarray(outer.next).every((byte) => byte === 0 || byte === 0x0a || byte === 0x0d) ? outer : undefined;
}

/** What that SEQUENCE consists of. */
export function outerElements(bytes: Buffer): readonly Tlv[] | undefined {
  const outer = outerSequence(bytes);
  return outer && children(bytes, outer);
}

/** The elements before the first one that cannot be read: what is left of a damaged structure. At most `most`. */
export function leadingElements(bytes: Buffer, parent: Tlv, most: number): readonly Tlv[] {
  const list: Tlv[] = [];
  for (let at = parent.start; at < parent.end && list.length < most;) {
    const element = readTlv(bytes, at, parent.end);
    if (!element) break;
    list.push(element);
    at = element.next;
  }
  return list;
}

/**
 * An INTEGER's bytes without leading zeros, taken as unsigned: encoders that forget the sign byte are common,
 * and OpenSSL reads the numbers of RSA, DSA and DH keys this way. `undefined` for another tag.
 */
export function unsigned(bytes: Buffer, tlv: Tlv | undefined): Buffer | undefined {
  if (!tlv || tlv.tag !== INTEGER || tlv.start === tlv.end) return undefined;
  let start = tlv.start;
  while (start < tlv.end && bytes[start] === 0) start++;
  return bytes.subarray(start, tlv.end);
}

export function isOdd(value: Buffer): boolean {
  return value.length > 0 && (value[value.length - 1]! & 1) === 1;
}

/** Compares unsigned numbers without leading zeros. */
export function isLess(a: Buffer, b: Buffer): boolean {
  return a.length === b.length ? a.compare(b) < 0 : a.length < b.length;
}

/** SEQUENCE { algorithm OBJECT IDENTIFIER, parameters ANY OPTIONAL } (RFC 5280, 4.1.1.2). */
export interface AlgorithmIdentifier {
  readonly oid: string;
  /** The word for it, or the dotted identifier. */
  readonly name: string;
  readonly known: boolean;
  readonly parameters?: Tlv;
  /** The whole element. */
  readonly der: Buffer;
}

/** Identifiers under which some tools write keys that have a usual one. */
const otherNames: ReadonlyMap<string, string> = new Map([
  ['2.5.8.1.1', 'rsa'], // X.509 (1988), annex H
  ['1.2.840.113549.1.1.7', 'rsa'], // id-RSAES-OAEP (RFC 8017, A.2.1)
  ['1.3.14.3.2.12', 'dsa'], // OIW
  ['1.3.132.1.12', 'ec'], // id-ecDH (RFC 5480, 2.1.2)
  ['1.3.132.1.13', 'ec'], // id-ecMQV
  ['1.2.156.10197.1.301', 'sm2'], // the curve's own identifier (GM/T 0006)
]);

export function readAlgorithm(bytes: Buffer, tlv: Tlv | undefined): AlgorithmIdentifier | undefined {
  if (tlv?.tag !== SEQUENCE) return undefined;
  const [identifier, parameters, ...more] = children(bytes, tlv) ?? [];
  if (identifier?.tag !== OBJECT_IDENTIFIER || more.length > 0) return undefined;
  const oid = objectIdentifier(bytes, identifier);
  if (oid === undefined) return undefined;
  const name = algorithmByOid.get(oid) ?? otherNames.get(oid);
  return { oid, name: name ?? oid, known: name !== undefined, ...(parameters && { parameters }), der: encoded(bytes, tlv) };
}

/** Whether the armor says that a private key is inside: then its structure need not prove as much. */
export function saysPrivate(armor: Armor | undefined): boolean {
  return armor !== undefined && armor.label.includes('PRIVATE KEY');
}

/** Whether the armor says that its content is encrypted the old way, so that what looks like damage is ciphertext. */
export function saysEncrypted(armor: Armor | undefined): boolean {
  return armor !== undefined && armor.headers.has('dek-info');
}

/** A private key that is damaged; what is known of it comes first. */
export function damaged(format: string, container: Uint8Array, defect: string, facts: Partial<KeyFacts> = {}): KeyFacts {
  return { ...facts, kind: 'private', format, container: sha256Hex(container), defect };
}
