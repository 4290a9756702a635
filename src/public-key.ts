import { der, derBitString, derInteger, derObjectIdentifier, NULL, SEQUENCE } from './der.ts';
import { sha256, sha256Hex } from './hash.ts';
import { algorithmOid, curveByName } from './oids.ts';
import { wireMpint, wireString } from './wire.ts';

/** The public half of a key in numbers, as every format's reader finds it. Unsigned big-endian bytes throughout. */
export type PublicKey =
  | { readonly type: 'rsa'; readonly n: Buffer; readonly e: Buffer }
  | { readonly type: 'rsa-pss'; readonly n: Buffer; readonly e: Buffer; /** DER of the AlgorithmIdentifier's parameters, where there are any. */ readonly parameters?: Buffer }
  | { readonly type: 'dsa'; readonly p: Buffer; readonly q: Buffer; readonly g: Buffer; readonly y: Buffer }
  | { readonly type: 'ec'; /** OpenSSL's name, or `explicit`. */ readonly curve: string; /** SEC 1, 2.3.3: 04 x y, or compressed. */ readonly point: Buffer; /** DER of explicit parameters. */ readonly parameters?: Buffer; /** Bits of the field, where the curve has no name. */ readonly bits?: number }
  /** Keys that are one string of bytes: ed25519, ed448, x25519, x448, ml-dsa-44, ml-kem-768, slh-dsa-sha2-128s ... */
  | { readonly type: 'raw'; readonly algorithm: string; readonly key: Buffer }
  /** FIDO handles: the SSH blob says it all. `application` as in `ssh:`. */
  | { readonly type: 'sk'; readonly algorithm: 'ed25519-sk' | 'ecdsa-sk'; readonly blob: Buffer }
  /** Any other algorithm that came with its own SubjectPublicKeyInfo or SSH blob. */
  | { readonly type: 'other'; readonly algorithm: string; readonly bits?: number; readonly spki?: Buffer; readonly blob?: Buffer };

export interface PublicIdentity {
  readonly algorithm: string;
  readonly bits?: number;
  readonly curve?: string;
  readonly fingerprint?: string;
  readonly spki?: string;
}

/** Bits of an unsigned big-endian number. */
export function bitLength(value: Uint8Array): number {
  let start = 0;
  while (start < value.length && value[start] === 0) start++;
  return start === value.length ? 0 : (value.length - start) * 8 - (Math.clz32(value[start]!) - 24);
}

/** `SHA256:` and unpadded base64 of an SSH public key blob, as `ssh-keygen -l` prints it. */
export function sshFingerprint(blob: Uint8Array): string {
  return `SHA256:${sha256(blob).toString('base64').replace(/=+$/, '')}`;
}

/** Algorithm, size and the names a public key goes by. */
export function identify(key: PublicKey): PublicIdentity {
  const blob = sshBlob(key);
  const spki = subjectPublicKeyInfo(key);
  const names = { ...(blob && { fingerprint: sshFingerprint(blob) }), ...(spki && { spki: sha256Hex(spki) }) };
  switch (key.type) {
    case 'rsa':
    case 'rsa-pss': return { algorithm: key.type, bits: bitLength(key.n), ...names };
    case 'dsa': return { algorithm: 'dsa', bits: bitLength(key.p), ...names };
    case 'ec': {
      const curve = curveByName.get(key.curve);
      const bits = curve?.bits ?? key.bits;
      // node:crypto and OpenSSL call a key on the SM2 curve by the curve's own name.
      return { algorithm: key.curve === 'SM2' ? 'sm2' : 'ec', ...(bits !== undefined && { bits }), curve: key.curve, ...names };
    }
    case 'raw': {
      const bits = rawBits.get(key.algorithm);
      return { algorithm: key.algorithm, ...(bits !== undefined && { bits }), ...names };
    }
    case 'sk': return { algorithm: key.algorithm, bits: 256, ...names };
    case 'other': return { algorithm: key.algorithm, ...(key.bits !== undefined && { bits: key.bits }), ...names };
  }
}

/** Sizes of the keys as RFC 8032 and RFC 7748 name them; ML-DSA, ML-KEM and SLH-DSA are named by parameter set and have none. */
const rawBits = new Map([['ed25519', 256], ['ed448', 456], ['x25519', 256], ['x448', 448]]);

/** RFC 4253, 6.6 (RSA, DSA), RFC 5656, 3.1 (NIST curves only), RFC 8709 (Ed25519, Ed448). */
function sshBlob(key: PublicKey): Buffer | undefined {
  switch (key.type) {
    // ssh-keygen takes an RSA-PSS key for its modulus and prints the ssh-rsa name.
    case 'rsa':
    case 'rsa-pss': return Buffer.concat([wireString('ssh-rsa'), wireMpint(key.e), wireMpint(key.n)]);
    case 'dsa': return Buffer.concat([wireString('ssh-dss'), wireMpint(key.p), wireMpint(key.q), wireMpint(key.g), wireMpint(key.y)]);
    case 'ec': {
      const ssh = curveByName.get(key.curve)?.ssh;
      return ssh && key.point[0] === 4 ? Buffer.concat([wireString(`ecdsa-sha2-${ssh}`), wireString(ssh), wireString(key.point)]) : undefined;
    }
    case 'raw': return key.algorithm === 'ed25519' || key.algorithm === 'ed448' ? Buffer.concat([wireString(`ssh-${key.algorithm}`), wireString(key.key)]) : undefined;
    case 'sk': return key.blob;
    case 'other': return key.blob;
  }
}

/** RFC 5280, 4.1.2.7, with the parameters OpenSSL writes. */
export function subjectPublicKeyInfo(key: PublicKey): Buffer | undefined {
  const spki = (oid: string, parameters: Uint8Array, bits: Uint8Array): Buffer => der(SEQUENCE, der(SEQUENCE, derObjectIdentifier(oid), parameters), derBitString(bits));
  const none = Buffer.alloc(0);
  switch (key.type) {
    case 'rsa': return spki(algorithmOid.get('rsa')!, der(NULL), der(SEQUENCE, derInteger(key.n), derInteger(key.e)));
    case 'rsa-pss': return spki(algorithmOid.get('rsa-pss')!, key.parameters ?? none, der(SEQUENCE, derInteger(key.n), derInteger(key.e)));
    case 'dsa': return spki(algorithmOid.get('dsa')!, der(SEQUENCE, derInteger(key.p), derInteger(key.q), derInteger(key.g)), derInteger(key.y));
    case 'ec': {
      const oid = curveByName.get(key.curve)?.oid;
      const parameters = oid ? derObjectIdentifier(oid) : key.parameters;
      return parameters && spki(algorithmOid.get('ec')!, parameters, key.point);
    }
    case 'raw': {
      const oid = algorithmOid.get(key.algorithm);
      return oid === undefined ? undefined : spki(oid, none, key.key);
    }
    case 'sk': return undefined;
    case 'other': return key.spki;
  }
}

