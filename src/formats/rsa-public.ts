import { INTEGER, SEQUENCE_MAGIC } from '../der.ts';
import type { Format } from '../format.ts';
import { isLess, isOdd, outerElements, unsigned } from '../key-der.ts';
import { bitLength, identify } from '../public-key.ts';

/** PKCS#1 RSAPublicKey: SEQUENCE { n, e }. */
export const rsaPublic: Format = {
  name: 'rsa-public',
  title: 'PKCS#1 RSA public key',
  sources: ['RFC 8017, A.1.1'],
  magics: SEQUENCE_MAGIC,

  read(bytes, armor) {
    const numbers = outerElements(bytes);
    if (numbers?.length !== 2 || !numbers.every((number) => number.tag === INTEGER)) return undefined;
    const [n, e] = numbers.map((number) => unsigned(bytes, number));
    if (!n?.length || !e?.length) return undefined;
    const labelled = armor?.label === 'RSA PUBLIC KEY';
    if (!labelled && (armor && !armor.label.endsWith('PUBLIC KEY') || !isSane(n, e))) return undefined;
    return [{ kind: 'public', format: 'rsa-public', ...identify({ type: 'rsa', n, e }) }];
  },
};

/** Two numbers are also an ECDSA signature (of equal size) and Diffie-Hellman parameters (a prime, and 2 or 5). */
function isSane(n: Buffer, e: Buffer): boolean {
  const [modulusBits, exponentBits] = [bitLength(n), bitLength(e)];
  return modulusBits >= 512 && modulusBits <= 16384 && exponentBits <= 64 && isOdd(n) && isOdd(e) && isLess(e, n)
    && !e.equals(Buffer.from([1])) && !e.equals(Buffer.from([5]));
}
