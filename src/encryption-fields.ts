import type { Encryption } from './key.ts';

/** Field by field, as every JSON document of keylint has it. */
export function encryptionFields({ cipher, kdf, rounds, prf, N, r, p, memory, passes, parallelism, mac, macRounds }: Encryption): object {
  return { cipher, kdf, rounds, prf, N, r, p, memory, passes, parallelism, mac, macRounds };
}
