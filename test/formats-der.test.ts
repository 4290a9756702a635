import { createHash, createPrivateKey, generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import sshpk from 'sshpk';
import { describe, expect, test } from 'vitest';
import { BIT_STRING, der, derBitString, derInteger, derObjectIdentifier, INTEGER, NULL, OCTET_STRING, SEQUENCE } from '../src/der.ts';
import type { Armor, Format, ReadKey } from '../src/format.ts';
import { dsa } from '../src/formats/dsa.ts';
import { encryptedPkcs8 } from '../src/formats/encrypted-pkcs8.ts';
import { formats } from '../src/formats/index.ts';
import { legacyPem } from '../src/formats/legacy-pem.ts';
import { pkcs1 } from '../src/formats/pkcs1.ts';
import { pkcs8 } from '../src/formats/pkcs8.ts';
import { rsaPublic } from '../src/formats/rsa-public.ts';
import { sec1 } from '../src/formats/sec1.ts';
import { spki } from '../src/formats/spki.ts';
import { x509 } from '../src/formats/x509.ts';
import type { KeyFacts, X509Certificate } from '../src/key.ts';
import { algorithmOid, curves } from '../src/oids.ts';
import { ML_DSA_44_EXPANDED, oneAsymmetricKey as asymmetricKey } from './key-layouts.ts';
import { attempt, describeWith, run, scratch } from './tools.ts';

const family: readonly Format[] = [pkcs8, pkcs1, dsa, sec1, encryptedPkcs8, x509, spki, rsaPublic, legacyPem];
const folder = scratch();
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const labelled = (label: string, headers: Readonly<Record<string, string>> = {}): Armor => ({ label, headers: new Map(Object.entries(headers)) });

/** What the first format that knows the container finds in it. */
function read(bytes: Buffer, armor?: Armor): readonly ReadKey[] | undefined {
  for (const format of formats) {
    const keys = format.read?.(bytes, armor);
    if (keys) return keys;
  }
  return undefined;
}

function readOne(bytes: Buffer, armor?: Armor): KeyFacts {
  const keys = read(bytes, armor);
  expect(keys).toHaveLength(1);
  return facts(keys![0]!);
}

/** Without the lock, which is no fact. */
function facts({ lock: _, ...rest }: ReadKey): KeyFacts {
  return rest;
}

interface Block extends Armor {
  readonly bytes: Buffer;
}

/** The blocks of a PEM file as tools write it. */
function blocks(pem: string): Block[] {
  return [...pem.matchAll(/-----BEGIN (.+)-----\n((?:\S+: .*\n)*)\n?([^-]+)-----END/g)].map(([, label, headers, body]) =>
    ({ ...labelled(label!, Object.fromEntries(headers!.split('\n').filter(Boolean).map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]))), bytes: Buffer.from(body!, 'base64') }));
}

const readPem = (pem: string): KeyFacts => {
  const block = blocks(pem).at(-1)!;
  return readOne(block.bytes, block);
};

let made = 0;
function written(content: string | Buffer): string {
  const path = join(folder, `file-${++made}`);
  writeFileSync(path, content, { mode: 0o600 });
  return path;
}

/** openssl with its answer in bytes. */
function openssl(args: readonly string[], input?: string | Buffer): Buffer {
  const out = join(folder, 'out');
  run('openssl', [args[0]!, '-out', out, ...args.slice(1)], input === undefined ? {} : { input });
  return readFileSync(out);
}

