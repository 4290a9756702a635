import { execFileSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { detect } from '../src/detect.ts';
import { gnupg } from '../src/formats/gnupg.ts';
import { openpgp } from '../src/formats/openpgp.ts';
import { sha256Hex } from '../src/hash.ts';
import type { Key, KeyFacts } from '../src/key.ts';
import { disguises } from './disguises.ts';
import { advanced, canonical, jwkOf, mpi, octet, oldPacket, packet, pgpArmor, pgpChecksum, pgpHead, pgpRsaPublic, pgpRsaSecret, rsaPublicSexp, rsaSexp, signed, uint, userId } from './key-layouts.ts';
import type { Sexp } from './key-layouts.ts';
import { attempt, describeWith, run, scratch } from './tools.ts';

const folder = scratch();

function detectIn(content: string | Buffer): readonly Key[] {
  const bytes = Buffer.isBuffer(content) ? content : Buffer.from(content, 'utf8');
  return detect({ path: 'file', bytes, facts: () => ({ origin: 'file' }) });
}

/** The facts of keys without their places. */
const factsIn = (content: string | Buffer): readonly Partial<KeyFacts>[] => detectIn(content).map((key) => {
  const { kind, format, algorithm, bits, curve, encryption, fingerprint, spki, container, comment, defect, hardware, weaknesses } = key;
  return Object.fromEntries(Object.entries({ kind, format, algorithm, bits, curve, encryption, fingerprint, spki, container, comment, defect, hardware, weaknesses })
    .filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0)));
});

const salt = Buffer.from('0123456789abcdef', 'hex');
const secretBytes = Buffer.from(Array.from({ length: 64 }, (_, i) => (i * 167 + 13) & 255));

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const rsaJwk = jwkOf(rsa.privateKey);
const rsaNumbers = Object.fromEntries(Object.entries(rsaJwk).map(([name, value]) => [name, Buffer.from(String(value), 'base64url')]));
const rsaPublic = pgpRsaPublic(rsaJwk);
const rsaSecret = pgpRsaSecret(rsaJwk);
const rsaSpki = sha256Hex(rsa.publicKey.export({ type: 'spki', format: 'der' }));
const [head, checksum, armored] = [pgpHead, pgpChecksum, pgpArmor];

/** The raw halves of an Edwards or Montgomery key, and the hash of its SubjectPublicKeyInfo. */
function rawKey(type: 'ed25519' | 'ed448' | 'x25519' | 'x448'): { x: Buffer; d: Buffer; spki: string } {
  const { privateKey, publicKey } = generateKeyPairSync(type as 'ed25519');
  const { x, d } = privateKey.export({ format: 'jwk' });
  return { x: Buffer.from(x!, 'base64url'), d: Buffer.from(d!, 'base64url'), spki: sha256Hex(publicKey.export({ type: 'spki', format: 'der' })) };
}

