import { rawPublicKey } from './curve.ts';
import { createHash } from './hash.ts';

/**
 * The public half of an ML-DSA (FIPS 204) or ML-KEM (FIPS 203) private key, be it kept as a seed or expanded.
 * Private numbers go in and public bytes come out. Products stay below 2^46, so that plain numbers hold them.
 */

export interface LatticePublicKey {
  readonly key: Buffer;
  /** Whether everything that the private key says of its public half agrees. */
  readonly consistent: boolean;
}

/**
 * The public key of an ML-DSA or ML-KEM private key: a seed, an expanded key, or an expanded key with the public key behind it,
 * as liboqs keeps it. `undefined` for another algorithm, and for bytes that are no such key.
 */
export function latticePublicKey(algorithm: string, secret: Buffer): LatticePublicKey | undefined {
  try {
    const signature = signatures.get(algorithm);
    if (signature) return secret.length === 32 ? signatureKeyFromSeed(signature, secret) : signatureKeyFromExpanded(signature, secret);
    const encapsulation = encapsulations.get(algorithm);
    return encapsulation && (secret.length === 64 ? encapsulationKeyFromSeed(encapsulation, secret) : encapsulationKeyFromExpanded(encapsulation, secret));
  } catch {
    // A build of OpenSSL without SHA-3.
    return undefined;
  }
}

/**
 * The public key of X-Wing, ML-KEM-768 with X25519, from its seed of 32 bytes (draft-connolly-cfrg-xwing-kem, 5.2; HPKE calls it MLKEM768-X25519):
 * that of ML-KEM, then that of X25519. `undefined` for another length.
 */
export function hybridPublicKey(seed: Uint8Array): Buffer | undefined {
  if (seed.length !== 32) return undefined;
  try {
    const expanded = createHash('shake256', { outputLength: 96 }).update(seed).digest();
    const [first, second] = [latticePublicKey('ml-kem-768', expanded.subarray(0, 64))?.key, rawPublicKey('x25519', expanded.subarray(64))];
    return first && second && Buffer.concat([first, second]);
  } catch {
    return undefined;
  }
}

/** Bytes behind an expanded key: none, or the public key. */
function follows(rest: Buffer, key: Buffer): boolean {
  return rest.length === 0 || rest.equals(key);
}

type Polynomial = Int32Array;
const N = 256;

/** Bytes of an extendable output, one by one; they are asked for again at twice the length when they run out. */
function shake(hash: 'shake128' | 'shake256', input: Uint8Array, expected: number): () => number {
  let length = expected;
  const squeeze = (): Buffer => createHash(hash, { outputLength: length }).update(input).digest();
  let bytes = squeeze();
  let at = 0;
  return () => {
    if (at === bytes.length) {
      length *= 2;
      bytes = squeeze();
    }
    return bytes[at++]!;
  };
}

/** Powers of the root of unity in bit-reversed order. */
function roots(zeta: number, q: number, bits: number): Int32Array {
  const powers = new Int32Array(1 << bits);
  let power = 1;
  for (let i = 0; i < powers.length; i++) {
    let reversed = 0;
    for (let bit = 0; bit < bits; bit++) reversed |= ((i >> bit) & 1) << (bits - 1 - bit);
    powers[reversed] = power;
    power = (power * zeta) % q;
  }
  return powers;
}

/** Number-theoretic transform in place, down to blocks of `smallest` (FIPS 204, algorithm 41: 1; FIPS 203, algorithm 9: 2). */
function transform(w: Polynomial, zetas: Int32Array, q: number, smallest: 1 | 2): Polynomial {
  let m = 0;
  for (let length = 128; length >= smallest; length >>= 1) {
    for (let start = 0; start < N; start += 2 * length) {
      const z = zetas[++m]!;
      for (let j = start; j < start + length; j++) {
        const t = (z * w[j + length]!) % q;
        w[j + length] = (w[j]! - t) % q;
        w[j] = (w[j]! + t) % q;
      }
    }
  }
  return w;
}

/** Packs each coefficient, below 2^width, little-endian bit by bit. */
function pack(w: Polynomial, width: number): Buffer {
  const out = Buffer.alloc((N * width) / 8);
  for (let i = 0, bit = 0; i < N; i++) for (let k = 0; k < width; k++, bit++) out[bit >> 3]! |= ((w[i]! >> k) & 1) << (bit & 7);
  return out;
}

