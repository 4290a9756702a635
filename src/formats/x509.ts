import { BIT_STRING, children, content, INTEGER, objectIdentifier, readTlv, SEQUENCE, SEQUENCE_MAGIC, SET } from '../der.ts';
import type { Tlv } from '../der.ts';
import type { Format } from '../format.ts';
import { outerSequence } from '../key-der.ts';
import { readPublicKeyInfo } from './spki.ts';

/** X.509 certificates as the public keys they are. */
export const x509: Format = {
  name: 'x509',
  title: 'X.509 certificate',
  sources: ['RFC 5280, 4.1', 'OpenSSL, openssl-x509(1): TRUSTED CERTIFICATE'],
  magics: SEQUENCE_MAGIC,

  read(bytes, armor) {
    const outer = outerSequence(bytes) ?? (armor?.label === 'TRUSTED CERTIFICATE' ? beforeTrust(bytes) : undefined);
    if (!outer) return undefined;
    const [body, algorithm, signature, ...more] = children(bytes, outer) ?? [];
    if (body?.tag !== SEQUENCE || algorithm?.tag !== SEQUENCE || signature?.tag !== BIT_STRING || more.length > 0) return undefined;
    const fields = children(bytes, body);
    if (!fields) return undefined;
    if (isRequest(fields) || isRevocationList(fields)) return [];
    const certified = readFields(bytes, fields);
    if (!certified) return undefined;
    const { subject, publicKey } = certified;
    const comment = commonName(bytes, subject);
    const facts = readPublicKeyInfo(bytes, publicKey)?.facts ?? { defect: 'its public key cannot be read' };
    return [{ kind: 'certificate', format: 'x509', ...facts, ...(comment !== undefined && { comment }) }];
  },
};

/** A certificate followed by what OpenSSL trusts it for. */
function beforeTrust(bytes: Buffer): Tlv | undefined {
  const certificate = readTlv(bytes, 0);
  const trust = certificate && readTlv(bytes, certificate.next);
  return certificate?.tag === SEQUENCE && trust?.tag === SEQUENCE ? certificate : undefined;
}

/** TBSCertificate: SEQUENCE { [0] version, serialNumber, signature, issuer, validity, subject, subjectPublicKeyInfo, ... }. */
function readFields(bytes: Buffer, fields: readonly Tlv[]): { readonly subject: Tlv; readonly publicKey: Tlv } | undefined {
  const [serial, signature, issuer, validity, subject, publicKey] = fields[0]?.tag === 0xa0 ? fields.slice(1) : fields;
  if (serial?.tag !== INTEGER || [signature, issuer, validity, subject, publicKey].some((field) => field?.tag !== SEQUENCE)) return undefined;
  const times = children(bytes, validity!) ?? [];
  return times.length === 2 && times.every(isTime) ? { subject: subject!, publicKey: publicKey! } : undefined;
}

/** UTCTime or GeneralizedTime. */
function isTime({ tag }: Tlv): boolean {
  return tag === 0x17 || tag === 0x18;
}

/** CertificationRequestInfo (RFC 2986, 4.1): SEQUENCE { version, subject, subjectPKInfo, [0] attributes }. */
function isRequest(fields: readonly Tlv[]): boolean {
  return fields.length >= 3 && fields.length <= 4 && fields.map(({ tag }) => tag).slice(0, 3).join() === [INTEGER, SEQUENCE, SEQUENCE].join() && (fields[3]?.tag ?? 0xa0) === 0xa0;
}

/** TBSCertList (RFC 5280, 5.1): SEQUENCE { version OPTIONAL, signature, issuer, thisUpdate, ... }. */
function isRevocationList(fields: readonly Tlv[]): boolean {
  const [signature, issuer, thisUpdate] = fields[0]?.tag === INTEGER ? fields.slice(1) : fields;
  return signature?.tag === SEQUENCE && issuer?.tag === SEQUENCE && thisUpdate !== undefined && isTime(thisUpdate);
}

/** Encodings of the strings in names (RFC 5280, 4.1.2.4): UTF8String, PrintableString, TeletexString, IA5String, BMPString. */
const decoders: ReadonlyMap<number, (bytes: Buffer) => string> = new Map([
  [0x0c, (bytes) => bytes.toString('utf8')],
  [0x13, (bytes) => bytes.toString('latin1')],
  [0x14, (bytes) => bytes.toString('latin1')],
  [0x16, (bytes) => bytes.toString('latin1')],
  [0x1e, (bytes) => Buffer.from(bytes.subarray(0, bytes.length & ~1)).swap16().toString('utf16le')],
]);
/** RFC 5280, A.1, allows 64 characters. */
const MAX_NAME = 256;

function commonName(bytes: Buffer, name: Tlv): string | undefined {
  for (const relative of children(bytes, name) ?? []) {
    if (relative.tag !== SET) continue;
    for (const attribute of children(bytes, relative) ?? []) {
      const [type, value] = children(bytes, attribute) ?? [];
      if (objectIdentifier(bytes, type) !== '2.5.4.3' || !value || value.end - value.start > MAX_NAME) continue;
      return decoders.get(value.tag)?.(content(bytes, value)) || undefined;
    }
  }
  return undefined;
}
