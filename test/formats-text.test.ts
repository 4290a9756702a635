import { createHash, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { der, derInteger, derObjectIdentifier, INTEGER, OCTET_STRING, SEQUENCE } from '../src/der.ts';
import { detect } from '../src/detect.ts';
import type { Key } from '../src/key.ts';
import { armor, base64Number, bech32, bech32Data, bindHead, bindRsa, commented, cosignEnvelope, edKey, field, jwkOf, lockedMinisignBody, message, minisignBody, natsSeed, nebulaSealed, number, openvpnStatic, openvpnV2, publicJwkOf, rsaMembers, signifyBody, sized, spkiOf, tinkEd25519, tinkKeyset, torSecret, tpmEcArea, tpmKey, tpmRsaArea, tufKey, uint16, wireguardConfig, wireguardNetdev, xmlElement } from './key-layouts.ts';
import { describeWith, run, scratch } from './tools.ts';

const folder = scratch();

function read(content: string | Buffer): readonly Key[] {
  return detect({ path: 'file', bytes: Buffer.isBuffer(content) ? content : Buffer.from(content), facts: () => ({ origin: 'file' }) });
}

/** The keys that are no public ones. */
function secrets(content: string | Buffer): readonly Key[] {
  return read(content).filter(({ kind }) => kind === 'private' || kind === 'symmetric');
}

function only(content: string | Buffer): Key {
  const keys = secrets(content);
  expect(keys.map(({ format, line }) => `${format}:${line}`)).toHaveLength(1);
  return keys[0]!;
}

/** The SPKI digest of a key given by its raw public bytes. */
function rawSpki(algorithm: 'ed25519' | 'x25519', key: Uint8Array): string {
  const crv = algorithm === 'ed25519' ? 'Ed25519' : 'X25519';
  return spkiOf(createPublicKey({ key: { kty: 'OKP', crv, x: Buffer.from(key).toString('base64url') }, format: 'jwk' }));
}

const pairs: Readonly<Record<string, KeyObject>> = {
  'RSA 2048': generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
  'P-256': generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  'P-384': generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey,
  'P-521': generateKeyPairSync('ec', { namedCurve: 'P-521' }).privateKey,
  'secp256k1': generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey,
  'Ed25519': generateKeyPairSync('ed25519').privateKey,
  'Ed448': generateKeyPairSync('ed448').privateKey,
  'X25519': generateKeyPairSync('x25519').privateKey,
  'X448': generateKeyPairSync('x448').privateKey,
};
const entries = (jwk: object): [string, string][] => Object.entries(jwk) as [string, string][];

/** How people write a JSON Web Key. */
const spellings: Readonly<Record<string, (jwk: object) => string>> = {
  'compact JSON': (jwk) => JSON.stringify(jwk),
  'pretty JSON': (jwk) => JSON.stringify(jwk, null, 2),
  'JSON with tabs and CRLF': (jwk) => JSON.stringify(jwk, null, '\t').replaceAll('\n', '\r\n'),
  'JSON with blanks before colons': (jwk) => JSON.stringify(jwk, null, 2).replaceAll('": ', '" : '),
  'JSON in a string': (jwk) => JSON.stringify({ config: JSON.stringify(jwk) }),
  'pretty JSON in a string': (jwk) => JSON.stringify({ config: JSON.stringify(jwk, null, 2) }),
  'JSON twice in a string': (jwk) => JSON.stringify(JSON.stringify({ a: JSON.stringify(jwk) })),
  'a Java string': (jwk) => `String jwk = ${JSON.stringify(jwk).split(/(?<=",)|(?<=[\w-]{40})(?=[\w-]{20})/).map((part) => JSON.stringify(part)).join('\n    + ')};`,
  'a Go raw string': (jwk) => `var key = \`${JSON.stringify(jwk, null, '\t')}\`\n`,
  'a shell variable': (jwk) => `export JWK='${JSON.stringify(jwk)}'\n`,
  'JavaScript': (jwk) => `const key = {\n${entries(jwk).map(([name, value]) => `  ${name}: '${value}',`).join('\n')}\n};\n`,
  'JavaScript with remarks': (jwk) => `const key = {\n  // it's a test key\n${entries(jwk).map(([name, value]) => `  ${name}: "${value}", /* don't */`).join('\n')}\n};\n`,
  'Python': (jwk) => `KEY = {${entries(jwk).map(([name, value]) => `'${name}': '${value}'`).join(', ')}}\n`,
  'Python with joined strings': (jwk) => `KEY = {\n${entries(jwk).map(([name, value]) => `    "${name}": ${value.match(/.{1,50}/g)!.map((part) => `"${part}"`).join('\n        ')},`).join('\n')}\n}\n`,
  'PHP': (jwk) => `$key = [\n${entries(jwk).map(([name, value]) => `  '${name}' => '${value}',`).join('\n')}\n];\n`,
  'a comment': (jwk) => JSON.stringify(jwk, null, 2).replace(/^/gm, '// '),
  'a diff': (jwk) => JSON.stringify(jwk, null, 2).replace(/^/gm, '+'),
  'HTML': (jwk) => `<pre data-key="${JSON.stringify(jwk).replaceAll('"', '&quot;')}"></pre>`,
  'a set': (jwk) => JSON.stringify({ keys: [publicJwkOf(pairs['P-384']!), jwk, publicJwkOf(pairs['RSA 2048']!)] }, null, 2),
  'YAML': (jwk) => `jwt:\n  key:\n${entries(jwk).map(([name, value]) => `    ${name}: ${value}`).join('\n')}\n  other: 1\n`,
  'a YAML list': (jwk) => `keys:\n${entries(jwk).map(([name, value], i) => `  ${i === 0 ? '-' : ' '} ${name}: ${value}`).join('\n')}\n  - kty: oct\n    kid: none\n`,
};

describe('JSON Web Keys', () => {
  for (const [name, key] of Object.entries(pairs)) {
    test.each(Object.entries(spellings))(`${name} as %s`, (spelling, write) => {
      // Curves of four letters are found by the type's name, which YAML gives too short.
      if (spelling.includes('YAML') && name === 'X448') return;
      const found = only(write(jwkOf(key)));
      expect(found).toMatchObject({ kind: 'private', format: 'jwk', algorithm: key.asymmetricKeyType, spki: spkiOf(key), weaknesses: [] });
      expect(found.bits).toBe({ 'RSA 2048': 2048, 'P-384': 384, 'P-521': 521, 'Ed448': 456, 'X448': 448 }[name] ?? 256);
    });
  }

  test('members in any order, with and without what is not needed', () => {
    fc.assert(fc.property(fc.constantFrom(...Object.values(pairs)), fc.infiniteStream(fc.nat()), fc.boolean(), fc.constantFrom(...Object.keys(spellings).filter((name) => /JSON|Python|PHP/.test(name))), (key, order, whole, spelling) => {
      const jwk = jwkOf(key);
      if (!whole) for (const name of jwk.kty === 'RSA' ? ['p', 'q', 'dp', 'dq', 'qi'] as const : ['x', 'y'] as const) delete jwk[name];
      const members = entries({ ...jwk, alg: 'any', use: 'sig' }).map((entry) => [order.next().value, entry] as const).sort(([a], [b]) => a - b).map(([, entry]) => entry);
      expect(only(spellings[spelling]!(Object.fromEntries(members)))).toMatchObject({ spki: spkiOf(key) });
    }), { numRuns: 200 });
  });

  test('each private key of a set is one, where it begins', () => {
    const text = JSON.stringify({ keys: Object.entries(pairs).flatMap(([kid, key]) => [{ ...publicJwkOf(key), kid: 'public' }, { ...jwkOf(key), kid }]) }, null, 2);
    const found = secrets(text);
    expect(found.map(({ comment }) => comment)).toEqual(Object.keys(pairs));
    const lines = text.split('\n');
    for (const { line, column, endLine } of found) {
      expect(lines[line - 1]![column - 1]).toBe('{');
      expect(lines[endLine - 1]!.trim()).toMatch(/^\},?$/);
    }
  });

  test('secrets', () => {
    const k = randomBytes(48).toString('base64url');
    expect(only(JSON.stringify({ kty: 'oct', alg: 'HS384', k }))).toMatchObject({ kind: 'symmetric', format: 'jwk', bits: 384 });
    expect(only(JSON.stringify({ kty: 'oct', alg: 'A256GCM', k: k.slice(0, 43) }, null, 1))).toMatchObject({ kind: 'symmetric', bits: 256 });
    expect(only(`{ kty: 'oct', k: '${k}' }`)).toMatchObject({ kind: 'symmetric', bits: 384 });
    expect(secrets(JSON.stringify({ kty: 'oct', k: Buffer.from('secret').toString('base64url') }))).toEqual([]);
    expect(secrets(JSON.stringify({ kty: 'oct', k: 'A'.repeat(43) }))).toEqual([]);
    expect(secrets("{ kty: 'oct', k: Buffer.from('secret').toString('base64url') }")).toEqual([]);
    expect(only(`{ kty: 'oct', k: b'${k.slice(0, 30)}' b'${k.slice(30)}' }`)).toMatchObject({ kind: 'symmetric', bits: 384 });
  });

  test('ML-DSA and ML-KEM keys are those that PKCS#8 has', () => {
    for (const [alg, arc, length] of [['ML-DSA-44', '3.17', 32], ['ML-DSA-87', '3.19', 32], ['ML-KEM-768', '4.2', 64]] as const) {
      const seed = randomBytes(length);
      const info = der(SEQUENCE, derInteger(Buffer.from([0])), der(SEQUENCE, derObjectIdentifier(`2.16.840.1.101.3.4.${arc}`)), der(OCTET_STRING, der(0x80, seed)));
      const pkcs8 = only(`-----BEGIN PRIVATE KEY-----\n${info.toString('base64')}\n-----END PRIVATE KEY-----\n`);
      const found = only(JSON.stringify({ kty: 'AKP', alg, priv: seed.toString('base64url') }));
      expect(found).toMatchObject({ kind: 'private', algorithm: alg.toLowerCase(), spki: pkcs8.spki });
      expect(secrets(JSON.stringify({ kty: 'AKP', alg, pub: randomBytes(1312).toString('base64url') }))).toEqual([]);
    }
  });

  test('a public half that is another key\'s', () => {
    const other = jwkOf(generateKeyPairSync('ed25519').privateKey);
    expect(only(JSON.stringify({ ...jwkOf(pairs['Ed25519']!), x: other.x }))).toMatchObject({ spki: spkiOf(pairs['Ed25519']!), weaknesses: ['public-half-mismatch'] });
    const rsa = jwkOf(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey);
    expect(only(JSON.stringify({ ...jwkOf(pairs['RSA 2048']!), p: rsa.p })).weaknesses).toEqual(['public-half-mismatch']);
  });

  test('a key in a member of another comes behind it', () => {
    const text = JSON.stringify({ pem: pairs['P-384']!.export({ type: 'pkcs8', format: 'pem' }), ...jwkOf(pairs['P-256']!) }, null, 2);
    expect(secrets(text).map(({ format, line }) => [format, line])).toEqual([['jwk', 1], ['pkcs8', 2]]);
  });

  const ec = jwkOf(pairs['P-256']!);
  const rsa = jwkOf(pairs['RSA 2048']!);
  test.each<[string, string]>([
    ['a public set', JSON.stringify({ keys: Object.values(pairs).map(publicJwkOf) }, null, 2)],
    ['public keys in JavaScript', Object.values(pairs).map((key) => spellings['JavaScript']!(publicJwkOf(key))).join('')],
    ['public keys in YAML', Object.values(pairs).map((key) => spellings['YAML']!(publicJwkOf(key))).join('')],
    ['a key in an HSM', JSON.stringify({ ...publicJwkOf(pairs['RSA 2048']!), kty: 'RSA-HSM', key_ops: ['sign'] }, null, 2)],
    ['dots', JSON.stringify({ ...ec, d: '...' }, null, 2)],
    ['an elided number', JSON.stringify({ ...rsa, d: `${rsa.d!.slice(0, 30)}...`, p: '...', q: '...', dp: '...', dq: '...', qi: '...' }, null, 2)],
    ['placeholders', JSON.stringify({ ...ec, d: '<your private key>' })],
    ['a template', JSON.stringify({ ...ec, d: '${JWK_D}' })],
    ['a row of letters', JSON.stringify({ ...ec, d: 'x'.repeat(43) })],
    ['a member of another object', JSON.stringify({ jwk: publicJwkOf(pairs['P-256']!), d: ec.d })],
    ['a mention', 'if (jwk["kty"] === "RSA" && "d" in jwk) throw new Error(\'"kty":"RSA" with "d"\');'],
    ['a JWT header', JSON.stringify({ alg: 'ES256', jwk: publicJwkOf(pairs['P-256']!) })],
    ['an encrypted key', `eyJhbGciOiJQQkVTMi1IUzI1NitBMTI4S1ciLCJwMmMiOjQwOTZ9.${randomBytes(40).toString('base64url')}.a.b.c`],
  ])('%s is none', (_, text) => expect(secrets(text)).toEqual([]));

  test('a key whose public numbers are gone is unreadable', () => {
    const found = only(JSON.stringify({ kty: 'RSA', e: 'AQAB', n: '...', d: rsa.d }));
    expect(found).toMatchObject({ algorithm: 'rsa', defect: expect.any(String) as string, container: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
  });
});

describe('XML and .NET', () => {
  const jwk = jwkOf(pairs['RSA 2048']!);
  const members = rsaMembers(jwk);
  const xml = xmlElement;
  const publicXml = xml({ Modulus: members.Modulus, Exponent: members.Exponent });

  test.each<[string, string]>([
    ['one line', xml(members)],
    ['lines', xml(members, 'RSAKeyValue', '\n  ')],
    ['a document', `<?xml version="1.0"?>\n<keys>${publicXml}\n${xml(members, 'RSAParameters', '\n')}\n${publicXml}</keys>`],
    ['an XKMS pair', xml(members, 'RSAKeyPair', '\n\t')],
    ['an attribute', `<add key="rsa" value="${xml(members).replaceAll('<', '&lt;').replaceAll('>', '&gt;')}" />`],
    ['a C# string', `const string Key = "${xml(members)}";`],
    ['JSON', JSON.stringify({ key: xml(members) }).replaceAll('/', '\\/')],
    ['JSON of .NET', JSON.stringify({ key: xml(members) }).replaceAll('<', '\\u003C').replaceAll('>', '\\u003E').replaceAll('+', '\\u002B')],
    ['parameters in JSON', JSON.stringify({ KeyId: 'x', Parameters: members })],
    ['parameters in JSON, pretty', JSON.stringify({ keyId: 'x', parameters: Object.fromEntries(entries(members).map(([name, value]) => [name.replace(/^[A-Z]/, (letter) => letter.toLowerCase()), value])) }, null, 2)],
  ])('%s', (_, text) => expect(only(text)).toMatchObject({ kind: 'private', format: 'xml-rsa', algorithm: 'rsa', bits: 2048, spki: spkiOf(pairs['RSA 2048']!), weaknesses: [] }));

  test('two keys one after the other', () => {
    expect(secrets(`${xml(members)}\n${xml(members)}\n`).map(({ line, endLine }) => [line, endLine])).toEqual([[1, 1], [2, 2]]);
  });

  describeWith(['openssl'], 'DSA', () => {
    test('its numbers are those that openssl writes', () => {
      const { privateKey } = generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 });
      const [, p, q, g, y, x] = integers(derOfPem(run('openssl', ['dsa', '-provider', 'default'], { input: privateKey.export({ type: 'pkcs8', format: 'pem' }) })));
      const text = xml({ P: p!.toString('base64'), Q: q!.toString('base64'), G: g!.toString('base64'), Y: y!.toString('base64'), X: x!.toString('base64') }, 'DSAKeyValue');
      expect(only(text)).toMatchObject({ kind: 'private', algorithm: 'dsa', bits: 1024, spki: spkiOf(privateKey) });
      expect(secrets(text.replace(/<X>.*<\/X>/, ''))).toEqual([]);
    });
  });

  test.each<[string, string]>([
    ['a public key', publicXml],
    ['SAML metadata', `<md:KeyDescriptor use="signing"><ds:KeyInfo><ds:KeyValue>${publicXml.replace(/<(\/?)/g, '<$1ds:')}</ds:KeyValue></ds:KeyInfo></md:KeyDescriptor>`],
    ['code', 'xml.Append("<InverseQ>" + Convert.ToBase64String(p.InverseQ) + "</InverseQ>"); xml.Append("<D>" + d + "</D>");'],
    ['placeholders', xml({ ...members, P: '...', Q: '...', D: '...' })],
  ])('%s is none', (_, text) => expect(secrets(text)).toEqual([]));
});

