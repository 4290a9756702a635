import { createHash } from './hash.ts';

/** The key derivation of OpenSSH's and signify's private keys: bcrypt as a pseudo-random function (OpenBSD, lib/libutil/bcrypt_pbkdf.c). */

const ROUNDS = 16;
const P_WORDS = ROUNDS + 2;
const S_WORDS = 4 * 256;

/** Blowfish begins with the fraction of pi (Schneier, 1994): computed once, by Machin's formula, in some 50 ms. */
let initial: Int32Array | undefined;

function piWords(): Int32Array {
  if (initial) return initial;
  const bits = 32 * (P_WORDS + S_WORDS);
  const guard = 64;
  const one = 1n << BigInt(bits + guard);
  const arctanOfInverse = (x: bigint): bigint => {
    let sum = 0n;
    let sign = 1n;
    for (let power = one / x, odd = 1n; power > 0n; power /= x * x, odd += 2n, sign = -sign) sum += (sign * power) / odd;
    return sum;
  };
  const pi = 4n * (4n * arctanOfInverse(5n) - arctanOfInverse(239n));
  const digits = Buffer.from(((pi - 3n * one) >> BigInt(guard)).toString(16).padStart(bits / 4, '0'), 'hex');
  return (initial = Int32Array.from({ length: P_WORDS + S_WORDS }, (_, i) => digits.readInt32BE(4 * i)));
}

/** Blowfish's subkeys: P, then the four S-boxes. */
type State = Int32Array;

/** Encrypts the two words at `at`. */
function encipher(state: State, block: Int32Array, at: number): void {
  let left = block[at]! ^ state[0]!;
  let right = block[at + 1]!;
  for (let round = 1; round <= ROUNDS; round += 2) {
    right ^= feistel(state, left) ^ state[round]!;
    left ^= feistel(state, right) ^ state[round + 1]!;
  }
  block[at] = right ^ state[ROUNDS + 1]!;
  block[at + 1] = left;
}

function feistel(state: State, word: number): number {
  return ((((state[P_WORDS + (word >>> 24)]! + state[P_WORDS + 256 + ((word >>> 16) & 0xff)]!) | 0) ^ state[P_WORDS + 512 + ((word >>> 8) & 0xff)]!) + state[P_WORDS + 768 + (word & 0xff)]!) | 0;
}

/** Mixes a key in; with a salt, that too (blf_expandstate). Both have 16 words. */
function expand(state: State, key: Int32Array, salt?: Int32Array): void {
  for (let i = 0; i < P_WORDS; i++) state[i]! ^= key[i % 16]!;
  const block = new Int32Array(2);
  for (let i = 0, at = 0; i < P_WORDS + S_WORDS; i += 2, at += 2) {
    if (salt) {
      block[0]! ^= salt[at % 16]!;
      block[1]! ^= salt[(at + 1) % 16]!;
    }
    encipher(state, block, 0);
    state[i] = block[0]!;
    state[i + 1] = block[1]!;
  }
}

const MAGIC = words(Buffer.from('OxychromaticBlowfishSwatDynamite', 'latin1'));

function words(bytes: Buffer): Int32Array {
  return Int32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readInt32BE(4 * i));
}

/** 32 bytes out of two hashes of 64. */
function bcryptHash(password: Int32Array, salt: Int32Array): Buffer {
  const state = piWords().slice();
  expand(state, password, salt);
  for (let i = 0; i < 64; i++) {
    expand(state, salt);
    expand(state, password);
  }
  const block = MAGIC.slice();
  for (let i = 0; i < 64; i++) for (let at = 0; at < block.length; at += 2) encipher(state, block, at);
  const out = Buffer.alloc(4 * block.length);
  block.forEach((word, i) => out.writeInt32LE(word, 4 * i));
  return out;
}

function sha512(...parts: readonly Buffer[]): Buffer {
  const hash = createHash('sha512');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** `length` bytes; each round of each 32 of them takes some milliseconds. */
export function bcryptPbkdf(password: Buffer, salt: Buffer, rounds: number, length: number): Buffer {
  const key = Buffer.alloc(length);
  const secret = words(sha512(password));
  const stride = Math.ceil(length / 32);
  const counter = Buffer.alloc(4);
  for (let block = 0; block < stride; block++) {
    counter.writeUInt32BE(block + 1);
    let last = bcryptHash(secret, words(sha512(salt, counter)));
    const out = Buffer.from(last);
    for (let round = 1; round < rounds; round++) {
      last = bcryptHash(secret, words(sha512(last)));
      for (let i = 0; i < out.length; i++) out[i]! ^= last[i]!;
    }
    // The blocks are shuffled, so that no part of the key comes without all of the work.
    for (let i = 0; i < out.length && i * stride + block < length; i++) key[i * stride + block] = out[i]!;
  }
  return key;
}
