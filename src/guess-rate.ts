import type { Encryption } from './key.ts';

/**
 * How many guesses at a passphrase one graphics card makes in a second. The order of magnitude only: it is made from figures of 2022 and of
 * what the functions do, and what an attacker has doubles every few years.
 *
 * The figures are those behind the OWASP Password Storage Cheat Sheet (tobtu.com/minimum-password-settings, December 2022): the settings that leave
 * a current card fewer than 10,000 guesses a second, measured with hashcat on an RTX 4090 for what needs computing, and by memory bandwidth for the rest.
 */
const AT_THE_MINIMUM = 10_000;

/** Iterations of PBKDF2 for that, by hash. */
const pbkdf2Iterations: ReadonlyMap<string, number> = new Map([
  ['hmac-sha1', 1_300_000], ['hmac-sha224', 600_000], ['hmac-sha256', 600_000], ['hmac-sha384', 210_000], ['hmac-sha512', 210_000],
]);

/** PBKDF2 runs SHA-1 twice in an iteration. */
const SHA1_PER_SECOND = AT_THE_MINIMUM * 1_300_000 * 2;
const SHA1_BLOCK = 64;

/** bcrypt at cost 9 has 2^9 iterations; a round of OpenSSH's bcrypt_pbkdf has two blocks of output, each made in 2^6. */
const BCRYPT_ROUNDS = 2 ** 9 / (2 * 2 ** 6);

/** N * r * p of scrypt, and KiB * (3 * passes - 1) of Argon2. */
const SCRYPT_WORK = 600_000;
const ARGON2_WORK = 93_750;

/** Guesses a second; `undefined` where the cost is not known. */
export function guessRate({ kdf, rounds, prf, N, r = 8, p = 1, memory, passes }: Encryption): number | undefined {
  switch (kdf) {
    case 'pbkdf2': return rounds && (AT_THE_MINIMUM * (pbkdf2Iterations.get(prf ?? 'hmac-sha1') ?? 600_000)) / rounds;
    // A key of 24 bytes takes two runs of it (RFC 7292, B.2).
    case 'pkcs12': return rounds && SHA1_PER_SECOND / (2 * rounds);
    case 'pbkdf1': return rounds && SHA1_PER_SECOND / rounds;
    // The count is of bytes (RFC 9580, 3.7.1.3).
    case 's2k-iterated': return rounds && (SHA1_PER_SECOND * SHA1_BLOCK) / rounds;
    case 'bcrypt': return rounds && (AT_THE_MINIMUM * BCRYPT_ROUNDS) / rounds;
    case 'scrypt': return N && (AT_THE_MINIMUM * SCRYPT_WORK) / (N * r * p);
    case 'argon2id':
    case 'argon2i':
    case 'argon2d': return memory && passes && (AT_THE_MINIMUM * ARGON2_WORK) / (memory * (3 * passes - 1));
    default: return undefined;
  }
}

/** The same for a MAC of PKCS#12: one run of its derivation for each guess. */
export function macGuessRate(rounds: number): number {
  return SHA1_PER_SECOND / rounds;
}

/** `some 3 million`, `some 40,000`: one digit of it. */
export function roughly(rate: number): string {
  const digits = Math.max(0, Math.floor(Math.log10(Math.max(rate, 1))));
  const rounded = Math.max(1, Math.round(rate / 10 ** digits) * 10 ** digits);
  for (const [unit, word] of [[1e9, 'billion'], [1e6, 'million']] as const) if (rounded >= unit) return `some ${rounded / unit} ${word}`;
  return `some ${grouped(rounded)}`;
}

/** `600,000`. */
export function grouped(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ',');
}
