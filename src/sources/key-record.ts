import type { AuthorizedEntry, Encryption, Key, KeyMention, KnownHost, NamedOption, SshCertificate, Suppression, X509Certificate } from '../key.ts';

/** A key without the place its file has: what a cache may hold of it. */
export type KeyRecord = Omit<Key, 'file'>;

/** Field by field: what a reader might have left on the object beside the public facts is not kept. The compiler asks for new ones. */
const fields = { kind: 0, format: 0, algorithm: 0, bits: 0, curve: 0, encryption: 0, fingerprint: 0, spki: 0, container: 0, digest: 0, comment: 0, x509: 0, sshCertificate: 0, authorized: 0, knownHost: 0, defect: 0, hardware: 0, inferred: 0, weaknesses: 0, suppressions: 0,
  path: 0, line: 0, column: 0, endLine: 0, endColumn: 0, wrapping: 0 } satisfies Record<keyof KeyRecord, 0>;
const encryptionFields = { cipher: 0, kdf: 0, rounds: 0, prf: 0, N: 0, r: 0, p: 0, memory: 0, passes: 0, parallelism: 0, mac: 0, macRounds: 0 } satisfies Record<keyof Encryption, 0>;
const x509Fields = { subject: 0, issuer: 0, notBefore: 0, notAfter: 0, signature: 0 } satisfies Record<keyof X509Certificate, 0>;
const sshCertificateFields = { role: 0, serial: 0, keyId: 0, principals: 0, validAfter: 0, validBefore: 0, criticalOptions: 0, extensions: 0, authority: 0, signature: 0 } satisfies Record<keyof SshCertificate, 0>;
const mentionFields = { algorithm: 0, bits: 0, curve: 0, fingerprint: 0 } satisfies Record<keyof KeyMention, 0>;
const optionFields = { name: 0, value: 0 } satisfies Record<keyof NamedOption, 0>;
const authorizedFields = { options: 0 } satisfies Record<keyof AuthorizedEntry, 0>;
const suppressionFields = { sign: 0, firstLine: 0, lastLine: 0, keyLine: 0, rules: 0, hasReason: 0, defect: 0, line: 0, column: 0, endLine: 0, endColumn: 0 } satisfies Record<keyof Suppression, 0>;
const knownHostFields = { marker: 0, hosts: 0, isHashed: 0 } satisfies Record<keyof KnownHost, 0>;

export function keyRecord(key: Key): KeyRecord {
  const { encryption, x509, sshCertificate, authorized, knownHost, suppressions } = key;
  return {
    ...only(key, fields),
    ...encryption && { encryption: only(encryption, encryptionFields) },
    ...x509 && { x509: only(x509, x509Fields) },
    ...sshCertificate && { sshCertificate: { ...only(sshCertificate, sshCertificateFields), authority: only(sshCertificate.authority, mentionFields), criticalOptions: sshCertificate.criticalOptions.map(option), extensions: sshCertificate.extensions.map(option) } },
    ...authorized && { authorized: { ...only(authorized, authorizedFields), options: authorized.options.map(option) } },
    ...knownHost && { knownHost: only(knownHost, knownHostFields) },
    ...suppressions && { suppressions: suppressions.map((suppression) => only(suppression, suppressionFields)) },
  };
}

function option(named: NamedOption): NamedOption {
  return only(named, optionFields);
}

function only<T extends object, K extends keyof T>(object: T, names: Readonly<Record<K, 0>>): Pick<T, K> {
  return Object.fromEntries((Object.keys(names) as K[]).filter((name) => object[name] !== undefined).map((name) => [name, object[name]])) as Pick<T, K>;
}