function derOfPem(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
}

/** The INTEGERs of a SEQUENCE of nothing else. */
function integers(bytes: Buffer): Buffer[] {
  const list: Buffer[] = [];
  for (let at = bytes[1]! & 0x80 ? 2 + (bytes[1]! & 0x7f) : 2; at < bytes.length; ) {
    expect(bytes[at]).toBe(INTEGER);
    const long = bytes[at + 1]! & 0x80 ? bytes[at + 1]! & 0x7f : 0;
    const length = long ? bytes.readUIntBE(at + 2, long) : bytes[at + 1]!;
    list.push(bytes.subarray(at + 2 + long, (at += 2 + long + length)));
  }
  return list;
}

describe('age', () => {
  // age-keygen(1), EXAMPLES.
  const published = 'AGE-SECRET-KEY-1N9JEPW6DWJ0ZQUDX63F5A03GX8QUW7PXDE39N8UYF82VZ9PC8UFS3M7XA9';
  const recipient = 'age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z';
  const publishedHybrid = 'AGE-SECRET-KEY#-PQ-1K30MYPZAHAXHR22YHH27EGDVLU0QNSUH3DSV7J7NR3X6D9LHXNWSDLTV4T'.replace('#', '');

  test('an identity in any place, in capitals or not', () => {
    const spki = rawSpki('x25519', bech32Data(recipient));
    for (const text of [published, `SOPS_AGE_KEY=${published}\n`, `{"key":"${published}"}`, `- '${published}'`, published.toLowerCase()]) {
      expect(only(text)).toMatchObject({ kind: 'private', format: 'age', algorithm: 'x25519', bits: 256, spki });
    }
    expect(only(`# created: 2021-01-02\r\n# public key: ${recipient}\r\n${published}\r\n`)).toMatchObject({ comment: expect.stringMatching(/^age1lvyv/) as string, line: 3, endColumn: 75 });
  });

  test('a hybrid one', () => expect(only(publishedHybrid)).toMatchObject({ kind: 'private', format: 'age', algorithm: 'mlkem768-x25519' }));

  test('a plugin\'s is a handle', () => {
    const stub = bech32('AGE-PLUGIN-YUBIKEY-', randomBytes(12)).toUpperCase();
    expect(only(`#       Serial: 1, Slot: 1\n#    Recipient: ${recipient}\n${stub}\n`)).toMatchObject({ kind: 'private', format: 'age', hardware: true, comment: expect.stringMatching(/^age1lvyv/) as string });
  });

  test.each<[string, string]>([
    ['a recipient', recipient],
    ['a wrong checksum', published.replace(/9$/, 'X')],
    ['mixed letters', published.replace(/XA9$/, 'xa9')],
    ['a pattern', '\\b(AGE-SECRET-KEY-1[0-9A-Z]{58})\\b'],
    ['a placeholder', `AGE-SECRET-KEY-1${'X'.repeat(58)}`],
    ['dots', 'AGE-SECRET-KEY-1...'],
    ['a message', '-----BEGIN AGE ENCRYPTED FILE-----\nYWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBURWlGMHlwcXIrYnB2Y3FY\n-----END AGE ENCRYPTED FILE-----\n'],
  ])('%s is none', (_, text) => expect(secrets(text)).toEqual([]));

  describeWith(['age-keygen'], 'as age-keygen sees it', () => {
    test('identities', () => {
      for (let i = 0; i < 5; i++) {
        const text = run('age-keygen', []);
        const own = run('age-keygen', ['-y'], { input: text }).trim();
        expect(only(text)).toMatchObject({ spki: rawSpki('x25519', bech32Data(own)) });
      }
    });
  });
});

