import { createHash, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import sshpk from 'sshpk';
import { describe, expect, test } from 'vitest';
import type { Format, ReadKey, Reading } from '../src/format.ts';
import { openssh } from '../src/formats/openssh.ts';
import { ppk } from '../src/formats/ppk.ts';
import { ssh2Public } from '../src/formats/ssh2-public.ts';
import { sshPublic } from '../src/formats/ssh-public.ts';
import type { KeyFacts } from '../src/key.ts';
import { readAnySshBlob, readSshBlob, sshTypes } from '../src/ssh-blob.ts';
import { wireMpint, wireString, WireReader } from '../src/wire.ts';
import { checks, compositeKey, fingerprintOf, opensshContainer, padded, uint32 } from './key-layouts.ts';
import { attempt, describeWith, run, scratch } from './tools.ts';

const folder = scratch();
let made = 0;
const newPath = (): string => join(folder, `key-${++made}`);
const written = (content: string | Buffer): string => {
  const path = newPath();
  writeFileSync(path, content, { mode: 0o600 });
  return path;
};

/** What a format finds in text, at each of its anchors. */
function readText(format: Format, text: Buffer | string): Reading[] {
  const bytes = Buffer.from(text);
  const found: Reading[] = [];
  for (const anchor of format.anchors!) {
    for (let at = bytes.indexOf(anchor); at >= 0; at = bytes.indexOf(anchor, at + 1)) {
      const reading = format.readAt!(bytes, at);
      if (reading) found.push(reading);
    }
  }
  return found.sort((a, b) => a.start - b.start);
}

function readOne(format: Format, text: Buffer | string): KeyFacts {
  const found = readText(format, text);
  expect(found).toHaveLength(1);
  return factsOf(found[0]!.key);
}

/** Without the lock, which is no fact. */
function factsOf({ lock: _, ...facts }: ReadKey): KeyFacts {
  return facts;
}

/** The container inside an OpenSSH key file. */
const dearmored = (path: string): Buffer => Buffer.from(readFileSync(path, 'latin1').replace(/-----.*-----/g, ''), 'base64');
const readFile = (path: string): KeyFacts => {
  const keys = openssh.read!(dearmored(path));
  expect(keys).toHaveLength(1);
  return factsOf(keys![0]!);
};

/** `ssh-keygen -l`: bits, fingerprint, comment, type. */
function listed(path: string, input?: string): { bits: number; fingerprint: string; comment: string; type: string } {
  const [, bits, fingerprint, comment, type] = /^(\d+) (\S+) (.*) \(([^()]+)\)$/m.exec(run('ssh-keygen', ['-l', '-f', path], input === undefined ? {} : { input }))!;
  return { bits: Number(bits), fingerprint: fingerprint!, comment: comment!, type: type! };
}

const algorithmOf: Readonly<Record<string, string>> = { RSA: 'rsa', DSA: 'dsa', ECDSA: 'ec', ED25519: 'ed25519', ED448: 'ed448', 'ED25519-SK': 'ed25519-sk', 'ECDSA-SK': 'ecdsa-sk' };
const curveOf: Readonly<Record<number, string>> = { 256: 'prime256v1', 384: 'secp384r1', 521: 'secp521r1' };
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** The facts that follow from what `ssh-keygen -l` says. */
const publicFacts = (said: { bits: number; fingerprint: string; type: string }): Partial<KeyFacts> => {
  const algorithm = algorithmOf[said.type.replace('-CERT', '')]!;
  return { algorithm, bits: said.bits, fingerprint: said.fingerprint, ...(algorithm === 'ec' && { curve: curveOf[said.bits]! }) };
};

/** SubjectPublicKeyInfo of a public line, made without any of the code under test. */
function spkiOf(pubPath: string): Buffer {
  const exported = attempt('ssh-keygen', ['-e', '-m', 'PKCS8', '-f', pubPath]);
  if (exported.status === 0) return createPublicKey(exported.stdout).export({ type: 'spki', format: 'der' });
  const x = Buffer.from(readFileSync(pubPath, 'latin1').split(' ')[1]!, 'base64').subarray(-32).toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }).export({ type: 'spki', format: 'der' });
}

/** Types and sizes that this ssh-keygen still makes. */
const kinds: readonly (readonly [type: string, ...size: string[]])[] = [
  ['rsa', '1024'], ['rsa', '2048'], ['rsa', '4096'], ['dsa'], ['ecdsa', '256'], ['ecdsa', '384'], ['ecdsa', '521'], ['ed25519'],
];
const keygen = (path: string, [type, size]: readonly string[], ...args: string[]): void =>
  void run('ssh-keygen', ['-q', '-t', type!, ...(size === undefined ? [] : ['-b', size]), ...(args.includes('-N') ? [] : ['-N', '']), ...args, '-f', path]);
const makes = (kind: readonly string[]): boolean => {
  if (kind[0] !== 'dsa') return true;
  return attempt('ssh-keygen', ['-q', '-t', 'dsa', '-N', '', '-f', newPath()]).status === 0;
};

