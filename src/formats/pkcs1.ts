import { toBigInt } from '../curve.ts';
import { children, INTEGER, SEQUENCE, SEQUENCE_MAGIC, smallInteger } from '../der.ts';
import type { Tlv } from '../der.ts';
import type { Format } from '../format.ts';
import { damaged, isLess, isOdd, leadingElements, outerSequence, saysEncrypted, saysPrivate, unsigned } from '../key-der.ts';
import { bitLength, identify } from '../public-key.ts';

/** PKCS#1 RSAPrivateKey: SEQUENCE { version, n, e, d, p, q, d mod p-1, d mod q-1, 1/q mod p, otherPrimes OPTIONAL }. */
export const pkcs1: Format = {
  name: 'pkcs1',
  title: 'PKCS#1 RSA private key',
  sources: ['RFC 8017, A.1.2'],
  magics: SEQUENCE_MAGIC,

  read(bytes, armor) {
    const outer = outerSequence(bytes);
    if (!outer) return undefined;
    const key = readRsaPrivateKey(bytes, outer);
    if (key && (saysPrivate(armor) || isSane(key))) return [{ kind: 'private', format: 'pkcs1', ...rsaFacts(key) }];
    if (key || armor?.label !== 'RSA PRIVATE KEY' || saysEncrypted(armor)) return undefined;
    return salvage(bytes, outer);
  },
};

export interface RsaPrivateKey {
  readonly n: Buffer;
  readonly e: Buffer;
  /** Whether n is the product of the primes. */
  readonly consistent: boolean;
}

/** Beyond the largest modulus that OpenSSL uses, numbers are not worth their cost. */
const MAX_MODULUS_BYTES = 16384 / 8;

/** Reads RSAPrivateKey, with two primes (version 0) or more (version 1). */
export function readRsaPrivateKey(bytes: Buffer, sequence: Tlv): RsaPrivateKey | undefined {
  const [version, ...numbers] = children(bytes, sequence) ?? [];
  const primes = version?.tag === INTEGER ? smallInteger(bytes, version) : undefined;
  if ((primes !== 0 && primes !== 1) || numbers.length < 8 || !numbers.slice(0, 8).every((number) => number.tag === INTEGER)) return undefined;
  const [n, e, d, p, q] = numbers.map((number) => unsigned(bytes, number));
  if (!n?.length || !e?.length || !d?.length || !p || !q) return undefined;
  return { n, e, consistent: isProduct(n, [p, q, ...otherPrimes(bytes, numbers[8])]) };
}

/** OtherPrimeInfos: SEQUENCE OF SEQUENCE { prime, exponent, coefficient }. */
function otherPrimes(bytes: Buffer, list: Tlv | undefined): readonly Buffer[] {
  if (list?.tag !== SEQUENCE) return [];
  return (children(bytes, list) ?? []).flatMap((info) => (info.tag === SEQUENCE ? unsigned(bytes, (children(bytes, info) ?? [])[0]) ?? [] : []));
}

function isProduct(n: Buffer, primes: readonly Buffer[]): boolean {
  // Keys that leave out the primes (all zero) claim nothing about them; those that are too large are not checked.
  if (primes.every((prime) => prime.length === 0) || n.length > MAX_MODULUS_BYTES) return true;
  if (primes.length > 16 || primes.some((prime) => prime.length > n.length)) return false;
  return primes.reduce((product, prime) => product * toBigInt(prime), 1n) === toBigInt(n);
}

export function rsaFacts({ n, e, consistent }: RsaPrivateKey, parameters?: Buffer) {
  const identity = parameters ? identify({ type: 'rsa-pss', n, e, ...(parameters.length > 0 && { parameters }) }) : identify({ type: 'rsa', n, e });
  return { ...identity, ...(!consistent && { weaknesses: ['public-half-mismatch'] }) };
}

function isSane({ n, e }: RsaPrivateKey): boolean {
  return bitLength(n) >= 256 && n.length <= 8 * MAX_MODULUS_BYTES && isOdd(n) && isOdd(e) && isLess(e, n);
}

/** A key whose modulus can be read and whose private numbers are broken. */
function salvage(bytes: Buffer, outer: Tlv) {
  const [version, n, e, ...rest] = leadingElements(bytes, outer, 10);
  const first = version && smallInteger(bytes, version);
  if (version?.tag !== INTEGER || first === undefined || first > 1 || n?.tag !== INTEGER || rest.length === 0) return undefined;
  const [modulus, exponent] = [unsigned(bytes, n), unsigned(bytes, e)];
  const facts = modulus?.length && exponent?.length ? identify({ type: 'rsa', n: modulus, e: exponent }) : { algorithm: 'rsa' };
  return [damaged('pkcs1', bytes, 'its private numbers cannot be read', facts)];
}
