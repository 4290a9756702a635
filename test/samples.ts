import { createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeyFacts } from '../src/key.ts';
import { WireReader, wireMpint, wireString } from '../src/wire.ts';
import { fingerprintOf, jwkOf, number, spkiOf } from './key-layouts.ts';
import { hasTool, run } from './tools.ts';

/** A file with one key, as a tool writes it. */
export interface Sample {
  readonly name: string;
  /** The format that has to claim it. */
  readonly format: string;
  readonly bytes: Buffer;
  /** What nobody may print of it, in base64 without line breaks; empty for public keys. */
  readonly secret: string;
  /** What the tool that made it knows of the key. */
  readonly facts: Readonly<Partial<KeyFacts>>;
}

/** The tools that `makeSamples` runs; samples of a missing one are left out. */
export const sampleTools = ['openssl', 'ssh-keygen', 'puttygen', 'gpg', 'keytool'];

/** One key of each format, in the clear and encrypted, made anew. `folder` is for the tools' files. */
export function makeSamples(folder: string): readonly Sample[] {
  const samples: Sample[] = [];
  const add = (name: string, format: string, content: string | Buffer, facts: Sample['facts'], encryption?: KeyFacts['encryption']): void =>
    void samples.push({ name, format, bytes: Buffer.from(content), secret: format === 'spki' ? '' : secretOf(Buffer.from(content)), facts: encryption ? { ...facts, encryption } : facts });

  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const ec = generateKeyPairSync('ec', { namedCurve: 'secp384r1' });
  const ed25519 = generateKeyPairSync('ed25519');
  const dsa = generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 });
  const [ofRsa, ofEc, ofDsa] = [factsOf(rsa.privateKey), factsOf(ec.privateKey), factsOf(dsa.privateKey)];
  // What the length gives away: the public half is hidden.
  const inferred = { algorithm: 'ec', bits: 384, inferred: true } as const;
  /** What openssl takes where nothing is said: as node:crypto does. */
  const pbes2 = { cipher: 'aes-256-cbc', kdf: 'pbkdf2', prf: 'hmac-sha256', rounds: 2048 };
  const sealed = { cipher: 'aes-256-cbc', passphrase: 'secret' } as const;
  for (const [name, { privateKey, publicKey }] of Object.entries({ rsa, ec, ed25519 })) {
    add(`${name} pkcs8`, 'pkcs8', privateKey.export({ type: 'pkcs8', format: 'pem' }), factsOf(privateKey));
    add(`${name} spki`, 'spki', publicKey.export({ type: 'spki', format: 'pem' }), factsOf(publicKey));
  }
  add('dsa pkcs8', 'pkcs8', dsa.privateKey.export({ type: 'pkcs8', format: 'pem' }), ofDsa);
  add('pkcs8 der', 'pkcs8', rsa.privateKey.export({ type: 'pkcs8', format: 'der' }), ofRsa);
  add('pkcs1 der', 'pkcs1', rsa.privateKey.export({ type: 'pkcs1', format: 'der' }), ofRsa);
  add('spki der', 'spki', rsa.publicKey.export({ type: 'spki', format: 'der' }), factsOf(rsa.publicKey));
  add('pkcs1', 'pkcs1', rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }), ofRsa);
  add('rsa-public', 'rsa-public', rsa.publicKey.export({ type: 'pkcs1', format: 'pem' }), factsOf(rsa.publicKey));
  add('sec1', 'sec1', ec.privateKey.export({ type: 'sec1', format: 'pem' }), ofEc);
  add('encrypted pkcs8', 'encrypted-pkcs8', ec.privateKey.export({ type: 'pkcs8', format: 'pem', ...sealed }), inferred, pbes2);
  add('encrypted pkcs8 der', 'encrypted-pkcs8', ec.privateKey.export({ type: 'pkcs8', format: 'der', ...sealed }), inferred, pbes2);
  add('legacy pem', 'legacy-pem', rsa.privateKey.export({ type: 'pkcs1', format: 'pem', ...sealed }), { algorithm: 'rsa', bits: 2048, inferred: true }, { cipher: 'aes-256-cbc', kdf: 'md5', rounds: 1 });
  if (hasTool('openssl')) {
    const path = join(folder, 'sample.key');
    writeFileSync(path, ec.privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    const certificate = run('openssl', ['req', '-x509', '-key', path, '-subj', '/CN=sample', '-days', '2']);
    add('x509', 'x509', certificate, { ...factsOf(ec.publicKey), kind: 'certificate', comment: 'sample' });
    const store = join(folder, 'sample.p12');
    run('openssl', ['pkcs12', '-export', '-inkey', path, '-out', store, '-passout', 'pass:secret'], { input: certificate });
    add('pkcs12', 'pkcs12', readFileSync(store), inferred, { ...pbes2, mac: 'hmac-sha256', macRounds: 2048 });
    run('openssl', ['pkcs12', '-export', '-inkey', path, '-out', store, '-passout', 'pass:', '-keypbe', 'NONE', '-certpbe', 'NONE'], { input: certificate });
    add('pkcs12 in the clear', 'pkcs12', readFileSync(store), ofEc);
    run('openssl', ['pkcs12', '-export', '-inkey', path, '-out', store, '-passout', 'pass:'], { input: certificate });
    add('pkcs12 under the empty password', 'pkcs12', readFileSync(store), { ...ofEc, weaknesses: ['empty-password'] }, { ...pbes2, mac: 'hmac-sha256', macRounds: 2048 });
    writeFileSync(path, rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    for (const [name, ...form] of [['pvk', '-outform', 'PVK', '-pvk-none'], ['capi-blob', '-outform', 'MSBLOB']] as const) {
      run('openssl', ['rsa', '-in', path, '-out', store, ...form]);
      add(name, name, readFileSync(store), ofRsa);
    }
    writeFileSync(path, dsa.privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    add('dsa', 'dsa', run('openssl', ['pkey', '-traditional', '-in', path]), ofDsa);
  }
  if (hasTool('ssh-keygen')) {
    for (const [type, ...size] of [['ed25519'], ['rsa', '-b', '2048'], ['ecdsa', '-b', '521']] as const) {
      for (const passphrase of ['', 'secret']) {
        const path = join(folder, `sample-${type}${passphrase}`);
        run('ssh-keygen', ['-q', '-t', type, ...size, '-a', '1', '-N', passphrase, '-C', 'sample@host', '-f', path]);
        // "256 SHA256:... sample@host (ED25519)"
        const [bits, fingerprint] = run('ssh-keygen', ['-l', '-f', `${path}.pub`]).split(' ') as [string, string];
        const facts = { algorithm: type === 'ecdsa' ? 'ec' : type, bits: Number(bits), fingerprint, ...(type === 'ecdsa' && { curve: 'secp521r1' }) };
        const comment = { comment: 'sample@host' };
        add(`openssh ${type}${passphrase && ' encrypted'}`, 'openssh', readFileSync(path), { ...facts, ...(!passphrase && comment), kind: 'private' }, passphrase ? { cipher: 'aes256-ctr', kdf: 'bcrypt', rounds: 1 } : undefined);
        if (passphrase !== '') continue;
        add(`ssh-public ${type}`, 'ssh-public', readFileSync(`${path}.pub`), { ...facts, ...comment, kind: 'public' });
        if (type !== 'ecdsa') add(`ssh2-public ${type}`, 'ssh2-public', run('ssh-keygen', ['-e', '-m', 'RFC4716', '-f', `${path}.pub`]), { ...facts, kind: 'public' });
      }
    }
  }
  if (hasTool('puttygen')) {
    const [none, some] = ['', 'secret'].map((passphrase) => {
      const path = join(folder, `sample-passphrase${passphrase}`);
      writeFileSync(path, passphrase);
      return path;
    }) as [string, string];
    for (const [version, type, passphrase] of [['2', 'rsa', none], ['2', 'ed25519', some], ['3', 'ecdsa', none], ['3', 'rsa', some], ['3', 'ed25519', none]] as const) {
      const path = join(folder, `sample-${version}-${type}.ppk`);
      run('puttygen', ['-q', '-t', type, ...(type === 'rsa' ? ['-b', '2048'] : []), '-C', 'sample@host', '--new-passphrase', passphrase, '--ppk-param', `version=${version},memory=64,passes=1`, '-O', 'private', '-o', path]);
      const [, blob] = run('puttygen', ['-L', path]).split(' ') as [string, string];
      const derivation = version === '2' ? { kdf: 'sha1', rounds: 1 } : { kdf: 'argon2id', memory: 64, passes: 1, parallelism: 1 };
      add(`ppk ${version} ${type}${passphrase === some ? ' encrypted' : ''}`, 'ppk', readFileSync(path), { kind: 'private', algorithm: type === 'ecdsa' ? 'ec' : type, fingerprint: fingerprintOf(Buffer.from(blob, 'base64')), comment: 'sample@host' },
        passphrase === some ? { cipher: 'aes256-cbc', ...derivation } : undefined);
    }
  }
  if (hasTool('keytool')) {
    const path = join(folder, 'sample.jks');
    run('keytool', ['-genkeypair', '-keystore', path, '-storetype', 'JKS', '-storepass', 'secret', '-keypass', 'secret', '-alias', 'sample', '-dname', 'CN=sample', '-keyalg', 'EC', '-groupname', 'secp256r1']);
    const certificate = new X509Certificate(run('keytool', ['-exportcert', '-rfc', '-keystore', path, '-storepass', 'secret', '-alias', 'sample']));
    add('jks', 'jks', readFileSync(path), { ...factsOf(certificate.publicKey), kind: 'private', comment: 'sample' }, { cipher: 'jks', kdf: 'sha1', rounds: 1 });
  }
  if (hasTool('gpg')) {
    const home = join(folder, 'sample-gpg');
    mkdirSync(home, { mode: 0o700 });
    const gpg = (...args: readonly string[]): string => run('gpg', ['--homedir', home, '--batch', '--pinentry-mode', 'loopback', '--passphrase', '', '--armor', ...args]);
    gpg('--quick-generate-key', 'sample@host', 'ed25519');
    add('openpgp', 'openpgp', gpg('--export-secret-keys'), { kind: 'private', algorithm: 'ed25519', bits: 256, comment: 'sample@host' });
    run('gpgconf', ['--homedir', home, '--kill', 'gpg-agent']);
  }
  return samples;
}

/** What node:crypto knows of a key, and the fingerprint of its public half as SSH writes it (RFC 4253, 6.6; RFC 5656, 3.1; RFC 8709, 4). */
export function factsOf(key: KeyObject): Readonly<Partial<KeyFacts>> {
  const half = key.type === 'public' ? key : createPublicKey(key);
  const algorithm = key.asymmetricKeyType!;
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails!;
  const nist = { prime256v1: '256', secp384r1: '384', secp521r1: '521' }[namedCurve ?? ''];
  const facts = { kind: key.type === 'public' ? 'public' as const : 'private' as const, algorithm, bits: modulusLength ?? Number(nist ?? 256), ...(namedCurve !== undefined && { curve: namedCurve }), spki: spkiOf(half) };
  if (algorithm === 'rsa') return { ...facts, fingerprint: fingerprintOf(Buffer.concat([wireString('ssh-rsa'), wireMpint(number(jwkOf(half).e)), wireMpint(number(jwkOf(half).n))])) };
  if (algorithm === 'ed25519') return { ...facts, fingerprint: fingerprintOf(Buffer.concat([wireString('ssh-ed25519'), wireString(number(jwkOf(half).x))])) };
  if (nist === undefined) return facts;
  const point = Buffer.concat([Buffer.from([4]), number(jwkOf(half).x), number(jwkOf(half).y)]);
  return { ...facts, fingerprint: fingerprintOf(Buffer.concat([wireString(`ecdsa-sha2-nistp${nist}`), wireString(`nistp${nist}`), wireString(point)])) };
}

/**
 * The part of a key file that is secret: of PEM the whole body; of OpenSSH's container what follows the public half; of PuTTY's the private lines;
 * of a binary file all. Encrypted numbers count as much as clear ones.
 */
function secretOf(bytes: Buffer): string {
  const text = bytes.toString('latin1');
  const putty = /^Private-Lines: \d+\r?\n([A-Za-z0-9+/=\r\n]+)/m.exec(text);
  if (putty) return putty[1]!.replace(/\s/g, '');
  if (isBinary(bytes)) return bytes.toString('base64');
  const [, body] = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----\r?\n(?:[\w-]+: .*\r?\n)*([A-Za-z0-9+/=\s]+)-----END/.exec(text) ?? [];
  if (body === undefined) return '';
  const base64 = body.replace(/\n=.*\s*$/, '').replace(/\s/g, '');
  const inside = Buffer.from(base64, 'base64');
  if (!inside.toString('latin1').startsWith('openssh-key-v1\0')) return base64;
  const wire = new WireReader(inside, 'openssh-key-v1\0'.length);
  for (let i = 0; i < 3; i++) wire.string();
  wire.uint32();
  wire.string();
  return base64.slice(Math.ceil(wire.offset / 3) * 4);
}

/** Whether a sample is no text. */
export function isBinary(bytes: Buffer): boolean {
  return bytes.some((byte) => byte > 0x7e || (byte < 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09));
}
