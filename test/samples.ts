import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WireReader } from '../src/wire.ts';
import { hasTool, run } from './tools.ts';

/** A file with one key, as a tool writes it. */
export interface Sample {
  readonly name: string;
  /** The format that has to claim it. */
  readonly format: string;
  readonly bytes: Buffer;
  /** What nobody may print of it, in base64 without line breaks; empty for public keys. */
  readonly secret: string;
}

/** The tools that `makeSamples` runs; samples of a missing one are left out. */
export const sampleTools = ['openssl', 'ssh-keygen', 'puttygen', 'gpg', 'keytool'];

/** One key of each format, in the clear and encrypted, made anew. `folder` is for the tools' files. */
export function makeSamples(folder: string): readonly Sample[] {
  const samples: Sample[] = [];
  const add = (name: string, format: string, content: string | Buffer): void => void samples.push({ name, format, bytes: Buffer.from(content), secret: format === 'spki' ? '' : secretOf(Buffer.from(content)) });

  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const ec = generateKeyPairSync('ec', { namedCurve: 'secp384r1' });
  const ed25519 = generateKeyPairSync('ed25519');
  const dsa = generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 });
  const sealed = { cipher: 'aes-256-cbc', passphrase: 'secret' } as const;
  for (const [name, { privateKey, publicKey }] of Object.entries({ rsa, ec, ed25519 })) {
    add(`${name} pkcs8`, 'pkcs8', privateKey.export({ type: 'pkcs8', format: 'pem' }));
    add(`${name} spki`, 'spki', publicKey.export({ type: 'spki', format: 'pem' }));
  }
  add('dsa pkcs8', 'pkcs8', dsa.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  add('pkcs8 der', 'pkcs8', rsa.privateKey.export({ type: 'pkcs8', format: 'der' }));
  add('pkcs1 der', 'pkcs1', rsa.privateKey.export({ type: 'pkcs1', format: 'der' }));
  add('spki der', 'spki', rsa.publicKey.export({ type: 'spki', format: 'der' }));
  add('pkcs1', 'pkcs1', rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }));
  add('rsa-public', 'rsa-public', rsa.publicKey.export({ type: 'pkcs1', format: 'pem' }));
  add('sec1', 'sec1', ec.privateKey.export({ type: 'sec1', format: 'pem' }));
  add('encrypted pkcs8', 'encrypted-pkcs8', ec.privateKey.export({ type: 'pkcs8', format: 'pem', ...sealed }));
  add('encrypted pkcs8 der', 'encrypted-pkcs8', ec.privateKey.export({ type: 'pkcs8', format: 'der', ...sealed }));
  add('legacy pem', 'legacy-pem', rsa.privateKey.export({ type: 'pkcs1', format: 'pem', ...sealed }));
  if (hasTool('openssl')) {
    const path = join(folder, 'sample.key');
    writeFileSync(path, ec.privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    const certificate = run('openssl', ['req', '-x509', '-key', path, '-subj', '/CN=sample', '-days', '2']);
    add('x509', 'x509', certificate);
    const store = join(folder, 'sample.p12');
    run('openssl', ['pkcs12', '-export', '-inkey', path, '-out', store, '-passout', 'pass:secret'], { input: certificate });
    add('pkcs12', 'pkcs12', readFileSync(store));
    run('openssl', ['pkcs12', '-export', '-inkey', path, '-out', store, '-passout', 'pass:', '-keypbe', 'NONE', '-certpbe', 'NONE'], { input: certificate });
    add('pkcs12 in the clear', 'pkcs12', readFileSync(store));
    writeFileSync(path, rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    for (const [name, ...form] of [['pvk', '-outform', 'PVK', '-pvk-none'], ['capi-blob', '-outform', 'MSBLOB']] as const) {
      run('openssl', ['rsa', '-in', path, '-out', store, ...form]);
      add(name, name, readFileSync(store));
    }
    writeFileSync(path, dsa.privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    add('dsa', 'dsa', run('openssl', ['pkey', '-traditional', '-in', path]));
  }
  if (hasTool('ssh-keygen')) {
    for (const [type, ...size] of [['ed25519'], ['rsa', '-b', '2048'], ['ecdsa', '-b', '521']] as const) {
      for (const passphrase of ['', 'secret']) {
        const path = join(folder, `sample-${type}${passphrase}`);
        run('ssh-keygen', ['-q', '-t', type, ...size, '-a', '1', '-N', passphrase, '-C', 'sample@host', '-f', path]);
        add(`openssh ${type}${passphrase && ' encrypted'}`, 'openssh', readFileSync(path));
        if (passphrase !== '') continue;
        add(`ssh-public ${type}`, 'ssh-public', readFileSync(`${path}.pub`));
        if (type !== 'ecdsa') add(`ssh2-public ${type}`, 'ssh2-public', run('ssh-keygen', ['-e', '-m', 'RFC4716', '-f', `${path}.pub`]));
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
      add(`ppk ${version} ${type}${passphrase === some ? ' encrypted' : ''}`, 'ppk', readFileSync(path));
    }
  }
  if (hasTool('keytool')) {
    const path = join(folder, 'sample.jks');
    run('keytool', ['-genkeypair', '-keystore', path, '-storetype', 'JKS', '-storepass', 'secret', '-keypass', 'secret', '-alias', 'sample', '-dname', 'CN=sample', '-keyalg', 'EC', '-groupname', 'secp256r1']);
    add('jks', 'jks', readFileSync(path));
  }
  if (hasTool('gpg')) {
    const home = join(folder, 'sample-gpg');
    mkdirSync(home, { mode: 0o700 });
    const gpg = (...args: readonly string[]): string => run('gpg', ['--homedir', home, '--batch', '--pinentry-mode', 'loopback', '--passphrase', '', '--armor', ...args]);
    gpg('--quick-generate-key', 'sample@host', 'ed25519');
    add('openpgp', 'openpgp', gpg('--export-secret-keys'));
    run('gpgconf', ['--homedir', home, '--kill', 'gpg-agent']);
  }
  return samples;
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