function unpack(bytes: Uint8Array, width: number): Polynomial {
  const w = new Int32Array(N);
  for (let i = 0, bit = 0; i < N; i++) for (let k = 0; k < width; k++, bit++) w[i]! |= ((bytes[bit >> 3]! >> (bit & 7)) & 1) << k;
  return w;
}

const range = (length: number): readonly number[] => Array.from({ length }, (_, i) => i);

/** FIPS 204, table 1. */
interface SignatureSet {
  readonly k: number;
  readonly l: number;
  readonly eta: 2 | 4;
}
const signatures: ReadonlyMap<string, SignatureSet> = new Map([
  ['ml-dsa-44', { k: 4, l: 4, eta: 2 }],
  ['ml-dsa-65', { k: 6, l: 5, eta: 4 }],
  ['ml-dsa-87', { k: 8, l: 7, eta: 2 }],
]);
const Q = 8380417;
const zetas204 = roots(1753, Q, 8);

/** FIPS 204, algorithm 6. */
function signatureKeyFromSeed(set: SignatureSet, seed: Buffer): LatticePublicKey {
  const { k, l, eta } = set;
  const expanded = createHash('shake256', { outputLength: 128 }).update(seed).update(Buffer.from([k, l])).digest();
  const short = (r: number): Polynomial => sampleShort(Buffer.concat([expanded.subarray(32, 96), Buffer.from([r, 0])]), eta);
  return { key: signatureKey(set, expanded.subarray(0, 32), range(l).map(short), range(k).map((i) => short(l + i))), consistent: true };
}

/** FIPS 204, algorithm 25: rho, K, tr, s1, s2, t0; tr is the hash of the public key. */
function signatureKeyFromExpanded(set: SignatureSet, secret: Buffer): LatticePublicKey | undefined {
  const { k, l, eta } = set;
  const width = eta === 2 ? 3 : 4;
  const size = (N * width) / 8;
  const length = 128 + size * (k + l) + 416 * k;
  if (secret.length !== length && secret.length !== length + 32 + 320 * k) return undefined;
  const vectors = range(k + l).map((i) => unpack(secret.subarray(128 + size * i, 128 + size * (i + 1)), width).map((value) => eta - value));
  if (vectors.some((vector) => vector.some((value) => value < -eta))) return undefined;
  const key = signatureKey(set, secret.subarray(0, 32), vectors.slice(0, l), vectors.slice(l));
  const hash = createHash('shake256', { outputLength: 64 }).update(key).digest();
  return { key, consistent: hash.equals(secret.subarray(64, 128)) && follows(secret.subarray(length), key) };
}

/** rho and the upper bits of t = A*s1 + s2 (FIPS 204, algorithms 6 and 22). */
function signatureKey({ k }: SignatureSet, rho: Buffer, s1: readonly Polynomial[], s2: readonly Polynomial[]): Buffer {
  const transformed = s1.map((s) => transform(Int32Array.from(s), zetas204, Q, 1));
  const rows = range(k).map((i) => {
    const t = new Int32Array(N);
    transformed.forEach((s, j) => {
      const a = sampleUniform204(Buffer.concat([rho, Buffer.from([j, i])]));
      for (let c = 0; c < N; c++) t[c] = (t[c]! + a[c]! * s[c]!) % Q;
    });
    inverse204(t);
    // Power2Round with d = 13 (algorithm 35).
    return pack(t.map((value, c) => ((((value + s2[i]![c]!) % Q) + Q) % Q + 4095) >> 13), 10);
  });
  return Buffer.concat([rho, ...rows]);
}

/** FIPS 204, algorithm 42. */
function inverse204(w: Polynomial): void {
  let m = N;
  for (let length = 1; length < N; length <<= 1) {
    for (let start = 0; start < N; start += 2 * length) {
      const z = -zetas204[--m]!;
      for (let j = start; j < start + length; j++) {
        const t = w[j]!;
        w[j] = (t + w[j + length]!) % Q;
        w[j + length] = (z * (t - w[j + length]!)) % Q;
      }
    }
  }
  for (let j = 0; j < N; j++) w[j] = (w[j]! * 8347681) % Q;
}

/** FIPS 204, algorithm 30. */
function sampleUniform204(seed: Buffer): Polynomial {
  const next = shake('shake128', seed, 840);
  const w = new Int32Array(N);
  for (let j = 0; j < N; ) {
    const value = next() | (next() << 8) | ((next() & 0x7f) << 16);
    if (value < Q) w[j++] = value;
  }
  return w;
}