describe('minisign and signify', () => {
  const { both, key, spki } = edKey();
  const keynum = randomBytes(8);
  const file = commented;
  const minisign = minisignBody(both, keynum);
  const locked = lockedMinisignBody();
  const signify = (rounds: number): Buffer => signifyBody(both, rounds, keynum);

  test('a minisign key in the clear', () => {
    for (const text of [file('minisign encrypted secret key', minisign), file('mine', minisign, '\r\n'), `x = """\n${file('minisign secret key', minisign)}"""`, `KEY=${minisign.toString('base64')}\n`]) {
      expect(only(text)).toMatchObject({ kind: 'private', format: 'minisign', algorithm: 'ed25519', bits: 256, spki });
    }
    expect(only(file('mine', minisign)).comment).toBe('mine');
  });

  test('one under a passphrase', () => {
    for (const text of [file('rsign encrypted secret key', locked), file('release', locked), `key: |\n${file('minisign encrypted secret key', locked).replaceAll('\nR', '\n  R')}`.replace('\n  R', '\nR'), JSON.stringify({ key: file('minisign encrypted secret key', locked) })]) {
      const found = only(text);
      // crypto_pwhash_scryptsalsa208sha256 with its "sensitive" limits: N = 2^20, r = 8, p = 1.
      expect(found).toMatchObject({ format: 'minisign', algorithm: 'ed25519', encryption: { cipher: 'xor', kdf: 'scrypt', N: 2 ** 20, r: 8, p: 1 }, container: createHash('sha256').update(locked).digest('hex') });
      expect(found.spki).toBeUndefined();
    }
  });

  test('signify keys', () => {
    for (const text of [file('signify secret key', signify(0)), `cat <<E\n${file('me', signify(0))}E\n`]) {
      expect(only(text)).toMatchObject({ kind: 'private', format: 'signify', algorithm: 'ed25519', spki });
    }
    for (const rounds of [1, 42, 1000]) expect(only(file('signify secret key', signify(rounds)))).toMatchObject({ format: 'signify', algorithm: 'ed25519', bits: 256, encryption: { kdf: 'bcrypt', rounds } });
  });

  test.each<[string, string]>([
    ['a minisign public key', file('minisign public key ABCDEF', Buffer.concat([Buffer.from('Ed'), keynum, key]))],
    ['a signature', `${file('signature from minisign secret key', Buffer.concat([Buffer.from('ED'), keynum, randomBytes(64)]))}trusted comment: timestamp:1\n${randomBytes(64).toString('base64')}\n`],
    ['a signify public key', file('signify public key', Buffer.concat([Buffer.from('Ed'), keynum, key]))],
    ['a placeholder', 'untrusted comment: minisign encrypted secret key\nRWRTY0Iy...\n'],
    ['zeros', file('x', Buffer.concat([Buffer.from('Ed\0\0B2', 'latin1'), Buffer.alloc(152)]))],
  ])('%s is none', (_, text) => expect(secrets(text)).toEqual([]));

  describeWith(['minisign'], 'as minisign writes them', () => {
    test('with and without a passphrase', () => {
      const [pub, sec] = [join(folder, 'm.pub'), join(folder, 'm.key')];
      run('minisign', ['-G', '-W', '-f', '-p', pub, '-s', sec]);
      const raw = Buffer.from(readFileSync(pub, 'latin1').split('\n')[1]!, 'base64').subarray(10);
      expect(only(readFileSync(sec))).toMatchObject({ format: 'minisign', spki: rawSpki('ed25519', raw) });
    });
  });

  describeWith(['signify-openbsd'], 'as signify writes them', () => {
    test('without a passphrase', () => {
      const [pub, sec] = [join(folder, 's.pub'), join(folder, 's.sec')];
      run('signify-openbsd', ['-G', '-n', '-p', pub, '-s', sec]);
      const raw = Buffer.from(readFileSync(pub, 'latin1').split('\n')[1]!, 'base64').subarray(10);
      expect(only(readFileSync(sec))).toMatchObject({ format: 'signify', spki: rawSpki('ed25519', raw) });
    });
  });
});