const publicHalf = (key: string): Buffer => openssl(['pkey', '-pubout', '-outform', 'DER'], key);
const textBits = (key: string): number => Number(/\((\d+) bit/.exec(run('openssl', ['pkey', '-noout', '-text'], { input: key }))![1]);
const sshFingerprint = (key: string): string => run('ssh-keygen', ['-l', '-f', written(key)]).split(' ')[1]!;
const genpkey = (...args: string[]): string => run('openssl', ['genpkey', ...args]);

/** One key of each kind, made when first asked for. */
const keys = new Map<string, string>();
function key(name: string): string {
  let pem = keys.get(name);
  if (pem === undefined) keys.set(name, (pem = recipes[name]!()));
  return pem;
}

const recipes: Readonly<Record<string, () => string>> = {
  'rsa 512': () => genpkey('-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:512'),
  'rsa 1024': () => genpkey('-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:1024'),
  'rsa 1023': () => genpkey('-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:1023'),
  'rsa 2048': () => genpkey('-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'),
  'rsa 2048, e = 3': () => genpkey('-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048', '-pkeyopt', 'rsa_keygen_pubexp:3'),
  'rsa 3072': () => genpkey('-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:3072'),
  'rsa 4096': () => genpkey('-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:4096'),
  'rsa of three primes': () => genpkey('-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:1536', '-pkeyopt', 'rsa_keygen_primes:3'),
  'rsa-pss': () => genpkey('-algorithm', 'RSA-PSS', '-pkeyopt', 'rsa_keygen_bits:1024'),
  'rsa-pss with SHA-1': () => genpkey('-algorithm', 'RSA-PSS', '-pkeyopt', 'rsa_keygen_bits:1024', '-pkeyopt', 'rsa_pss_keygen_md:sha1'),
  'rsa-pss with parameters': () => genpkey('-algorithm', 'RSA-PSS', '-pkeyopt', 'rsa_keygen_bits:1024', '-pkeyopt', 'rsa_pss_keygen_md:sha256', '-pkeyopt', 'rsa_pss_keygen_mgf1_md:sha512', '-pkeyopt', 'rsa_pss_keygen_saltlen:32'),
  'dsa 1024': () => genpkey('-paramfile', written(genpkey('-genparam', '-algorithm', 'DSA', '-pkeyopt', 'dsa_paramgen_bits:1024', '-pkeyopt', 'dsa_paramgen_q_bits:160'))),
  'dsa 2048': () => genpkey('-paramfile', written(genpkey('-genparam', '-algorithm', 'DSA', '-pkeyopt', 'dsa_paramgen_bits:2048', '-pkeyopt', 'dsa_paramgen_q_bits:256'))),
  ed25519: () => genpkey('-algorithm', 'ED25519'),
  ed448: () => genpkey('-algorithm', 'ED448'),
  x25519: () => genpkey('-algorithm', 'X25519'),
  x448: () => genpkey('-algorithm', 'X448'),
  'dh ffdhe2048': () => genpkey('-algorithm', 'DH', '-pkeyopt', 'group:ffdhe2048'),
  'dh modp_4096': () => genpkey('-algorithm', 'DH', '-pkeyopt', 'group:modp_4096'),
  'dh X9.42': () => genpkey('-algorithm', 'DHX', '-pkeyopt', 'dh_rfc5114:2'),
  sm2: () => genpkey('-algorithm', 'SM2'),
  ...Object.fromEntries(curves.map(({ name }) => [name, () => genpkey('-algorithm', 'EC', '-pkeyopt', `ec_paramgen_curve:${name}`)])),
};

const nist = ['prime256v1', 'secp384r1', 'secp521r1'];

describeWith(['openssl'], 'keys of every algorithm', () => {
  const names = Object.keys(recipes).filter((name) => !curves.some((curve) => curve.name === name));
  const algorithmOf = (name: string): string => name.split(' ')[0]!;

  test.each(names)('%s in PKCS#8', (name) => {
    const pem = key(name);
    const facts = readPem(pem);
    expect(facts).toMatchObject({ kind: 'private', format: 'pkcs8', algorithm: algorithmOf(name), spki: sha256(publicHalf(pem)) });
    expect(facts.defect ?? facts.weaknesses ?? facts.encryption ?? facts.container).toBeUndefined();
    expect(facts.bits).toBe(['ed25519', 'ed448', 'x25519', 'x448'].includes(name) ? { ed25519: 256, ed448: 456, x25519: 256, x448: 448 }[name] : textBits(pem));
    expect(readOne(blocks(pem)[0]!.bytes)).toEqual(facts);
  });

  test.each(names)('%s as a public key', (name) => {
    const expected = { ...readPem(key(name)), kind: 'public', format: 'spki' };
    expect(readOne(publicHalf(key(name)))).toEqual(expected);
    expect(readPem(run('openssl', ['pkey', '-pubout'], { input: key(name) }))).toEqual(expected);
  });

  test.each(names.filter((name) => /^(rsa \d|rsa of|dsa)/.test(name)))('%s in the traditional format', (name) => {
    const traditional = run('openssl', ['pkey', '-traditional'], { input: key(name) });
    expect(readPem(traditional)).toEqual({ ...readPem(key(name)), format: name.startsWith('dsa') ? 'dsa' : 'pkcs1' });
    expect(readOne(blocks(traditional)[0]!.bytes)).toEqual(readPem(traditional));
  });

  test('a public RSA key in PKCS#1', () => {
    const expected = { ...readPem(key('rsa 2048')), kind: 'public', format: 'rsa-public' };
    const block = blocks(run('openssl', ['rsa', '-RSAPublicKey_out'], { input: key('rsa 2048') }))[0]!;
    expect(block.label).toBe('RSA PUBLIC KEY');
    for (const armor of [block, undefined]) expect(readOne(block.bytes, armor)).toEqual(expected);
  });

  describeWith(['ssh-keygen'], 'fingerprints as ssh-keygen prints them', () => {
    test.each(['rsa 1024', 'rsa 2048', 'rsa 3072', 'dsa 1024', ...nist])('%s', (name) => {
      expect(readPem(key(name)).fingerprint).toBe(sshFingerprint(key(name)));
    });

    test.each(nist)('%s with explicit parameters, and with a compressed point', (name) => {
      const expected = readPem(key(name)).fingerprint;
      for (const form of [['-param_enc', 'explicit'], ['-conv_form', 'compressed'], ['-conv_form', 'hybrid']]) {
        const pem = run('openssl', ['ec', ...form], { input: key(name) });
        expect(sshFingerprint(pem)).toBe(expected);
        expect(readPem(pem).fingerprint).toBe(expected);
      }
    });

    test('none for keys that SSH has no form for', () => {
      for (const name of ['secp256k1', 'x25519', 'x448', 'dh X9.42', 'sm2', 'secp224r1']) expect(readPem(key(name))).not.toHaveProperty('fingerprint');
    });
  });

  test.each(['rsa 1024', 'rsa 2048', 'dsa 1024', 'ed25519', ...nist])('sshpk agrees on %s', (name) => {
    const theirs = sshpk.parsePrivateKey(key(name), 'pem');
    const mine = readPem(key(name));
    expect(mine.fingerprint).toBe(theirs.fingerprint('sha256').toString());
    expect(mine.bits).toBe(theirs.size);
    expect(mine.algorithm).toBe(theirs.type === 'ecdsa' ? 'ec' : theirs.type);
  });
});

describeWith(['openssl'], 'keys on every curve', () => {
  const known = new Set([...run('openssl', ['ecparam', '-list_curves']).matchAll(/^\s*([\w-]+)\s*:/gm)].map(([, name]) => name!));
  const testable = curves.filter(({ name }) => known.has(name));

  test('the curves of this OpenSSL are in the table', () => {
    const names = new Set(curves.map(({ name }) => name));
    // The Oakley groups are for key agreement in IPsec and have no identifier.
    expect([...known].filter((name) => !names.has(name) && !name.startsWith('Oakley'))).toEqual([]);
  });

  test.each(testable)('$name', ({ name, field }) => {
    const pem = key(name);
    const nameless = { kind: 'private', algorithm: name === 'SM2' ? 'sm2' : 'ec', curve: name, bits: textBits(pem) };
    const expected = { ...nameless, spki: sha256(publicHalf(pem)) };
    expect(readPem(pem)).toMatchObject({ ...expected, format: 'pkcs8' });
    const der = openssl(['ec', '-outform', 'DER'], pem);
    expect(readOne(der)).toMatchObject({ ...expected, format: 'sec1' });
    expect(readOne(der, labelled('EC PRIVATE KEY'))).toEqual(readOne(der));
    expect(readOne(publicHalf(pem))).toMatchObject({ ...expected, kind: 'public', format: 'spki' });
    // A point that is not there is made, but for binary fields.
    const bare = readOne(openssl(['ec', '-no_public', '-outform', 'DER'], pem));
    expect(bare).toMatchObject(field === 'prime' ? expected : nameless);
    if (field === 'binary') expect(bare).not.toHaveProperty('spki');
    expect(bare).not.toHaveProperty('weaknesses');
  });

  test.each(testable.filter(({ name }) => ['prime256v1', 'secp521r1', 'secp256k1', 'brainpoolP320t1', 'secp160r1', 'sect283k1', 'c2tnb239v3'].includes(name)))('$name in other forms', ({ name, field }) => {
    const pem = key(name);
    for (const conversion of ['compressed', 'hybrid']) {
      const other = run('openssl', ['ec', '-conv_form', conversion], { input: pem });
      expect(readPem(other)).toMatchObject({ curve: name, spki: sha256(publicHalf(other)) });
      expect(readPem(other)).not.toHaveProperty('weaknesses');
      expect(readOne(publicHalf(other))).toMatchObject({ curve: name, spki: sha256(publicHalf(other)) });
    }
    const explicit = run('openssl', ['ec', '-param_enc', 'explicit'], { input: pem });
    const expected = { algorithm: 'ec', curve: 'explicit', bits: textBits(pem), spki: sha256(publicHalf(explicit)) };
    expect(readPem(explicit)).toMatchObject({ ...expected, format: 'sec1' });
    expect(readPem(run('openssl', ['pkcs8', '-topk8', '-nocrypt'], { input: explicit }))).toMatchObject({ ...expected, format: 'pkcs8' });
    expect(readOne(publicHalf(explicit))).toMatchObject({ ...expected, format: 'spki' });
    const bare = readPem(run('openssl', ['ec', '-param_enc', 'explicit', '-no_public'], { input: pem }));
    expect(bare.spki).toBe(field === 'prime' ? expected.spki : undefined);
  });
});

describeWith(['openssl'], 'encrypted PKCS#8', () => {
  const providers = ['-provider', 'legacy', '-provider', 'default'];
  const encrypt = (pem: string, ...args: string[]): string => run('openssl', ['pkcs8', '-topk8', '-passout', 'pass:secret', ...args], { input: pem });

  test.each([
    ['PBE-MD5-DES', { cipher: 'des-cbc', kdf: 'pbkdf1' }],
    ['PBE-SHA1-DES', { cipher: 'des-cbc', kdf: 'pbkdf1' }],
    ['PBE-MD5-RC2-64', { cipher: 'rc2-64-cbc', kdf: 'pbkdf1' }],
    ['PBE-SHA1-RC2-64', { cipher: 'rc2-64-cbc', kdf: 'pbkdf1' }],
    ['PBE-SHA1-RC4-128', { cipher: 'rc4', kdf: 'pkcs12' }],
    ['PBE-SHA1-RC4-40', { cipher: 'rc4-40', kdf: 'pkcs12' }],
    ['PBE-SHA1-3DES', { cipher: 'des-ede3-cbc', kdf: 'pkcs12' }],
    ['PBE-SHA1-2DES', { cipher: 'des-ede-cbc', kdf: 'pkcs12' }],
    ['PBE-SHA1-RC2-128', { cipher: 'rc2-cbc', kdf: 'pkcs12' }],
    ['PBE-SHA1-RC2-40', { cipher: 'rc2-40-cbc', kdf: 'pkcs12' }],
  ] as const)('%s', (scheme, encryption) => {
    const pem = encrypt(key('rsa 1024'), '-v1', scheme, '-iter', '1234', ...providers);
    const facts = readPem(pem);
    expect(facts).toEqual({ kind: 'private', format: 'encrypted-pkcs8', algorithm: 'rsa', bits: 1024, inferred: true, encryption: { ...encryption, rounds: 1234 }, container: sha256(blocks(pem)[0]!.bytes) });
    expect(readOne(blocks(pem)[0]!.bytes)).toEqual(facts);
  });

  test.each([
    ['aes-128-cbc'], ['aes-192-cbc'], ['aes-256-cbc'], ['aes-256-cfb'], ['aes-256-ofb'], ['des-ede3-cbc'], ['camellia-128-cbc'], ['camellia-256-cbc'], ['aria-192-cbc'], ['sm4-cbc'],
    ['des-cbc', ...providers], ['rc2-cbc', ...providers], ['seed-cbc', ...providers], ['bf-cbc', ...providers], ['cast5-cbc', ...providers],
  ])('PBES2 with %s', (cipher, ...more) => {
    expect(readPem(encrypt(key('secp384r1'), '-v2', cipher, ...more)))
      .toMatchObject({ algorithm: 'ec', bits: 384, inferred: true, encryption: { cipher, kdf: 'pbkdf2', rounds: 2048, prf: 'hmac-sha256' } });
  });

  test.each(['hmacWithSHA1', 'hmacWithSHA224', 'hmacWithSHA256', 'hmacWithSHA384', 'hmacWithSHA512', 'hmacWithSHA512-256'])('PBKDF2 with %s', (prf) => {
    expect(readPem(encrypt(key('ed25519'), '-v2', 'aes-256-cbc', '-v2prf', prf, '-iter', '70000')).encryption)
      .toEqual({ cipher: 'aes-256-cbc', kdf: 'pbkdf2', rounds: 70000, prf: prf.toLowerCase().replace('with', '-') });
  });

  test('scrypt', () => {
    expect(readPem(encrypt(key('ed25519'), '-scrypt', '-scrypt_N', '4096', '-scrypt_r', '4', '-scrypt_p', '2')).encryption)
      .toEqual({ cipher: 'aes-256-cbc', kdf: 'scrypt', N: 4096, r: 4, p: 2 });
  });

  describeWith(['ssh-keygen'], 'by ssh-keygen', () => {
    test('-m PKCS8', () => {
      const path = join(folder, 'ssh-pkcs8');
      run('ssh-keygen', ['-q', '-t', 'ecdsa', '-b', '384', '-m', 'PKCS8', '-N', 'secret', '-f', path]);
      expect(readPem(readFileSync(path, 'utf8'))).toMatchObject({ format: 'encrypted-pkcs8', algorithm: 'ec', bits: 384, encryption: { kdf: 'pbkdf2', rounds: 2048 } });
    });
  });

  test('what the length gives away is true', () => {
    const expected = ['rsa 512', 'rsa 1024', 'rsa 2048', 'rsa 2048, e = 3', 'rsa 3072', 'rsa 4096', 'dsa 1024', 'dsa 2048', 'ed25519', 'ed448', 'x25519', 'x448', 'secp224r1', 'secp256k1', 'brainpoolP512r1', ...nist];
    const found: string[] = [];
    for (const name of expected) {
      const { algorithm, bits } = readPem(key(name));
      for (const cipher of ['aes-128-cbc', 'des-ede3-cbc', 'aes-256-ofb']) {
        const guess = readPem(encrypt(key(name), '-v2', cipher, '-iter', '1'));
        if (guess.algorithm !== undefined) expect(guess.algorithm).toBe(algorithm);
        if (guess.bits !== undefined) expect([name, guess.bits]).toEqual([name, bits]);
        expect(guess.inferred ?? false).toBe((guess.algorithm ?? guess.bits) !== undefined);
        if (guess.algorithm !== undefined && guess.bits !== undefined && cipher === 'aes-128-cbc') found.push(name);
      }
    }
    expect(found).toEqual(expect.arrayContaining(['rsa 1024', 'rsa 2048', 'rsa 3072', 'rsa 4096', 'secp256k1', ...nist]));
    // The same length, two algorithms: only the size is sure, or not even that.
    expect(readPem(encrypt(key('ed25519'))).algorithm).toBeUndefined();
    expect(readPem(encrypt(key('ed25519'))).bits).toBe(256);
    expect(readPem(encrypt(key('ed448')))).not.toHaveProperty('bits');
  });

  const pbes2 = (kdf: Buffer, cipher: Buffer, data = Buffer.alloc(64, 7)): Buffer =>
    der(SEQUENCE, der(SEQUENCE, derObjectIdentifier('1.2.840.113549.1.5.13'), der(SEQUENCE, kdf, der(SEQUENCE, cipher, der(OCTET_STRING, Buffer.alloc(16))))), der(OCTET_STRING, data));
  const pbkdf2 = (...more: Buffer[]): Buffer =>
    der(SEQUENCE, derObjectIdentifier('1.2.840.113549.1.5.12'), der(SEQUENCE, der(OCTET_STRING, Buffer.alloc(8)), derInteger(Buffer.from([0x10, 0])), ...more));
  const aes = derObjectIdentifier('2.16.840.1.101.3.4.1.42');

  test.each([
    'AES-128-CBC', 'AES-192-CBC', 'AES-256-CBC', 'AES-128-ECB', 'AES-256-OFB', 'AES-192-CFB', 'id-aes128-GCM', 'id-aes256-GCM', 'id-aes192-CCM', 'CAMELLIA-128-CBC', 'CAMELLIA-192-CBC', 'CAMELLIA-256-CBC',
    'CAMELLIA-256-GCM', 'CAMELLIA-128-CTR', 'ARIA-128-CBC', 'ARIA-256-CTR', 'ARIA-192-GCM', 'ARIA-256-CCM', 'SM4-CBC', 'SM4-CTR', 'SEED-CBC', 'RC2-CBC', 'RC4', 'IDEA-CBC', 'BF-CBC', 'CAST5-CBC',
    'DES-CBC', 'DES-EDE3-CBC', 'DES-ECB', 'RC5-CBC', 'gost89', 'magma-ctr-acpkm', 'kuznyechik-ctr-acpkm-omac',
  ])('OpenSSL names the cipher %s', (name) => {
    const oid = join(folder, 'oid');
    run('openssl', ['asn1parse', '-genstr', `OID:${name}`, '-noout', '-out', oid]);
    expect(readOne(pbes2(pbkdf2(), readFileSync(oid))).encryption!.cipher).toBe(name.replace(/^id-aes(\d+)/, 'aes-$1').toLowerCase());
  });

  test('a PRF that is left out is HMAC-SHA-1, a key length before it is skipped', () => {
    expect(readOne(pbes2(pbkdf2(), aes)).encryption).toEqual({ cipher: 'aes-256-cbc', kdf: 'pbkdf2', rounds: 4096, prf: 'hmac-sha1' });
    const prf = der(SEQUENCE, derObjectIdentifier('1.2.840.113549.2.11'), der(NULL));
    expect(readOne(pbes2(pbkdf2(derInteger(Buffer.from([32])), prf), aes)).encryption).toMatchObject({ rounds: 4096, prf: 'hmac-sha512' });
  });

  test('unknown schemes are named by their identifiers', () => {
    const kdf = der(SEQUENCE, derObjectIdentifier('1.3.6.1.4.1.99999.1'), der(SEQUENCE));
    expect(readOne(pbes2(kdf, derObjectIdentifier('1.3.6.1.4.1.99999.2'))).encryption).toEqual({ cipher: '1.3.6.1.4.1.99999.2', kdf: '1.3.6.1.4.1.99999.1' });
    const unknown = der(SEQUENCE, der(SEQUENCE, derObjectIdentifier('1.3.6.1.4.1.99999.3')), der(OCTET_STRING, Buffer.alloc(64)));
    expect(readOne(unknown, labelled('ENCRYPTED PRIVATE KEY')).encryption).toEqual({ cipher: '1.3.6.1.4.1.99999.3', kdf: '1.3.6.1.4.1.99999.3' });
    expect(read(unknown)).toBeUndefined();
  });

  test('damage is a defect', () => {
    expect(readOne(pbes2(pbkdf2(), aes, Buffer.alloc(65))).defect).toBe('its encrypted part is not whole');
    expect(readOne(pbes2(pbkdf2(), aes, Buffer.alloc(0))).defect).toBe('its encrypted part is not whole');
    expect(readOne(pbes2(der(SEQUENCE, derObjectIdentifier('1.2.840.113549.1.5.12')), aes)).defect).toBe('the parameters of its encryption cannot be read');
  });
});

describeWith(['openssl'], 'traditional PEM under a passphrase', () => {
  const encrypt = (name: string, cipher: string, ...args: string[]): string => {
    const program = /^(?:rsa|dsa)/.exec(name)?.[0] ?? 'ec';
    return run('openssl', [program, ...(program === 'rsa' ? ['-traditional'] : []), `-${cipher}`, '-passout', 'pass:secret', ...args], { input: key(name) });
  };

  test.each(['aes-128-cbc', 'aes-192-cbc', 'aes-256-cbc', 'des-ede3-cbc', 'camellia-256-cbc', 'aria-128-cbc'])('%s', (cipher) => {
    const pem = encrypt('rsa 2048', cipher);
    const [block] = blocks(pem);
    expect(readOne(block!.bytes, block)).toEqual({ kind: 'private', format: 'legacy-pem', algorithm: 'rsa', bits: 2048, inferred: true, encryption: { cipher, kdf: 'md5', rounds: 1 }, container: sha256(block!.bytes) });
    expect(read(block!.bytes, labelled('RSA PRIVATE KEY'))).toBeUndefined();
  });

  test.each(['des-cbc', 'seed-cbc', 'bf-cbc'])('%s', (cipher) => {
    expect(readPem(encrypt('secp384r1', cipher, '-provider', 'legacy', '-provider', 'default'))).toMatchObject({ algorithm: 'ec', bits: 384, encryption: { cipher, kdf: 'md5', rounds: 1 } });
  });

  test.each(['rsa 1024', 'rsa 2048', 'rsa 3072', 'rsa 4096', 'dsa 1024', 'dsa 2048', 'secp224r1', 'secp256k1', 'brainpoolP384r1', ...nist])('what the length of %s gives away is true', (name) => {
    const { algorithm, bits } = readPem(key(name));
    for (const cipher of ['aes-128-cbc', 'des-ede3-cbc']) {
      const guess = readPem(encrypt(name, cipher));
      expect(guess.algorithm).toBe(algorithm);
      expect([undefined, bits]).toContain(guess.bits);
    }
  });

  test('ssh-keygen -m PEM writes AES-128', ({ skip }) => {
    const path = join(folder, 'ssh-pem');
    if (attempt('ssh-keygen', ['-q', '-t', 'rsa', '-b', '2048', '-m', 'PEM', '-N', 'secret', '-f', path]).status !== 0) skip();
    expect(readPem(readFileSync(path, 'utf8'))).toMatchObject({ algorithm: 'rsa', bits: 2048, encryption: { cipher: 'aes-128-cbc', kdf: 'md5', rounds: 1 } });
  });

  test('damage is a defect', () => {
    const body = Buffer.alloc(608, 3);
    const readHeader = (info: string, bytes = body): KeyFacts => readOne(bytes, labelled('RSA PRIVATE KEY', { 'proc-type': '4,ENCRYPTED', 'dek-info': info }));
    expect(readHeader('AES-128-CBC,000102030405060708090A0B0C0D0E0F')).not.toHaveProperty('defect');
    expect(readHeader('AES-128-CBC')).toMatchObject({ defect: 'its DEK-Info header cannot be read', encryption: { cipher: 'aes-128-cbc' } });
    expect(readHeader('\u001b[31m,00')).toMatchObject({ defect: 'its DEK-Info header cannot be read', encryption: { cipher: 'unknown' } });
    expect(readHeader('AES-128-CBC,000102030405060708090A0B0C0D0E0F', body.subarray(1))).toMatchObject({ defect: 'its encrypted part is not whole' });
    expect(readHeader('AES-128-CBC,000102030405060708090A0B0C0D0E0F', body.subarray(1))).not.toHaveProperty('bits');
  });

  test('a header does not make an unencrypted key encrypted', () => {
    const block = blocks(run('openssl', ['pkey', '-traditional'], { input: key('rsa 1024') }))[0]!;
    expect(readOne(block.bytes, labelled('RSA PRIVATE KEY', { 'dek-info': 'AES-128-CBC,000102030405060708090A0B0C0D0E0F' }))).toMatchObject({ format: 'pkcs1', bits: 1024 });
  });

  test('other labels are no keys', () => {
    expect(read(Buffer.alloc(64, 3), labelled('MESSAGE', { 'dek-info': 'AES-128-CBC,000102030405060708090A0B0C0D0E0F' }))).toBeUndefined();
  });
});

describeWith(['openssl'], 'certificates', () => {
  const certificate = (name: string, subject: string, ...more: string[]): string => run('openssl', ['req', '-x509', '-key', written(key(name)), '-subj', subject, '-days', '2', ...more]);

  /** openssl's own words. */
  function saidByOpenssl(pem: string): Omit<X509Certificate, 'signature'> {
    const lines = run('openssl', ['x509', '-noout', '-subject', '-issuer', '-dates', '-dateopt', 'iso_8601', '-nameopt', 'RFC2253,-esc_msb,utf8'], { input: pem });
    const line = (name: string): string => new RegExp(`^${name}=(.*)$`, 'm').exec(lines)![1]!;
    return { subject: line('subject'), issuer: line('issuer'), notBefore: line('notBefore').replace(' ', 'T'), notAfter: line('notAfter').replace(' ', 'T') };
  }

  test.each(['rsa 1024', 'rsa-pss with parameters', 'dsa 1024', 'ed25519', 'ed448', 'secp256k1', 'sect283k1', ...nist])('of %s', (name) => {
    const pem = certificate(name, '/O=Example/CN=host.example');
    const { x509, ...facts } = readPem(pem);
    expect(facts).toEqual({ ...readPem(key(name)), kind: 'certificate', format: 'x509', comment: 'host.example' });
    const { signature, ...said } = x509!;
    expect(said).toEqual(saidByOpenssl(pem));
    expect(signature).toMatch(/^\d+(\.\d+)+$/);
    expect(readOne(blocks(pem)[0]!.bytes)).toEqual(readPem(pem));
  });

  test('with explicit parameters', () => {
    const explicit = run('openssl', ['ec', '-param_enc', 'explicit'], { input: key('prime256v1') });
    const pem = run('openssl', ['req', '-x509', '-key', written(explicit), '-subj', '/CN=x', '-days', '2']);
    expect(readPem(pem)).toMatchObject({ kind: 'certificate', curve: 'explicit', bits: 256, spki: sha256(publicHalf(explicit)) });
  });

  test.each([['/CN=Jos\u00e9 \u4e2d', 'Jos\u00e9 \u4e2d', ['-utf8']], ['/O=only an organisation', undefined, []]] as const)('subject %s', (subject, comment, more) => {
    expect(readPem(certificate('prime256v1', subject, ...more)).comment).toBe(comment);
  });

  test.each(['/C=DE/ST=B/L=Berlin/O=A, B + C/OU=#1/OU="2" <x>;\\\\/CN= x /emailAddress=a@example.org', '/DC=org/DC=example/UID=ann/SN=Doe/GN=Ann/title=Dr', '/CN=a+O=b', '/CN=J\u00e9 \u4e2d'])('names are written as openssl writes them: %s', (subject) => {
    const pem = certificate('prime256v1', subject, '-utf8', '-multivalue-rdn');
    expect(readPem(pem).x509).toMatchObject(saidByOpenssl(pem));
  });

  test.each([
    // RFC 8017, A.2.4; RFC 5758, 3.2; RFC 8410, 3
    ['rsa 1024', ['-sha256'], '1.2.840.113549.1.1.11'], ['rsa 1024', ['-sha1'], '1.2.840.113549.1.1.5'], ['prime256v1', ['-sha384'], '1.2.840.10045.4.3.3'], ['ed25519', [], '1.3.101.112'],
  ] as const)('what it was signed with: %s %j', (name, more, signature) => {
    expect(readPem(certificate(name, '/CN=x', ...more)).x509!.signature).toBe(signature);
  });

  test('dates after 2049 are written in another way', () => {
    const pem = run('openssl', ['req', '-x509', '-key', written(key('prime256v1')), '-subj', '/CN=x', '-days', '20000']);
    expect(readPem(pem).x509).toMatchObject(saidByOpenssl(pem));
    expect(readPem(pem).x509!.notAfter).toMatch(/^20[5-9]\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });

  test('what has no dates is no certificate', () => {
    const [block] = blocks(certificate('prime256v1', '/CN=x'));
    const utcTime = block!.bytes.indexOf(Buffer.from([0x17, 13]));
    block!.bytes[utcTime] = 0x0c;
    expect(read(block!.bytes, block)).toBeUndefined();
  });

  test('TRUSTED CERTIFICATE carries what it is trusted for behind it', () => {
    const plain = certificate('prime256v1', '/CN=x');
    const [block] = blocks(run('openssl', ['x509', '-trustout', '-addtrust', 'serverAuth', '-setalias', 'an alias'], { input: plain }));
    expect(block!.label).toBe('TRUSTED CERTIFICATE');
    expect(block!.bytes.length).toBeGreaterThan(blocks(plain)[0]!.bytes.length);
    expect(readOne(block!.bytes, block)).toEqual(readPem(plain));
    expect(read(block!.bytes)).toBeUndefined();
  });
});

describeWith(['openssl'], 'what is no key', () => {
  const noKey = (bytes: Buffer, label?: string): void => {
    for (const armor of [undefined, ...(label === undefined ? [] : [labelled(label)]), labelled('PRIVATE KEY')]) expect((read(bytes, armor) ?? []).map(({ kind, format }) => [kind, format])).toEqual([]);
  };
  const signed = (name: string): string => run('openssl', ['req', '-x509', '-key', written(key(name)), '-subj', '/CN=x', '-days', '2']);

  test.each(['rsa 1024', 'ed25519', 'prime256v1'])('a certificate request of %s', (name) => {
    const [block] = blocks(run('openssl', ['req', '-new', '-key', written(key(name)), '-subj', '/CN=x']));
    noKey(block!.bytes, block!.label);
    // It is known for what it is, so that a frame around it is no riddle.
    expect(read(block!.bytes)).toEqual([]);
  });

  test('a revocation list, and a question after revocation', () => {
    const config = written(`[ca]\ndefault_ca=d\n[d]\ndatabase=${written('')}\ndefault_md=sha256\ndefault_crl_days=1\n`);
    const [block] = blocks(run('openssl', ['ca', '-gencrl', '-config', config, '-keyfile', written(key('prime256v1')), '-cert', written(signed('prime256v1'))]));
    noKey(block!.bytes, 'X509 CRL');
    expect(read(block!.bytes)).toEqual([]);
    const path = written(signed('prime256v1'));
    const request = join(folder, 'ocsp');
    run('openssl', ['ocsp', '-issuer', path, '-cert', path, '-reqout', request]);
    noKey(readFileSync(request));
  });

  test('parameters', () => {
    noKey(openssl(['ecparam', '-name', 'prime256v1', '-outform', 'DER']), 'EC PARAMETERS');
    noKey(openssl(['ecparam', '-name', 'prime256v1', '-param_enc', 'explicit', '-outform', 'DER']), 'EC PARAMETERS');
    noKey(openssl(['dsaparam', '-outform', 'DER', '1024']), 'DSA PARAMETERS');
    noKey(blocks(genpkey('-genparam', '-algorithm', 'DH', '-pkeyopt', 'group:ffdhe2048'))[0]!.bytes, 'DH PARAMETERS');
    noKey(openssl(['dhparam', '-5', '-outform', 'DER', '512']), 'DH PARAMETERS');
    noKey(blocks(genpkey('-genparam', '-algorithm', 'DHX', '-pkeyopt', 'dh_rfc5114:2'))[0]!.bytes, 'X9.42 DH PARAMETERS');
  });

  test('PKCS#7, CMS and PKCS#12 without keys', () => {
    const path = written(signed('prime256v1'));
    noKey(openssl(['crl2pkcs7', '-nocrl', '-certfile', path, '-outform', 'DER']), 'PKCS7');
    noKey(openssl(['cms', '-encrypt', '-outform', 'DER', '-aes256', path], 'text'), 'CMS');
    noKey(openssl(['pkcs12', '-export', '-nokeys', '-in', path, '-passout', 'pass:secret']));
  });

  test('signatures and digests', () => {
    const text = written('text');
    for (const name of ['prime256v1', 'secp521r1', 'dsa 1024']) {
      for (let i = 0; i < 8; i++) noKey(openssl(['dgst', '-sha256', '-sign', written(key(name)), text]), 'SIGNATURE');
    }
    expect(read(der(SEQUENCE, der(SEQUENCE, derObjectIdentifier('2.16.840.1.101.3.4.2.1'), der(NULL)), der(OCTET_STRING, Buffer.alloc(32, 5))))).toBeUndefined();
  });
});

describe('post-quantum keys', () => {
  const oneAsymmetricKey = (name: string, inner: Buffer, ...more: Buffer[]): Buffer => asymmetricKey(algorithmOid.get(name)!, inner, ...more);
  const count = (length: number): Buffer => Buffer.from(Array.from({ length }, (_, i) => i));

  // SHA-256 of the SubjectPublicKeyInfo of the example keys in RFC 9881, C.3, and RFC 9935, C.3, whose seeds count 00 01 02 ...
  test.each([
    ['ml-dsa-44', 32, '837832708c5236d951581f1fddf2b79991b3424a0486d16da1ddad0fd69701be'],
    ['ml-dsa-65', 32, 'b8b62131bfbe84433efb2273d7f5b87f7a22854a2cfd366fc2aead86d837c52d'],
    ['ml-dsa-87', 32, '07e57c4f14dbad1267f621ec3777b4e2e6c4fbc4c22fbb87510ff8e0b3c6a642'],
    ['ml-kem-512', 64, '0e3c8b89b54202d2545f7aba2e2aaa3cffa7b6191919ad738fab35b4f313cf71'],
    ['ml-kem-768', 64, 'c23e23dd3d485a9256cda09358a4a286e00b373db10761eadf99f710649ca31c'],
    ['ml-kem-1024', 64, 'd2b7480ae006a14b37c1e8a8e45ea39022e32a9b1a7b90d594c84d869c6ac420'],
  ])('%s from its seed', (name, length, hash) => {
    const bytes = oneAsymmetricKey(name, der(0x80, count(length)));
    expect(readOne(bytes)).toEqual({ kind: 'private', format: 'pkcs8', algorithm: name, spki: hash });
    expect(readOne(bytes, labelled('PRIVATE KEY'))).toEqual(readOne(bytes));
  });

  const spki44 = '837832708c5236d951581f1fddf2b79991b3424a0486d16da1ddad0fd69701be';

  test('an expanded ML-DSA key, alone and beside its seed', () => {
    const both = (seed: Buffer): Buffer => oneAsymmetricKey('ml-dsa-44', der(SEQUENCE, der(OCTET_STRING, seed), der(OCTET_STRING, ML_DSA_44_EXPANDED)));
    expect(readOne(oneAsymmetricKey('ml-dsa-44', der(OCTET_STRING, ML_DSA_44_EXPANDED)))).toEqual({ kind: 'private', format: 'pkcs8', algorithm: 'ml-dsa-44', spki: spki44 });
    expect(readOne(both(count(32)))).toEqual({ kind: 'private', format: 'pkcs8', algorithm: 'ml-dsa-44', spki: spki44 });
    expect(readOne(both(Buffer.alloc(32)))).toMatchObject({ algorithm: 'ml-dsa-44', weaknesses: ['public-half-mismatch'] });
  });

  test('an expanded ML-DSA key whose hash of the public key is wrong', () => {
    const wrong = Buffer.from(ML_DSA_44_EXPANDED);
    wrong[64]! ^= 1;
    expect(readOne(oneAsymmetricKey('ml-dsa-44', der(OCTET_STRING, wrong)))).toMatchObject({ weaknesses: ['public-half-mismatch'] });
  });

  test('an expanded ML-KEM key holds its public key', () => {
    // FIPS 203, algorithm 16.
    const ek = Buffer.alloc(800, 5);
    const dk = Buffer.concat([Buffer.alloc(768, 1), ek, createHash('sha3-256').update(ek).digest(), Buffer.alloc(32, 2)]);
    const publicInfo = der(SEQUENCE, der(SEQUENCE, derObjectIdentifier(algorithmOid.get('ml-kem-512')!)), derBitString(ek));
    const expected = { kind: 'private', format: 'pkcs8', algorithm: 'ml-kem-512', spki: sha256(publicInfo) };
    expect(readOne(oneAsymmetricKey('ml-kem-512', der(OCTET_STRING, dk)))).toEqual(expected);
    // As liboqs writes it.
    expect(readOne(oneAsymmetricKey('ml-kem-512', der(OCTET_STRING, Buffer.concat([dk, ek]))))).toEqual(expected);
    expect(readOne(publicInfo)).toEqual({ ...expected, kind: 'public', format: 'spki' });
  });

  test('a public key attached without the count of unused bits, as wolfSSL writes it, may begin with zero', () => {
    const ek = Buffer.alloc(800);
    const dk = Buffer.concat([Buffer.alloc(768, 1), ek, createHash('sha3-256').update(ek).digest(), Buffer.alloc(32, 2)]);
    expect(readOne(oneAsymmetricKey('ml-kem-512', der(OCTET_STRING, dk), der(0x81, ek)))).not.toHaveProperty('weaknesses');
    expect(readOne(oneAsymmetricKey('ml-kem-512', der(OCTET_STRING, dk), der(0x81, Buffer.from([0]), ek)))).not.toHaveProperty('weaknesses');
    expect(readOne(oneAsymmetricKey('ml-kem-512', der(OCTET_STRING, dk), der(0x81, Buffer.alloc(800, 1))))).toMatchObject({ weaknesses: ['public-half-mismatch'] });
  });

  test.each([['slh-dsa-sha2-128s', 16], ['slh-dsa-shake-192f', 24], ['slh-dsa-sha2-256f', 32]] as const)('%s ends with its public key', (name, n) => {
    const secret = count(4 * n);
    const publicInfo = der(SEQUENCE, der(SEQUENCE, derObjectIdentifier(algorithmOid.get(name)!)), derBitString(secret.subarray(2 * n)));
    for (const inner of [secret, der(OCTET_STRING, secret)]) expect(readOne(oneAsymmetricKey(name, inner))).toMatchObject({ algorithm: name, spki: sha256(publicInfo) });
  });

  test.each(['ml-dsa-44', 'ml-kem-768', 'slh-dsa-sha2-128s'])('%s of another length is damaged', (name) => {
    expect(readOne(oneAsymmetricKey(name, der(0x80, count(33))))).toMatchObject({ kind: 'private', algorithm: name, defect: `the ${name} key inside cannot be read` });
  });

  /** Node.js 24 with OpenSSL 3.5 makes these keys itself. */
  const generate = (name: string) => generateKeyPairSync(name as 'ed25519');
  const able = (() => { try { return Boolean(generate('ml-dsa-44')); } catch { return false; } })();
  describe.skipIf(!able)('made by node:crypto', () => {
    test.each([...algorithmOid.keys()].filter((name) => /^(ml-|slh-dsa-.*f$)/.test(name)))('%s', (name) => {
      const { privateKey, publicKey } = generate(name);
      const expected = { algorithm: name, spki: sha256(publicKey.export({ type: 'spki', format: 'der' })) };
      expect(readOne(privateKey.export({ type: 'pkcs8', format: 'der' }))).toEqual({ kind: 'private', format: 'pkcs8', ...expected });
      expect(readOne(publicKey.export({ type: 'spki', format: 'der' }))).toEqual({ kind: 'public', format: 'spki', ...expected });
    });
  });
});

describe('content, not labels', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const rsa = { pkcs1: privateKey.export({ type: 'pkcs1', format: 'der' }), pkcs8: privateKey.export({ type: 'pkcs8', format: 'der' }), spki: publicKey.export({ type: 'spki', format: 'der' }) };
  const edwards = generateKeyPairSync('ed25519');
  const ed25519 = edwards.privateKey.export({ type: 'pkcs8', format: 'der' });
  const edSpki = sha256(edwards.publicKey.export({ type: 'spki', format: 'der' }));
  const seed = ed25519.subarray(-32);
  const elliptic = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const ec = elliptic.privateKey.export({ type: 'sec1', format: 'der' });
  const scalar = ec.subarray(7, 39);
  const point = ec.subarray(-65);
  const ecSpki = sha256(elliptic.publicKey.export({ type: 'spki', format: 'der' }));

  test('a wrong label changes nothing', () => {
    for (const label of ['PRIVATE KEY', 'RSA PRIVATE KEY', 'PUBLIC KEY', 'EC PRIVATE KEY', 'ANY PRIVATE KEY', 'CERTIFICATE', 'ENCRYPTED PRIVATE KEY']) {
      expect(readOne(rsa.pkcs1, labelled(label))).toMatchObject({ kind: 'private', format: 'pkcs1', bits: 1024 });
      expect(readOne(rsa.pkcs8, labelled(label))).toMatchObject({ kind: 'private', format: 'pkcs8', bits: 1024 });
      expect(readOne(rsa.spki, labelled(label))).toMatchObject({ kind: 'public', format: 'spki', bits: 1024 });
      expect(readOne(ed25519, labelled(label))).toMatchObject({ kind: 'private', algorithm: 'ed25519', spki: edSpki });
    }
  });

  test('padding after the key is not the key\'s', () => {
    for (const tail of ['\n', '\r\n', '\0'.repeat(16)]) expect(readOne(Buffer.concat([ed25519, Buffer.from(tail)]))).toMatchObject({ spki: edSpki });
    for (const tail of ['\0'.repeat(17), 'x', '\0x']) expect(read(Buffer.concat([ed25519, Buffer.from(tail)]))).toBeUndefined();
  });

  test('BER with indefinite lengths and pieces', () => {
    const end = Buffer.from([0, 0]);
    const inner = Buffer.concat([Buffer.from([0x24, 0x80]), der(OCTET_STRING, rsa.pkcs1.subarray(0, 100)), der(OCTET_STRING, rsa.pkcs1.subarray(100)), end]);
    const ber = Buffer.concat([Buffer.from([0x30, 0x80]), rsa.pkcs8.subarray(4, 22), inner, end]);
    expect(readOne(ber)).toEqual(readOne(rsa.pkcs8));
  });

  test('Ed25519 as other tools keep it', () => {
    const algorithm = der(SEQUENCE, derObjectIdentifier('1.3.101.112'));
    const key = (inner: Buffer, ...more: Buffer[]): Buffer => der(SEQUENCE, derInteger(Buffer.from([more.length === 0 ? 0 : 1])), algorithm, der(OCTET_STRING, inner), ...more);
    const publicKey = edwards.publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
    const expected = { algorithm: 'ed25519', bits: 256, spki: edSpki };
    const sound = { kind: 'private', format: 'pkcs8', ...expected, fingerprint: readOne(ed25519).fingerprint };
    expect(readOne(key(der(OCTET_STRING, seed), der(0x81, Buffer.from([0]), publicKey)))).toEqual(sound);
    // wolfSSL leaves out the count of unused bits.
    expect(readOne(key(der(OCTET_STRING, seed), der(0x81, publicKey)))).toEqual(sound);
    expect(readOne(key(seed))).toEqual(sound);
    expect(readOne(key(der(OCTET_STRING, seed, publicKey)))).toEqual(sound);
    expect(readOne(key(der(OCTET_STRING, seed), der(0xa0), der(0x81, Buffer.from([0]), publicKey)))).toEqual(sound);
    expect(readOne(key(der(OCTET_STRING, seed), der(0x81, Buffer.from([0]), Buffer.alloc(32))))).toEqual({ ...sound, weaknesses: ['public-half-mismatch'] });
    // Erlang/OTP before 25: a SEC 1 key on the "curve" Ed25519.
    for (const more of [[], [der(0xa1, derBitString(publicKey))]]) {
      const erlang = der(SEQUENCE, derInteger(Buffer.from([1])), der(OCTET_STRING, seed), der(0xa0, derObjectIdentifier('1.3.101.112')), ...more);
      expect(readOne(erlang, labelled('EC PRIVATE KEY'))).toEqual({ ...sound, format: 'sec1' });
    }
  });

  test('a SEC 1 key that does not name its curve', () => {
    const nameless = (...more: Buffer[]): Buffer => der(SEQUENCE, derInteger(Buffer.from([1])), der(OCTET_STRING, scalar), ...more);
    const pointed = nameless(der(0xa1, derBitString(point)));
    // Its point lies on one curve only.
    expect(readOne(pointed)).toMatchObject({ algorithm: 'ec', curve: 'prime256v1', bits: 256, spki: ecSpki });
    // A scalar alone is a key where the label says so.
    expect(readOne(nameless(), labelled('EC PRIVATE KEY'))).toEqual({ kind: 'private', format: 'sec1', algorithm: 'ec' });
    expect(read(nameless())).toBeUndefined();
    // Nor does an identifier that names no curve make it one.
    expect(read(nameless(der(0xa0, derObjectIdentifier('1.3.6.1.4.1.99999.7'))))).toBeUndefined();
    expect(read(nameless(), labelled('SIGNATURE'))).toBeUndefined();
  });

  test('an EC key whose point is none goes by its scalar', () => {
    const wrong = Buffer.from(ec);
    wrong[wrong.length - 1]! ^= 1;
    expect(readOne(wrong)).toMatchObject({ algorithm: 'ec', spki: ecSpki, weaknesses: ['public-half-mismatch'] });
    const publicInfo = Buffer.from(elliptic.publicKey.export({ type: 'spki', format: 'der' }));
    publicInfo[publicInfo.length - 1]! ^= 1;
    const damaged = readOne(publicInfo);
    expect(damaged).toMatchObject({ kind: 'public', curve: 'prime256v1', defect: 'its public point does not lie on its curve' });
    expect(damaged).not.toHaveProperty('spki');
  });

  test('EC on a curve without a name here', () => {
    const curve = derObjectIdentifier('1.3.6.1.4.1.99999.7');
    const named = der(SEQUENCE, derInteger(Buffer.from([1])), der(OCTET_STRING, scalar), der(0xa0, curve), der(0xa1, derBitString(point)));
    const publicInfo = der(SEQUENCE, der(SEQUENCE, derObjectIdentifier('1.2.840.10045.2.1'), curve), derBitString(point));
    expect(readOne(named)).toEqual({ kind: 'private', format: 'sec1', algorithm: 'ec', curve: '1.3.6.1.4.1.99999.7', spki: sha256(publicInfo) });
    expect(readOne(publicInfo)).toMatchObject({ curve: '1.3.6.1.4.1.99999.7', spki: sha256(publicInfo) });
  });

  const numbers = (...values: readonly bigint[]): Buffer => der(SEQUENCE, ...values.map((value) => derInteger(Buffer.from(value.toString(16).padStart(2 * Math.ceil(value.toString(16).length / 2), '0'), 'hex'))));

  test('RSA: n is checked against p and q', () => {
    const jwk = privateKey.export({ format: 'jwk' });
    const [n, e, d, p, q, dp, dq, qi] = [jwk.n, jwk.e, jwk.d, jwk.p, jwk.q, jwk.dp, jwk.dq, jwk.qi].map((value) => BigInt(`0x${Buffer.from(value!, 'base64url').toString('hex')}`)) as [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint];
    expect(readOne(numbers(0n, n, e, d, p, q, dp, dq, qi))).toEqual(readOne(rsa.pkcs1));
    expect(readOne(numbers(0n, n + 2n, e, d, p, q, dp, dq, qi))).toMatchObject({ weaknesses: ['public-half-mismatch'], bits: 1024 });
    // Some tools keep n, e and d only.
    expect(readOne(numbers(0n, n, e, d, 0n, 0n, 0n, 0n, 0n))).not.toHaveProperty('weaknesses');
  });

  test('numbers without their sign byte are unsigned, as OpenSSL takes them', () => {
    const sloppy = Buffer.from(rsa.pkcs1);
    // 30 82 LL LL 02 01 00 02 81 81 00 n: take the 00 away.
    const n = sloppy.subarray(11, 139);
    const rest = sloppy.subarray(139);
    const bytes = der(SEQUENCE, derInteger(Buffer.alloc(0)), der(INTEGER, n), rest);
    expect(readOne(bytes)).toEqual(readOne(rsa.pkcs1));
  });

  test('tiny keys are keys where a label says so', () => {
    const tiny = numbers(0n, 340282366920938463463374607431768211297n, 65537n, 3n, 18446744073709551557n, 18446744073709551533n, 1n, 1n, 1n);
    expect(readOne(tiny, labelled('RSA PRIVATE KEY'))).toMatchObject({ algorithm: 'rsa', bits: 128 });
    expect(read(tiny)).toBeUndefined();
    const group = numbers(0n, 1000003n, 101n, 4n, 16n, 2n);
    expect(readOne(group, labelled('DSA PRIVATE KEY'))).toMatchObject({ algorithm: 'dsa', bits: 20 });
    expect(read(group)).toBeUndefined();
    expect(read(numbers(1000003n, 65537n))).toBeUndefined();
    expect(readOne(numbers(1000003n, 65537n), labelled('RSA PUBLIC KEY'))).toMatchObject({ kind: 'public', bits: 20 });
  });

  test('unknown algorithms are private keys by their identifiers', () => {
    const algorithm = der(SEQUENCE, derObjectIdentifier('1.3.6.1.4.1.99999.5'), der(SEQUENCE));
    const bytes = der(SEQUENCE, derInteger(Buffer.from([0])), algorithm, der(OCTET_STRING, Buffer.alloc(40, 9)));
    expect(readOne(bytes)).toEqual({ kind: 'private', format: 'pkcs8', algorithm: '1.3.6.1.4.1.99999.5' });
    const attached = der(SEQUENCE, derInteger(Buffer.from([1])), algorithm, der(OCTET_STRING, Buffer.alloc(40, 9)), der(0x81, Buffer.from([0, 1, 2, 3])));
    const publicInfo = der(SEQUENCE, algorithm, derBitString(Buffer.from([1, 2, 3])));
    expect(readOne(attached)).toEqual({ kind: 'private', format: 'pkcs8', algorithm: '1.3.6.1.4.1.99999.5', spki: sha256(publicInfo) });
    expect(readOne(publicInfo, labelled('PUBLIC KEY'))).toEqual({ kind: 'public', format: 'spki', algorithm: '1.3.6.1.4.1.99999.5', spki: sha256(publicInfo) });
    expect(read(publicInfo)).toBeUndefined();
  });

  test.each([['gost2001', 256], ['gost2012-256', 256], ['gost2012-512', 512]] as const)('%s', (name, bits) => {
    const algorithm = der(SEQUENCE, derObjectIdentifier(algorithmOid.get(name)!), der(SEQUENCE, derObjectIdentifier('1.2.643.2.2.35.1')));
    expect(readOne(der(SEQUENCE, derInteger(Buffer.from([0])), algorithm, der(OCTET_STRING, der(OCTET_STRING, Buffer.alloc(bits / 8, 3))))))
      .toEqual({ kind: 'private', format: 'pkcs8', algorithm: name, bits });
  });

  test('ElGamal, and DSA as Netscape and early Java wrote it', () => {
    const p = 2n ** 255n - 19n;
    const elgamal = der(SEQUENCE, derObjectIdentifier(algorithmOid.get('elgamal')!), numbers(p, 2n));
    expect(readOne(der(SEQUENCE, derInteger(Buffer.from([0])), elgamal, der(OCTET_STRING, derInteger(Buffer.from([10]))))))
      .toMatchObject({ algorithm: 'elgamal', bits: 255, spki: sha256(der(SEQUENCE, elgamal, derBitString(derInteger(Buffer.from([4, 0]))))) });
    const group = numbers(p, 2n ** 127n - 1n, 2n);
    const oid = derObjectIdentifier(algorithmOid.get('dsa')!);
    const x = derInteger(Buffer.from([10]));
    const plain = readOne(der(SEQUENCE, derInteger(Buffer.from([0])), der(SEQUENCE, oid, group), der(OCTET_STRING, x)));
    expect(plain).toMatchObject({ algorithm: 'dsa', bits: 255 });
    expect(readOne(der(SEQUENCE, derInteger(Buffer.from([0])), der(SEQUENCE, oid, der(NULL)), der(OCTET_STRING, der(SEQUENCE, group, x))))).toEqual(plain);
    expect(readOne(der(SEQUENCE, derInteger(Buffer.from([0])), der(SEQUENCE, oid, group), der(OCTET_STRING, der(SEQUENCE, derInteger(Buffer.from([4, 0])), x))))).toEqual(plain);
  });

  test('damage inside is a defect, with a name for the container', () => {
    const broken = Buffer.from(rsa.pkcs8);
    broken[26] = 0x31;
    expect(readOne(broken)).toEqual({ kind: 'private', format: 'pkcs8', algorithm: 'rsa', defect: 'the rsa key inside cannot be read', container: sha256(broken) });
    const head = Buffer.from(rsa.pkcs1);
    head.fill(0xff, 150);
    expect(readOne(head, labelled('RSA PRIVATE KEY'))).toMatchObject({ format: 'pkcs1', algorithm: 'rsa', bits: 1024, defect: 'its private numbers cannot be read', fingerprint: readOne(rsa.pkcs1).fingerprint });
    expect(read(head)).toBeUndefined();
    expect(read(rsa.pkcs1.subarray(0, 300), labelled('RSA PRIVATE KEY'))).toBeUndefined();
    const bad = Buffer.from(ec);
    bad[40] = 0x7f;
    expect(readOne(bad, labelled('EC PRIVATE KEY'))).toMatchObject({ format: 'sec1', algorithm: 'ec', container: sha256(bad) });
  });

  test('a PSS key of OpenSSL 1.1, without NULL after the hash, is the same key', () => {
    const hash = (...more: Buffer[]): Buffer => der(SEQUENCE, derObjectIdentifier('2.16.840.1.101.3.4.2.1'), ...more);
    const parameters = (...more: Buffer[]): Buffer => der(SEQUENCE, der(0xa0, hash(...more)), der(0xa1, der(SEQUENCE, derObjectIdentifier('1.2.840.113549.1.1.8'), hash(...more))), der(0xa2, derInteger(Buffer.from([32]))));
    const key = (...more: Buffer[]): Buffer => der(SEQUENCE, derInteger(Buffer.from([0])), der(SEQUENCE, derObjectIdentifier(algorithmOid.get('rsa-pss')!), parameters(...more)), der(OCTET_STRING, rsa.pkcs1));
    expect(createPrivateKey({ key: key(), format: 'der', type: 'pkcs8' }).asymmetricKeyType).toBe('rsa-pss');
    expect(readOne(key())).toMatchObject({ algorithm: 'rsa-pss', spki: readOne(key(der(NULL))).spki });
  });

  test('PSS parameters that state their defaults are those that leave them out', () => {
    const sha1 = der(SEQUENCE, derObjectIdentifier('1.3.14.3.2.26'), der(NULL));
    const stated = der(SEQUENCE, der(0xa0, sha1), der(0xa1, der(SEQUENCE, derObjectIdentifier('1.2.840.113549.1.1.8'), sha1)), der(0xa2, derInteger(Buffer.from([20]))), der(0xa3, derInteger(Buffer.from([1]))));
    const key = (parameters: Buffer): KeyFacts => readOne(der(SEQUENCE, derInteger(Buffer.from([0])), der(SEQUENCE, derObjectIdentifier(algorithmOid.get('rsa-pss')!), parameters), der(OCTET_STRING, rsa.pkcs1)));
    expect(key(stated).spki).toBe(key(der(SEQUENCE)).spki);
    expect(key(der(SEQUENCE, der(0xa2, derInteger(Buffer.from([21]))))).spki).not.toBe(key(der(SEQUENCE)).spki);
  });
});

describe('hostile input', () => {
  const allowed = new Set(['kind', 'format', 'algorithm', 'bits', 'curve', 'encryption', 'fingerprint', 'spki', 'container', 'digest', 'comment', 'defect', 'inferred', 'weaknesses']);
  const armors = ['PRIVATE KEY', 'RSA PRIVATE KEY', 'EC PRIVATE KEY', 'DSA PRIVATE KEY', 'ENCRYPTED PRIVATE KEY', 'PUBLIC KEY', 'RSA PUBLIC KEY', 'CERTIFICATE', 'TRUSTED CERTIFICATE']
    .flatMap((label) => [labelled(label), labelled(label, { 'dek-info': 'AES-128-CBC,00' })]);

  /** Every reader gives undefined or facts, whatever the bytes. */
  function survives(bytes: Buffer): void {
    for (const format of family) {
      for (const armor of [undefined, ...armors]) {
        for (const key of (format.read!(bytes, armor) ?? []).map(facts)) {
          expect(key.format).toBe(format.name);
          for (const name of Object.keys(key)) expect(allowed).toContain(name);
          expect(key.bits ?? 1).toBeGreaterThan(0);
          expect(JSON.stringify(key).length).toBeLessThan(2000);
        }
      }
    }
  }

  const samples = (): Buffer[] => {
    // The declared overloads do not know every type.
    const pair = generateKeyPairSync as (type: string, options?: object) => { privateKey: KeyObject; publicKey: KeyObject };
    const rsa = pair('rsa', { modulusLength: 512 });
    const elliptic = [pair('ec', { namedCurve: 'secp384r1' }), pair('ec', { namedCurve: 'brainpoolP256r1', paramEncoding: 'explicit' })];
    const others = [pair('ed25519'), pair('x448'), pair('dh', { group: 'modp14' }), pair('dsa', { modulusLength: 1024, divisorLength: 160 }),
      pair('rsa-pss', { modulusLength: 512, hashAlgorithm: 'sha256', mgf1HashAlgorithm: 'sha256', saltLength: 8 })];
    const list = [rsa, ...elliptic, ...others].flatMap(({ privateKey, publicKey }) => [privateKey.export({ type: 'pkcs8', format: 'der' }), publicKey.export({ type: 'spki', format: 'der' })]);
    list.push(...elliptic.map(({ privateKey }) => privateKey.export({ type: 'sec1', format: 'der' })));
    const { privateKey, publicKey } = rsa;
    list.push(privateKey.export({ type: 'pkcs1', format: 'der' }), publicKey.export({ type: 'pkcs1', format: 'der' }));
    list.push(privateKey.export({ type: 'pkcs8', format: 'der', cipher: 'aes-256-cbc', passphrase: 'secret' }));
    return list;
  };
  const real = samples();

  test('truncations', () => {
    for (const bytes of real) for (let length = 0; length < bytes.length; length += bytes.length > 300 ? 17 : 3) survives(bytes.subarray(0, length));
  });

  test('changed bytes', () => {
    fc.assert(fc.property(fc.constantFrom(...real), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }), (bytes, changes) => {
      const copy = Buffer.from(bytes);
      for (const [at, value] of changes) copy[at % copy.length] = value;
      survives(copy);
    }), { numRuns: 400 });
  });

  test('lying lengths', () => {
    // A length octet near the beginning is where structure is.
    fc.assert(fc.property(fc.constantFrom(...real), fc.nat(60), fc.constantFrom(0, 1, 0x7f, 0x80, 0x81, 0x82, 0x84, 0x86, 0x88, 0xff), (bytes, at, value) => {
      const copy = Buffer.from(bytes);
      copy[at % copy.length] = value;
      survives(copy);
    }), { numRuns: 400 });
  });

  test('trees of anything', () => {
    const { tree } = fc.letrec<{ tree: Buffer }>((tie) => ({
      tree: fc.oneof({ maxDepth: 4 },
        fc.tuple(fc.constantFrom(INTEGER, OCTET_STRING, BIT_STRING, NULL, 6, 0x0c, 0x17, 0x80, 0x81), fc.uint8Array({ maxLength: 40 })).map(([tag, value]) => der(tag, value)),
        fc.constantFrom(...algorithmOid.values(), ...curves.map(({ oid }) => oid), '1.2.840.113549.1.5.13', '1.2.840.113549.1.5.12').map(derObjectIdentifier),
        fc.constant(derInteger(Buffer.from([0]))),
        fc.tuple(fc.constantFrom(SEQUENCE, 0x31, 0xa0, 0xa1, 0x24), fc.array(tie('tree'), { maxLength: 6 })).map(([tag, list]) => der(tag, ...list))),
    }));
    fc.assert(fc.property(fc.array(tree, { maxLength: 6 }), (list) => { survives(der(SEQUENCE, ...list)); }), { numRuns: 600 });
  });

  test('numbers and nesting without end take no time', () => {
    const start = performance.now();
    const large = der(INTEGER, Buffer.alloc(2_000_000, 0x7f));
    const small = derInteger(Buffer.from([3]));
    for (const bytes of [
      der(SEQUENCE, derInteger(Buffer.from([0])), ...Array.from({ length: 8 }, () => large)),
      der(SEQUENCE, derInteger(Buffer.from([0])), large, small, small, large, large),
      der(SEQUENCE, derInteger(Buffer.from([0])), der(SEQUENCE, derObjectIdentifier(algorithmOid.get('dh')!), der(SEQUENCE, large, small)), der(OCTET_STRING, large)),
      der(SEQUENCE, derInteger(Buffer.from([0])), der(SEQUENCE, derObjectIdentifier(algorithmOid.get('dsa')!), der(SEQUENCE, large, large, small)), der(OCTET_STRING, large)),
      der(SEQUENCE, large, small),
      der(SEQUENCE, derInteger(Buffer.from([1])), der(OCTET_STRING, Buffer.alloc(72, 255)), der(0xa0, der(SEQUENCE, derInteger(Buffer.from([1])),
        der(SEQUENCE, derObjectIdentifier('1.2.840.10045.1.1'), large), der(SEQUENCE, der(OCTET_STRING, Buffer.alloc(64)), der(OCTET_STRING, Buffer.alloc(64))), der(OCTET_STRING, Buffer.alloc(129, 4)), large))),
      Buffer.alloc(1_000_000, 0x30),
      Buffer.concat(Array.from({ length: 500_000 }, () => Buffer.from([0x30, 0x80]))),
      der(SEQUENCE, ...Array.from({ length: 100_000 }, () => small)),
    ]) survives(bytes);
    // Some 1,500 readings of up to 16 MB.
    expect(performance.now() - start).toBeLessThan(20_000);
  });
});
