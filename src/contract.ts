import type { AuthorizedEntry, Encryption, KnownHost, NamedOption, SshCertificate, X509Certificate } from './key.ts';

/** Parts that several JSON documents of keylint have, field by field and in a fixed order: fields are added, never renamed or dropped. */

/** What an inventory says in `inventory`: raised when a field is renamed, dropped or means something else. */
export const INVENTORY = 1;

export function encryptionFields({ cipher, kdf, rounds, prf, N, r, p, memory, passes, parallelism, mac, macRounds }: Encryption): object {
  return { cipher, kdf, rounds, prf, N, r, p, memory, passes, parallelism, mac, macRounds };
}

export function certificateFields({ subject, issuer, notBefore, notAfter, signature }: X509Certificate): object {
  return { subject, issuer, notBefore, notAfter, signature };
}

export function sshCertificateFields({ role, serial, keyId, principals, validAfter, validBefore, criticalOptions, extensions, authority: { algorithm, bits, curve, fingerprint }, signature }: SshCertificate): object {
  return { role, serial, keyId, principals, validAfter, validBefore, criticalOptions: criticalOptions.map(optionFields), extensions: extensions.map(optionFields), authority: { algorithm, bits, curve, fingerprint }, signature };
}

export function authorizedFields({ options }: AuthorizedEntry): object {
  return { options: options.map(optionFields) };
}

export function knownHostFields({ marker, hosts, isHashed }: KnownHost): object {
  return { marker, hosts, isHashed };
}

function optionFields({ name, value }: NamedOption): object {
  return { name, value };
}