describe('WireGuard', () => {
  const jwk = jwkOf(pairs['X25519']!);
  const [key, peer] = [jwk.d!, jwk.x!].map((value) => Buffer.from(value, 'base64url').toString('base64')) as [string, string];
  const shared = randomBytes(32).toString('base64');
  const spki = spkiOf(pairs['X25519']!);
  const conf = wireguardConfig(key, peer, shared);

  test.each<[string, string]>([
    ['wg-quick', conf],
    ['behind a remark', `# server\n${conf}`],
    ['without blanks', `; x\n${conf.replaceAll(' = ', '=')}`],
    ['in JSON', JSON.stringify({ config: conf })],
    ['systemd-networkd', wireguardNetdev(key, peer, shared)],
    ['NetworkManager', `[connection]\nid=wg0\ntype=wireguard\n\n[wireguard]\nprivate-key=${key}\n\n[wireguard-peer.${peer}]\npreshared-key=${shared}\npreshared-key-flags=0\nallowed-ips=10.0.0.2/32;\n`],
  ])('%s', (_, text) => {
    const found = secrets(text);
    expect(found).toHaveLength(2);
    expect(found).toContainEqual(expect.objectContaining({ kind: 'private', algorithm: 'x25519', bits: 256, spki }));
    expect(found).toContainEqual(expect.objectContaining({ kind: 'symmetric', bits: 256 }));
  });

  test.each<[string, string]>([
    ['a compose file', `services:\n  vpn:\n    image: gluetun\n    environment:\n      - WIREGUARD_PRIVATE_KEY=${key}\n      - WIREGUARD_PRESHARED_KEY=${shared}\n`],
    ['a mapping of variables', `environment:\n  WG_PRIVATE_KEY: "${key}"\n  WG_PRESHARED_KEY: '${shared}'\n`],
    ['an .env file', `WG_PRIVATE_KEY=${key}\nWG_PRESHARED_KEY=${shared}\n`],
    ['Talos', `machine:\n  network:\n    interfaces:\n      - interface: wg0\n        wireguard:\n          privateKey: ${key}\n          peers:\n            - publicKey: ${peer}\n              presharedKey: ${shared}\n`],
    ['Clash', `proxies:\n  - name: a\n    type: wireguard\n    server: 192.0.2.1\n    private-key: ${key}\n    public-key: ${peer}\n    pre-shared-key: ${shared}\n`],
    ['sing-box', JSON.stringify({ outbounds: [{ type: 'wireguard', private_key: key, peer_public_key: peer, pre_shared_key: shared }] }, null, 2)],
    ['Nix', `networking.wireguard.interfaces.wg0 = {\n  privateKey = "${key}";\n  peers = [ { publicKey = "${peer}"; presharedKey = "${shared}"; } ];\n};\n`],
    ['OpenWrt', `config interface 'wg0'\n\toption proto 'wireguard'\n\toption private_key '${key}'\n\nconfig wireguard_wg0\n\toption public_key '${peer}'\n\toption preshared_key '${shared}'\n`],
    ['RouterOS', `/interface wireguard\nadd listen-port=13231 name=wg1 private-key="${key}"\n/interface wireguard peers\nadd interface=wg1 preshared-key="${shared}" public-key="${peer}"\n`],
  ])('%s', (_, text) => {
    const found = secrets(text);
    expect(found.map(({ kind, format, bits }) => [kind, format, bits])).toEqual([['private', 'wireguard', 256], ['symmetric', 'wireguard', 256]]);
    expect(found[0]!.spki).toBe(spki);
  });

  test('a file that is nothing else, by its name', () => {
    const clamped = Buffer.from(key, 'base64');
    clamped[0]! &= 248;
    clamped[31] = (clamped[31]! & 63) | 64;
    const line = `${clamped.toString('base64')}\n`;
    const inFile = (path: string, content: string): readonly Key[] => detect({ path, bytes: Buffer.from(content), facts: () => ({ origin: 'file' }) });
    for (const path of ['privatekey', 'wg/private.key', 'wg0.key', 'wireguard-private', 'C:\\vpn\\PrivateKey', 'server.privkey']) {
      expect(inFile(path, line), path).toEqual([expect.objectContaining({ kind: 'private', format: 'wireguard', spki, line: 1, endLine: 2 })]);
    }
    // One in 32 of these is as a private key is.
    for (const path of ['psk', 'wg0.psk', 'preshared.key']) for (const content of [`${shared}\n`, line]) expect(inFile(path, content), path).toEqual([expect.objectContaining({ kind: 'symmetric', format: 'wireguard', bits: 256 })]);
    for (const path of ['publickey', 'wg0.pub', 'digest.txt', 'master.key', 'wg/public.key', 'private/digest']) expect(inFile(path, line), path).toEqual([]);
    // What `wg genkey` would not have made.
    clamped[0]! |= 1;
    expect(inFile('privatekey', `${clamped.toString('base64')}\n`)).toEqual([]);
  });

  test('only an interface', () => expect(only(`[Interface]\r\nAddress = 10.0.0.1/24\r\nPrivateKey = ${key}\r\n`)).toMatchObject({ format: 'wireguard', spki, line: 3 }));

  test.each<[string, string]>([
    ['a peer', `[Peer]\nPublicKey = ${peer}\nAllowedIPs = 0.0.0.0/0\n`],
    ['a template', conf.replaceAll(key, '{{ private_key }}').replaceAll(shared, '$PSK')],
    ['a placeholder', conf.replaceAll(key, `${'A'.repeat(43)}=`).replaceAll(shared, `${'x'.repeat(43)}=`)],
    ['another program\'s key', `[server]\nPrivateKey = ${key}\nListen = 1\n`],
    ['another program\'s member', `crypto:\n  privateKey: ${key}\n  private_key: ${key}\n`],
    ['members without a value', 'wireguard:\n  privateKey: ""\n  private_key: ${WG_KEY}\n  presharedKey: "{{ psk }}"\n'],
    ['hashes in a text about WireGuard', `wireguard-tools:\n  sha256: ${key}\n  privateKey: see above\n`],
    ['a hash of subresources', `<script integrity="sha256-${key}" crossorigin></script>\n{"integrity":"sha512-${randomBytes(64).toString('base64')}"}`],
  ])('%s is none', (_, text) => expect(secrets(text)).toEqual([]));

  describeWith(['wg'], 'as wg sees it', () => {
    test('public halves', () => {
      const own = run('wg', ['genkey']).trim();
      const half = run('wg', ['pubkey'], { input: own }).trim();
      expect(only(`[Interface]\nPrivateKey = ${own}\n`).spki).toBe(rawSpki('x25519', Buffer.from(half, 'base64')));
    });
  });
});

