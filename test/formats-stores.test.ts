import { createHash, createHmac, createPrivateKey, createPublicKey, pbkdf2Sync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { children, content, der, derInteger, derObjectIdentifier, encoded, OCTET_STRING, readTlv, SEQUENCE } from '../src/der.ts';
import { detect } from '../src/detect.ts';
import { bcfks } from '../src/formats/bcfks.ts';
import { bks } from '../src/formats/bks.ts';
import { capiBlob } from '../src/formats/capi-blob.ts';
import { formats } from '../src/formats/index.ts';
import { jks } from '../src/formats/jks.ts';
import { pkcs12 } from '../src/formats/pkcs12.ts';
import { pvk } from '../src/formats/pvk.ts';
import { sshCom } from '../src/formats/ssh-com.ts';
import { ssh1 } from '../src/formats/ssh1.ts';
import type { ReadKey } from '../src/format.ts';
import type { KeyFacts } from '../src/key.ts';
import { wireMpint, wireString } from '../src/wire.ts';
import { bcfksStore, BKS_SALT, bksEntry, bksHead, bksSealed, bksStore, sha256, storedCertificate, uberBlob, uint16, uint32, utf } from './key-layouts.ts';
import { attempt, describeWith, hasTool, run, scratch } from './tools.ts';

const folder = scratch();
const path = (name: string): string => join(folder, name);
/** What the first format that knows the container finds in it, as for a file. */
function read(bytes: Buffer): readonly ReadKey[] | undefined {
  for (const format of formats) {
    const keys = format.read?.(bytes);
    if (keys) return keys;
  }
  return undefined;
}

function readOne(bytes: Buffer): KeyFacts {
  const keys = read(bytes);
  expect(keys).toHaveLength(1);
  // Without the lock, which is no fact.
  const { lock: _, ...facts } = keys![0]!;
  return facts;
}

/** Keys and certificates by name, made before the tests. */
const pems = new Map<string, string>();

function makeKey(name: string, ...args: string[]): void {
  pems.set(name, run('openssl', ['genpkey', ...args]));
  writeFileSync(path(`${name}.key`), pems.get(name)!, { mode: 0o600 });
  run('openssl', ['req', '-x509', '-key', path(`${name}.key`), '-subj', `/CN=${name}`, '-days', '2', '-out', path(`${name}.crt`)]);
}

const spkiOf = (name: string): string => sha256(createPublicKey(createPrivateKey(pems.get(name)!)).export({ type: 'spki', format: 'der' }));
const fingerprintOf = (name: string): string => run('ssh-keygen', ['-l', '-f', path(`${name}.key`)]).split(' ')[1]!;

if (hasTool('openssl')) beforeAll(() => {
  makeKey('rsa', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048');
  makeKey('ec', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256');
  makeKey('ed25519', '-algorithm', 'ED25519');
  const group = run('openssl', ['genpkey', '-genparam', '-algorithm', 'DSA', '-pkeyopt', 'dsa_paramgen_bits:1024', '-pkeyopt', 'dsa_paramgen_q_bits:160']);
  writeFileSync(path('group'), group);
  makeKey('dsa', '-paramfile', path('group'));
});

/** A store that openssl makes of a key and its certificate. */
function store(name: string, password: string, ...args: string[]): Buffer {
  run('openssl', ['pkcs12', '-export', '-inkey', path(`${name}.key`), '-in', path(`${name}.crt`), '-name', `my ${name}`, '-passout', `pass:${password}`, '-out', path('out.p12'), ...args]);
  return readFileSync(path('out.p12'));
}

describeWith(['openssl', 'ssh-keygen'], 'PKCS#12 from openssl', () => {
  const schemes: readonly (readonly string[])[] = [
    [], ['-keypbe', 'AES-128-CBC'], ['-keypbe', 'DES-EDE3-CBC'], ['-iter', '5'], ['-macalg', 'sha1'], ['-macalg', 'sha512', '-iter', '77'], ['-nomaciter'], ['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES'],
    ['-keypbe', 'PBE-SHA1-2DES'], ['-nomac'], ['-legacy'], ['-legacy', '-keypbe', 'PBE-SHA1-RC4-128'], ['-legacy', '-keypbe', 'PBE-SHA1-RC2-40'], ['-nokeys'], ['-certpbe', 'NONE', '-nokeys'],
  ];

  test.each(schemes.map((args) => [args.join(' '), args] as const))('says what openssl says of %s', (_, args) => {
    const bytes = store('rsa', 'secret', ...args);
    const legacy = args.includes('-legacy') ? ['-legacy'] : [];
    const told = attempt('openssl', ['pkcs12', '-in', path('out.p12'), '-info', '-noout', '-passin', 'pass:secret', ...legacy]).stderr;
    // "Shrouded Keybag: PBES2, PBKDF2, AES-256-CBC, Iteration 2048, PRF hmacWithSHA256"
    const bag = /^Shrouded Keybag: (.*)$/m.exec(told)?.[1]!.toLowerCase();
    if (bag === undefined) {
      expect(args).toContain('-nokeys');
      expect(read(bytes)).toEqual([]);
      return;
    }
    const key = readOne(bytes);
    // With -nomac the certificate is left in the clear.
    const hidden = told.includes('PKCS7 Encrypted data');
    expect(key).toMatchObject({ kind: 'private', format: 'pkcs12', algorithm: 'rsa', bits: 2048, comment: 'my rsa', ...(hidden ? { inferred: true } : { spki: spkiOf('rsa') }) });
    expect(key.encryption?.rounds).toBe(Number(/iteration (\d+)/.exec(bag)![1]));
    expect(key.encryption?.prf).toBe(/prf hmacwith(\w+)/.exec(bag)?.[1]?.replace(/^/, 'hmac-'));
    expect(key.encryption?.kdf).toBe(bag.includes('pbkdf2') ? 'pbkdf2' : 'pkcs12');
    const words = { 'pbewithsha1and3-keytripledes-cbc': 'des-ede3-cbc', 'pbewithsha1and2-keytripledes-cbc': 'des-ede-cbc', 'pbewithsha1and128bitrc4': 'rc4', 'pbewithsha1and40bitrc2-cbc': 'rc2-40-cbc' };
    const scheme = bag.split(', ')[bag.includes('pbkdf2') ? 2 : 0]!;
    expect(key.encryption?.cipher).toBe((words as Record<string, string>)[scheme] ?? scheme);
    const mac = /^MAC: (\w+), Iteration (\d+)$/m.exec(told);
    expect([key.encryption?.mac, key.encryption?.macRounds]).toEqual(mac ? [`hmac-${mac[1]}`, Number(mac[2])] : [undefined, undefined]);
    expect(key.weaknesses).toBeUndefined();
    // Where the public half is hidden, the bag's own bytes give the key a name: the one it has as a file.
    expect(key.container).toBe(hidden ? sha256(bagValue(bytes)) : undefined);
  });

  test.each(['rsa', 'ec', 'ed25519', 'dsa'])('%s in the clear', (name) => {
    const key = readOne(store(name, 'secret', '-keypbe', 'NONE'));
    expect(key).toMatchObject({ kind: 'private', format: 'pkcs12', algorithm: name, spki: spkiOf(name), comment: `my ${name}` });
    expect(key.encryption).toBeUndefined();
    expect(key.container).toBeUndefined();
    if (name !== 'ed25519') expect(key.fingerprint).toBe(fingerprintOf(name));
  });

  test.each(['rsa', 'ec', 'ed25519', 'dsa'])('%s with its certificate in the clear', (name) => {
    const key = readOne(store(name, 'secret', '-certpbe', 'NONE'));
    expect(key).toMatchObject({ algorithm: name, spki: spkiOf(name), encryption: { cipher: 'aes-256-cbc' } });
    expect([key.inferred, key.container, key.weaknesses]).toEqual([undefined, undefined, undefined]);
  });

  test('of several certificates the one that names the key says what it is', () => {
    writeFileSync(path('chain.crt'), readFileSync(path('rsa.crt'), 'utf8') + readFileSync(path('dsa.crt'), 'utf8'));
    expect(readOne(store('ec', 'secret', '-certpbe', 'NONE', '-certfile', path('chain.crt')))).toMatchObject({ algorithm: 'ec', curve: 'prime256v1', spki: spkiOf('ec') });
  });

  test('certificates of others say nothing', () => {
    run('openssl', ['pkcs12', '-export', '-inkey', path('ec.key'), '-nocerts', '-passout', 'pass:secret', '-out', path('key.p12')]);
    expect(readOne(readFileSync(path('key.p12'))).spki).toBeUndefined();
  });

  test.each([[], ['-macalg', 'sha1'], ['-macalg', 'sha512'], ['-macalg', 'sha384'], ['-nomac'], ['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES'], ['-keypbe', 'PBE-SHA1-2DES', '-iter', '3'], ['-keypbe', 'AES-192-CBC']])(
    'the empty password opens %s', (...args) => {
      const key = readOne(store('ec', '', ...args));
      expect(key).toMatchObject({ algorithm: 'ec', bits: 256, spki: spkiOf('ec'), fingerprint: fingerprintOf('ec'), weaknesses: ['empty-password'] });
      expect(key.encryption?.cipher).toMatch(/-cbc$/);
      expect(readOne(store('ec', ' ', ...args)).weaknesses).toBeUndefined();
    });

  test('an empty password is known by the MAC also where no cipher here opens the bag', () => {
    const key = readOne(store('rsa', '', '-legacy', '-keypbe', 'PBE-SHA1-RC2-40'));
    expect(key).toMatchObject({ weaknesses: ['empty-password'], algorithm: 'rsa', inferred: true });
    expect(key.spki).toBeUndefined();
  });

  test('a cert-only store with the empty password holds no key', () => {
    expect(read(store('ec', '', '-nokeys'))).toEqual([]);
  });

  test('no password at all is another empty one', () => {
    const bytes = store('ec', '', '-macalg', 'sha1');
    const { safe, salt } = partsOf(bytes);
    for (const [password, opens] of [['', true], ['0000', true], ['00410000', false], ['0001', false]] as const) {
      const hex = run('openssl', ['kdf', '-keylen', '20', '-kdfopt', 'digest:SHA1', '-kdfopt', `hexpass:${password}`, '-kdfopt', `hexsalt:${salt.toString('hex')}`, '-kdfopt', 'id:3', '-kdfopt', 'iter:7', 'PKCS12KDF']);
      const digest = createHmac('sha1', Buffer.from(hex.trim().replaceAll(':', ''), 'hex')).update(safe).digest();
      const mac = der(SEQUENCE, der(SEQUENCE, der(SEQUENCE, derObjectIdentifier('1.3.14.3.2.26'), der(5)), der(OCTET_STRING, digest)), der(OCTET_STRING, salt), derInteger(Buffer.from([7])));
      expect(readOne(withMac(bytes, mac)).weaknesses).toEqual(opens ? ['empty-password'] : undefined);
    }
  });

  test('PBMAC1 (RFC 9579)', () => {
    const bytes = store('ec', '');
    const { safe } = partsOf(bytes);
    const salt = Buffer.from('0123456789abcdef');
    const made = (password: string): Buffer => {
      const digest = createHmac('sha512', pbkdf2Sync(password, salt, 300, 64, 'sha256')).update(safe).digest();
      const prf = der(SEQUENCE, derObjectIdentifier('1.2.840.113549.2.9'), der(5));
      const kdf = der(SEQUENCE, derObjectIdentifier('1.2.840.113549.1.5.12'), der(SEQUENCE, der(OCTET_STRING, salt), derInteger(Buffer.from([1, 44])), derInteger(Buffer.from([64])), prf));
      const scheme = der(SEQUENCE, derObjectIdentifier('1.2.840.113549.1.5.14'), der(SEQUENCE, kdf, der(SEQUENCE, derObjectIdentifier('1.2.840.113549.2.11'), der(5))));
      return withMac(bytes, der(SEQUENCE, der(SEQUENCE, scheme, der(OCTET_STRING, digest)), der(OCTET_STRING, salt), derInteger(Buffer.from([1]))));
    };
    expect(readOne(made(''))).toMatchObject({ encryption: { mac: 'hmac-sha512', macRounds: 300 }, weaknesses: ['empty-password'] });
    expect(readOne(made('x')).weaknesses).toBeUndefined();
  });

  test.each([['secret'], ['secret', '-keypbe', 'NONE'], ['secret', '-certpbe', 'NONE'], ['', '-nomac'], ['', '-nomac', '-certpbe', 'AES-256-CBC']])('BER of indefinite lengths, strings in pieces: %s %s %s', (password, ...args) => {
    const bytes = store('ec', password, ...args);
    expect(readOne(indefinite(bytes))).toEqual(readOne(bytes));
  });

  test('a string in a string, a hundred deep', () => {
    const bytes = store('ec', '');
    const { safe } = partsOf(bytes);
    const deep = Array.from({ length: 100 }).reduce((inner: Buffer) => der(OCTET_STRING | 0x20, inner), der(OCTET_STRING, safe));
    const mac = encoded(bytes, children(bytes, readTlv(bytes, 0)!)![2]!);
    expect(readOne(der(SEQUENCE, derInteger(Buffer.from([3])), contentInfo(DATA, deep), mac))).toEqual(readOne(bytes));
  });

  test('a store inside a SignedData, and bags in nested safes', () => {
    const { safe } = partsOf(store('ec', 'secret', '-keypbe', 'NONE'));
    const data = (bytes: Buffer): Buffer => contentInfo(DATA, der(OCTET_STRING, bytes));
    const signed = contentInfo('1.2.840.113549.1.7.2', der(SEQUENCE, derInteger(Buffer.from([1])), der(0x31), data(safe)));
    expect(readOne(der(SEQUENCE, derInteger(Buffer.from([3])), signed)).spki).toBe(spkiOf('ec'));

    const bags = safeContents(safe).at(-1)!;
    const nest = (inner: Buffer): Buffer => der(SEQUENCE, der(SEQUENCE, derObjectIdentifier('1.2.840.113549.1.12.10.1.6'), der(0xa0, inner)));
    const nested = data(der(SEQUENCE, data(nest(nest(bags)))));
    expect(readOne(der(SEQUENCE, derInteger(Buffer.from([3])), nested)).spki).toBe(spkiOf('ec'));
  });

  test('two keys in one store', () => {
    const all = ['rsa', 'ec'].map((name) => safeContents(partsOf(store(name, 'secret', '-keypbe', 'NONE')).safe).at(-1)!);
    const safes = der(SEQUENCE, ...all.map((bags) => contentInfo(DATA, der(OCTET_STRING, bags))));
    const keys = read(der(SEQUENCE, derInteger(Buffer.from([3])), contentInfo(DATA, der(OCTET_STRING, safes))));
    expect(keys?.map(({ spki }) => spki)).toEqual([spkiOf('rsa'), spkiOf('ec')]);
  });

  test('what was cut off is a damaged key, if a key was to be seen', () => {
    const bytes = store('ec', 'secret');
    for (const length of [bytes.length - 1, bytes.length - 40]) {
      expect(readOne(bytes.subarray(0, length))).toMatchObject({ kind: 'private', format: 'pkcs12', defect: expect.stringContaining('cut off') as string });
    }
    expect(read(bytes.subarray(0, 60))).toEqual([]);
    expect(read(store('ec', 'secret', '-nokeys', '-certpbe', 'NONE').subarray(0, -9))).toEqual([]);
  });

  test('a damaged bag is a damaged key, and the other bags are read', () => {
    const bags = ['rsa', 'ec'].map((name) => safeContents(partsOf(store(name, 'secret', '-keypbe', 'NONE')).safe).at(-1)!);
    const broken = Buffer.from(bags[0]!);
    broken[broken.indexOf(Buffer.from('020100', 'hex')) + 2] = 9;
    broken[broken.indexOf(Buffer.from('2a864886f70d010101', 'hex')) - 1] = 8;
    const safes = der(SEQUENCE, ...[broken, bags[1]!].map((one) => contentInfo(DATA, der(OCTET_STRING, one))));
    const keys = read(der(SEQUENCE, derInteger(Buffer.from([3])), contentInfo(DATA, der(OCTET_STRING, safes))));
    expect(keys?.map(({ spki, defect }) => spki ?? defect)).toEqual(['the key in its bag cannot be read', spkiOf('ec')]);
  });

  test('hostile counts cost no more than some milliseconds per key', () => {
    const bytes = store('ec', '', '-macalg', 'sha1', '-keypbe', 'PBE-SHA1-3DES');
    const { safe, salt } = partsOf(bytes);
    for (const rounds of ['0f4240', '7fffffff', '7a11', 'ffffffffffff', '00']) {
      const mac = der(SEQUENCE, der(SEQUENCE, der(SEQUENCE, derObjectIdentifier('1.3.14.3.2.26')), der(OCTET_STRING, safe.subarray(0, 20))), der(OCTET_STRING, salt), derInteger(Buffer.from(rounds, 'hex')));
      const start = performance.now();
      expect(readOne(withMac(bytes, mac)).kind).toBe('private');
      expect(performance.now() - start).toBeLessThan(400);
    }
  });

  test('what begins alike is no store', () => {
    const bytes = store('ec', 'secret');
    const version = Buffer.from(bytes);
    version[version.indexOf(Buffer.from('020103', 'hex')) + 2] = 4;
    expect(pkcs12.read!(version)).toBeUndefined();
    run('openssl', ['crl2pkcs7', '-nocrl', '-certfile', path('rsa.crt'), '-outform', 'DER', '-out', path('p7')]);
    expect(read(readFileSync(path('p7')))?.filter(({ kind }) => kind === 'private') ?? []).toEqual([]);
    for (const name of ['rsa', 'ec']) expect(pkcs12.read!(Buffer.from(createPrivateKey(pems.get(name)!).export({ type: 'pkcs8', format: 'der' })))).toBeUndefined();
  });

  test('a file is known by its content, whatever its name and whatever follows', () => {
    const bytes = Buffer.concat([store('ec', 'secret'), Buffer.alloc(512)]);
    const found = detect({ path: 'notes.bin', bytes, facts: () => ({ origin: 'file' }) });
    expect(found).toMatchObject([{ format: 'pkcs12', line: 1, column: 1 }]);
  });
});

const DATA = '1.2.840.113549.1.7.1';
const contentInfo = (type: string, inner: Buffer): Buffer => der(SEQUENCE, derObjectIdentifier(type), der(0xa0, inner));

/** The AuthenticatedSafe of a store in DER, and the salt of its MAC. */
function partsOf(bytes: Buffer): { safe: Buffer; salt: Buffer } {
  const [, info, mac] = children(bytes, readTlv(bytes, 0)!)!;
  const wrapper = children(bytes, info!)![1]!;
  const salt = mac ? content(bytes, children(bytes, mac)![1]!) : Buffer.alloc(8);
  return { safe: content(bytes, children(bytes, wrapper)![0]!), salt };
}

/** The SafeContents of the safes that are not encrypted. */
function safeContents(safe: Buffer): Buffer[] {
  return children(safe, readTlv(safe, 0)!)!.flatMap((info) => {
    const [type, wrapper] = children(safe, info)!;
    return encoded(safe, type!).equals(derObjectIdentifier(DATA)) ? [content(safe, children(safe, wrapper!)![0]!)] : [];
  });
}

/** What is in the bag of the first key. */
function bagValue(bytes: Buffer): Buffer {
  const contents = safeContents(partsOf(bytes).safe).at(-1)!;
  const bag = children(contents, children(contents, readTlv(contents, 0)!)![0]!)!;
  return content(contents, bag[1]!);
}

function withMac(bytes: Buffer, mac: Buffer): Buffer {
  const [version, info] = children(bytes, readTlv(bytes, 0)!)!;
  return der(SEQUENCE, encoded(bytes, version!), encoded(bytes, info!), mac);
}

/** The same in BER: every constructed element without a length, every long OCTET STRING in pieces. */
function indefinite(bytes: Buffer): Buffer {
  const { tag, start, end } = readTlv(bytes, 0)!;
  const open = (inner: readonly Buffer[], first: number): Buffer => Buffer.concat([Buffer.from([first, 0x80]), ...inner, Buffer.alloc(2)]);
  if (tag & 0x20) return open(children(bytes, readTlv(bytes, 0)!)!.map((child) => indefinite(encoded(bytes, child))), tag);
  const value = bytes.subarray(start, end);
  const nested = tag === OCTET_STRING && readTlv(value, 0)?.next === value.length && value[0] === SEQUENCE ? indefinite(value) : value;
  if ((tag !== OCTET_STRING && tag !== 0x80) || nested.length < 100) return bytes;
  const pieces: Buffer[] = [];
  for (let at = 0; at < nested.length; at += 90) pieces.push(der(OCTET_STRING, nested.subarray(at, at + 90)));
  // Pieces may have pieces.
  return open([open(pieces.slice(0, 2), 0x24), ...pieces.slice(2)], tag | 0x20);
}

describeWith(['keytool', 'openssl'], 'stores from keytool', () => {
  const keytool = (...args: string[]): void => void run('keytool', ['-J-Xshare:auto', '-J-XX:TieredStopAtLevel=1', ...args, '-storepass', 'changeit'], { env: { ...process.env, JAVA_TOOL_OPTIONS: '' } });
  /** SHA-256 of the public key that a certificate in the store certifies. */
  const certified = (file: string, alias: string, type: string): string => {
    keytool('-exportcert', '-rfc', '-alias', alias, '-keystore', path(file), '-storetype', type, '-file', path(`${alias}.out`));
    return sha256(createPublicKey(readFileSync(path(`${alias}.out`))).export({ type: 'spki', format: 'der' }));
  };
  const generate = (file: string, type: string, alias: string, ...args: string[]): void => keytool('-genkeypair', '-alias', alias, '-dname', `CN=${alias}`, '-keystore', path(file), '-storetype', type, '-keypass', 'changeit', ...args);
  const trust = (file: string, type: string): void => keytool('-importcert', '-noprompt', '-alias', 'friend', '-file', path('rsa.crt'), '-keystore', path(file), '-storetype', type);

  test('JKS', () => {
    trust('a.jks', 'JKS');
    expect(read(readFileSync(path('a.jks')))).toEqual([]);
    generate('a.jks', 'JKS', 'erste', '-keyalg', 'RSA', '-keysize', '1024');
    generate('a.jks', 'JKS', 'zweite', '-keyalg', 'EC', '-groupname', 'secp384r1');
    const keys = read(readFileSync(path('a.jks')))!;
    const encryption = { cipher: 'jks', kdf: 'sha1', rounds: 1 };
    expect([...keys].sort((a, b) => (a.comment! < b.comment! ? -1 : 1))).toMatchObject([
      { kind: 'private', format: 'jks', algorithm: 'rsa', bits: 1024, comment: 'erste', encryption, spki: certified('a.jks', 'erste', 'JKS') },
      { kind: 'private', format: 'jks', algorithm: 'ec', curve: 'secp384r1', comment: 'zweite', encryption, spki: certified('a.jks', 'zweite', 'JKS') },
    ]);
    const bytes = readFileSync(path('a.jks'));
    const last = bytes.indexOf(keys[1]!.comment!);
    // An entry begins with its tag and the length of its name.
    expect(read(bytes.subarray(0, last + 100))?.map(({ comment, defect }) => comment ?? defect)).toEqual([keys[0]!.comment, 'cut off or damaged: an entry cannot be read']);
    trust('b.jks', 'JKS');
    expect(read(readFileSync(path('b.jks')).subarray(0, 200))).toEqual([]);
  }, 30_000);

  test('JCEKS, with secret keys between the others', () => {
    trust('a.jceks', 'JCEKS');
    expect(read(readFileSync(path('a.jceks')))).toEqual([]);
    keytool('-genseckey', '-alias', 'aes', '-keyalg', 'AES', '-keysize', '256', '-keystore', path('a.jceks'), '-storetype', 'JCEKS', '-keypass', 'changeit');
    keytool('-genseckey', '-alias', 'zzz', '-keyalg', 'DESede', '-keystore', path('a.jceks'), '-storetype', 'JCEKS', '-keypass', 'changeit', '-J-Djceks.key.serialFilter=*');
    generate('a.jceks', 'JCEKS', 'pair', '-keyalg', 'DSA', '-keysize', '1024', '-J-Djceks.key.serialFilter=*');
    const keys = read(readFileSync(path('a.jceks')))!;
    expect([...keys].sort((a, b) => (a.comment! < b.comment! ? -1 : 1))).toMatchObject([
      { kind: 'symmetric', comment: 'aes' },
      { kind: 'private', algorithm: 'dsa', bits: 1024, comment: 'pair', spki: certified('a.jceks', 'pair', 'JCEKS') },
      { kind: 'symmetric', comment: 'zzz' },
    ]);
    // OpenJDK since 8u131: jdk.jceks.iterationCount is 200,000.
    for (const { encryption } of keys) expect(encryption).toEqual({ cipher: 'des-ede3-cbc', kdf: 'pbkdf1', rounds: 200_000 });
  }, 30_000);

  test('PKCS#12', () => {
    trust('a.p12', 'PKCS12');
    expect(read(readFileSync(path('a.p12')))).toEqual([]);
    generate('a.p12', 'PKCS12', 'pair', '-keyalg', 'RSA', '-keysize', '1024');
    keytool('-genseckey', '-alias', 'aes', '-keyalg', 'AES', '-keysize', '256', '-keystore', path('a.p12'), '-storetype', 'PKCS12');
    const told = attempt('openssl', ['pkcs12', '-in', path('a.p12'), '-info', '-noout', '-passin', 'pass:changeit']).stderr;
    const rounds = Number(/Iteration (\d+)/.exec(told)![1]);
    const keys = read(readFileSync(path('a.p12')))!;
    expect([...keys].sort((a, b) => (a.comment! < b.comment! ? -1 : 1))).toMatchObject([
      { kind: 'symmetric', format: 'pkcs12', comment: 'aes', encryption: { kdf: 'pbkdf2', rounds } },
      { kind: 'private', format: 'pkcs12', comment: 'pair', algorithm: 'rsa', bits: 1024, inferred: true, encryption: { cipher: 'aes-256-cbc', kdf: 'pbkdf2', rounds, mac: 'hmac-sha256' } },
    ]);
  }, 30_000);
});

const certificate = (name: string): Buffer => storedCertificate(readFileSync(path(`${name}.crt`), 'utf8'));

describeWith(['openssl'], 'stores of Bouncy Castle, as BcKeyStoreSpi writes them', () => {
  const SALT = BKS_SALT;
  const [head, entry, sealed, made] = [bksHead, bksEntry, bksSealed, bksStore];

  test.each([1, 2])('BKS version %i', (version) => {
    const pkcs8 = createPrivateKey(pems.get('ed25519')!).export({ type: 'pkcs8', format: 'der' });
    const encryption = { cipher: 'des-ede3-cbc', kdf: 'pkcs12', rounds: 1777 };
    expect(read(made(version,
      entry(1, 'friend', [], certificate('dsa')),
      entry(4, 'mine', [certificate('rsa'), certificate('ec')], sealed(640)),
      entry(4, 'geheim', [], sealed()),
      entry(2, 'clear', [certificate('ed25519')], Buffer.from([0]), utf('PKCS#8'), utf('Ed25519'), wireString(pkcs8)),
      entry(2, 'public', [], Buffer.from([1]), utf('X.509'), utf('RSA'), wireString(pkcs8)),
      entry(2, 'aes', [], Buffer.from([2]), utf('RAW'), utf('AES'), wireString(SALT.subarray(4))),
      entry(3, 'bytes', [], wireString(SALT)),
    ))).toEqual([
      { kind: 'private', format: 'bks', algorithm: 'rsa', bits: 2048, spki: spkiOf('rsa'), fingerprint: fingerprintOf('rsa'), encryption, comment: 'mine' },
      { kind: 'symmetric', format: 'bks', encryption, container: expect.any(String) as string, comment: 'geheim' },
      expect.objectContaining({ kind: 'private', format: 'bks', algorithm: 'ed25519', spki: spkiOf('ed25519'), comment: 'clear' }),
      { kind: 'symmetric', format: 'bks', algorithm: 'aes', bits: 128, comment: 'aes' },
      { kind: 'symmetric', format: 'bks', comment: 'bytes' },
    ]);
  });

  test('trust stores and empty ones hold no key', () => {
    expect(read(made(2, entry(1, 'a', [], certificate('rsa')), entry(1, 'b', [], certificate('ec'))))).toEqual([]);
    expect(read(made(1))).toEqual([]);
    expect(read(Buffer.concat([head(1), Buffer.alloc(32, 0xee)]))).toEqual([]);
  });

  test('UBER: everything is encrypted', () => {
    const blob = uberBlob();
    expect(read(Buffer.concat([head(1), blob]))).toEqual([{ kind: 'private', format: 'bks', encryption: { cipher: 'twofish-cbc', kdf: 'pkcs12', rounds: 1234 }, container: sha256(blob) }]);
  });

  test('what begins alike is no store', () => {
    expect(read(Buffer.concat([head(2), uberBlob()]))).toBeUndefined();
    expect(read(Buffer.concat([uint32(1), uint32(20), Buffer.alloc(100)]))).toBeUndefined();
    expect(read(Buffer.concat([uint32(1), uint32(20)]))).toBeUndefined();
  });

  test('one cut off is damaged, or keeps the keys that are whole', () => {
    const bytes = made(2, entry(4, 'one', [certificate('rsa')], sealed(640)), entry(4, 'two', [certificate('ec')], sealed(640)));
    expect(read(bytes.subarray(0, -100))?.map(({ comment }) => comment)).toEqual(['one']);
    expect(read(bytes.subarray(0, 200))).toMatchObject([{ kind: 'private', defect: expect.any(String) as string }]);
    expect(read(made(2, entry(1, 'friend', [], certificate('rsa'))).subarray(0, 200)) ?? []).toEqual([]);
  });

  test('BCFKS', () => {
    expect(read(bcfksStore(2000))).toEqual([{ kind: 'private', format: 'bcfks', encryption: { cipher: 'aes-256-ccm', kdf: 'pbkdf2', prf: 'hmac-sha512', rounds: 51200 }, container: expect.any(String) as string }]);
    expect(read(bcfksStore(60))).toEqual([]);
    expect(bcfks.read!(der(SEQUENCE, der(SEQUENCE), der(SEQUENCE)))).toBeUndefined();
  });
});

describeWith(['openssl', 'ssh-keygen'], 'CryptoAPI and PVK from openssl', () => {
  const convert = (name: string, form: string, ...args: string[]): Buffer => {
    const program = name === 'dsa' ? 'dsa' : 'rsa';
    run('openssl', [program, '-provider', 'default', '-provider', 'legacy', '-in', path(`${name}.key`), '-outform', form, '-out', path('out.blob'), ...args]);
    return readFileSync(path('out.blob'));
  };

  test.each(['rsa', 'dsa'])('%s blobs', (name) => {
    expect(readOne(convert(name, 'MSBLOB'))).toEqual({ kind: 'private', format: 'capi-blob', algorithm: name, bits: name === 'rsa' ? 2048 : 1024, spki: spkiOf(name), fingerprint: fingerprintOf(name) });
    expect(readOne(convert(name, 'PVK', '-pvk-none'))).toEqual({ kind: 'private', format: 'pvk', algorithm: name, bits: name === 'rsa' ? 2048 : 1024, spki: spkiOf(name), fingerprint: fingerprintOf(name) });
  });

  test.each([['rsa', '-pvk-strong'], ['rsa', '-pvk-weak'], ['dsa', '-pvk-strong']])('encrypted %s, %s', (name, strength) => {
    const bytes = convert(name, 'PVK', strength, '-passout', 'pass:secret');
    expect(readOne(bytes)).toEqual({ kind: 'private', format: 'pvk', algorithm: name, bits: name === 'rsa' ? 2048 : 1024, inferred: true, encryption: { cipher: 'rc4', kdf: 'sha1', rounds: 1 }, container: sha256(bytes) });
    expect(readOne(bytes.subarray(0, -5)).defect).toContain('cut off');
  });

  test('public blobs hold no private key', () => {
    expect(readOne(convert('rsa', 'MSBLOB', '-pubout'))).toEqual({ kind: 'public', format: 'capi-blob', algorithm: 'rsa', bits: 2048, spki: spkiOf('rsa'), fingerprint: fingerprintOf('rsa') });
    expect(read(convert('dsa', 'MSBLOB', '-pubout')) ?? []).toEqual([]);
  });

  test('a blob cut off is a damaged key of which the public half is known', () => {
    expect(readOne(convert('rsa', 'MSBLOB').subarray(0, -300))).toMatchObject({ spki: spkiOf('rsa'), defect: 'cut off: 872 of 1172 bytes are there' });
  });

  test('primes that are not those of the modulus', () => {
    const bytes = convert('rsa', 'MSBLOB');
    bytes[20 + 256]! ^= 2;
    expect(readOne(bytes)).toMatchObject({ spki: spkiOf('rsa'), weaknesses: ['public-half-mismatch'] });
  });

  test('what begins alike is no key', () => {
    expect(read(Buffer.from('0702000000a400005253413200080000', 'hex').subarray(0, 15))).toBeUndefined();
    expect(read(Buffer.concat([Buffer.from('0702000000a40000525341320007ff00', 'hex'), Buffer.alloc(2000)]))).toBeUndefined();
    expect(read(Buffer.concat([Buffer.from('0702000000a4000052534132', 'hex'), Buffer.from([0, 8, 0, 0]), Buffer.alloc(1156)]))).toBeUndefined();
    expect(read(Buffer.concat([Buffer.from('1ef1b5b0', 'hex'), Buffer.alloc(100, 255)]))).toBeUndefined();
  });
});

describeWith(['puttygen', 'ssh-keygen', 'openssl'], 'SSH 1 and ssh.com from puttygen', () => {
  const puttygen = (...args: string[]): void => void run('puttygen', args);
  beforeAll(() => {
    writeFileSync(path('pass'), 'secret\n');
    puttygen('-q', '-t', 'rsa1', '-b', '1024', '-C', 'me at home', '--new-passphrase', '/dev/null', '-o', path('ssh1'));
    puttygen('-q', path('ssh1'), '--new-passphrase', path('pass'), '-P', '-o', path('ssh1.enc'));
    for (const name of ['rsa', 'dsa']) {
      writeFileSync(path(`${name}.pem`), run('openssl', ['pkey', '-traditional', '-in', path(`${name}.key`)]), { mode: 0o600 });
      puttygen('-q', path(`${name}.pem`), '-C', `my "${name}"`, '-O', 'private-sshcom', '-o', path(`${name}.sshcom`));
      puttygen('-q', path(`${name}.pem`), '-C', `my "${name}"`, '-O', 'private-sshcom', '-P', '--new-passphrase', path('pass'), '-o', path(`${name}.sshcom.enc`));
    }
  });

  test('SSH 1', () => {
    // "1024 65537 1234... comment": bits, exponent and modulus in decimal.
    const [bits, e, n] = run('puttygen', ['-L', path('ssh1')]).split(' ');
    const number = (decimal: string): Buffer => Buffer.from(BigInt(decimal).toString(16).replace(/^(?=(?:..)*.$)/, '0'), 'hex');
    const jwk = { kty: 'RSA', n: number(n!).toString('base64url'), e: number(e!).toString('base64url') };
    const spki = sha256(createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'der' }));
    const fingerprint = `SHA256:${createHash('sha256').update(number(n!)).update(number(e!)).digest('base64').replace(/=+$/, '')}`;
    const facts = { kind: 'private', format: 'ssh1', algorithm: 'rsa1', bits: Number(bits), spki, fingerprint, comment: 'me at home' };
    expect(readOne(readFileSync(path('ssh1')))).toEqual(facts);
    expect(readOne(readFileSync(path('ssh1.enc')))).toEqual({ ...facts, encryption: { cipher: '3des', kdf: 'md5', rounds: 1 } });
    expect(readOne(readFileSync(path('ssh1')).subarray(0, -30)).defect).toBe('cut off in its private half');
    expect(readOne(readFileSync(path('ssh1.enc')).subarray(0, -3)).defect).toBe('its encrypted part is not whole');
    expect(readOne(readFileSync(path('ssh1')).subarray(0, 70)).defect).toBe('cut off in its public half');
  });

  test('SSH 1 as a file, and its first line in source code', () => {
    const found = (bytes: Buffer) => detect({ path: 'identity', bytes, facts: () => ({ origin: 'file' }) });
    expect(found(readFileSync(path('ssh1')))).toMatchObject([{ format: 'ssh1' }]);
    expect(found(Buffer.from('#define MAGIC "SSH PRIVATE KEY FILE FORMAT 1.1\\n"\n'))).toEqual([]);
    expect(found(Buffer.from('SSH PRIVATE KEY FILE FORMAT 1.1\n is how such files begin.\n'))).toEqual([]);
  });

  const detected = (text: string | Buffer) => detect({ path: 'key', bytes: Buffer.from(text), facts: () => ({ origin: 'file' }) });

  test.each(['rsa', 'dsa'])('ssh.com, %s', (name) => {
    const bits = name === 'rsa' ? 2048 : 1024;
    const text = readFileSync(path(`${name}.sshcom`), 'utf8');
    expect(detected(text)).toMatchObject([{ kind: 'private', format: 'sshcom', algorithm: name, bits, spki: spkiOf(name), fingerprint: fingerprintOf(name), line: 1 }]);
    expect(detected(text)[0]!.encryption).toBeUndefined();
    const encrypted = detected(readFileSync(path(`${name}.sshcom.enc`)));
    expect(encrypted).toMatchObject([{ kind: 'private', format: 'sshcom', algorithm: name, bits, inferred: true, encryption: { cipher: '3des-cbc', kdf: 'md5', rounds: 1 } }]);
    expect(encrypted[0]!.spki).toBeUndefined();
    const body = Buffer.from(text.split('\n').filter((line) => /^[\w+/]+=*$/.test(line)).join(''), 'base64');
    expect(readOne(body)).toMatchObject({ format: 'sshcom', spki: spkiOf(name) });
  });

  test('headers, line breaks and surroundings', () => {
    const text = readFileSync(path('rsa.sshcom'), 'utf8');
    const commented = text.replace(/Comment: .*/, 'Subject: me\nComment: "a long \\\ncomment"');
    const [key] = detected(`before\n\n  ${commented.replaceAll('\n', '\r\n  ')}\nafter`);
    expect(key).toMatchObject({ spki: spkiOf('rsa'), comment: 'a long comment', line: 3, column: 3 });
    expect(detected(text + text)).toHaveLength(2);
    expect(detected(text.split('\n').map((line) => `// ${line}`).join('\n'))).toMatchObject([{ spki: spkiOf('rsa') }]);
  });

  test('damage', () => {
    const text = readFileSync(path('rsa.sshcom'), 'utf8');
    expect(detected(text.slice(0, 500))).toMatchObject([{ algorithm: 'rsa', defect: 'cut off: its end is missing' }]);
    expect(detected('---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nComment: "x"\n...\n---- END SSH2 ENCRYPTED PRIVATE KEY ----\n')).toEqual([]);
    expect(detected('if (line.includes("---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----")) return "sshcom";\n')).toEqual([]);
  });
});

describeWith(['openssl'], 'whatever the bytes are', () => {
  const mine = [pkcs12, jks, bks, bcfks, pvk, capiBlob, ssh1, sshCom];
  let real: readonly Buffer[] = [];
  beforeAll(() => {
    const p12 = [store('ec', 'secret'), store('ec', ''), store('dsa', 'secret', '-keypbe', 'NONE', '-certpbe', 'NONE'), indefinite(store('ec', 'secret', '-certpbe', 'NONE'))];
    const uber = Buffer.concat([uint32(1), wireString(Buffer.alloc(20)), uint32(1000), Buffer.alloc(640, 1)]);
    const bksStore = Buffer.concat([uint32(2), wireString(Buffer.alloc(20)), uint32(1000), Buffer.from([4]), utf('alias'), Buffer.alloc(8), uint32(1), certificate('ec'), wireString(Buffer.concat([wireString(Buffer.alloc(20)), uint32(9), Buffer.alloc(64)])), Buffer.alloc(21)]);
    run('openssl', ['rsa', '-in', path('rsa.key'), '-outform', 'MSBLOB', '-out', path('out.blob')]);
    const blob = readFileSync(path('out.blob'));
    const header = Buffer.from('1ef1b5b00000000001000000000000000000000094040000', 'hex');
    const sealedObject = Buffer.from('cececece0000000200000001000000030003', 'hex');
    const mpint = wireMpint(Buffer.alloc(64, 5));
    const ssh = Buffer.concat([Buffer.from('SSH PRIVATE KEY FILE FORMAT 1.1\n\0\0', 'latin1'), Buffer.alloc(8), uint16(512), Buffer.alloc(64, 5), uint16(2), Buffer.from([3]), wireString('x'), Buffer.alloc(80, 1)]);
    const sshcom = Buffer.concat([uint32(0x3f6ff9eb), uint32(200), wireString('if-modn{'), wireString('none'), wireString(Buffer.concat([uint32(100), mpint, mpint]))]);
    const serialized = Buffer.concat([sealedObject, utf('aes'), Buffer.alloc(8), Buffer.from('aced00057372', 'hex'), utf('com.sun.crypto.provider.SealedObjectForKeyProtector'), Buffer.alloc(8), Buffer.from('020000787200', 'hex'), utf('javax.crypto.SealedObject')]);
    real = [...p12, uber, bksStore, blob, Buffer.concat([header, blob]), ssh, sshcom, serialized, Buffer.concat([Buffer.from('feedfeed0000000200000001', 'hex'), uint32(1), utf('a'), Buffer.alloc(8), wireString(p12[0]!), uint32(1), certificate('rsa')])];
  });

  function survives(bytes: Buffer): void {
    for (const format of mine) {
      const start = performance.now();
      const keys = format.read?.(bytes);
      expect(performance.now() - start).toBeLessThan(500);
      for (const key of keys ?? []) expect(['private', 'public', 'symmetric']).toContain(key.kind);
    }
  }

  test('changed bytes', () => {
    fc.assert(fc.property(fc.nat(), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }), (which, changes) => {
      const copy = Buffer.from(real[which % real.length]!);
      for (const [at, value] of changes) copy[at % copy.length] = value;
      survives(copy);
    }), { numRuns: 400 });
  });

  test('lying lengths, and ends cut off', () => {
    fc.assert(fc.property(fc.nat(), fc.nat(120), fc.constantFrom(0, 1, 0x7f, 0x80, 0x81, 0x84, 0xff), fc.nat(), (which, at, value, end) => {
      const copy = Buffer.from(real[which % real.length]!);
      copy[at % copy.length] = value;
      survives(copy.subarray(0, 1 + (end % copy.length)));
      survives(copy);
    }), { numRuns: 400 });
  });

  test('large and repetitive ones take linear time', () => {
    const start = performance.now();
    for (const pattern of ['30800201033080', '3080', '2480', 'feedfeed00000002ffffffff', 'cececece0000000200010000', '000000010000001400', '1ef1b5b0', '0702000000a40000', '3f6ff9eb']) {
      survives(Buffer.alloc(4 << 20, Buffer.from(pattern, 'hex')));
    }
    const line = '---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nComment: x\\\n';
    expect(detect({ path: 'x', bytes: Buffer.alloc(4 << 20, line), facts: () => ({ origin: 'file' }) })).toEqual([]);
    expect(detect({ path: 'x', bytes: Buffer.alloc(4 << 20, `${line}\n\n\nP2/56w==\n`), facts: () => ({ origin: 'file' }) }).filter(({ defect }) => defect === undefined)).toEqual([]);
    expect(performance.now() - start).toBeLessThan(8000);
  });
});