describe('versions of a secret key packet', () => {
  const clear = { kind: 'private' as const, format: 'openpgp', algorithm: 'rsa', bits: 2048, spki: rsaSpki };
  const bodies: Readonly<Record<string, readonly [Buffer, Partial<KeyFacts>]>> = {
    'version 3': [Buffer.concat([head[3](1, rsaPublic), octet(0), rsaSecret, checksum(rsaSecret)]), clear],
    'version 4': [Buffer.concat([head[4](1, rsaPublic), octet(0), rsaSecret, checksum(rsaSecret)]), clear],
    'version 5': [Buffer.concat([head[5](1, rsaPublic), octet(0, 0), uint(rsaSecret.length, 4), rsaSecret, checksum(rsaSecret)]), clear],
    'version 6': [Buffer.concat([head[6](1, rsaPublic), octet(0), rsaSecret]), clear],
    'version 3, IDEA and MD5': [Buffer.concat([head[3](1, rsaPublic), octet(1), salt, rsaSecret, uint(0, 2)]), { ...clear, encryption: { cipher: 'idea-cfb', kdf: 'md5', rounds: 1 } }],
    'version 4, a cipher in the place of the usage': [Buffer.concat([head[4](1, rsaPublic), octet(7), salt, salt, rsaSecret]), { ...clear, encryption: { cipher: 'aes-128-cfb', kdf: 'md5', rounds: 1 } }],
    'version 4, simple': [Buffer.concat([head[4](1, rsaPublic), octet(255, 2, 0, 1), salt, rsaSecret]), { ...clear, encryption: { cipher: 'des-ede3-cfb', kdf: 's2k-simple', rounds: 1 } }],
    'version 4, salted': [Buffer.concat([head[4](1, rsaPublic), octet(254, 3, 1, 2), salt, salt, rsaSecret]), { ...clear, encryption: { cipher: 'cast5-cfb', kdf: 's2k-salted', rounds: 1 } }],
    'version 4, iterated': [Buffer.concat([head[4](1, rsaPublic), octet(254, 9, 3, 8), salt, octet(0xff), salt, salt, rsaSecret]), { ...clear, encryption: { cipher: 'aes-256-cfb', kdf: 's2k-iterated', rounds: 65_011_712 } }],
    'version 4, Argon2 and OCB': [Buffer.concat([head[4](1, rsaPublic), octet(253, 9, 2, 4), salt, salt, octet(1, 4, 21), salt, salt, rsaSecret]),
      { ...clear, encryption: { cipher: 'aes-256-ocb', kdf: 'argon2id', memory: 2 ** 21, passes: 1, parallelism: 4 } }],
    'version 5, iterated': [Buffer.concat([head[5](1, rsaPublic), octet(254, 28, 7, 3, 2), salt, octet(0x60), salt, salt, uint(rsaSecret.length, 4), rsaSecret]), { ...clear, encryption: { cipher: 'aes-128-cfb', kdf: 's2k-iterated', rounds: 65_536 } }],
    'version 6, iterated and GCM': [Buffer.concat([head[6](1, rsaPublic), octet(253, 26, 8, 3, 11, 3, 10), salt, octet(0x60), salt, salt, rsaSecret]), { ...clear, encryption: { cipher: 'aes-192-gcm', kdf: 's2k-iterated', rounds: 65_536 } }],
    'version 6, Argon2 and EAX': [Buffer.concat([head[6](1, rsaPublic), octet(253, 39, 13, 1, 20, 4), salt, salt, octet(3, 1, 16), salt, salt, rsaSecret]),
      { ...clear, encryption: { cipher: 'camellia-256-eax', kdf: 'argon2id', memory: 65_536, passes: 3, parallelism: 1 } }],
  };
  describe.each(Object.entries(bodies))('%s', (_name, [body, facts]) => {
    test('in an armor, with a user id', () => {
      expect(factsIn(armored(Buffer.concat([packet(5, body), userId('Jörg <j@example.org>'), userId('second')])))).toEqual([expect.objectContaining({ ...facts, comment: 'Jörg <j@example.org>' })]);
    });
    test('in a binary file, with old and new packet headers', () => {
      for (const bytes of [packet(5, body), oldPacket(5, body), Buffer.concat([Buffer.from('a803504750', 'hex'), oldPacket(5, body)])]) {
        const [key, ...more] = factsIn(bytes);
        expect(more).toEqual([]);
        expect(key).toMatchObject(facts);
        expect(key!.encryption).toEqual(facts.encryption);
        expect(key!.defect).toBeUndefined();
      }
    });
    test('cut off in its private half', () => {
      const cut = packet(5, body).subarray(0, 6 + body.length - rsaSecret.length + 40);
      expect(factsIn(armored(cut))).toEqual([expect.objectContaining({ spki: rsaSpki, defect: expect.stringMatching(/truncated/) as string })]);
    });
  });

  test('the label and the headers of PGP 2.6', () => {
    expect(factsIn(armored(packet(5, bodies['version 3']![0]), 'PGP SECRET KEY BLOCK', 'Version: 2.6.3i\n'))).toEqual([expect.objectContaining(clear)]);
    expect(factsIn(armored(packet(5, bodies['version 3']![0]), 'PGP ARMORED FILE'))).toEqual([expect.objectContaining(clear)]);
  });

  test('a block longer than the armor is read: the key comes first', () => {
    const photo = packet(17, Buffer.alloc(400_000, 'photograph'));
    expect(factsIn(armored(Buffer.concat([packet(5, bodies['version 4']![0]), userId('a'), photo])))).toEqual([expect.objectContaining({ ...clear, comment: 'a' })]);
  });

  test('several keys in one block, and subkeys that are no worse protected', () => {
    const [first, second] = [packet(5, bodies['version 4']![0]), packet(5, bodies['version 4, iterated']![0])];
    const subkey = packet(7, bodies['version 4, iterated']![0]);
    expect(factsIn(armored(Buffer.concat([first, userId('a'), subkey, second, userId('b'), subkey]))).map(({ comment, encryption }) => [comment, encryption?.rounds])).toEqual([['a', undefined], ['b', 65_011_712]]);
  });

  test('a subkey in the clear beside an encrypted key', () => {
    const bytes = Buffer.concat([packet(5, bodies['version 4, iterated']![0]), userId('a'), packet(7, bodies['version 4']![0])]);
    expect(factsIn(armored(bytes)).map(({ comment, encryption }) => [comment, encryption?.rounds])).toEqual([['a', 65_011_712], ['a', undefined]]);
  });

  test('a subkey alone', () => {
    expect(factsIn(packet(7, bodies['version 4']![0]))).toEqual([expect.objectContaining(clear)]);
    expect(factsIn(oldPacket(7, bodies['version 4']![0]))).toEqual([expect.objectContaining(clear)]);
  });

  test('public keys before the secret ones in a private block', () => {
    expect(factsIn(armored(Buffer.concat([packet(6, head[4](1, rsaPublic)), userId('a'), packet(5, bodies['version 4']![0]), userId('b')])))).toEqual([expect.objectContaining({ ...clear, comment: 'b' })]);
  });

  test.each([[1, 'gnu-dummy', octet()], [2, 'a card', octet(4, 1, 2, 3, 4)]])('a stub (%i, %s) is told apart, and the secrets beside it', (mode, _name, serial) => {
    const stub = packet(5, head[4](1, rsaPublic), octet(255, 0, 101, 0), Buffer.from('GNU'), octet(mode), serial);
    expect(factsIn(armored(Buffer.concat([stub, userId('a')])))).toEqual([expect.objectContaining({ ...clear, comment: 'a', hardware: true })]);
    const key = rawKey('ed25519');
    const subkey = packet(7, head[6](27, key.x), octet(0), key.d);
    expect(factsIn(armored(Buffer.concat([stub, userId('a'), subkey]))).map(({ spki, hardware }) => [spki, hardware])).toEqual([[rsaSpki, true], [key.spki, undefined]]);
  });

  test('a secret that is elsewhere, as drafted for tokens that are no cards', () => {
    for (const [version, rest] of [[4, octet(252, 0)], [4, octet(252, 1, 2, 3)], [6, octet(252, 1, 0)]] as const) {
      expect(factsIn(armored(packet(5, head[version](1, rsaPublic), rest)))).toEqual([expect.objectContaining({ ...clear, hardware: true })]);
    }
  });

  test('a comment that is a fingerprint, in an armor on one line or not', () => {
    const text = armored(packet(5, bodies['version 4']![0]), 'PGP PRIVATE KEY BLOCK', `Comment: ${'B79E376A'.repeat(8)}\n`);
    for (const content of [text, JSON.stringify({ text }), text.trim().replaceAll('\n', ' ')]) expect(factsIn(content)).toEqual([expect.objectContaining(clear)]);
  });

  test('the first lines of a key alone hold nothing secret', () => {
    const whole = packet(5, bodies['version 4']![0]);
    expect(factsIn(armored(whole.subarray(0, 90)))).toEqual([]);
    expect(factsIn(armored(whole.subarray(0, whole.length - 90)))).toEqual([expect.objectContaining({ defect: expect.any(String) as string })]);
  });

  test('primes that are not those of the modulus', () => {
    const other = Buffer.concat([mpi(rsaNumbers['d']!), mpi(rsaNumbers['q']!), mpi(rsaNumbers['q']!), mpi(rsaNumbers['qi']!)]);
    expect(factsIn(armored(packet(5, head[4](1, rsaPublic), octet(0), other, checksum(other))))).toEqual([expect.objectContaining({ weaknesses: ['public-half-mismatch'] })]);
  });

  test('an algorithm without a reader', () => {
    expect(factsIn(armored(packet(5, head[4](99, secretBytes))))).toEqual([expect.objectContaining({ kind: 'private', format: 'openpgp', defect: 'its algorithm, number 99, is not known' })]);
  });
});