describeWith(['ssh-keygen'], 'keys made by ssh-keygen', () => {
  const available = kinds.filter(makes);

  test.each(available)('%s %s: private, in the clear and encrypted, and public', (...kind) => {
    const path = newPath();
    keygen(path, kind, '-C', 'Jürgen @ home');
    const said = listed(`${path}.pub`);
    const facts = { ...publicFacts(said), spki: sha256(spkiOf(`${path}.pub`)) };
    expect(readFile(path)).toEqual({ kind: 'private', format: 'openssh', ...facts, comment: 'Jürgen @ home' });

    const line = readFileSync(`${path}.pub`);
    const [reading] = readText(sshPublic, line);
    expect(reading).toEqual({ start: 0, end: line.length - 1, key: { kind: 'public', format: 'ssh-public', ...facts, comment: said.comment } });

    const rfc4716 = run('ssh-keygen', ['-e', '-f', `${path}.pub`]);
    const [exported] = readText(ssh2Public, rfc4716);
    expect(exported).toMatchObject({ start: 0, end: rfc4716.trimEnd().length, key: { kind: 'public', format: 'ssh2-public', ...facts } });

    run('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'correct horse', '-a', '5', '-f', path]);
    const encrypted = readFile(path);
    expect(encrypted).toEqual({ kind: 'private', format: 'openssh', ...facts, encryption: { cipher: 'aes256-ctr', kdf: 'bcrypt', rounds: 5 } });
  });

  const ciphers = ['3des-cbc', 'aes128-cbc', 'aes192-cbc', 'aes256-cbc', 'aes128-ctr', 'aes192-ctr', 'aes256-ctr', 'aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'chacha20-poly1305@openssh.com'];
  test.each(ciphers.map((cipher, i) => [cipher, i + 1] as const))('cipher %s with %i rounds', (cipher, rounds) => {
    for (const kind of [['ed25519'], ['rsa', '1024'], ['ecdsa', '521']]) {
      const path = newPath();
      keygen(path, kind, '-N', 'correct horse', '-Z', cipher, '-a', String(rounds));
      const { defect, encryption, ...facts } = readFile(path);
      expect(encryption).toEqual({ cipher, kdf: 'bcrypt', rounds });
      expect(defect).toBeUndefined();
      expect(facts).toMatchObject(publicFacts(listed(`${path}.pub`)));
      // Every byte that is missing at the end is missed: of the encrypted part or of the tag behind it.
      const bytes = dearmored(path);
      for (const cut of [1, 15, 16, 17]) expect(openssh.read!(bytes.subarray(0, -cut))![0]!.defect).toMatch(/^truncated/);
    }
  });

  test.each(available)('%s %s: certificates of users and hosts', (...kind) => {
    const authority = newPath();
    keygen(authority, ['ed25519']);
    for (const [role, comment] of [['user', 'a@b'], ['host', '']] as const) {
      const path = newPath();
      keygen(path, kind, '-C', comment);
      run('ssh-keygen', ['-q', '-s', authority, ...(role === 'host' ? ['-h'] : []), '-I', `id of ${role}`, '-n', 'one,two', '-V', '+1d', '-z', '7', ...(role === 'user' ? ['-O', 'force-command=/bin/true'] : []), path]);
      const said = listed(`${path}-cert.pub`);
      expect(said.fingerprint).toBe(listed(`${path}.pub`).fingerprint);
      const certificate = readFileSync(`${path}-cert.pub`, 'latin1');
      // ssh-keygen writes the path where there is no comment.
      const facts = readOne(sshPublic, comment === '' ? certificate.split(' ').slice(0, 2).join(' ') : certificate);
      expect(facts).toEqual({
        kind: 'certificate', format: 'ssh-public', ...publicFacts(said), spki: sha256(spkiOf(`${path}.pub`)), comment: comment === '' ? 'id of host' : comment,
        sshCertificate: expect.objectContaining({ role, serial: '7', keyId: `id of ${role}`, principals: ['one', 'two'] }) as object,
      });
    }
  });

  test('keys of authorized_keys, with and without options', () => {
    const path = newPath();
    keygen(path, ['ed25519'], '-C', 'me@there, the 2nd');
    const [type, blob] = readFileSync(`${path}.pub`, 'latin1').split(' ');
    const key = `${type} ${blob}`;
    const file = [
      '# a remark', '',
      `${key} plain`,
      `no-pty,command="echo \\"a b\\" ssh-rsa",from="10.0.0.0/8,*.example.org" ${key} with options`,
      `\t${key}\tIt's the "third" one  `,
      `restrict ${key}`,
      `cert-authority,principals="a,b" ${key} # remark`,
    ].join('\n');
    const found = readText(sshPublic, file);
    expect(found.map(({ key }) => key.comment)).toEqual(['plain', 'with options', 'It\'s the "third" one', undefined, undefined]);
    expect(found.map(({ start, end }) => file.slice(start, end).replace(/\s+/g, ' '))).toEqual([`${key} plain`, `${key} with options`, `${key} It's the "third" one`, key, key]);
    expect(new Set(found.map(({ key }) => key.fingerprint))).toEqual(new Set([listed(`${path}.pub`).fingerprint]));
    expect(listed(written(`${file}\n`)).fingerprint).toBe(found[0]!.key.fingerprint);
  });

  test('keys of known_hosts, hashed or not, revoked or of an authority', () => {
    const path = newPath();
    keygen(path, ['ecdsa', '384']);
    const [type, blob] = readFileSync(`${path}.pub`, 'latin1').split(' ');
    const hosts = written(`server.example.org ${type} ${blob}\n[other.example.org]:2222 ${type} ${blob} racked in B7\n@revoked * ${type} ${blob}\n@cert-authority *.example.org ${type} ${blob} authority\n`);
    const { fingerprint } = listed(`${path}.pub`);
    for (const hash of [false, true]) {
      if (hash) run('ssh-keygen', ['-q', '-H', '-f', hosts]);
      const text = readFileSync(hosts, 'latin1');
      expect(text.includes('|1|')).toBe(hash);
      const found = readText(sshPublic, text);
      expect(found.map(({ key }) => [key.kind, key.fingerprint])).toEqual(Array(4).fill(['public', fingerprint]));
      // ssh-keygen drops the comments of the lines that it hashes.
      const kept = text.includes('racked in B7');
      expect(kept || hash).toBe(true);
      expect(found.map(({ key }) => key.comment)).toEqual([undefined, kept ? 'racked in B7' : undefined, undefined, 'authority']);
    }
  });

  test('old PEM keys are none of it', () => {
    const path = newPath();
    keygen(path, ['rsa', '1024'], '-m', 'PEM');
    expect(openssh.read!(dearmored(path))).toBeUndefined();
  });
});

describeWith(['puttygen', 'ssh-keygen'], 'keys made by puttygen', () => {
  const noPassphrase = written('');
  const passphrase = written('correct horse\n');
  const types = [['rsa', '1024'], ['rsa', '2048'], ['dsa', '1024'], ['ecdsa', '256'], ['ecdsa', '384'], ['ecdsa', '521'], ['ed25519'], ['ed448']] as const;
  const puttygen = (...args: string[]): string => run('puttygen', args);
  const make = (kind: readonly string[], parameters: string, secret = noPassphrase): string => {
    const path = `${newPath()}.ppk`;
    puttygen('-q', '-t', kind[0]!, ...(kind[1] === undefined ? [] : ['-b', kind[1]]), '-C', 'Jürgen: "his" key', '--random-device', '/dev/urandom', '--new-passphrase', secret, '--ppk-param', parameters, '-o', path);
    return path;
  };
  /** puttygen's own reading, put into the words of `ssh-keygen -l`; that cannot read Ed448. */
  const saidOf = (path: string): { bits: number; fingerprint: string; type: string } => {
    const line = puttygen(path, '-O', 'public-openssh');
    const [, bits, fingerprint] = /^\S+ (\d+) (SHA256:\S+)/.exec(puttygen(path, '-O', 'fingerprint', '--old-passphrase', passphrase))!;
    if (line.startsWith('ssh-ed448')) return { bits: 456, fingerprint: fingerprint!, type: 'ED448' };
    const said = listed('-', line);
    // puttygen counts the bits of Curve25519's field.
    expect(said).toMatchObject({ bits: said.type === 'ED25519' ? Number(bits) + 1 : Number(bits), fingerprint });
    return said;
  };

  test.each(types.map((kind, i) => ({ kind, argon2: ['argon2id', 'argon2i', 'argon2d'][i % 3]! })))('$kind: versions 2 and 3, in the clear and encrypted', ({ kind, argon2 }) => {
    const path = make(kind, 'version=3');
    const said = saidOf(path);
    const facts = { kind: 'private', format: 'ppk', ...publicFacts(said), comment: 'Jürgen: "his" key' };
    const { spki, ...rest } = readOne(ppk, readFileSync(path));
    expect(rest).toEqual(facts);
    const line = puttygen(path, '-O', 'public-openssh');
    expect(readOne(sshPublic, line)).toMatchObject({ kind: 'public', ...publicFacts(said), spki, comment: 'Jürgen: "his" key' });
    if (kind[0] !== 'ed448') expect(spki).toBe(sha256(spkiOf(written(line))));
    expect(readOne(ssh2Public, puttygen(path, '-O', 'public'))).toMatchObject({ kind: 'public', format: 'ssh2-public', ...publicFacts(said), comment: 'Jürgen: "his" key' });

    const reencrypted = (parameters: string, secret: string): Buffer => {
      const other = `${newPath()}.ppk`;
      puttygen(path, '-q', '-P', '--old-passphrase', noPassphrase, '--new-passphrase', secret, '--random-device', '/dev/urandom', '--ppk-param', parameters, '-o', other);
      return readFileSync(other);
    };
    const { spki: again, ...clear2 } = readOne(ppk, reencrypted('version=2', noPassphrase));
    expect(again).toBe(spki);
    expect(clear2).toEqual(facts);
    expect(readOne(ppk, reencrypted('version=2', passphrase))).toEqual({ ...facts, spki, encryption: { cipher: 'aes256-cbc', kdf: 'sha1', rounds: 1 } });
    expect(readOne(ppk, reencrypted(`version=3,kdf=${argon2},memory=1024,passes=3,parallelism=2`, passphrase)))
      .toEqual({ ...facts, spki, encryption: { cipher: 'aes256-cbc', kdf: argon2, memory: 1024, passes: 3, parallelism: 2 } });
  });

  test('OpenSSH keys that it writes', () => {
    for (const kind of [['rsa', '1024'], ['ecdsa', '256'], ['ed25519'], ['ed448']]) {
      const path = make(kind, 'version=3');
      const exported = newPath();
      puttygen(path, '-O', 'private-openssh-new', '--old-passphrase', noPassphrase, '-o', exported);
      const { spki, ...facts } = readFile(exported);
      expect(spki).toMatch(/^[0-9a-f]{64}$/);
      expect(facts).toEqual({ kind: 'private', format: 'openssh', ...publicFacts(saidOf(path)), comment: 'Jürgen: "his" key' });
    }
  });

  test('a key file with a certificate in it names the certified key', () => {
    const path = make(['ed25519'], 'version=3');
    const pub = written(puttygen(path, '-O', 'public-openssh'));
    const authority = newPath();
    keygen(authority, ['ed25519']);
    run('ssh-keygen', ['-q', '-s', authority, '-I', 'id', '-n', 'one', pub]);
    const certified = `${newPath()}.ppk`;
    const { status } = attempt('puttygen', [path, '-q', '--certificate', `${pub}-cert.pub`, '--old-passphrase', noPassphrase, '--new-passphrase', noPassphrase, '-o', certified]);
    expect(status).toBe(0);
    expect(readFileSync(certified, 'latin1')).toMatch(/^PuTTY-User-Key-File-3: ssh-ed25519-cert-v01@openssh.com/);
    expect(readOne(ppk, readFileSync(certified))).toEqual(readOne(ppk, readFileSync(path)));
  });

  test('reads what has been done to the lines of a file, and covers it from its first to its last', () => {
    const clear = readFileSync(make(['ecdsa', '256'], 'version=3'), 'latin1');
    const locked = readFileSync(make(['rsa', '1024'], 'version=3,memory=1024,passes=1', passphrase), 'latin1');
    for (const file of [clear, locked]) {
      const facts = readOne(ppk, Buffer.from(file, 'latin1'));
      expect(facts.defect).toBeUndefined();
      const lines = file.trimEnd().split('\n');
      const rewrapped = file.replace(/^(Public|Private)-Lines: \d+\n((?:[A-Za-z0-9+/=]+\n)+)/gm, (all, half: string, body: string) => all.replace(body, body.replace(/\n/g, '').replace(/.{1,40}/g, '$&\n')));
      expect(rewrapped).not.toBe(file);
      for (const variant of [lines.join('\r\n'), lines.join('\r'), `${lines.join('\n')}\n`, lines.map((line) => `\t    ${line}  `).join('\n'), lines.join('\n\n'), `${lines.join('\r\n\r\n')}\r\n`, rewrapped]) {
        const text = Buffer.from(`before ${variant}\nbehind`, 'latin1');
        const found = readText(ppk, text);
        expect(found.map(({ key }) => factsOf(key))).toEqual([facts]);
        expect(text.toString('latin1', found[0]!.start, found[0]!.end)).toMatch(/^PuTTY-User-Key-File-3: [^]*Private-MAC: [0-9a-f]{64}$/);
      }
    }
  });

  test('damage and truncation are defects; a mention is nothing', () => {
    const clear = readFileSync(make(['rsa', '1024'], 'version=2'), 'latin1').split('\n');
    const locked = readFileSync(make(['rsa', '1024'], 'version=2', passphrase), 'latin1').split('\n');
    const privateAt = clear.findIndex((line) => line.startsWith('Private-Lines'));
    const publicAt = clear.findIndex((line) => line.startsWith('Public-Lines'));
    const { fingerprint } = readOne(ppk, clear.join('\n'));
    for (const file of [clear, locked]) {
      // Up to the first line of the public half it might be any key of this type: nothing of its own.
      for (let count = 0; count <= publicAt + 1; count++) expect(readText(ppk, file.slice(0, count).join('\n'))).toEqual([]);
      for (let count = publicAt + 2; count < file.length - 2; count++) {
        const cut = readOne(ppk, file.slice(0, count).join('\n'));
        expect(cut.defect).toMatch(/^truncated/);
        if (count >= privateAt) expect(cut.container).toBeUndefined();
        else expect(cut.container).toMatch(/^[0-9a-f]{64}$/);
      }
    }
    // All numbers are there: the key is.
    expect(readOne(ppk, clear.slice(0, -2).join('\n'))).toEqual(readOne(ppk, clear.join('\n')));
    expect(readOne(ppk, clear.map((line, i) => (i > privateAt && /^[\w+/]+=*$/.test(line) ? '<redacted>' : line)).join('\n'))).toMatchObject({ fingerprint, defect: 'truncated: its private half is missing' });
    expect(readOne(ppk, clear.map((line, i) => (i === publicAt + 1 ? 'QUJD' : line)).join('\n'))).toMatchObject({ defect: 'its public half does not parse' });
  });

  test('key files that old versions of it wrote', () => {
    const first = readFileSync(make(['rsa', '1024'], 'version=2', passphrase), 'latin1').replace('File-2', 'File-1').replace('Private-MAC', 'Private-Hash');
    const found = readText(ppk, Buffer.from(first, 'latin1'));
    expect(found[0]!.end).toBe(first.trimEnd().length);
    expect(found[0]!.key).toMatchObject({ algorithm: 'rsa', bits: 1024, encryption: { cipher: 'aes256-cbc', kdf: 'sha1', rounds: 1 } });
    expect(found[0]!.key.defect).toBeUndefined();
    const latin1 = Buffer.from(first.replace(/^Comment: .*$/m, 'Comment: Jürgen'), 'latin1');
    expect(readOne(ppk, latin1).comment).toBe('Jürgen');
  });
});

describe('mentions of PuTTY keys', () => {
  test.each([
    'PuTTY-User-Key-File-2: ',
    'PuTTY-User-Key-File-2: ssh-rsa',
    'if (line.startsWith("PuTTY-User-Key-File-2: ssh-rsa"))\n  return;',
    'PuTTY-User-Key-File-%d: %s\nEncryption: %s\nComment: %s\nPublic-Lines: %d\n',
    'PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\nComment: mine\nPublic-Lines: 6\n...\nPrivate-Lines: 14\n...\nPrivate-MAC: ...\n',
    'PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\nComment: mine\nPublic-Lines: 6\nAAAAB3NzaC1yc2EAAAABJQAAAQEA\n...\n',
    'PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\nComment: mine\nPublic-Lines: 1\nabcd\nPrivate-Lines: 1\nefgh\nPrivate-MAC: 0123\n',
    'PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: {{ comment }}\nPublic-Lines: 2\n{{ public }}\nPrivate-Lines: 1\n{{ private }}\nPrivate-MAC: {{ mac }}\n',
  ])('%j', (text) => {
    expect(readText(ppk, text)).toEqual([]);
  });
});

const container = opensshContainer;

interface Ed25519 { readonly blob: Buffer; readonly section: Buffer; readonly seed: Buffer; readonly publicKey: Buffer }
function ed25519(comment = 'made in a test'): Ed25519 {
  const { d, x } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const seed = Buffer.from(d!, 'base64url'), publicKey = Buffer.from(x!, 'base64url');
  const blob = Buffer.concat([wireString('ssh-ed25519'), wireString(publicKey)]);
  return { blob, seed, publicKey, section: Buffer.concat([wireString('ssh-ed25519'), wireString(publicKey), wireString(Buffer.concat([seed, publicKey])), wireString(comment)]) };
}
const armored = (bytes: Buffer): string => `-----BEGIN OPENSSH PRIVATE KEY-----\n${bytes.toString('base64').replace(/.{1,70}/g, '$&\n')}-----END OPENSSH PRIVATE KEY-----\n`;
const point = (namedCurve: string): Buffer => {
  const { x, y } = generateKeyPairSync('ec', { namedCurve }).publicKey.export({ format: 'jwk' });
  return Buffer.concat([Buffer.from([4]), Buffer.from(x!, 'base64url'), Buffer.from(y!, 'base64url')]);
};

/** Handles of FIDO keys, as PROTOCOL.u2f lays them out. */
function fidoKeys(): readonly { algorithm: string; type: string; blob: Buffer; file: Buffer; line: string }[] {
  const ed = [wireString(ed25519().publicKey)], ec = [wireString('nistp256'), wireString(point('P-256'))];
  return ([['ed25519-sk', 'sk-ssh-ed25519@openssh.com', ed], ['ecdsa-sk', 'sk-ecdsa-sha2-nistp256@openssh.com', ec]] as const).map(([algorithm, type, key]) => {
    const blob = Buffer.concat([wireString(type), ...key, wireString('ssh:')]);
    const section = Buffer.concat([blob, Buffer.from([1]), wireString(Buffer.alloc(64, 7)), wireString('')]);
    return { algorithm, type, blob, file: container([blob], padded(Buffer.concat([checks, section, wireString('my token')]))), line: `${type} ${blob.toString('base64')} my token\n` };
  });
}

describe('OpenSSH containers', () => {
  test('handles of FIDO tokens', () => {
    for (const { algorithm, blob, file, line } of fidoKeys()) {
      const facts = { algorithm, bits: 256, fingerprint: fingerprintOf(blob), comment: 'my token' };
      expect(openssh.read!(file)).toEqual([{ kind: 'private', format: 'openssh', ...facts, hardware: true }]);
      expect(readOne(sshPublic, line)).toEqual({ kind: 'public', format: 'ssh-public', ...facts });
      const sealed = container([blob], Buffer.alloc(128), 'aes256-ctr', 'bcrypt', Buffer.concat([wireString(Buffer.alloc(16)), uint32(24)]));
      expect(openssh.read!(sealed)).toMatchObject([{ algorithm, hardware: true, encryption: { rounds: 24 } }]);
    }
  });

  describeWith(['ssh-keygen'], 'handles of FIDO tokens, by ssh-keygen', () => {
    test('agrees on type, size and fingerprint', () => {
      for (const { algorithm, file, line } of fidoKeys()) {
        const said = listed(written(armored(file)));
        expect(openssh.read!(file)).toMatchObject([publicFacts(said)]);
        expect(publicFacts(said).algorithm).toBe(algorithm);
        expect(listed('-', line).fingerprint).toBe(said.fingerprint);
      }
    });
  });

  test('several keys, in the clear or encrypted', () => {
    const [one, two, three] = [ed25519('one'), ed25519('two'), ed25519('three')];
    const blobs = [one.blob, two.blob, three.blob];
    const clear = openssh.read!(container(blobs, padded(Buffer.concat([checks, one.section, two.section, three.section]))))!;
    expect(clear.map(({ fingerprint, comment, defect }) => [fingerprint, comment, defect])).toEqual(blobs.map((blob, i) => [fingerprintOf(blob), ['one', 'two', 'three'][i], undefined]));
    const sealed = openssh.read!(container(blobs, Buffer.alloc(480), 'aes256-ctr', 'bcrypt', Buffer.concat([wireString('salt'), uint32(16)])))!;
    expect(sealed.map(({ fingerprint, encryption }) => [fingerprint, encryption?.rounds])).toEqual(blobs.map((blob) => [fingerprintOf(blob), 16]));
    // The second is cut: the first is whole.
    const cut = container(blobs, padded(Buffer.concat([checks, one.section, two.section, three.section]))).subarray(0, -(three.section.length + 60));
    expect(openssh.read!(cut)!.map(({ defect }) => defect === undefined)).toEqual([true, false, false]);
    expect(openssh.read!(container([], checks))).toEqual([]);
    expect(openssh.read!(container(Array<Buffer>(100_000).fill(Buffer.alloc(0)), checks))).toMatchObject([{ defect: 'its number of keys is out of range' }]);
  });

  test('key types not known here keep their name and their fingerprint', () => {
    const [known, unknown] = [compositeKey('ssh-mldsa44-ed25519@openssh.com'), compositeKey('ssh-mldsa65-es256@example.com')];
    expect(openssh.read!(known.file)).toEqual([{ kind: 'private', format: 'openssh', algorithm: 'ssh-mldsa44-ed25519@openssh.com', fingerprint: fingerprintOf(known.blob), comment: 'pq' }]);
    expect(openssh.read!(unknown.file)).toEqual([{ kind: 'private', format: 'openssh', algorithm: 'ssh-mldsa65-es256@example.com', fingerprint: fingerprintOf(unknown.blob) }]);
    expect(readOne(sshPublic, `ssh-mldsa44-ed25519@openssh.com ${known.blob.toString('base64')} pq`)).toMatchObject({ kind: 'public', fingerprint: fingerprintOf(known.blob), comment: 'pq' });
  });

  test('Ed448 and ECDSA on a curve that is named by its OID', () => {
    const { d, x } = generateKeyPairSync('ed448').privateKey.export({ format: 'jwk' });
    const publicKey = Buffer.from(x!, 'base64url'), seed = Buffer.from(d!, 'base64url');
    const blob = Buffer.concat([wireString('ssh-ed448'), wireString(publicKey)]);
    for (const secret of [seed, Buffer.concat([seed, publicKey])]) {
      const file = container([blob], padded(Buffer.concat([checks, blob, wireString(secret), wireString('')])));
      expect(openssh.read!(file)).toMatchObject([{ algorithm: 'ed448', bits: 456, fingerprint: fingerprintOf(blob) }]);
      expect(openssh.read!(file)![0]!.defect).toBeUndefined();
    }
    const type = 'ecdsa-sha2-1.3.132.0.10';
    const koblitz = Buffer.concat([wireString(type), wireString('1.3.132.0.10'), wireString(point('secp256k1'))]);
    const file = container([koblitz], padded(Buffer.concat([checks, koblitz, wireMpint(Buffer.alloc(32, 5)), wireString('bitcoin')])));
    expect(openssh.read!(file)).toMatchObject([{ algorithm: 'ec', curve: 'secp256k1', bits: 256, fingerprint: fingerprintOf(koblitz) }]);
  });

  test('a certificate in the place of the public key', () => {
    const { blob, publicKey, seed } = ed25519();
    const certificate = Buffer.concat([
      wireString('ssh-ed25519-cert-v01@openssh.com'), wireString(Buffer.alloc(32, 1)), wireString(publicKey), uint32(0), uint32(1), uint32(1), wireString('id'), wireString(wireString('one')),
      uint32(0), uint32(0), uint32(0xffffffff), uint32(0xffffffff), wireString(''), wireString(''), wireString(''), wireString(ed25519().blob), wireString(Buffer.concat([wireString('ssh-ed25519'), wireString(Buffer.alloc(64))])),
    ]);
    expect(readSshBlob(certificate)).toMatchObject({ certificate: { keyId: 'id' }, plain: blob });
    const section = Buffer.concat([wireString('ssh-ed25519-cert-v01@openssh.com'), wireString(certificate), wireString(publicKey), wireString(Buffer.concat([seed, publicKey])), wireString('c')]);
    expect(openssh.read!(container([certificate], padded(Buffer.concat([checks, section]))))).toEqual([
      expect.objectContaining({ kind: 'private', algorithm: 'ed25519', bits: 256, fingerprint: fingerprintOf(blob), comment: 'c' }),
    ]);
    expect(readSshBlob(certificate.subarray(0, -1))).toBeUndefined();
    expect(readSshBlob(Buffer.concat([certificate, Buffer.from([0])]))).toBeUndefined();
  });

  test('what is wrong in the clear private section', () => {
    const { blob, section, seed, publicKey } = ed25519();
    const other = ed25519();
    const read = (...parts: Buffer[]): KeyFacts => openssh.read!(container([blob], padded(Buffer.concat(parts))))![0]!;
    expect(read(checks, section).defect).toBeUndefined();
    expect(read(uint32(1), uint32(2), section)).toMatchObject({ fingerprint: fingerprintOf(blob), defect: 'its check numbers differ' });
    expect(read(checks, section, Buffer.from([1, 2, 4]))).toMatchObject({ fingerprint: fingerprintOf(blob), defect: 'its padding is wrong' });
    expect(read(checks, Buffer.alloc(64))).toMatchObject({ fingerprint: fingerprintOf(blob), defect: 'its private section does not parse' });
    // OpenSSH pads to 8 bytes, other writers to 16 or not at all.
    expect(openssh.read!(container([blob], padded(Buffer.concat([checks, section]), 64)))![0]!.defect).toBeUndefined();
    expect(openssh.read!(container([blob], Buffer.concat([checks, section])))![0]!.defect).toBeUndefined();

    const mismatch = { fingerprint: fingerprintOf(blob), weaknesses: ['public-half-mismatch'] };
    expect(read(checks, other.section)).toMatchObject(mismatch);
    expect(read(checks, other.section).defect).toBeUndefined();
    const swapped = Buffer.concat([wireString('ssh-ed25519'), wireString(publicKey), wireString(Buffer.concat([seed, other.publicKey])), wireString('')]);
    expect(read(checks, swapped)).toMatchObject(mismatch);
    expect(read(checks, section).weaknesses).toBeUndefined();
  });

  test('RSA: the modulus of the private section is not that of the public half', () => {
    const numbers = (): Record<'n' | 'e' | 'd' | 'qi' | 'p' | 'q', Buffer> => {
      const jwk = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ format: 'jwk' });
      return Object.fromEntries(['n', 'e', 'd', 'qi', 'p', 'q'].map((name) => [name, Buffer.from(jwk[name] as string, 'base64url')])) as Record<'n' | 'e' | 'd' | 'qi' | 'p' | 'q', Buffer>;
    };
    const [one, two] = [numbers(), numbers()];
    const blob = Buffer.concat([wireString('ssh-rsa'), wireMpint(one.e), wireMpint(one.n)]);
    const section = (of: typeof one): Buffer => padded(Buffer.concat([checks, wireString('ssh-rsa'), ...[of.n, of.e, of.d, of.qi, of.p, of.q].map(wireMpint), wireString('c')]));
    const [right] = openssh.read!(container([blob], section(one)))!;
    expect(right).toMatchObject({ algorithm: 'rsa', comment: 'c' });
    expect(right!.weaknesses).toBeUndefined();
    expect(openssh.read!(container([blob], section(two)))).toMatchObject([{ algorithm: 'rsa', bits: 1024, fingerprint: fingerprintOf(blob), weaknesses: ['public-half-mismatch'] }]);
  });

  test('cut anywhere: a defect while a private number is missing, none once they are all there', () => {
    const { blob, section } = ed25519('a comment');
    const whole = container([blob], padded(Buffer.concat([checks, section])));
    const endOfNumbers = whole.lastIndexOf(wireString('a comment'));
    const endOfBlob = whole.indexOf(blob) + blob.length;
    for (let length = 15; length < whole.length; length++) {
      const keys = openssh.read!(whole.subarray(0, length))!;
      if (length < 64) expect(keys).toEqual([]);
      else {
        expect(keys).toHaveLength(1);
        expect(keys[0]!.defect === undefined).toBe(length >= endOfNumbers);
        if (length < endOfNumbers) expect(keys[0]!.defect).toMatch(/^truncated/);
        if (length >= endOfBlob) expect(keys[0]!.fingerprint).toBe(fingerprintOf(blob));
        else expect(keys[0]!.container).toMatch(/^[0-9a-f]{64}$/);
      }
    }
    for (let length = 0; length < 15; length++) expect(openssh.read!(whole.subarray(0, length))).toBeUndefined();
  });

  test('odd protection', () => {
    const { blob } = ed25519();
    const options = Buffer.concat([wireString(Buffer.alloc(16)), uint32(16)]);
    const read = (cipher: string, kdf: string, length: number, given = options, after = 0): KeyFacts => openssh.read!(container([blob], Buffer.alloc(length), cipher, kdf, given, Buffer.alloc(after)))![0]!;
    expect(read('aes256-ctr', 'none', 160)).toMatchObject({ encryption: { cipher: 'aes256-ctr', kdf: 'none' }, defect: 'it names a cipher and no key derivation' });
    expect(read('aes256-ctr', 'bcrypt', 160, Buffer.alloc(3))).toMatchObject({ defect: 'its key derivation options do not parse' });
    expect(read('aes256-ctr', 'bcrypt', 161).defect).toContain('block');
    expect(read('aes256-gcm@openssh.com', 'bcrypt', 160, options, 15)).toMatchObject({ defect: 'truncated: its authentication tag is missing' });
    expect(read('aes256-gcm@openssh.com', 'bcrypt', 160, options, 16).defect).toBeUndefined();
    const future = read('aegis-256@example.com', 'argon2id', 161);
    expect(future).toMatchObject({ encryption: { cipher: 'aegis-256@example.com', kdf: 'argon2id' }, fingerprint: fingerprintOf(blob) });
    expect(future.defect).toBeUndefined();
  });
});

