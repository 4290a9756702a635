import { isUtf8 } from 'node:buffer';
import type { KeyMention, SshCertificate } from './key.ts';
import { curveByOid, curves } from './oids.ts';
import { identify, sshFingerprint } from './public-key.ts';
import type { PublicIdentity, PublicKey } from './public-key.ts';
import { WireReader, wireString } from './wire.ts';

/**
 * The public key blobs of SSH: RFC 4253, 6.6 (RSA, DSA), RFC 5656, 3.1 (ECDSA), RFC 8709, 4 (Ed25519, Ed448),
 * OpenSSH's PROTOCOL.u2f (FIDO) and draft-ietf-sshm-cert (certificates; OpenSSH's PROTOCOL.certkeys before).
 */
export interface SshPublicKey {
  /** As the blob names itself: `ssh-rsa`, `ssh-ed25519-cert-v01@openssh.com`. */
  readonly type: string;
  readonly key: PublicKey;
  /** The blob of the key itself: for a certificate that of the key it certifies. */
  readonly plain: Buffer;
  /** Set where it is a certificate. */
  readonly certificate?: SshCertificate;
}

/** Certificates with many principals and options, and post-quantum keys, stay far below. */
export const MAX_BLOB = 64 * 1024;

const CERTIFICATE = '-cert-v01@openssh.com';

type FieldReader = (wire: WireReader, type: string) => PublicKey | undefined;

/** Readers of the fields that follow the type string. */
const fieldReaders: ReadonlyMap<string, FieldReader> = new Map<string, FieldReader>([
  ['ssh-rsa', (wire) => {
    const e = wire.mpint(), n = wire.mpint();
    return e?.length && n?.length ? { type: 'rsa', n, e } : undefined;
  }],
  ['ssh-dss', (wire) => {
    const p = wire.mpint(), q = wire.mpint(), g = wire.mpint(), y = wire.mpint();
    return p?.length && q?.length && g?.length && y?.length ? { type: 'dsa', p, q, g, y } : undefined;
  }],
  ['ssh-ed25519', (wire) => raw('ed25519', wire.string(), 32)],
  ['ssh-ed448', (wire) => raw('ed448', wire.string(), 57)],
  ['sk-ssh-ed25519@openssh.com', (wire, type) => {
    const key = wire.string(), application = wire.string();
    return key?.length === 32 && application ? { type: 'sk', algorithm: 'ed25519-sk', blob: Buffer.concat([wireString(type), wireString(key), wireString(application)]) } : undefined;
  }],
  ['sk-ecdsa-sha2-nistp256@openssh.com', (wire, type) => {
    const curve = wire.text(), point = wire.string(), application = wire.string();
    return curve === 'nistp256' && point && isPoint(point, 256) && application
      ? { type: 'sk', algorithm: 'ecdsa-sk', blob: Buffer.concat([wireString(type), wireString(curve), wireString(point), wireString(application)]) }
      : undefined;
  }],
  // OpenSSH's ssh-mldsa-eddsa.c: the ML-DSA-44 key (FIPS 204, 4) and the Ed25519 key, end to end.
  ['ssh-mldsa44-ed25519@openssh.com', (wire, type) => {
    const key = wire.string();
    return key?.length === 1312 + 32 ? { type: 'other', algorithm: type, blob: Buffer.concat([wireString(type), wireString(key)]) } : undefined;
  }],
]);

const curveBySshName = new Map(curves.filter((curve) => curve.ssh !== undefined).map((curve) => [curve.ssh as string, curve]));

/** ECDSA's type ends with the name of its curve, which for curves beyond the required three is an OID (RFC 5656, 6.1). */
function readEcdsa(wire: WireReader, type: string): PublicKey | undefined {
  const name = type.slice('ecdsa-sha2-'.length);
  const required = curveBySshName.get(name);
  const curve = required ?? curveByOid.get(name);
  const named = wire.text(), point = wire.string();
  if (!curve || named !== name || !point) return undefined;
  return (required ? isPoint(point, required.bits) : point[0] === 4 && point.length % 2 === 1) ? { type: 'ec', curve: curve.name, point } : undefined;
}

function raw(algorithm: string, key: Buffer | undefined, length: number): PublicKey | undefined {
  return key?.length === length ? { type: 'raw', algorithm, key } : undefined;
}

/** An uncompressed point (SEC 1, 2.3.3), the only form OpenSSH reads. */
function isPoint(point: Buffer, bits: number): boolean {
  return point[0] === 4 && point.length === 1 + 2 * Math.ceil(bits / 8);
}

function fieldReader(type: string): FieldReader | undefined {
  return fieldReaders.get(type) ?? (type.startsWith('ecdsa-sha2-') && !type.includes('@') ? readEcdsa : undefined);
}

/** The types that `readSshBlob` knows, certificates among them; of ECDSA the required curves only. */
export const sshTypes: readonly string[] = [...fieldReaders.keys(), ...[...curveBySshName.keys()].map((curve) => `ecdsa-sha2-${curve}`)]
  .flatMap((type) => [type, type.replace('@openssh.com', '') + CERTIFICATE]);

/** The type of the key that a certificate type certifies: the part before `-cert-v01`, with the domain it had. */
function certified(type: string): string | undefined {
  if (!type.endsWith(CERTIFICATE)) return undefined;
  const base = type.slice(0, -CERTIFICATE.length);
  return fieldReader(base) ? base : `${base}@openssh.com`;
}