describe('algorithms of OpenPGP', () => {
  const raw: readonly (readonly [number, 'x25519' | 'x448' | 'ed25519' | 'ed448'])[] = [[25, 'x25519'], [26, 'x448'], [27, 'ed25519'], [28, 'ed448']];
  test.each(raw)('%i, %s', (id, algorithm) => {
    const key = rawKey(algorithm);
    const other = rawKey(algorithm);
    const read = (secret: Buffer): readonly Partial<KeyFacts>[] => factsIn(armored(packet(5, head[6](id, key.x), octet(0), secret)));
    expect(read(key.d)).toEqual([expect.objectContaining({ algorithm, spki: key.spki })]);
    expect(read(key.d)[0]).not.toHaveProperty('weaknesses');
    expect(read(other.d)).toEqual([expect.objectContaining({ spki: key.spki, weaknesses: ['public-half-mismatch'] })]);
  });

  test.each([[30, 'ml-dsa-65+ed25519', 1984, 64], [31, 'ml-dsa-87+ed448', 2649, 89], [35, 'ml-kem-768+x25519', 1216, 96], [36, 'ml-kem-1024+x448', 1624, 120],
    [32, 'slh-dsa-shake-128s', 32, 64], [33, 'slh-dsa-shake-128f', 32, 64], [34, 'slh-dsa-shake-256s', 64, 128]])('%i, %s', (id, algorithm, publicLength, secretLength) => {
    expect(factsIn(armored(packet(5, head[6](id, Buffer.alloc(publicLength, secretBytes)), octet(0), Buffer.alloc(secretLength, secretBytes))))).toEqual([expect.objectContaining({ kind: 'private', format: 'openpgp', algorithm })]);
  });

  test('the older form of X25519, its secret turned round', () => {
    const key = rawKey('x25519');
    const oid = Buffer.from('2b060104019755010501', 'hex');
    const secret = mpi(Buffer.from(key.d).reverse());
    const body = (half: Buffer): Buffer => Buffer.concat([head[4](18, Buffer.concat([octet(oid.length), oid, mpi(Buffer.concat([octet(0x40), key.x])), octet(3, 1, 8, 7)])), octet(0), half, checksum(half)]);
    expect(factsIn(packet(7, body(secret)))).toEqual([{ kind: 'private', format: 'openpgp', algorithm: 'x25519', bits: 256, spki: key.spki }]);
    expect(factsIn(packet(7, body(mpi(Buffer.from(rawKey('x25519').d).reverse()))))).toEqual([expect.objectContaining({ weaknesses: ['public-half-mismatch'] })]);
  });
});