describe('OpenVPN', () => {
  const key = openvpnStatic();
  const v2 = openvpnV2;

  test.each<[string, string]>([
    ['ta.key', key],
    ['inline', `client\n<tls-auth>\n${key.replaceAll('\n', '\r\n')}</tls-auth>\nkey-direction 1\n`],
    ['in JSON', JSON.stringify({ ovpn: key })],
    ['indented', key.replace(/^/gm, '      ')],
    ['in comments', key.replace(/^/gm, '# ')],
    ['in strings', key.split('\n').map((line) => `"${line}\\n"`).join('\n')],
  ])('%s', (_, text) => expect(only(text)).toMatchObject({ kind: 'symmetric', format: 'openvpn', bits: 2048 }));

  test('tls-crypt-v2', () => {
    expect(only(v2('server', 128))).toMatchObject({ kind: 'symmetric', format: 'openvpn', bits: 1024 });
    expect(only(v2('client', 256 + 310))).toMatchObject({ kind: 'symmetric', format: 'openvpn', bits: 2048 });
  });

  test('two in a row, and one cut off', () => {
    expect(secrets(key + key).map(({ line }) => line)).toEqual([4, 25]);
    expect(only(key.split('\n').slice(0, 10).join('\n')).defect).toMatch(/^cut off/);
  });

  test.each<[string, string]>([
    ['code', 'const char *static_key_head = "-----BEGIN OpenVPN Static key V1-----";\nconst char *static_key_foot = "-----END OpenVPN Static key V1-----";\n'],
    ['dots', '<tls-auth>\n-----BEGIN OpenVPN Static key V1-----\n...\n-----END OpenVPN Static key V1-----\n</tls-auth>\n'],
    ['zeros', `-----BEGIN OpenVPN Static key V1-----\n${`${'0'.repeat(32)}\n`.repeat(16)}-----END OpenVPN Static key V1-----\n`],
  ])('%s is none', (_, text) => expect(secrets(text)).toEqual([]));
});