describe('SSH public lines', () => {
  const { blob } = ed25519();
  const base64 = blob.toString('base64');
  const line = `ssh-ed25519 ${base64}`;

  test.each([
    ['KEY', 'KEY', undefined],
    ['KEY me@home\r\nnext', 'KEY me@home', 'me@home'],
    ['KEY\tme@home  \rnext', 'KEY\tme@home', 'me@home'],
    ['   KEY me', 'KEY me', 'me'],
    ['keys:\n  - KEY me@home # mine', 'KEY me@home', 'me@home'],
    ['  ssh_key: KEY me@home', 'KEY me@home', 'me@home'],
    ['export PUBLIC=KEY me@home', 'KEY me@home', 'me@home'],
    ['key = "KEY me@home"', 'KEY me@home', 'me@home'],
    ['{"keys":["KEY me@home","x"]}', 'KEY me@home', 'me@home'],
    ['{"key":"KEY me@home\\n","x":"y"}', 'KEY me@home', 'me@home'],
    ['{"key":"KEY"}', 'KEY', undefined],
    ['const key = \'KEY\';', 'KEY', undefined],
    ['key = """\nKEY me@home"""', 'KEY me@home', 'me@home'],
    ['key = (\n\'KEY me@home\');', 'KEY me@home', 'me@home'],
    ['  KEY me and "my laptop"', 'KEY me and "my laptop"', 'me and "my laptop"'],
    ['KEY me -----BEGIN RSA PRIVATE KEY-----MIIE', 'KEY me', 'me'],
    ['KEY # a remark', 'KEY', undefined],
    ['KEY</code> behind', 'KEY', undefined],
    ['<pre>KEY me@home</pre>', 'KEY', undefined],
    ['the key KEY is mine', 'KEY', undefined],
    ['"BLOB"', 'BLOB', undefined],
    ['ssh-dss BLOB', 'BLOB', undefined],
    ['IN SSH BLOB; note', 'BLOB', undefined],
  ])('%j', (template, covered, comment) => {
    const fill = (text: string): string => text.replace('KEY', line).replace('BLOB', base64);
    const text = fill(template);
    const found = readText(sshPublic, text);
    expect(found).toHaveLength(1);
    expect(text.slice(found[0]!.start, found[0]!.end)).toBe(fill(covered));
    expect(found[0]!.key).toMatchObject({ kind: 'public', algorithm: 'ed25519', bits: 256, fingerprint: fingerprintOf(blob) });
    expect(found[0]!.key.comment).toBe(comment);
  });

  test('slashes that JSON escapes', () => {
    const slashes = Buffer.concat([wireString('ssh-ed25519'), wireString(Buffer.alloc(32, 0xff))]);
    const text = JSON.stringify({ key: `ssh-ed25519 ${slashes.toString('base64')} a/b` }).replaceAll('/', '\\/');
    const [reading] = readText(sshPublic, text);
    expect(reading!.key.fingerprint).toBe(fingerprintOf(slashes));
    expect(text.slice(reading!.start, reading!.end)).toMatch(/^ssh-ed25519 .* a\\\/b$/);
    expect(reading!.key.comment).toBe('a/b');
  });

  test('a blob that is not exact is nothing', () => {
    const rsa = Buffer.concat([wireString('ssh-rsa'), wireMpint(Buffer.from([1, 0, 1])), wireMpint(Buffer.alloc(128, 0xa5))]);
    const ec = Buffer.concat([wireString('ecdsa-sha2-nistp256'), wireString('nistp256'), wireString(point('P-256'))]);
    for (const whole of [blob, rsa, ec]) {
      expect(readText(sshPublic, whole.toString('base64'))).toHaveLength(1);
      for (let length = 12; length < whole.length; length++) expect(readText(sshPublic, whole.subarray(0, length).toString('base64'))).toEqual([]);
      expect(readText(sshPublic, Buffer.concat([whole, Buffer.from([0])]).toString('base64'))).toEqual([]);
      expect(readText(sshPublic, `A${whole.toString('base64')}`)).toEqual([]);
    }
    const wrongCurve = Buffer.concat([wireString('ecdsa-sha2-nistp256'), wireString('nistp384'), wireString(point('P-384'))]);
    expect(readText(sshPublic, wrongCurve.toString('base64'))).toEqual([]);
    expect(readText(sshPublic, 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC... user@host')).toEqual([]);
  });

  test('every type has an anchor of its own, long enough, that its blobs begin with', () => {
    for (const [i, type] of sshTypes.entries()) {
      const anchor = sshPublic.anchors![i]!;
      expect(anchor.length).toBeGreaterThanOrEqual(11);
      for (const next of [0, 0xff]) expect(Buffer.concat([wireString(type), Buffer.from([0, next, next, next])]).toString('base64').startsWith(anchor)).toBe(true);
    }
    expect(new Set(sshPublic.anchors).size).toBe(sshTypes.length);
    const given = ['AAAAB3NzaC1yc2E', 'AAAAB3NzaC1kc3M', 'AAAAE2VjZHNhLXNoYTIt', 'AAAAC3NzaC1lZDI1NTE5', 'AAAACXNzaC1lZDQ0OA', 'AAAAGnNrLXNzaC1lZDI1NTE5', 'AAAAInNrLWVjZHNh', 'AAAAHHNzaC1yc2EtY2VydC', 'AAAAHHNzaC1kc3MtY2VydC', 'AAAAIHNzaC1lZDI1NTE5LWNlcnQt', 'AAAAKGVjZHNhLXNoYTItbmlzdHA', 'AAAAI3NrLXNzaC1lZDI1NTE5LWNlcnQt', 'AAAAK3NrLWVjZHNhLXNoYTIt'];
    for (const head of given) expect(sshPublic.anchors!.some((anchor) => anchor.startsWith(head))).toBe(true);
  });
});

describe('RFC 4716', () => {
  const { blob } = ed25519();
  const body = blob.toString('base64').replace(/.{1,60}/g, '$&\n');
  const frame = (inside: string): string => `---- BEGIN SSH2 PUBLIC KEY ----\n${inside}---- END SSH2 PUBLIC KEY ----`;

  test('headers, their continuation and quotes', () => {
    expect(readOne(ssh2Public, frame(`Comment: one\\\n two \\\nand three\nx-command: /bin/true\n${body}`)).comment).toBe('onetwo and three');
    expect(readOne(ssh2Public, frame(`Subject: me\nComment: "a \\"b\\" \\\\ c"\n${body}`)).comment).toBe('a "b" \\ c');
    expect(readOne(ssh2Public, frame(`SUBJECT: me\n${body}`)).comment).toBe('me');
    expect(readOne(ssh2Public, frame(body))).toMatchObject({ kind: 'public', algorithm: 'ed25519', fingerprint: fingerprintOf(blob) });
  });

  test('what has been done to its lines', () => {
    for (const variant of [frame(body).replace(/\n/g, '\r\n'), frame(body).replace(/\n/g, '\r'), frame(body).replace(/^/gm, '    '), frame(body).replace(/$/gm, ' \t'), frame(body).replace(/\n/g, '\n\n')]) {
      const [reading] = readText(ssh2Public, `text\n${variant}\ntext`);
      expect(reading?.key.fingerprint).toBe(fingerprintOf(blob));
      expect(`text\n${variant}`.slice(reading!.start, reading!.end)).toMatch(/^---- BEGIN [^]* KEY ----$/);
    }
    expect(readOne(ssh2Public, frame(body).replace(/----.*END.*/, '')).fingerprint).toBe(fingerprintOf(blob));
  });

  test('a mention or a damaged body is nothing', () => {
    for (const text of ['"---- BEGIN SSH2 PUBLIC KEY ----"', '---- BEGIN SSH2 PUBLIC KEY ----', frame('Comment: x\n'), frame('...\n'), frame(body.slice(4)), frame(body.slice(0, -6)), 'BEGIN SSH2 PUBLIC KEY ----\n']) {
      expect(readText(ssh2Public, text)).toEqual([]);
    }
  });
});

describeWith(['ssh-keygen', 'puttygen'], 'sshpk', () => {
  test('agrees where it can read', () => {
    for (const kind of [['rsa', '1024'], ['ecdsa', '256'], ['ecdsa', '384'], ['ecdsa', '521'], ['ed25519']]) {
      const path = newPath();
      keygen(path, kind, '-C', 'agreed');
      const theirs = sshpk.parsePrivateKey(readFileSync(path), 'ssh');
      const facts = { bits: theirs.size, fingerprint: theirs.fingerprint('sha256').toString(), comment: theirs.comment };
      expect(readFile(path)).toMatchObject(facts);
      expect(readOne(sshPublic, readFileSync(`${path}.pub`))).toMatchObject(facts);
      const putty = `${newPath()}.ppk`;
      run('puttygen', [path, '-q', '-O', 'private', '--ppk-param', 'version=2', '--new-passphrase', written(''), '-o', putty]);
      expect(sshpk.parseKey(readFileSync(putty), 'putty').fingerprint('sha256').toString()).toBe(facts.fingerprint);
      expect(readOne(ppk, readFileSync(putty))).toMatchObject(facts);
    }
  });
});

describe('hostile input', () => {
  const key = ed25519('a comment');
  const second = ed25519('another');
  const clear = container([key.blob], padded(Buffer.concat([checks, key.section])));
  const several = container([key.blob, second.blob], padded(Buffer.concat([checks, key.section, second.section])));
  const sealed = container([key.blob], Buffer.alloc(160, 0xa5), 'aes256-gcm@openssh.com', 'bcrypt', Buffer.concat([wireString(Buffer.alloc(16)), uint32(16)]), Buffer.alloc(16));
  const putty = Buffer.from([
    'PuTTY-User-Key-File-3: ssh-ed25519', 'Encryption: none', 'Comment: a comment', 'Public-Lines: 2', ...key.blob.toString('base64').match(/.{1,64}/g)!,
    'Private-Lines: 1', wireString(key.seed).toString('base64'), `Private-MAC: ${'0'.repeat(64)}`, '',
  ].join('\r\n'));
  const line = Buffer.from(`no-pty,command="a b" ssh-ed25519 ${key.blob.toString('base64')} a comment\n`);
  const rfc4716 = Buffer.from(`---- BEGIN SSH2 PUBLIC KEY ----\nComment: "x\\\ny"\n${key.blob.toString('base64')}\n---- END SSH2 PUBLIC KEY ----\n`);

  /** Everything all formats make of the bytes, whether an anchor is there or not. */
  const everything = (bytes: Buffer): readonly KeyFacts[] => [
    ...(openssh.read!(bytes) ?? []),
    ...[ppk, sshPublic, ssh2Public].flatMap((format) => {
      const found = readText(format, bytes);
      for (const { start, end } of found) expect(0 <= start && start < end && end <= bytes.length).toBe(true);
      for (const at of [0, 1, bytes.length >> 1, bytes.length - 1, bytes.length]) if (at >= 0) format.readAt!(bytes, at);
      return found.map((reading) => reading.key);
    }),
  ];
  const samples = [clear, several, sealed, putty, line, rfc4716];

  const mutated = fc.tuple(fc.constantFrom(...samples), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }), fc.nat(), fc.boolean()).map(([sample, changes, cut, truncate]) => {
    const bytes = Buffer.from(sample);
    for (const [at, value] of changes) bytes[at % bytes.length] = value;
    return truncate ? bytes.subarray(0, cut % (bytes.length + 1)) : bytes;
  });

  test('the samples are what they should be', () => {
    for (const sample of samples) expect(everything(sample).map(({ fingerprint, defect }) => [fingerprint, defect])).toContainEqual([fingerprintOf(key.blob), undefined]);
  });

  test('changed or cut keys never throw, and never give away the secret', () => {
    fc.assert(fc.property(mutated, (bytes) => {
      const said = JSON.stringify(everything(bytes));
      for (const secret of [key.seed, second.seed]) {
        for (const encoding of ['hex', 'latin1', 'utf8', 'base64'] as const) {
          // Any eight bytes of the seed, as they would look in JSON; in base64 at each of the three alignments.
          for (let at = 0; at + 10 <= secret.length; at++) {
            const piece = encoding === 'base64' ? secret.subarray(at, at + 9).toString('base64') : JSON.stringify(secret.subarray(at, at + 8).toString(encoding)).slice(1, -1);
            expect(said.includes(piece)).toBe(false);
          }
        }
      }
    }), { numRuns: 1500 });
  });

  test('arbitrary bytes behind each beginning never throw', () => {
    const beginnings = [Buffer.from('openssh-key-v1\0'), ...[ppk, sshPublic, ssh2Public].flatMap((format) => format.anchors!.map((anchor) => Buffer.from(`---- ${anchor}`)))];
    fc.assert(fc.property(fc.constantFrom(...beginnings), fc.uint8Array({ maxLength: 300 }), (beginning, bytes) => {
      everything(Buffer.concat([beginning, bytes]));
      everything(Buffer.concat([beginning, Buffer.from(Buffer.from(bytes).toString('base64'))]));
    }), { numRuns: 1000 });
  });

  test('blobs of any bytes and of any lengths never throw', () => {
    fc.assert(fc.property(fc.constantFrom(...sshTypes, 'unknown@example.com'), fc.array(fc.uint8Array({ maxLength: 140 }), { maxLength: 12 }), fc.uint8Array({ maxLength: 12 }), (type, fields, rest) => {
      const blob = Buffer.concat([wireString(type), ...fields.map((field) => wireString(field)), rest]);
      const found = readAnySshBlob(blob);
      // What is taken for a known key is exactly its strings.
      if (found && found.key.type !== 'other' && !found.certificate) {
        const wire = new WireReader(blob);
        while (wire.string());
        expect(wire.left).toBe(0);
      }
    }), { numRuns: 1000 });
  });

  /** Milliseconds to ask a format about each of its anchors in the text. */
  const timed = (format: Format, anchor: string, text: Buffer): number => {
    const before = performance.now();
    for (let at = text.indexOf(anchor); at >= 0; at = text.indexOf(anchor, at + 1)) format.readAt!(text, at);
    return performance.now() - before;
  };
  const rsaHead = (length: number): string => Buffer.concat([wireString('ssh-rsa'), wireMpint(Buffer.from([3])), uint32(length), Buffer.alloc(2)]).toString('base64').replace(/=+$/, '');
  const repeats: readonly (readonly [name: string, format: Format, anchor: string, unit: string])[] = [
    ...[ppk, sshPublic, ssh2Public].flatMap((format) => format.anchors!.flatMap((anchor) => ['', '\n'].map((gap) => [JSON.stringify(anchor + gap), format, anchor, anchor + gap] as const))),
    ['PPK first lines', ppk, ppk.anchors![0]!, 'PuTTY-User-Key-File-2: ssh-rsa\n'],
    ['PPK headers in comments', ppk, ppk.anchors![0]!, 'Comment: PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\n'],
    ['PPK promises', ppk, ppk.anchors![0]!, 'PuTTY-User-Key-File-2: ssh-rsa\nPublic-Lines: 99999\nAAAA\n\n\n'],
    ['RFC 4716 frames', ssh2Public, ssh2Public.anchors![0]!, '---- BEGIN SSH2 PUBLIC KEY ----\n'],
    ['RFC 4716 frames in headers', ssh2Public, ssh2Public.anchors![0]!, 'a: ---- BEGIN SSH2 PUBLIC KEY ----\n'],
    ['RFC 4716 continuations', ssh2Public, ssh2Public.anchors![0]!, '---- BEGIN SSH2 PUBLIC KEY ----\na: b\\\n'],
    ['blobs that promise 48 KB', sshPublic, 'AAAAB3NzaC1yc2EA', rsaHead(48_000)],
    ['comments of quotes', sshPublic, 'AAAAC3NzaC1lZDI1NTE5AA', `ssh-ed25519 ${key.blob.toString('base64')} ${'"'.repeat(400)}x\n`],
    ['keys on one line', sshPublic, 'AAAAC3NzaC1lZDI1NTE5AA', `ssh-ed25519 ${key.blob.toString('base64')} x `],
  ];
  test('time grows with the size of the text, whatever the anchors repeated in it', () => {
    for (const [name, format, anchor, unit] of repeats) {
      const text = (size: number): Buffer => Buffer.alloc(size, unit);
      timed(format, anchor, text(1 << 16));
      const small = timed(format, anchor, text(1 << 20)), large = timed(format, anchor, text(1 << 22));
      expect(large, `${name}: ${small.toFixed(0)} ms, then ${large.toFixed(0)} ms`).toBeLessThan(16 * small + 300);
    }
  }, 120_000);

  test('containers with lying lengths take no time', () => {
    const before = performance.now();
    const lying = Buffer.concat([Buffer.from('openssh-key-v1\0'), wireString('none'), wireString('none'), wireString(''), uint32(0xffffffff), Buffer.alloc(1 << 22)]);
    expect(openssh.read!(lying)).toMatchObject([{ defect: 'its number of keys is out of range' }]);
    lying.writeUInt32BE(64, 15 + 8 + 8 + 4);
    expect(openssh.read!(lying)).toHaveLength(64);
    expect(performance.now() - before).toBeLessThan(2000);
  });
});