/** Reads a blob of a type known here, exactly: all its fields and nothing after them. */
export function readSshBlob(blob: Buffer): SshPublicKey | undefined {
  if (blob.length > MAX_BLOB) return undefined;
  const wire = new WireReader(blob);
  const type = readType(wire);
  if (type === undefined) return undefined;
  const plainType = certified(type);
  if (plainType === undefined) {
    const key = fieldReader(type)?.(wire, type);
    return key && wire.left === 0 ? { type, key, plain: blob } : undefined;
  }
  if (!wire.string()) return undefined; // nonce
  const start = wire.offset;
  const key = fieldReader(plainType)?.(wire, plainType);
  if (!key) return undefined;
  const fields = blob.subarray(start, wire.offset);
  const certificate = readCertificate(wire);
  return certificate && wire.left === 0 ? { type, key, plain: Buffer.concat([wireString(plainType), fields]), certificate } : undefined;
}

/** User and host certificates: draft-ietf-sshm-cert, 2. */
const roles: ReadonlyMap<number | undefined, SshCertificate['role']> = new Map([[1, 'user'], [2, 'host']]);

/** The largest of the times of a certificate: it is valid for ever. */
const FOR_EVER = 0xffff_ffff_ffff_ffffn;

/** What stands behind the fields of the certified key. */
function readCertificate(wire: WireReader): SshCertificate | undefined {
  const serial = wire.uint64(), role = roles.get(wire.uint32()), keyId = wire.string(), principals = wire.string();
  const after = wire.uint64(), before = wire.uint64();
  const critical = wire.string(), extensions = wire.string(), reserved = wire.string();
  const authority = wire.string(), signature = wire.string();
  if (serial === undefined || !role || !keyId || !principals || after === undefined || before === undefined || !critical || !extensions || !reserved || !authority || !signature) return undefined;
  const names = stringsOf(principals), criticalOptions = optionsOf(critical), permissions = optionsOf(extensions);
  const issuer = authority.length === 0 ? undefined : readPlainBlob(authority);
  const algorithm = new WireReader(signature).text();
  // OpenSSH refuses what is damaged here as well (sshkey.c, cert_parse).
  if (!names || !criticalOptions || !permissions || !issuer || algorithm === undefined) return undefined;
  return {
    role,
    serial: serial.toString(),
    keyId: textOf(keyId) ?? '',
    principals: names,
    ...after !== 0n && { validAfter: Number(after) },
    ...before !== FOR_EVER && { validBefore: Number(before) },
    criticalOptions,
    extensions: permissions,
    authority: mentionOf(issuer),
    signature: algorithm,
  };
}

function mentionOf(found: SshPublicKey): KeyMention {
  const { algorithm, bits, curve, fingerprint } = identifySsh(found);
  return { algorithm, ...bits !== undefined && { bits }, ...curve !== undefined && { curve }, ...fingerprint !== undefined && { fingerprint } };
}

/** A key that can sign a certificate: of any algorithm, and no certificate itself. */
function readPlainBlob(blob: Buffer): SshPublicKey | undefined {
  const type = new WireReader(blob).text();
  return type === undefined || certified(type) !== undefined ? undefined : readAnySshBlob(blob);
}

function stringsOf(packed: Buffer): readonly string[] | undefined {
  const wire = new WireReader(packed);
  const list: string[] = [];
  while (wire.left > 0) {
    const text = wire.text();
    if (text === undefined) return undefined;
    list.push(text);
  }
  return list;
}

/** Names, and the value of a name that has one: each is a string that is packed into a string (draft-ietf-sshm-cert, 2). */
function optionsOf(packed: Buffer): SshCertificate['extensions'] | undefined {
  const wire = new WireReader(packed);
  const list: SshCertificate['extensions'][number][] = [];
  while (wire.left > 0) {
    const name = wire.text(), data = wire.string();
    if (name === undefined || !data) return undefined;
    const value = data.length === 0 ? undefined : new WireReader(data).text();
    list.push({ name, ...value !== undefined && { value } });
  }
  return list;
}

/** Reads a blob of any type: of one unknown here only the name is known, and what it hashes to. */
export function readAnySshBlob(blob: Buffer): SshPublicKey | undefined {
  const known = readSshBlob(blob);
  if (known || blob.length > MAX_BLOB) return known;
  const wire = new WireReader(blob);
  const type = readType(wire);
  if (type === undefined || fieldReader(certified(type) ?? type) || wire.left === 0) return undefined;
  return { type, key: { type: 'other', algorithm: type, blob }, plain: blob };
}

/** An algorithm name: printable, without a comma, of at most 64 characters (RFC 4251, 6). */
function readType(wire: WireReader): string | undefined {
  const type = wire.string();
  if (!type || type.length > 64) return undefined;
  const text = type.toString('latin1');
  return /^[!-+\--~]+$/.test(text) ? text : undefined;
}

/** What the key, or for a certificate the key it certifies, is called. */
export function identifySsh(found: SshPublicKey): PublicIdentity {
  return { fingerprint: sshFingerprint(found.plain), ...identify(found.key) };
}

/** Text that people wrote beside a key: UTF-8, else Latin-1 as old tools on Windows left it. `undefined` when it is blank, or no text. */
export function textOf(bytes: Buffer): string | undefined {
  if (bytes.includes(0)) return undefined;
  return (isUtf8(bytes) ? bytes.toString('utf8') : bytes.toString('latin1')).trim().slice(0, 1024) || undefined;
}