describe('BIND', () => {
  const b64 = base64Number;
  const rsa = jwkOf(pairs['RSA 2048']!);
  const rsaLines = bindRsa(rsa);
  const head = bindHead;
  const times = 'Created: 20240101000000\nPublish: 20240101000000\nActivate: 20240101000000\n';

  test.each<[string, string, string]>([
    ['8 (RSASHA256)', rsaLines, 'RSA 2048'],
    ['5 (RSASHA1)', rsaLines, 'RSA 2048'],
    ['13 (ECDSAP256SHA256)', `PrivateKey: ${b64(jwkOf(pairs['P-256']!).d)}\n`, 'P-256'],
    ['14 (ECDSAP384SHA384)', `PrivateKey: ${b64(jwkOf(pairs['P-384']!).d)}\n`, 'P-384'],
    ['15 (ED25519)', `PrivateKey: ${b64(jwkOf(pairs['Ed25519']!).d)}\n`, 'Ed25519'],
    ['16 (ED448)', `PrivateKey: ${b64(jwkOf(pairs['Ed448']!).d)}\n`, 'Ed448'],
  ])('%s', (algorithm, body, name) => {
    const key = pairs[name]!;
    for (const text of [head(algorithm) + body + times, (head(algorithm, 'v1.2') + body).replaceAll('\n', '\r\n'), (head(algorithm) + body).replace(/^/gm, '    '), JSON.stringify({ k: head(algorithm) + body })]) {
      expect(only(text)).toMatchObject({ kind: 'private', format: 'bind', algorithm: key.asymmetricKeyType, spki: spkiOf(key) });
    }
  });

  test('TSIG secrets', () => {
    expect(only(`${head('163 (HMAC_SHA256)')}Key: ${randomBytes(32).toString('base64')}\nBits: AAA=\n`)).toMatchObject({ kind: 'symmetric', format: 'bind', algorithm: 'hmac', bits: 256 });
  });

  test('handles of a token', () => {
    const text = `${head('8 (RSASHA256)')}Modulus: ${b64(rsa.n)}\nPublicExponent: ${b64(rsa.e)}\nEngine: cGtjczExAA==\nLabel: cGtjczExOm9iamVjdD1rc2s=\n`;
    expect(only(text)).toMatchObject({ kind: 'private', format: 'bind', algorithm: 'rsa', spki: spkiOf(pairs['RSA 2048']!), hardware: true });
    expect(only(`${head('13 (ECDSAP256SHA256)')}Label: cGtjczExOm9iamVjdD1rc2s=\n`)).toMatchObject({ algorithm: 'ec', curve: 'prime256v1', hardware: true });
  });

  test('a mention is none', () => {
    const dsaLike = `${head('2 (DH)')}Prime(p): ${randomBytes(128).toString('base64')}\nGenerator(g): Ag==\nPrivate_value(x): ${randomBytes(32).toString('base64')}\n`;
    expect(only(dsaLike)).toMatchObject({ kind: 'private', format: 'bind', algorithm: 'dh' });
    expect(secrets('fprintf(f, "Private-key-format: v1.%d\\n", minor);')).toEqual([]);
    expect(secrets(`${head('8 (RSASHA256)')}Modulus: ...\nPrivateExponent: ...\n`)).toEqual([]);
    expect(secrets('example.com. 3600 IN DNSKEY 257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==\n')).toEqual([]);
  });
});

describe('Tor', () => {
  const { seed, spki } = edKey();
  const key = torSecret(seed);

  test('a secret key, by itself and in another file', () => {
    for (const bytes of [key, Buffer.concat([Buffer.from('some archive\0'), key, Buffer.alloc(20)])]) expect(only(bytes)).toMatchObject({ kind: 'private', format: 'tor', algorithm: 'ed25519', spki });
  });

  test.each<[string, Buffer]>([
    ['a public key', Buffer.concat([Buffer.from('== ed25519v1-public: type0 ==\0\0\0', 'latin1'), randomBytes(32)])],
    ['half a key', key.subarray(0, 72)],
    ['code', Buffer.from('#define TAG "== ed25519v1-secret: type0 =="\n'.repeat(4))],
  ])('%s is none', (_, bytes) => expect(secrets(bytes)).toEqual([]));
});