describe('what is no OpenPGP secret key', () => {
  test('public keys, whatever the label says', () => {
    const bytes = Buffer.concat([packet(6, head[4](1, rsaPublic)), userId('a'), packet(14, head[4](1, rsaPublic))]);
    expect(factsIn(bytes)).toEqual([]);
    expect(factsIn(armored(bytes, 'PGP PUBLIC KEY BLOCK'))).toEqual([]);
    expect(factsIn(armored(bytes))).toEqual([]);
    expect(factsIn(armored(bytes, 'PGP ARMORED FILE'))).toEqual([]);
  });

  test('mentions, placeholders and elided blocks', () => {
    const key = armored(packet(5, head[4](1, rsaPublic), octet(0), rsaSecret, checksum(rsaSecret)));
    const [begin, , first] = key.split('\n');
    for (const text of [
      `if (line === '${begin}') return;`, `${begin}\n\n...\n-----END PGP PRIVATE KEY BLOCK-----\n`, `${begin}\n\n${first!.slice(0, 24)}...\n-----END PGP PRIVATE KEY BLOCK-----\n`,
      `${begin}\n\n${first}\n...\n-----END PGP PRIVATE KEY BLOCK-----\n`, `${begin}\nVersion: GnuPG v2\n\n<your key here>\n-----END PGP PRIVATE KEY BLOCK-----\n`,
      'const anchors = ["BEGIN PGP PRIVATE KEY BLOCK", "BEGIN PGP SECRET KEY BLOCK"];',
    ]) expect(factsIn(text), text).toEqual([]);
  });

  test('a frame around bytes that are none is a defect', () => {
    expect(factsIn(armored(Buffer.from(Array.from({ length: 300 }, (_, i) => (i * 89 + 7) & 127))))).toEqual([expect.objectContaining({ kind: 'private', defect: expect.any(String) as string })]);
  });

  test('binary files that begin with the same byte', () => {
    fc.assert(fc.property(fc.constantFrom(0x94, 0x95, 0x96, 0x97, 0x9c, 0x9d, 0x9e, 0x9f, 0xc5, 0xc7), fc.uint8Array({ minLength: 0, maxLength: 600 }), (first, rest) => {
      expect(factsIn(Buffer.concat([octet(first), rest]))).toEqual([]);
    }), { numRuns: 500 });
    expect(factsIn(Buffer.from('Świat i Łódź\n'.repeat(40)))).toEqual([]);
    // A message catalogue in big-endian order, and an EPS file with a preview.
    expect(factsIn(Buffer.concat([Buffer.from('950412de', 'hex'), Buffer.alloc(400, secretBytes)]))).toEqual([]);
    expect(factsIn(Buffer.concat([Buffer.from('c5d0d3c6', 'hex'), Buffer.alloc(400, secretBytes)]))).toEqual([]);
    // A plausible header, and numbers that are none.
    expect(factsIn(packet(5, head[4](1, secretBytes), octet(0), secretBytes, secretBytes))).toEqual([]);
    expect(factsIn(packet(5, head[4](1, Buffer.concat([uint(2047, 2), rsaPublic.subarray(2)])), octet(0), rsaSecret, uint(0, 2)))).toEqual([]);
  });
});

const publicSexp = rsaPublicSexp(rsaJwk);
const privateSexp = rsaSexp(rsaJwk);
const s2k: Sexp = [['sha1', salt, '5242880'], Buffer.concat([salt, salt])];
const protectedSexp: Sexp = ['protected-private-key', ['rsa', ...publicSexp, ['protected', 'openpgp-s2k3-sha1-aes-cbc', s2k, secretBytes], ['protected-at', '20190225T051122']]];
const native: Sexp = ['protected-private-key', ['rsa', ...publicSexp, ['protected', 'openpgp-native', ['openpgp-private-key', ['version', '1:4'], ['algo', 'rsa'],
  ['skey', '_', signed(rsaNumbers['n']!), '_', rsaNumbers['e']!, 'e', secretBytes], ['csum', '4711'], ['protection', 'sha1', 'aes256', Buffer.concat([salt, salt]), '3', 'sha256', salt, '238']]]]];
const shadowed: Sexp = ['shadowed-private-key', ['rsa', ...publicSexp, ['shadowed', 't1-v1', [Buffer.from('D2760001240102000005000011730000', 'hex'), 'OPENPGP.1']]]];

