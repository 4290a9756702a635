import type { KeyFacts, KeyMention } from './key.ts';
import { curveByName } from './oids.ts';

/** Names for people. What is not listed is called by its own word. */
const algorithmTitles: ReadonlyMap<string, string> = new Map([
  ['rsa', 'RSA'], ['rsa-pss', 'RSA-PSS'], ['rsa1', 'RSA1 (SSH 1)'], ['dsa', 'DSA'], ['ec', 'EC'], ['dh', 'DH'], ['elgamal', 'ElGamal'],
  ['sm2', 'SM2'], ['ed25519', 'Ed25519'], ['ed448', 'Ed448'], ['x25519', 'X25519'], ['x448', 'X448'], ['ed25519-sk', 'Ed25519-SK'], ['ecdsa-sk', 'ECDSA-SK'],
  ['gost2001', 'GOST R 34.10-2001'], ['gost2012-256', 'GOST R 34.10-2012 (256 bits)'], ['gost2012-512', 'GOST R 34.10-2012 (512 bits)'],
]);

/** FIPS 186-4, D.1 and SP 800-186, 3.2.1: the names that most people know these curves by. */
const curveTitles: ReadonlyMap<string, string> = new Map([
  ['prime192v1', 'P-192'], ['secp224r1', 'P-224'], ['prime256v1', 'P-256'], ['secp384r1', 'P-384'], ['secp521r1', 'P-521'],
]);

const formatTitles: ReadonlyMap<string, string> = new Map([
  ['pkcs1', 'PKCS#1'], ['pkcs8', 'PKCS#8'], ['encrypted-pkcs8', 'PKCS#8'], ['legacy-pem', 'PEM'], ['rsa-public', 'PKCS#1'], ['ssh2-public', 'SSH'],
  ['pkcs12', 'PKCS#12'], ['sec1', 'SEC1'], ['dsa', 'DSA'], ['openssh', 'OpenSSH'], ['ppk', 'PuTTY'], ['ssh1', 'SSH 1'], ['sshcom', 'ssh.com'],
  ['jwk', 'JWK'], ['jks', 'Java keystore'], ['bks', 'Bouncy Castle keystore'], ['bcfks', 'Bouncy Castle FIPS keystore'], ['pvk', 'PVK'], ['capi-blob', 'CryptoAPI'], ['openpgp', 'OpenPGP'], ['gnupg', 'GnuPG'], ['spki', 'PEM'], ['x509', 'X.509'], ['ssh-public', 'SSH'],
]);

/** Algorithms whose strength is their number of bits; of the others the name says it all. */
const sized = new Set(['rsa', 'rsa-pss', 'rsa1', 'dsa', 'dh', 'elgamal']);

export function algorithmTitle(algorithm: string): string {
  // FIPS 203 to 205 write ML-KEM-768, ML-DSA-65, SLH-DSA-SHA2-128s, SLH-DSA-SHAKE-128f.
  return algorithmTitles.get(algorithm) ?? (/^(ml|slh)-/.test(algorithm) ? algorithm.toUpperCase().replace(/[SF]$/, (letter) => letter.toLowerCase()) : algorithm);
}

export function curveTitle(curve: string): string {
  return curveTitles.get(curve) ?? curve;
}

function formatTitle(format: string): string {
  return formatTitles.get(format) ?? format;
}

/** A curve over a binary field: sect*, c2* and some of the WAP forum's. */
export function isBinaryCurve(curve: string): boolean {
  return curveByName.get(curve)?.field === 'binary';
}

/** `RSA 2048-bit`, `EC P-256`, `Ed25519`; `undefined` where the algorithm is hidden. */
export function typeOf({ algorithm, bits, curve }: { readonly [name in keyof KeyMention]: KeyMention[name] | undefined }): string | undefined {
  if (algorithm === undefined) return undefined;
  const title = algorithmTitle(algorithm);
  if (algorithm === 'ec' && curve !== undefined && curve !== 'explicit') return `${title} ${curveTitle(curve)}`;
  if (bits !== undefined && (sized.has(algorithm) || algorithm === 'ec')) return `${title} ${bits}-bit`;
  return title;
}

/** The type and size of a key that is only mentioned: `RSA 1024-bit`. */
export function describeType({ algorithm, bits, curve }: KeyMention): string {
  return typeOf({ algorithm, bits, curve }) ?? 'of an unknown type';
}

/** Whether a passphrase stands between the file and the key: one that is known to be empty does not. */
export function isProtected({ encryption, weaknesses }: KeyFacts): boolean {
  return encryption !== undefined && !weaknesses?.includes('empty-password');
}

/**
 * A key in a few words, without an article: `RSA 2048-bit private key without a passphrase`, `Ed25519 private key protected by a passphrase`,
 * `encrypted PKCS#8 private key (type hidden)`, `EC P-256 public key`, `unreadable OpenSSH private key`.
 */
export function describeKey(key: KeyFacts): string {
  const type = typeOf(key);
  if (key.defect !== undefined) return `unreadable ${type ?? formatTitle(key.format)} ${noun(key)}`;
  const explicit = key.curve === 'explicit' ? ' with explicit curve parameters' : '';
  if (key.hardware) return `${type ?? formatTitle(key.format)} ${noun(key)} held in hardware`;
  if (key.kind === 'public' || key.kind === 'certificate') return `${type ?? formatTitle(key.format)} ${noun(key)}${explicit}`;
  if (key.kind === 'symmetric') {
    const size = key.bits === undefined ? '' : `${key.bits}-bit `;
    return isProtected(key) ? `${size}symmetric key protected by a passphrase` : `${size}symmetric key in the clear`;
  }
  if (isProtected(key) && type === undefined) return `encrypted ${formatTitle(key.format)} private key (type hidden)`;
  const protection = isProtected(key) ? 'protected by a passphrase' : key.encryption ? 'under an empty passphrase' : 'without a passphrase';
  const inferred = key.inferred ? ' (judged by its length)' : '';
  return `${type ?? formatTitle(key.format)} private key${explicit} ${protection}${inferred}`;
}

function noun({ kind }: KeyFacts): string {
  return kind === 'certificate' ? 'certificate' : `${kind} key`;
}

/** All names that a key goes by, the best known first: `SHA256:...`, `spki:HEX`, `container:HEX`, `digest:HEX`. */
export function namesOf({ fingerprint, spki, container, digest }: KeyFacts): readonly string[] {
  return [
    ...fingerprint === undefined ? [] : [fingerprint],
    ...spki === undefined ? [] : [`spki:${spki}`],
    ...container === undefined ? [] : [`container:${container}`],
    ...digest === undefined ? [] : [`digest:${digest}`],
  ];
}

/** The name that reports call a key by. */
export function nameOf(key: KeyFacts): string | undefined {
  return namesOf(key)[0];
}
