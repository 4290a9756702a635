import { createECDH, createPrivateKey, generateKeyPairSync, getDiffieHellman } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { curvesThrough, ecPublicPoint, isOnCurve, nameOfCurve, primeCurve, publicPower, rawPublicKey, uncompressed } from '../src/curve.ts';
import { latticePublicKey } from '../src/lattice.ts';
import { curves } from '../src/oids.ts';

const prime = curves.filter(({ field }) => field === 'prime').map(({ name }) => name);
const algorithms = ['ed25519', 'ed448', 'x25519', 'x448'] as const;

/** A key pair in bytes, as node:crypto makes it. */
function pair(algorithm: (typeof algorithms)[number]): { d: Buffer; x: Buffer } {
  // The overloads of generateKeyPairSync take one literal each.
  const { privateKey } = generateKeyPairSync(algorithm as 'ed25519');
  const { d, x } = privateKey.export({ format: 'jwk' });
  return { d: Buffer.from(d!, 'base64url'), x: Buffer.from(x!, 'base64url') };
}

describe('Edwards and Montgomery curves', () => {
  test.each(algorithms)('%s public keys are those of OpenSSL', (algorithm) => {
    for (let i = 0; i < 50; i++) {
      const { d, x } = pair(algorithm);
      expect(rawPublicKey(algorithm, d)!.toString('hex')).toBe(x.toString('hex'));
    }
  });

  test.each([['ed25519', 32, '302e020100300506032b657004220420'], ['x25519', 32, '302e020100300506032b656e04220420'],
    ['ed448', 57, '3047020100300506032b6571043b0439'], ['x448', 56, '3046020100300506032b656f043a0438']] as const)('%s of extreme secrets', (algorithm, length, header) => {
    for (const fill of [0, 1, 0x7f, 0x80, 0xff]) {
      const secret = Buffer.alloc(length, fill);
      const key = createPrivateKey({ key: Buffer.concat([Buffer.from(header, 'hex'), secret]), format: 'der', type: 'pkcs8' });
      expect(rawPublicKey(algorithm, secret)!.toString('base64url')).toBe(key.export({ format: 'jwk' }).x);
    }
  });

  test('a thousand Ed25519 keys take less than two seconds', () => {
    const { d } = pair('ed25519');
    rawPublicKey('ed25519', d);
    const start = performance.now();
    for (let i = 0; i < 1000; i++) {
      d.writeUInt32LE(i);
      rawPublicKey('ed25519', d);
    }
    expect(performance.now() - start).toBeLessThan(2000);
  });

  test('other lengths and algorithms have no public key', () => {
    expect(rawPublicKey('ed25519', Buffer.alloc(31))).toBeUndefined();
    expect(rawPublicKey('ed448', Buffer.alloc(56))).toBeUndefined();
    expect(rawPublicKey('rsa', Buffer.alloc(32))).toBeUndefined();
  });

  test('a secret is not written to', () => {
    for (const algorithm of algorithms) {
      const secret = Buffer.alloc(algorithm === 'ed448' ? 57 : algorithm === 'x448' ? 56 : 32, 0xff);
      rawPublicKey(algorithm, secret);
      expect(secret.every((byte) => byte === 0xff)).toBe(true);
    }
  });
});