describe('S-expressions of GnuPG and Libgcrypt', () => {
  const known = { kind: 'private', format: 'gnupg', algorithm: 'rsa', bits: 2048, spki: rsaSpki };
  const forms: Readonly<Record<string, (one: Sexp) => string | Buffer>> = {
    canonical,
    'text': (one) => advanced(one),
    'a name-value file': (one) => `Created: 20261121T002848\nKey: ${advanced(one).replaceAll('\n', '\n ')}\n`,
    // As gpg-agent writes it: at 64 columns, in the middle of words.
    'a name-value file, wrapped': (one) => `Label: my key\nKey: ${advanced(one).replace(/\n */g, '').replace(/(.{64})(?=.)/g, '$1\n ')}\nCreated: 20261121T002848\n`,
    'a name-value file, indented': (one) => `secret: |\n${`Key: ${advanced(one).replace(/\n */g, '').replace(/(.{64})(?=.)/g, '$1\n ')}`.replace(/^/gm, '    ')}\n`,
    'inside key-data': (one) => advanced(['key-data', ['public-key', ['rsa', ...publicSexp]], one]),
    'C strings': (one) => `static const char *key =\n${advanced(one).split('\n').map((line) => `  ${JSON.stringify(`${line}\n`)}`).join('\n')};\n`,
    'C strings inside key-data, cut within numbers': (one) => `  "(key-data\\n"\n${advanced(one).replace(/([0-9A-F]{60})(?=[0-9A-F])/g, '$1\n').split('\n').map((line) => `    ${JSON.stringify(line)}`).join('\n')}\n    ")";\n`,
    'JSON': (one) => JSON.stringify({ key: advanced(one) }),
    'a comment': (one) => advanced(one).replace(/^/gm, ' * '),
  };
  describe.each(Object.entries(forms))('%s', (_name, form) => {
    test('in the clear', () => {
      expect(factsIn(form(privateSexp))).toEqual([{ ...known, fingerprint: expect.any(String) as string, comment: 'a key (of mine)' }]);
    });
    test('protected', () => {
      expect(factsIn(form(protectedSexp))).toEqual([{ ...known, fingerprint: expect.any(String) as string, encryption: { cipher: 'aes-128-cbc', kdf: 's2k-iterated', rounds: 5_242_880 } }]);
    });
    test('protected as it came in a packet', () => {
      expect(factsIn(form(native))).toEqual([{ ...known, fingerprint: expect.any(String) as string, encryption: { cipher: 'aes-256-cfb', kdf: 's2k-iterated', rounds: 31_457_280 } }]);
    });
    test('on a card', () => {
      expect(factsIn(form(shadowed))).toEqual([{ ...known, fingerprint: expect.any(String) as string, hardware: true }]);
    });
  });

  test('the count of early agents is the coded one', () => {
    const early: Sexp = ['protected-private-key', ['rsa', ...publicSexp, ['protected', 'openpgp-s2k3-sha1-aes-cbc', [['sha1', salt, '96'], salt], secretBytes]]];
    expect(factsIn(canonical(early))[0]!.encryption).toEqual({ cipher: 'aes-128-cbc', kdf: 's2k-iterated', rounds: 65_536 });
  });

  test.each(['ed25519', 'ed448'] as const)('%s, with its point and without', (algorithm) => {
    const key = rawKey(algorithm);
    const curve = algorithm === 'ed25519' ? 'Ed25519' : 'Ed448';
    const expected = expect.objectContaining({ kind: 'private', algorithm, spki: key.spki }) as unknown;
    for (const q of [key.x, Buffer.concat([octet(0x40), key.x])]) expect(factsIn(advanced(['private-key', ['ecc', ['curve', curve], ['flags', 'eddsa'], ['q', q], ['d', key.d]]]))).toEqual([expected]);
    expect(factsIn(advanced(['private-key', ['ecc', ['curve', curve], ['flags', 'eddsa'], ['d', key.d]]]))).toEqual([expected]);
    expect(factsIn(advanced(['private-key', ['ecc', ['curve', curve], ['flags', 'eddsa'], ['q', key.x], ['d', rawKey(algorithm).d]]]))[0]).toMatchObject({ weaknesses: ['public-half-mismatch'] });
  });

  test.each([['NIST P-256', 'prime256v1', 'P-256'], ['nistp384', 'secp384r1', 'P-384'], ['secp521r1', 'secp521r1', 'P-521'], ['1.3.132.0.10', 'secp256k1', 'secp256k1']])('%s', (name, curve, namedCurve) => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
    const { x, y, d } = privateKey.export({ format: 'jwk' });
    const point = Buffer.concat([octet(4), Buffer.from(x!, 'base64url'), Buffer.from(y!, 'base64url')]);
    const expected = [expect.objectContaining({ kind: 'private', algorithm: 'ec', curve, spki: sha256Hex(publicKey.export({ type: 'spki', format: 'der' })) }) as unknown];
    const secret: Sexp = ['d', Buffer.from(d!, 'base64url')];
    expect(factsIn(advanced(['private-key', ['ecc', ['curve', name], ['q', point], secret]]))).toEqual(expected);
    expect(factsIn(advanced(['private-key', ['ecdsa', ['curve', name], secret]]))).toEqual(expected);
  });

  test('parameters of a curve in place of its name', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { x, y, d } = privateKey.export({ format: 'jwk' });
    const hex = (digits: string): Buffer => Buffer.from(digits, 'hex');
    const parameters: readonly Sexp[] = [ // FIPS 186-4, D.1.2.3
      ['p', hex('00FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF')], ['a', hex('00FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFC')],
      ['b', hex('5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B')],
      ['g', hex('046B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C2964FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5')],
      ['n', hex('00FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551')],
      ['q', Buffer.concat([octet(4), Buffer.from(x!, 'base64url'), Buffer.from(y!, 'base64url')])], ['d', Buffer.from(d!, 'base64url')],
    ];
    expect(factsIn(advanced(['private-key', ['ecdsa', ...parameters]]))).toEqual([expect.objectContaining({ curve: 'prime256v1', spki: sha256Hex(publicKey.export({ type: 'spki', format: 'der' })) })]);
    expect(factsIn(advanced(['private-key', ['ecdsa', ...parameters.map((one) => (one[0] === 'b' ? ['b', salt] : one))]]))).toEqual([{ kind: 'private', format: 'gnupg', algorithm: 'ec', bits: 256, curve: 'explicit' }]);
  });

  // As sexp_sprint of Libgcrypt writes numbers whose bytes are printable, or have an escape (src/sexp.c).
  test.each(['5', '+', '-', '/', 'A', '")"', '"\\r"', '"\\t"', '"\\\\"', '"\\""', '"\\x07"', '"\\007"'])('a generator that is written as the word %s', (g) => {
    const [p, y, x] = [rsaNumbers['n']!, rsaNumbers['d']!, secretBytes];
    const value = g.startsWith('"') ? Buffer.from(JSON.parse(g.replace(/\\x(..)|\\0(..)/, '\\u00$1$2')) as string) : Buffer.from(g);
    const key = advanced(['private-key', ['elg', ['p', signed(p)], ['g', value], ['y', signed(y)], ['x', x]]]);
    const text = key.replace(/\(g #.*?#\)/, () => `(g ${g})`);
    expect(text).toContain(`(g ${g})`);
    const expected = factsIn(key);
    expect(expected).toMatchObject([{ algorithm: 'elgamal', bits: 2048 }]);
    expect(factsIn(text)).toEqual(expected);
    expect(factsIn(JSON.stringify({ key: text }))).toEqual(expected);
    expect(factsIn('(private-key (elg (p P-MPI) (g G-MPI) (y Y-MPI) (x X-MPI)))')).toEqual([]);
  });

  test('what is cut off has a defect', () => {
    const text = advanced(privateSexp);
    expect(factsIn(text.slice(0, text.indexOf('(d #') + 90))).toEqual([expect.objectContaining({ ...known, defect: 'its private numbers are missing or cut off' })]);
    const bytes = canonical(protectedSexp);
    expect(factsIn(bytes.subarray(0, bytes.length - 90))).toEqual([expect.objectContaining({ ...known, defect: 'its private half is missing or cut off' })]);
  });

  test('public keys, templates, manuals and mentions are nothing', () => {
    for (const text of [
      advanced(['public-key', ['rsa', ...publicSexp]]), canonical(['public-key', ['rsa', ...publicSexp]]).toString('latin1'), advanced(['private-key', ['rsa', ...publicSexp]]),
      'gcry_sexp_build (&key, NULL, "(private-key(rsa(n%m)(e%m)(d%m)(p%m)(q%m)(u%m)))", n, e, d, p, q, u);', '(private-key (rsa (n N-MPI) (e E-MPI) (d D-MPI)))',
      '(private-key (ecc (curve "NIST P-192") (q Q-POINT) (d D-MPI)))', '(private-key (rsa (n #00e0ce9..[some bytes not shown]..51#) (e #010001#) (d #046129F..[some bytes not shown]..81#)))',
      'See the file (private-key.pem) or (private-key) there.', '(defun make (private-key (rsa "RSA")))', 'strcpy ((char*)newlist, "(11:private-key");', '(private-key', '(11:private-key(',
      '(protected-private-key (rsa (n #00%s#) (e #010001#) (protected %s)))',
    ]) expect(factsIn(text), text).toEqual([]);
  });
});