/** FIPS 204, algorithm 31. */
function sampleShort(seed: Buffer, eta: 2 | 4): Polynomial {
  const next = shake('shake256', seed, 272);
  const w = new Int32Array(N);
  for (let j = 0; j < N; ) {
    const byte = next();
    for (const half of [byte & 15, byte >> 4]) {
      if (j < N && half < (eta === 2 ? 15 : 9)) w[j++] = eta === 2 ? 2 - (half % 5) : 4 - half;
    }
  }
  return w;
}

/** FIPS 203, table 2. */
interface EncapsulationSet {
  readonly k: number;
  readonly eta1: 2 | 3;
}
const encapsulations: ReadonlyMap<string, EncapsulationSet> = new Map([
  ['ml-kem-512', { k: 2, eta1: 3 }],
  ['ml-kem-768', { k: 3, eta1: 2 }],
  ['ml-kem-1024', { k: 4, eta1: 2 }],
]);
const Q203 = 3329;
const zetas203 = roots(17, Q203, 7);

/** FIPS 203, algorithm 13, of d, the first half of the seed. */
function encapsulationKeyFromSeed({ k, eta1 }: EncapsulationSet, seed: Buffer): LatticePublicKey {
  const hash = createHash('sha3-512').update(seed.subarray(0, 32)).update(Buffer.from([k])).digest();
  const rho = hash.subarray(0, 32);
  const short = (n: number): Polynomial => transform(sampleBinomial(Buffer.concat([hash.subarray(32), Buffer.from([n])]), eta1), zetas203, Q203, 2);
  const s = range(k).map(short);
  const rows = range(k).map((i) => {
    const t = short(k + i);
    s.forEach((polynomial, j) => {
      addProduct203(t, sampleUniform203(Buffer.concat([rho, Buffer.from([j, i])])), polynomial);
    });
    return pack(t.map((value) => ((value % Q203) + Q203) % Q203), 12);
  });
  return { key: Buffer.concat([...rows, rho]), consistent: true };
}

/** FIPS 203, algorithm 16: the decapsulation key is s, the encapsulation key, its hash, and z. */
function encapsulationKeyFromExpanded({ k }: EncapsulationSet, secret: Buffer): LatticePublicKey | undefined {
  const length = 768 * k + 96;
  if (secret.length !== length && secret.length !== length + 384 * k + 32) return undefined;
  const key = secret.subarray(384 * k, 768 * k + 32);
  const hash = createHash('sha3-256').update(key).digest();
  return { key, consistent: hash.equals(secret.subarray(768 * k + 32, 768 * k + 64)) && follows(secret.subarray(length), key) };
}

/** FIPS 203, algorithms 11 and 12. */
function addProduct203(sum: Polynomial, a: Polynomial, b: Polynomial): void {
  for (let i = 0; i < N / 4; i++) {
    const z = zetas203[64 + i]!;
    for (const [c, gamma] of [[4 * i, z], [4 * i + 2, -z]] as const) {
      const product = (a[c + 1]! * b[c + 1]!) % Q203;
      sum[c] = (sum[c]! + a[c]! * b[c]! + product * gamma) % Q203;
      sum[c + 1] = (sum[c + 1]! + a[c]! * b[c + 1]! + a[c + 1]! * b[c]!) % Q203;
    }
  }
}

/** FIPS 203, algorithm 7. */
function sampleUniform203(seed: Buffer): Polynomial {
  const next = shake('shake128', seed, 840);
  const w = new Int32Array(N);
  for (let j = 0; j < N; ) {
    const [a, b, c] = [next(), next(), next()];
    const first = a | ((b & 15) << 8);
    const second = (b >> 4) | (c << 4);
    if (first < Q203) w[j++] = first;
    if (second < Q203 && j < N) w[j++] = second;
  }
  return w;
}

/** FIPS 203, algorithm 8. */
function sampleBinomial(seed: Buffer, eta: 2 | 3): Polynomial {
  const bytes = createHash('shake256', { outputLength: 64 * eta }).update(seed).digest();
  const bit = (i: number): number => (bytes[i >> 3]! >> (i & 7)) & 1;
  return new Int32Array(N).map((_, i) => {
    let value = 0;
    for (let j = 0; j < eta; j++) value += bit(2 * i * eta + j) - bit((2 * i + 1) * eta + j);
    return value;
  });
}