describe('prime curves', () => {
  test.each(prime)('%s: the base point is on it and has its order', (name) => {
    const curve = primeCurve(name)!;
    const minusOne = Buffer.from((curve.n - 1n).toString(16).padStart(200, '0'), 'hex').subarray(-((curve.n.toString(16).length + 1) >> 1));
    const base = ecPublicPoint(curve, Buffer.from([1]))!;
    const opposite = ecPublicPoint(curve, minusOne)!;
    expect(isOnCurve(curve, base)).toBe(true);
    const half = (base.length - 1) / 2;
    expect(opposite.subarray(1, 1 + half).equals(base.subarray(1, 1 + half))).toBe(true);
    expect(BigInt(`0x${opposite.subarray(1 + half).toString('hex')}`) + BigInt(`0x${base.subarray(1 + half).toString('hex')}`)).toBe(curve.p);
    expect(prime).toContain(nameOfCurve(curve));
  });

  test.each(['prime256v1', 'secp384r1', 'secp521r1', 'secp256k1', 'secp224r1', 'brainpoolP320r1', 'SM2'])('%s public points are those of OpenSSL', (name) => {
    const curve = primeCurve(name)!;
    for (let i = 0; i < 8; i++) {
      const ecdh = createECDH(name);
      ecdh.generateKeys();
      const point = ecdh.getPublicKey();
      expect(ecPublicPoint(curve, ecdh.getPrivateKey())!.toString('hex')).toBe(point.toString('hex'));
      expect(isOnCurve(curve, point)).toBe(true);
      expect(curvesThrough(point)).toEqual([name]);
      point[point.length - 1]! ^= 1;
      expect(isOnCurve(curve, point)).toBe(false);
    }
  });

  test.each(['prime256v1', 'secp384r1', 'secp521r1'])('%s points are uncompressed as OpenSSL does it', (name) => {
    for (let i = 0; i < 8; i++) {
      const ecdh = createECDH(name);
      ecdh.generateKeys();
      for (const form of ['compressed', 'hybrid', 'uncompressed'] as const) {
        expect(uncompressed(primeCurve(name)!, ecdh.getPublicKey(undefined, form))!.toString('hex')).toBe(ecdh.getPublicKey('hex'));
      }
    }
    // Half of all x have no point.
    const none = Array.from({ length: 64 }, (_, i) => Buffer.concat([Buffer.from([2]), Buffer.alloc(((primeCurve(name)!.p.toString(16).length + 1) >> 1) - 1), Buffer.from([i])]));
    expect(none.some((point) => uncompressed(primeCurve(name)!, point) === undefined)).toBe(true);
  });

  test('parameters that are no curve give an answer in bounded time', () => {
    const huge = 2n ** 700n + 1n;
    const numbers = fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 560n }), fc.constantFrom(0n, 1n, 2n, 3n, 4n, 5n, huge));
    fc.assert(fc.property(numbers, numbers, numbers, numbers, numbers, numbers, fc.uint8Array({ maxLength: 80 }), (p, a, b, x, y, n, scalar) => {
      const point = ecPublicPoint({ p, a, b, x, y, n }, scalar);
      expect(point === undefined || point[0] === 4).toBe(true);
    }), { numRuns: 200 });
  });

  test('zero and the order have no public point', () => {
    const curve = primeCurve('prime256v1')!;
    expect(ecPublicPoint(curve, Buffer.alloc(32))).toBeUndefined();
    expect(ecPublicPoint(curve, Buffer.from(curve.n.toString(16), 'hex'))).toBeUndefined();
  });
});

describe('exponentiation', () => {
  test('is that of Diffie and Hellman', () => {
    const group = getDiffieHellman('modp14');
    for (let i = 0; i < 5; i++) {
      const y = group.generateKeys();
      const mine = publicPower(group.getGenerator(), group.getPrivateKey(), group.getPrime())!;
      expect(mine.toString('hex').replace(/^(00)+/, '')).toBe(y.toString('hex').replace(/^(00)+/, ''));
    }
  });

  test('is not tried where it would take long, nor modulo an even number', () => {
    expect(publicPower(Buffer.from([2]), Buffer.alloc(4000, 255), Buffer.alloc(4000, 255))).toBeUndefined();
    expect(publicPower(Buffer.from([2]), Buffer.from([3]), Buffer.from([0]))).toBeUndefined();
    expect(publicPower(Buffer.from([2]), Buffer.from([3]), Buffer.alloc(0))).toBeUndefined();
  });
});

describe('lattices', () => {
  test('lengths that are no key give nothing', () => {
    for (const name of ['ml-dsa-44', 'ml-dsa-65', 'ml-dsa-87', 'ml-kem-512', 'ml-kem-768', 'ml-kem-1024']) {
      for (const length of [0, 1, 31, 33, 63, 65, 2559, 4031, 1631]) expect(latticePublicKey(name, Buffer.alloc(length))).toBeUndefined();
    }
    expect(latticePublicKey('ed25519', Buffer.alloc(32))).toBeUndefined();
  });

  test('small numbers out of their range are no ML-DSA key', () => {
    expect(latticePublicKey('ml-dsa-44', Buffer.alloc(2560, 0xff))).toBeUndefined();
    expect(latticePublicKey('ml-dsa-65', Buffer.alloc(4032, 0xff))).toBeUndefined();
  });
});