const PROTECT_TOOL = '/usr/lib/gnupg/gpg-protect-tool';

describeWith(['gpg', 'gpg-agent', 'gpgconf', 'ssh-keygen'], 'keys made by gpg', () => {
  const home = join(folder, 'home');
  // Weak random numbers are quickly made, and the keys are thrown away.
  mkdirSync(home, { mode: 0o700 });
  writeFileSync(join(home, 'gpg-agent.conf'), 'debug-quick-random\nallow-loopback-pinentry\ns2k-count 1048576\n');
  const env = { ...process.env, GNUPGHOME: home, LC_ALL: 'C' };
  afterAll(() => { attempt('gpgconf', ['--kill', 'all'], { env }); });
  const PASSWORD = 'correct horse';
  const gpg = (args: readonly string[], input?: string): Buffer =>
    Buffer.from(run('gpg', ['--batch', '--yes', '--quiet', '--pinentry-mode', 'loopback', '--passphrase', PASSWORD, '--with-colons', ...args], { env, ...(input !== undefined && { input }) }));

  const gpgBinary = (args: readonly string[], input?: Buffer): Buffer => {
    const path = join(folder, 'out');
    run('gpg', ['--batch', '--yes', '--quiet', '--pinentry-mode', 'loopback', '--passphrase', PASSWORD, '--output', path, ...args], { env, ...(input && { input }) });
    return readFileSync(path);
  };

  /** Makes a key and gives its fingerprint and its keygrips, the primary's first. */
  const make = (name: string, parameters: readonly string[], protectedKey: boolean): { fingerprint: string; grips: readonly string[] } => {
    gpg(['--gen-key'], `${[...parameters, protectedKey ? `Passphrase: ${PASSWORD}` : '%no-protection', `Name-Real: ${name}`, `Name-Email: ${name}@example.org`, '%commit'].join('\n')}\n`);
    const listed = gpg(['--with-keygrip', '--list-secret-keys', `=${name} <${name}@example.org>`]).toString();
    return { fingerprint: /^fpr:+(\w+):/m.exec(listed)![1]!, grips: [...listed.matchAll(/^grp:+(\w+):/gm)].map(([, grip]) => grip!) };
  };

  const kinds: Readonly<Record<string, readonly [parameters: readonly string[], facts: Partial<KeyFacts>, sub?: Partial<KeyFacts>]>> = {
    'rsa': [['Key-Type: RSA', 'Key-Length: 2048', 'Subkey-Type: RSA', 'Subkey-Length: 1024'], { algorithm: 'rsa', bits: 2048 }, { algorithm: 'rsa', bits: 1024 }],
    'dsa': [['Key-Type: DSA', 'Key-Length: 1024', 'Subkey-Type: ELG-E', 'Subkey-Length: 1024'], { algorithm: 'dsa', bits: 1024 }, { algorithm: 'elgamal', bits: 1024 }],
    'ed25519': [['Key-Type: EDDSA', 'Key-Curve: ed25519', 'Subkey-Type: ECDH', 'Subkey-Curve: cv25519'], { algorithm: 'ed25519', bits: 256 }, { algorithm: 'x25519', bits: 256 }],
    'nistp256': [['Key-Type: ECDSA', 'Key-Curve: nistp256', 'Subkey-Type: ECDH', 'Subkey-Curve: nistp384'], { algorithm: 'ec', bits: 256, curve: 'prime256v1' }, { algorithm: 'ec', bits: 384, curve: 'secp384r1' }],
    'nistp521': [['Key-Type: ECDSA', 'Key-Curve: nistp521'], { algorithm: 'ec', bits: 521, curve: 'secp521r1' }],
    'brainpool': [['Key-Type: ECDSA', 'Key-Curve: brainpoolP256r1'], { algorithm: 'ec', bits: 256, curve: 'brainpoolP256r1' }],
  };

  describe.each(Object.entries(kinds).flatMap(([name, [parameters, facts, sub]]) => [false, ...(/^(?:rsa|dsa|nistp256)$/.test(name) ? [true] : [])].map((isProtected) => [isProtected ? `${name}-protected` : name, isProtected, parameters, facts, sub] as const)))('%s', (name, isProtected, parameters, facts, sub) => {
    let fingerprint: string, grips: readonly string[], binary: Buffer, text: string, packets: readonly string[], ssh: string;
    const sshPath = join(folder, `${name}.pub`);
    beforeAll(() => {
      ({ fingerprint, grips } = make(name, parameters, isProtected));
      binary = gpgBinary(['--export-secret-keys', fingerprint]);
      text = gpgBinary(['--armor', '--export-secret-keys', fingerprint]).toString();
      // What gpg says of each secret key packet.
      packets = attempt('gpg', ['--list-packets'], { env, input: binary }).stdout.split(/^(?=# off=)/m).filter((one) => /:secret (?:sub )?key packet:/.test(one));
      ssh = attempt('gpg', ['--export-ssh-key', `${fingerprint}!`], { env }).stdout;
      if (ssh !== '') writeFileSync(sshPath, ssh);
    });

    test('read as gpg lists it', () => {
      for (const content of [binary, text]) {
        const [key, ...more] = factsIn(content);
        expect(more).toEqual([]);
        expect(key).toMatchObject({ kind: 'private', format: 'openpgp', comment: `${name} <${name}@example.org>`, ...facts });
        expect(key).not.toHaveProperty('defect');
        expect(key).not.toHaveProperty('weaknesses');
        const rounds = /protect count: (\d+)/.exec(packets[0]!)?.[1];
        expect(key!.encryption).toEqual(isProtected ? { cipher: 'aes-128-cfb', kdf: 's2k-iterated', rounds: Number(rounds) } : undefined);
        if (!isProtected) expect(packets[0]).toMatch(/skey\[\d\]: \[/);
        if (facts.algorithm === 'rsa' || facts.algorithm === 'dsa') expect(packets[0]).toContain(`pkey[0]: [${key!.bits} bits]`);
      }
    });

    test('named as ssh-keygen and OpenSSL name it', () => {
      const [key] = factsIn(binary);
      expect(ssh === '').toBe(name.startsWith('brainpool'));
      expect(key!.spki).toMatch(/^[0-9a-f]{64}$/);
      if (ssh === '') return;
      expect(key!.fingerprint).toBe(run('ssh-keygen', ['-l', '-f', sshPath]).split(' ')[1]);
      const exported = attempt('ssh-keygen', ['-e', '-m', 'PKCS8', '-f', sshPath]);
      if (exported.status === 0) expect(key!.spki).toBe(sha256Hex(createPublicKey(exported.stdout).export({ type: 'spki', format: 'der' })));
    });

    test('the files of the agent are the same keys', () => {
      const all = [facts, ...(sub ? [sub] : [])].map((expected, i) => {
        const path = join(home, 'private-keys-v1.d', `${grips[i]}.key`);
        const [key, ...more] = factsIn(readFileSync(path));
        expect(more).toEqual([]);
        expect(key).toMatchObject({ kind: 'private', format: 'gnupg', ...expected });
        expect(key).not.toHaveProperty('defect');
        expect(key).not.toHaveProperty('weaknesses');
        expect(key!.encryption === undefined).toBe(!isProtected);
        if (isProtected) expect(key!.encryption).toMatchObject({ cipher: expect.stringMatching(/^aes-128-(?:cbc|ocb)$/) as string, kdf: 's2k-iterated', rounds: expect.any(Number) as number });
        return key!;
      });
      expect(all[0]!.spki).toBe(factsIn(binary)[0]!.spki);
    });

    test('exported without its primary key', () => {
      if (!sub) return;
      const keys = factsIn(gpgBinary(['--armor', '--export-secret-subkeys', fingerprint]));
      expect(keys).toEqual([expect.objectContaining({ ...facts, hardware: true }), expect.objectContaining(sub)]);
      expect(keys[1]!.encryption === undefined).toBe(!isProtected);
      const agent = factsIn(readFileSync(join(home, 'private-keys-v1.d', `${grips[1]}.key`)));
      expect(keys[1]!.spki).toBe(agent[0]!.spki);
    });

    test('what is public stays silent', () => {
      expect(factsIn(gpgBinary(['--export', fingerprint]))).toEqual([]);
      expect(factsIn(gpgBinary(['--armor', '--export', fingerprint]))).toEqual([]);
    });
  });

  test('messages, signatures, keyrings and keyboxes are nothing', () => {
    const message = Buffer.from('hello\n'.repeat(50));
    const encrypted = ['--symmetric', '--s2k-count', '65536'];
    const signed = ['--local-user', '=ed25519 <ed25519@example.org>'];
    for (const args of [encrypted, ['--armor', ...encrypted], [...signed, '--detach-sign'], [...signed, '--armor', '--detach-sign'], [...signed, '--armor', '--sign'], [...signed, '--clear-sign'],
      ['--trust-model', 'always', '--recipient', '=ed25519 <ed25519@example.org>', '--armor', '--encrypt']]) {
      expect(factsIn(gpgBinary(args, message)), args.join(' ')).toEqual([]);
    }
    expect(factsIn(gpgBinary(['--export']))).toEqual([]);
    for (const file of readdirSync(home).filter((one) => /\.(?:kbx|gpg|conf)~?$/.test(one))) expect(factsIn(readFileSync(join(home, file))), file).toEqual([]);
  });

  test('in every disguise', () => {
    const plain = gpgBinary(['--armor', '--export-secret-keys', '=ed25519 <ed25519@example.org>']).toString();
    const old = gpgBinary(['--armor', '--emit-version', '--comment', 'for: tests', '--export-secret-keys', '=rsa-protected <rsa-protected@example.org>']).toString();
    expect(old).toMatch(/^Version: .*\nComment: for: tests\n\n/m);
    const spki = (content: string | Buffer): readonly unknown[] => factsIn(content).map((key) => [key.spki, key.comment, key.defect]);
    for (const [text, broken] of [[plain, []], [old, ['one line without breaks']]] as const) {
      const expected = spki(text);
      expect(expected).toHaveLength(1);
      expect(Object.keys(disguises).filter((name) => JSON.stringify(spki(disguises[name]!(text))) !== JSON.stringify(expected))).toEqual(broken);
    }
  });

  test.runIf(existsSync(PROTECT_TOOL))('protected by gpg-protect-tool, in the canonical form', () => {
    const { grips } = make('tool', ['Key-Type: RSA', 'Key-Length: 1024'], false);
    const path = join(folder, 'tool.key');
    writeFileSync(path, readFileSync(join(home, 'private-keys-v1.d', `${grips[0]}.key`), 'latin1').replace(/^[^]*?Key: /, '').replaceAll('\n ', ' '));
    const [plain] = factsIn(readFileSync(path));
    expect(plain).toMatchObject({ algorithm: 'rsa', bits: 1024 });
    expect(plain).not.toHaveProperty('encryption');
    const output = execFileSync(PROTECT_TOOL, ['--protect', '--homedir', home, '--canonical', '-P', PASSWORD, path], { env });
    expect(output.toString('latin1')).toMatch(/^\(21:protected-private-key\(/);
    expect(factsIn(output)).toEqual([{ ...plain, encryption: { cipher: expect.stringMatching(/^aes-128-(?:cbc|ocb)$/) as string, kdf: 's2k-iterated', rounds: expect.any(Number) as number } }]);
  });

  test('mutations neither throw nor hang', () => {
    const samples = [gpgBinary(['--export-secret-keys', '=ed25519 <ed25519@example.org>']), gpgBinary(['--export-secret-keys', '=dsa-protected <dsa-protected@example.org>']),
      canonical(privateSexp), canonical(native), Buffer.from(advanced(protectedSexp)), Buffer.from(disguises['C string literals']!(advanced(privateSexp)) as string)];
    const anchors = [...gnupg.anchors!];
    fc.assert(fc.property(fc.constantFrom(...samples), fc.array(fc.tuple(fc.nat(), fc.nat(255), fc.nat(3)), { minLength: 1, maxLength: 8 }), fc.nat(), (sample, changes, cut) => {
      let bytes = Buffer.from(sample);
      for (const [at, value, how] of changes) {
        const place = at % (bytes.length + 1);
        if (how === 0) bytes[place] = value;
        else if (how === 1) bytes = Buffer.concat([bytes.subarray(0, place), octet(value), bytes.subarray(place)]);
        else if (how === 2) bytes = Buffer.concat([bytes.subarray(0, place), bytes.subarray(Math.min(bytes.length, place + value))]);
        else bytes = Buffer.concat([bytes.subarray(0, place), bytes.subarray(0, value), bytes.subarray(place)]);
      }
      if (cut % 3 === 0) bytes = bytes.subarray(0, cut % (bytes.length + 1));
      const read = [...openpgp.read!(bytes) ?? [], ...openpgp.read!(bytes, { label: 'PGP PRIVATE KEY BLOCK', headers: new Map() }) ?? []];
      for (const anchor of anchors) {
        for (let at = bytes.indexOf(anchor); at >= 0; at = bytes.indexOf(anchor, at + 1)) {
          const reading = gnupg.readAt!(bytes, at);
          if (reading) {
            read.push(reading.key);
            expect(reading.start).toBe(at);
            expect(reading.end).toBeLessThanOrEqual(bytes.length);
          }
        }
      }
      for (const key of read) expect(key).toMatchObject({ kind: 'private', format: expect.stringMatching(/^(?:openpgp|gnupg)$/) as string });
    }), { numRuns: 200 });
  });
});

test('time grows with the length of hostile input, not with its square', () => {
  const repeated = (unit: string, length: number): Buffer => Buffer.alloc(length, unit);
  const units = ['(private-key (rsa (n ', '(private-key (rsa (n #', '(private-key "', '(private-key\\n"', '(private-key(rsa(n 13:', '(private-key (rsa (n 40:', '(11:private-key(3:rsa(1:n90:', '(private-key (a b)', '(protected-private-key |'];
  const milliseconds = (length: number): number => {
    const start = performance.now();
    for (const unit of units) {
      expect(detectIn(repeated(unit, length)).filter((key) => key.defect === undefined)).toEqual([]);
    }
    const packets = Buffer.concat([packet(5, head[4](1, rsaPublic), octet(0), rsaSecret, uint(0, 2)), repeated('\xc7\x00', length / 2), repeated('\xcd\x01a', length / 2)]);
    detectIn(packets);
    detectIn(armored(packets));
    return performance.now() - start;
  };
  milliseconds(1 << 14);
  const [small, large] = [milliseconds(1 << 15), milliseconds(1 << 18)];
  expect(large).toBeLessThan(Math.max(2000, small * 32));
});