describe('cosign and go-tuf', () => {
  const envelope = cosignEnvelope;
  const pem = armor;

  test.each(['ENCRYPTED COSIGN PRIVATE KEY', 'ENCRYPTED SIGSTORE PRIVATE KEY'])('%s', (label) => {
    expect(only(pem(label, JSON.stringify(envelope(138 + 16))))).toMatchObject({ kind: 'private', format: 'cosign', algorithm: 'ec', bits: 256, inferred: true, encryption: { cipher: 'nacl/secretbox', kdf: 'scrypt', N: 65536, r: 8, p: 1 }, container: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
    expect(only(pem(label, JSON.stringify(envelope(138 + 16)).slice(0, 90))).defect).toBeDefined();
  });

  test('a key file of The Update Framework', () => {
    for (const text of [JSON.stringify({ encrypted: true, data: envelope(400) }), JSON.stringify({ encrypted: true, data: envelope(400) }, null, '\t')]) {
      expect(only(text)).toMatchObject({ format: 'cosign', encryption: { kdf: 'scrypt', N: 65536 } });
    }
  });

  test('code is none', () => expect(secrets('const (\n\tnameScrypt = "scrypt"\n\tnameSecretBox = "nacl/secretbox"\n)\n')).toEqual([]));
});

describe('Tink', () => {
  const keyset = tinkKeyset;
  const [rsa, ec, ed, x] = ['RSA 2048', 'P-384', 'Ed25519', 'X25519'].map((name) => jwkOf(pairs[name]!)) as [JsonWebKey, JsonWebKey, JsonWebKey, JsonWebKey];
  const rsaPublic = message(field(2, message(field(1, 3))), field(3, number(rsa.n)), field(4, number(rsa.e)));
  const ecPublic = message(field(2, message(field(1, 4), field(2, 3), field(3, 1))), field(3, number(ec.x)), field(4, number(ec.y)));

  test.each<[string, Buffer, string]>([
    ['RsaSsaPkcs1PrivateKey', message(field(2, rsaPublic), field(3, number(rsa.d))), 'RSA 2048'],
    ['EcdsaPrivateKey', message(field(2, ecPublic), field(3, Buffer.concat([Buffer.from([0]), number(ec.d)]))), 'P-384'],
    ['JwtEcdsaPrivateKey', message(field(2, message(field(2, 2), field(3, number(ec.x)))), field(3, number(ec.d))), 'P-384'],
    ['Ed25519PrivateKey', tinkEd25519(number(ed.d), number(ed.x)), 'Ed25519'],
    ['HpkePrivateKey', message(field(2, message(field(2, message(field(1, 1), field(2, 1), field(3, 1))), field(3, number(x.x)))), field(3, number(x.d))), 'X25519'],
  ])('%s', (type, value, name) => {
    const set = keyset([type, 'ASYMMETRIC_PRIVATE', value]);
    for (const text of [JSON.stringify(set), JSON.stringify(set, null, 2), JSON.stringify({ set: JSON.stringify(set) })]) {
      expect(only(text)).toMatchObject({ kind: 'private', format: 'tink', algorithm: pairs[name]!.asymmetricKeyType, spki: spkiOf(pairs[name]!) });
    }
  });

  test('symmetric keys, each by itself', () => {
    const found = secrets(JSON.stringify(keyset(
      ['AesGcmKey', 'SYMMETRIC', field(3, randomBytes(16))],
      ['HmacKey', 'SYMMETRIC', message(field(2, message(field(1, 3), field(2, 16))), field(3, randomBytes(32)))],
      ['XChaCha20Poly1305Key', 'SYMMETRIC', field(3, randomBytes(32))],
    ), null, 2));
    expect(found.map(({ kind, algorithm, bits }) => [kind, algorithm, bits])).toEqual([['symmetric', 'aes', 128], ['symmetric', 'hmac', 256], ['symmetric', 'chacha20', 256]]);
  });

  test.each<[string, string]>([
    ['a public keyset', JSON.stringify(keyset(['EcdsaPublicKey', 'ASYMMETRIC_PUBLIC', ecPublic]))],
    ['an encrypted keyset', JSON.stringify({ encryptedKeyset: randomBytes(80).toString('base64'), keysetInfo: { primaryKeyId: 1, keyInfo: [{ typeUrl: 'type.googleapis.com/google.crypto.tink.AesGcmKey', status: 'ENABLED' }] } })],
    ['a reference to a KMS', JSON.stringify(keyset(['KmsAeadKey', 'REMOTE', field(2, Buffer.from('aws-kms://arn:aws:kms:us-east-1:1:key/2'))]))],
    ['code', 'if (data["keyMaterialType"] == "SYMMETRIC" || data["keyMaterialType"] == "ASYMMETRIC_PRIVATE") { return data["value"]; }'],
  ])('%s is none', (_, text) => expect(secrets(text)).toEqual([]));
});

describe('NATS seeds', () => {
  const seedOf = natsSeed;
  const { seed, spki } = edKey();

  test.each([['user', 20 << 3], ['account', 0], ['operator', 14 << 3], ['server', 13 << 3], ['cluster', 2 << 3]])('of a %s', (owner, prefix) => {
    const text = seedOf(prefix, seed);
    expect(text).toMatch(/^S[UAONC]A[A-P]/);
    const creds = `-----BEGIN NATS USER JWT-----\neyJ0eXAiOiJqd3QifQ.e30.x\n------END NATS USER JWT------\n\n************* IMPORTANT *************\n\n-----BEGIN ${owner.toUpperCase()} NKEY SEED-----\n${text}\n------END ${owner.toUpperCase()} NKEY SEED------\n`;
    for (const content of [text, `${text}\n`, creds, JSON.stringify({ creds })]) expect(only(content)).toMatchObject({ kind: 'private', format: 'nkey', algorithm: 'ed25519', spki, comment: owner });
  });

  test('of a curve key', () => {
    const { d } = jwkOf(pairs['X25519']!);
    expect(only(seedOf(23 << 3, Buffer.from(d!, 'base64url')))).toMatchObject({ algorithm: 'x25519', spki: spkiOf(pairs['X25519']!) });
  });

  test.each<[string, string]>([
    ['a wrong checksum', seedOf(20 << 3, seed).replace(/.$/, (letter) => (letter === 'A' ? 'Q' : 'A'))],
    ['a word', 'SUAVE is a word and so is SAAB, in capitals or not, for some fifty characters'],
    ['a placeholder', `-----BEGIN USER NKEY SEED-----\nSUA${'X'.repeat(55)}\n------END USER NKEY SEED------\n`],
  ])('%s is none', (_, text) => expect(secrets(text)).toEqual([]));
});

describe('TPM keys', () => {
  const pem = tpmKey;
  const u16 = uint16;

  test('say what their public area says', () => {
    const rsa = jwkOf(pairs['RSA 2048']!), ec = jwkOf(pairs['P-256']!);
    const rsaArea = tpmRsaArea(rsa);
    const ecArea = tpmEcArea(ec);
    expect(only(pem(rsaArea))).toMatchObject({ kind: 'private', format: 'tss2', hardware: true, algorithm: 'rsa', bits: 2048, spki: spkiOf(pairs['RSA 2048']!) });
    expect(only(pem(ecArea))).toMatchObject({ kind: 'private', format: 'tss2', hardware: true, algorithm: 'ec', curve: 'prime256v1', spki: spkiOf(pairs['P-256']!) });
    expect(only(pem(Buffer.concat([u16(8, 11), Buffer.alloc(4), sized(Buffer.alloc(0)), u16(0x10), sized(randomBytes(32))]), 5))).toMatchObject({ format: 'tss2', hardware: true });
    for (let length = 0; length < ecArea.length; length += 7) expect(only(pem(ecArea.subarray(0, length)))).toMatchObject({ hardware: true });
  });
});

describe('Nebula', () => {
  const pem = armor;
  const { both, spki } = edKey();

  test('keys in the clear', () => {
    const d = (name: string): Buffer => Buffer.from(jwkOf(pairs[name]!).d!, 'base64url');
    expect(only(pem('NEBULA X25519 PRIVATE KEY', d('X25519')))).toMatchObject({ format: 'nebula', algorithm: 'x25519', bits: 256, spki: spkiOf(pairs['X25519']!) });
    expect(only(pem('NEBULA ED25519 PRIVATE KEY', both))).toMatchObject({ format: 'nebula', algorithm: 'ed25519', spki, weaknesses: [] });
    for (const label of ['NEBULA P256 PRIVATE KEY', 'NEBULA ECDSA P256 PRIVATE KEY']) expect(only(pem(label, d('P-256')))).toMatchObject({ format: 'nebula', algorithm: 'ec', curve: 'prime256v1', spki: spkiOf(pairs['P-256']!) });
    expect(secrets(pem('NEBULA X25519 PUBLIC KEY', d('X25519')))).toEqual([]);
  });

  test('keys under a passphrase', () => {
    const body = nebulaSealed();
    const encryption = { cipher: 'aes-256-gcm', kdf: 'argon2id', memory: 65536, passes: 2, parallelism: 4 };
    expect(only(pem('NEBULA ED25519 ENCRYPTED PRIVATE KEY', body))).toMatchObject({ format: 'nebula', algorithm: 'ed25519', encryption });
    expect(only(pem('NEBULA ECDSA P256 ENCRYPTED PRIVATE KEY', body))).toMatchObject({ format: 'nebula', algorithm: 'ec', curve: 'prime256v1', encryption });
    expect(only(pem('NEBULA ED25519 ENCRYPTED PRIVATE KEY', body.subarray(0, 60))).defect).toBeDefined();
  });
});

describe('TUF and in-toto', () => {
  const { seed, key, both, spki } = edKey();
  const file = (secret: string | null | undefined): object => tufKey(key, secret);

  test('keys in the clear', () => {
    for (const secret of [seed, both]) {
      for (const text of [JSON.stringify(file(secret.toString('hex'))), JSON.stringify(file(secret.toString('hex')), null, 1), JSON.stringify(file(secret.toString('hex'))).replaceAll(/":(?=[{"[])/g, '": ').replaceAll(',"', ', "'), JSON.stringify({ x: JSON.stringify(file(secret.toString('hex'))) })]) {
        expect(only(text)).toMatchObject({ kind: 'private', format: 'tuf', algorithm: 'ed25519', spki, weaknesses: [] });
      }
    }
  });

  test('keys that securesystemslib has encrypted', () => {
    const text = [randomBytes(16), '100000', randomBytes(32), randomBytes(16), randomBytes(250)].map((part) => (typeof part === 'string' ? part : part.toString('hex'))).join('@@@@');
    expect(only(text)).toMatchObject({ kind: 'private', format: 'tuf', encryption: { cipher: 'aes-256-ctr', kdf: 'pbkdf2', prf: 'hmac-sha256', rounds: 100000 } });
  });

  test('metadata are none', () => {
    for (const secret of [undefined, null, '']) {
      for (const indent of [0, 1]) expect(secrets(JSON.stringify({ signed: { keys: { a: file(secret), b: file(secret) } } }, null, indent))).toEqual([]);
    }
  });
});

describe('changed keys', () => {
  const ec = jwkOf(pairs['P-256']!);
  const samples = [
    ...Object.values(spellings).map((write) => write(ec)),
    '[Interface]\nPrivateKey = yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=\n[Peer]\nAllowedIPs = 10.0.0.1/32\n',
    `-----BEGIN OpenVPN Static key V1-----\n${randomBytes(256).toString('hex')}\n-----END OpenVPN Static key V1-----\n`,
    `Private-key-format: v1.3\nAlgorithm: 13 (ECDSAP256SHA256)\nPrivateKey: ${Buffer.from(ec.d!, 'base64url').toString('base64')}\n`,
    `<RSAKeyValue><Modulus>${randomBytes(128).toString('base64')}</Modulus><InverseQ>AAAA</InverseQ><D>${randomBytes(128).toString('base64')}</D></RSAKeyValue>`,
    'AGE-SECRET-KEY-1N9JEPW6DWJ0ZQUDX63F5A03GX8QUW7PXDE39N8UYF82VZ9PC8UFS3M7XA9',
    JSON.stringify({ keytype: 'ed25519', keyval: { private: randomBytes(32).toString('hex') } }),
    JSON.stringify({ keyData: { typeUrl: 'x/google.crypto.tink.EcdsaPrivateKey', value: randomBytes(60).toString('base64'), keyMaterialType: 'ASYMMETRIC_PRIVATE' } }),
    Buffer.concat([Buffer.from('== ed25519v1-secret: type0 ==\0\0\0', 'latin1'), randomBytes(64)]).toString('latin1'),
  ].map((text) => Buffer.from(text, 'latin1'));

  test('never throw, take no time, and show no private number', () => {
    fc.assert(fc.property(fc.constantFrom(...samples), fc.array(fc.tuple(fc.nat(), fc.constantFrom('', '"', '\\', '{', '}', '\n', '\0', '"kty":"RSA"', 'PrivateKey = ', '</InverseQ>', '\xff')), { maxLength: 6 }), fc.nat(), (sample, changes, cut) => {
      let bytes = sample.subarray(0, sample.length - (cut % 4 === 0 ? cut % sample.length : 0));
      for (const [at, text] of changes) {
        const place = bytes.length === 0 ? 0 : at % bytes.length;
        bytes = Buffer.concat([bytes.subarray(0, place), Buffer.from(text, 'latin1'), bytes.subarray(place + 1)]);
      }
      const before = process.cpuUsage();
      const text = JSON.stringify(read(bytes));
      const { user, system } = process.cpuUsage(before);
      expect((user + system) / 1000).toBeLessThan(500);
      expect(text).not.toContain(ec.d!.slice(0, 20));
    }), { numRuns: 400 });
  });

  test.each(['"kty":"RSA"', '{"kty":"RSA",', '{"kty":"EC","crv":"P-256",', '"kty": "EC", {', '\\"kty\\":\\"RSA\\"', '  kty: RSA\n', 'PrivateKey = 1\n', '</InverseQ>', '{"keyval":{"', '"keyMaterialType":"SYMMETRIC",', 'AGE-SECRET-KEY-1', '"kdf":{"nacl/secretbox"'])('time grows with the number of %j', (text) => {
    const bytes = Buffer.from(text.repeat(Math.ceil((1 << 18) / text.length)));
    const time = (part: Buffer): number => {
      const before = process.cpuUsage();
      read(part);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000;
    };
    time(bytes.subarray(0, bytes.length >> 4));
    const eighth = time(bytes.subarray(0, bytes.length >> 3));
    // Quadratic time would be sixty-four times as much.
    expect(time(bytes)).toBeLessThan(24 * eighth + 200);
  });
});
