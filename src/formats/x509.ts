import { BIT_STRING, children, content, INTEGER, objectIdentifier, readTlv, SEQUENCE, SEQUENCE_MAGIC, SET } from '../der.ts';
import type { Tlv } from '../der.ts';
import type { Format } from '../format.ts';
import type { X509Certificate } from '../key.ts';
import { outerSequence } from '../key-der.ts';
import { withoutKeyText } from '../text.ts';
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
    const comment = commonName(bytes, certified.subject);
    const facts = readPublicKeyInfo(bytes, certified.publicKey)?.facts ?? { defect: 'its public key cannot be read' };
    return [{ kind: 'certificate', format: 'x509', ...facts, ...(comment !== undefined && { comment }), x509: certificateFacts(bytes, certified, algorithm) }];
  },
};

/** A certificate followed by what OpenSSL trusts it for. */
function beforeTrust(bytes: Buffer): Tlv | undefined {
  const certificate = readTlv(bytes, 0);
  const trust = certificate && readTlv(bytes, certificate.next);
  return certificate?.tag === SEQUENCE && trust?.tag === SEQUENCE ? certificate : undefined;
}

interface Certified {
  readonly issuer: Tlv;
  readonly times: readonly Tlv[];
  readonly subject: Tlv;
  readonly publicKey: Tlv;
}

/** TBSCertificate: SEQUENCE { [0] version, serialNumber, signature, issuer, validity, subject, subjectPublicKeyInfo, ... }. */
function readFields(bytes: Buffer, fields: readonly Tlv[]): Certified | undefined {
  const [serial, signature, issuer, validity, subject, publicKey] = fields[0]?.tag === 0xa0 ? fields.slice(1) : fields;
  if (serial?.tag !== INTEGER || [signature, issuer, validity, subject, publicKey].some((field) => field?.tag !== SEQUENCE)) return undefined;
  const times = children(bytes, validity!) ?? [];
  return times.length === 2 && times.every(isTime) ? { issuer: issuer!, times, subject: subject!, publicKey: publicKey! } : undefined;
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

function certificateFacts(bytes: Buffer, { subject, issuer, times: [from, to] }: Certified, algorithm: Tlv): X509Certificate {
  const facts = {
    subject: distinguishedName(bytes, subject), issuer: distinguishedName(bytes, issuer), notBefore: dateOf(bytes, from!), notAfter: dateOf(bytes, to!),
    signature: objectIdentifier(bytes, children(bytes, algorithm)?.[0]),
  };
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

/** Short names of attribute types (RFC 4514, 3; those below the line are OpenSSL's). */
const attributeNames: ReadonlyMap<string, string> = new Map([
  ['2.5.4.3', 'CN'], ['2.5.4.7', 'L'], ['2.5.4.8', 'ST'], ['2.5.4.10', 'O'], ['2.5.4.11', 'OU'], ['2.5.4.6', 'C'], ['2.5.4.9', 'STREET'],
  ['0.9.2342.19200300.100.1.25', 'DC'], ['0.9.2342.19200300.100.1.1', 'UID'],
  ['1.2.840.113549.1.9.1', 'emailAddress'], ['2.5.4.4', 'SN'], ['2.5.4.42', 'GN'], ['2.5.4.5', 'serialNumber'], ['2.5.4.12', 'title'],
]);
/** Of a whole name. */
const MAX_TEXT = 1024;

/** RFC 4514, 2: the last part first. `undefined` where a part is no text, or none is there. */
function distinguishedName(bytes: Buffer, name: Tlv): string | undefined {
  const parts: string[] = [];
  for (const relative of children(bytes, name) ?? []) {
    const attributes = (relative.tag === SET ? children(bytes, relative) ?? [] : []).map((attribute) => {
      const [type, value] = children(bytes, attribute) ?? [];
      const oid = objectIdentifier(bytes, type);
      const text = value && value.end - value.start <= MAX_NAME ? decoders.get(value.tag)?.(content(bytes, value)) : undefined;
      // What somebody pasted into a certificate request may be the key; escapes would hide it from whoever looks later.
      return oid === undefined || text === undefined ? undefined : `${attributeNames.get(oid) ?? oid}=${escaped(withoutKeyText(text))}`;
    });
    if (attributes.length === 0 || attributes.includes(undefined)) return undefined;
    parts.unshift(attributes.reverse().join('+'));
  }
  return parts.length === 0 ? undefined : parts.join(',').slice(0, MAX_TEXT);
}

/** RFC 4514, 2.4. */
function escaped(text: string): string {
  return text.replace(/^[ #]|[,+"\\<>;]| $/g, '\\$&');
}

/** UTCTime and GeneralizedTime as certificates have them (RFC 5280, 4.1.2.5): to the second, and in UTC. */
function dateOf(bytes: Buffer, time: Tlv): string | undefined {
  const [, century, year, ...parts] = /^(\d\d)??(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(content(bytes, time).toString('latin1')) ?? [];
  if (year === undefined || (time.tag === 0x17) !== (century === undefined)) return undefined;
  const [month, day, hour, minute, second] = parts;
  const date = `${century ?? (Number(year) < 50 ? '20' : '19')}${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
  return Number.isNaN(Date.parse(date)) ? undefined : date;
}
