import type { Encryption, X509Certificate } from './key.ts';

/** Parts that several JSON documents of keylint have, field by field and in a fixed order: fields are added, never renamed or dropped. */

/** What an inventory says in `inventory`: raised when a field is renamed, dropped or means something else. */
export const INVENTORY = 1;

export function encryptionFields({ cipher, kdf, rounds, prf, N, r, p, memory, passes, parallelism, mac, macRounds }: Encryption): object {
  return { cipher, kdf, rounds, prf, N, r, p, memory, passes, parallelism, mac, macRounds };
}

export function certificateFields({ subject, issuer, notBefore, notAfter, signature }: X509Certificate): object {
  return { subject, issuer, notBefore, notAfter, signature };
}
