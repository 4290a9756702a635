import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { keyPairMismatch as rule } from '../../rules/key-pair-mismatch.ts';
import type { Key } from '../../src/key.ts';
import { describeWith, run, scratch } from '../tools.ts';
import { encrypted, findings, fingerprintOf, makeKey } from './key.ts';

const a = { fingerprint: fingerprintOf('a'), spki: 'a'.repeat(64) };
const b = { fingerprint: fingerprintOf('b'), spki: 'b'.repeat(64) };

function publicKey(path: string, facts: object = b): Key {
  return makeKey(path, { kind: 'public', format: 'ssh-public', algorithm: 'ed25519', ...facts });
}

function privateKey(path: string, facts: object = a): Key {
  return makeKey(path, { algorithm: 'ed25519', ...facts });
}

describe('key-pair-mismatch', () => {
  test.each([
    ['id_x', 'id_x.pub'], ['id_x', 'id_x-cert.pub'], ['jwtRS256.key', 'jwtRS256.key.pub'], ['engine.pem', 'engine.pub'], ['private.key', 'public.key'], ['private.pem', 'public.pem'], ['private.key', 'public.pem'],
    ['private.pem', 'public.pub'], ['jwt-private.pem', 'jwt-public.pem'], ['privateKey.pem', 'publicKey.pem'], ['PRIVATE.PEM', 'PUBLIC.PEM'], ['Private.pem', 'Public.pem'], ['priv.pem', 'pub.pem'], ['private', 'public'], ['server.key', 'server.crt'], ['server.pem', 'server.crt'], ['server.key', 'server.cer'],
    ['login.ppk', 'login.pub'], ['rsa.pem', 'rsa_pub.pem'], ['key.pem', 'cert.pem'], ['server-key.pem', 'server-cert.pem'], ['privkey.pem', 'cert.pem'],
  ])('%s beside %s', (ours, theirs) => {
    for (const folder of ['', 'deploy/', '/etc/ssl/']) {
      expect(findings(rule, [privateKey(folder + ours), publicKey(folder + theirs)]).map(({ path }) => path)).toEqual([folder + theirs]);
      expect(findings(rule, [privateKey(folder + ours), publicKey(folder + theirs, a)])).toEqual([]);
    }
  });

  test.each([
    ['another folder', [privateKey('x/id_x'), publicKey('y/id_x.pub')]],
    ['another name', [privateKey('id_x'), publicKey('id_y.pub')]],
    ['a file with two private keys', [privateKey('id_x'), privateKey('id_x', { ...b }), publicKey('id_x.pub', { fingerprint: fingerprintOf('c') })]],
    ['a list of public keys', [privateKey('id_x'), publicKey('id_x.pub'), publicKey('id_x.pub', { fingerprint: fingerprintOf('c') })]],
    ['a bundle', [privateKey('server.key'), publicKey('server.crt'), privateKey('server.crt', b)]],
    ['a private key of which nothing is known', [privateKey('id_x', { fingerprint: undefined, algorithm: undefined, encryption: encrypted }), publicKey('id_x.pub')]],
    ['names of different sorts', [privateKey('id_x', { fingerprint: undefined, spki: a.spki }), publicKey('id_x.pub', { spki: undefined, fingerprint: b.fingerprint })]],
    ['a key whose one name agrees', [privateKey('id_x', { fingerprint: a.fingerprint, spki: a.spki }), publicKey('id_x.pub', { fingerprint: a.fingerprint, spki: b.spki })]],
    ['a curve by name and by parameters', [privateKey('k.pem', { curve: 'prime256v1', spki: a.spki, fingerprint: undefined }), publicKey('k.pub', { curve: 'explicit', spki: b.spki, fingerprint: undefined })]],
    ['damaged keys', [privateKey('id_x', { defect: 'cut off', ...a }), publicKey('id_x.pub')]],
    ['a public key that fits another private key of that name', [privateKey('deploy'), privateKey('deploy.pem', b), publicKey('deploy.pub')]],
    ['different commits', [makeKey('id_x', { file: { origin: 'commit', commit: '1' } }), makeKey('id_x.pub', { kind: 'public', ...b, algorithm: 'ed25519', file: { origin: 'commit', commit: '2' } })]],
  ])('stays silent for %s', (_, keys) => {
    expect(findings(rule, keys)).toEqual([]);
  });

  test('one finding where two private keys claim the file', () => {
    expect(findings(rule, [privateKey('deploy'), privateKey('deploy.pem', { fingerprint: fingerprintOf('c') }), publicKey('deploy.pub')])).toHaveLength(1);
  });

  test('encrypted keys that show their public half are compared', () => {
    expect(findings(rule, [privateKey('id_x', { ...a, encryption: encrypted }), publicKey('id_x.pub')])).toHaveLength(1);
  });

  test('says which, and how to write the public half anew', () => {
    expect(findings(rule, [privateKey('my key'), publicKey('my key.pub')])[0]).toMatchObject({
      message: 'Ed25519 public key is not the public half of my key beside it', help: "ssh-keygen -y -f 'my key' > 'my key.pub'",
    });
    expect(findings(rule, [privateKey('private.pem'), publicKey('public.pem', { ...b, format: 'spki' })])[0]!.help).toBe('openssl pkey -in private.pem -pubout -out public.pem');
    expect(findings(rule, [privateKey('s.key'), makeKey('s.crt', { kind: 'certificate', format: 'x509', algorithm: 'rsa', bits: 2048, ...b })])[0]!.message).toBe('RSA 2048-bit certificate was not issued for s.key beside it');
  });
});

describeWith(['ssh-keygen', 'openssl', 'bash'], 'the commands that write the public half anew', () => {
  const folder = scratch();

  test('for SSH', () => {
    run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', 'my key'], { cwd: folder });
    const right = readFileSync(join(folder, 'my key.pub'), 'utf8').trim();
    writeFileSync(join(folder, 'my key.pub'), 'something else\n');
    run('bash', ['-c', findings(rule, [privateKey('my key'), publicKey('my key.pub')])[0]!.help], { cwd: folder });
    expect(readFileSync(join(folder, 'my key.pub'), 'utf8').trim()).toBe(right);
  });

  test('for PEM', () => {
    run('openssl', ['genpkey', '-algorithm', 'ed25519', '-out', 'private.pem'], { cwd: folder });
    run('bash', ['-c', findings(rule, [privateKey('private.pem'), publicKey('public.pem', { ...b, format: 'spki' })])[0]!.help], { cwd: folder });
    expect(readFileSync(join(folder, 'public.pem'), 'utf8')).toContain('BEGIN PUBLIC KEY');
  });
});
