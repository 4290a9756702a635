import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { rules } from '../rules/index.ts';
import { check } from '../src/check.ts';
import type { Encryption, Key } from '../src/key.ts';
import { loadPolicy } from '../src/policy-file.ts';
import { settingsFor, type Policy } from '../src/policy.ts';
import { presets } from '../src/presets/index.ts';
import { fingerprintOf, makeKey } from './rules/key.ts';
import { scratch } from './tools.ts';

const folder = scratch();

function policyOf(preset: string): Policy {
  writeFileSync(join(folder, 'keylint.config.json'), JSON.stringify({ extends: preset }));
  return loadPolicy('keylint.config.json', { cwd: folder });
}

/** What a preset says of some keys: `severity rule path`. */
function verdict(preset: string, ...keys: readonly Key[]): readonly string[] {
  return check(keys, policyOf(`keylint:${preset}`), rules).findings.map(({ severity, rule, path }) => `${severity} ${rule} ${path}`);
}

/** As ssh-keygen and openssl leave their files: for the owner alone. */
const mine = { mode: 0o600, uid: 1000, runnerUid: 1000, tracked: false } as const;
const home = '/home/me/.ssh';
const bcrypt = (rounds: number): Encryption => ({ cipher: 'aes256-ctr', kdf: 'bcrypt', rounds });
const legacy: Encryption = { cipher: 'aes-128-cbc', kdf: 'md5', rounds: 1 };
const a = { fingerprint: fingerprintOf('a'), spki: 'a'.repeat(64) };

function rsa(path: string, bits: number, facts: Parameters<typeof makeKey>[1] = {}): Key {
  return makeKey(path, { format: 'pkcs1', algorithm: 'rsa', bits, ...a, ...facts, file: { ...mine, ...facts.file } });
}

function rsaPublic(path: string, bits: number): Key {
  return rsa(path, bits, { kind: 'public', format: 'spki', file: { mode: 0o644 } });
}

function ed25519(path: string, facts: Parameters<typeof makeKey>[1] = {}): Key {
  return makeKey(path, { ...facts, file: { ...mine, ...facts.file } });
}

function p521(path: string, facts: Parameters<typeof makeKey>[1] = {}): Key {
  return makeKey(path, { format: 'sec1', algorithm: 'ec', curve: 'secp521r1', bits: 521, ...a, ...facts, file: { ...mine, ...facts.file } });
}

test('each preset lies in the file of its name', () => {
  const names = readdirSync('src/presets').filter((name) => name !== 'index.ts').map((name) => `keylint:${name.replace(/\.ts$/, '')}`);
  expect(presets.map(({ name }) => name).sort()).toEqual(names.sort());
});

describe.each(presets.map((preset) => [preset.name, preset] as const))('%s', (name, preset) => {
  test('says what it is for and what it rests on', () => {
    expect(preset.description).toMatch(/^[A-Z].*\.$/);
    for (const { title, url } of preset.sources) {
      expect(title).not.toBe('');
      expect(new URL(url).protocol).toBe('https:');
    }
  });

  test('sets every rule, and can be extended', () => {
    expect(Object.keys(preset.rules).sort()).toEqual(rules.map(({ meta }) => meta.id).sort());
    expect(settingsFor(policyOf(name), 'x').size).toBe(rules.length);
  });

  test('never takes a committed key lightly, nor one that others can read', () => {
    const settings = settingsFor(policyOf(name), 'x');
    for (const rule of ['no-committed-private-key', 'no-private-key-in-public-file', 'private-key-permissions']) expect(settings.get(rule)!.severity, rule).toBe('error');
  });
});

describe('jwt-signing', () => {
  test.each([['jwtRS256.key', 'jwtRS256.key.pub'], ['private.key', 'public.key'], ['private.pem', 'public.pem']])('the pair %s and %s of the guide is clean', (ours, theirs) => {
    for (const preset of ['jwt-signing', 'recommended']) expect(verdict(preset, rsa(ours, 4096), rsaPublic(theirs, 4096))).toEqual([]);
  });

  test('what would go wrong', () => {
    expect(verdict('jwt-signing', rsa('k', 1024))).toEqual(['error min-key-size k']);
    expect(verdict('jwt-signing', rsa('k', 4096, { file: { mode: 0o644 } }))).toEqual(['error private-key-permissions k']);
    expect(verdict('jwt-signing', rsa('k', 4096, { file: { tracked: true } }))).toEqual(['error no-committed-private-key k']);
    expect(verdict('jwt-signing', rsa('k', 4096, { format: 'encrypted-pkcs8', encryption: { cipher: 'aes-256-cbc', kdf: 'scrypt', N: 16_384, r: 8, p: 1 }, file: { origin: 'index' } }))).toEqual(['error no-committed-encrypted-key k']);
    expect(verdict('jwt-signing', rsa('dev/k', 4096), rsa('prod/k', 4096))).toEqual(['error no-key-reuse dev/k', 'error no-key-reuse prod/k']);
    expect(verdict('jwt-signing', rsa('k', 4096), rsa('k.pub', 4096))).toContain('error no-private-key-in-public-file k.pub');
    expect(verdict('jwt-signing', makeKey('k', { algorithm: 'ec', curve: 'brainpoolP256r1', bits: 256, file: mine }))).toEqual(['error no-weak-algorithm k']);
  });
});

describe('engine-rsa', () => {
  test('the pair of the guide is clean', () => {
    for (const preset of ['engine-rsa', 'recommended']) expect(verdict(preset, rsa('engine.pem', 2048), rsaPublic('engine.pub', 2048))).toEqual([]);
  });

  test('RSA only, 2048 bits or more, a pair for each engine, halves that fit', () => {
    expect(verdict('engine-rsa', rsa('engine.pem', 2047))).toEqual(['error min-key-size engine.pem']);
    expect(verdict('engine-rsa', ed25519('engine.pem'))).toEqual(['error no-weak-algorithm engine.pem']);
    expect(verdict('engine-rsa', makeKey('engine.pub', { kind: 'public', file: mine }))).toEqual(['error no-weak-algorithm engine.pub']);
    expect(verdict('engine-rsa', rsa('a.pem', 2048), rsa('b.pem', 2048))).toEqual(['error no-key-reuse a.pem', 'error no-key-reuse b.pem']);
    expect(verdict('engine-rsa', rsa('a.pem', 2048, { fingerprint: fingerprintOf('b'), spki: undefined }), rsaPublic('a.pub', 2048))).toEqual(['error key-pair-mismatch a.pub']);
  });
});

describe('ssh-user', () => {
  test('with a passphrase behind 100 rounds: clean', () => {
    for (const preset of ['ssh-user', 'recommended']) expect(verdict(preset, ed25519(`${home}/id_ed25519`, { encryption: bcrypt(100) }), ed25519(`${home}/id_ed25519.pub`, { kind: 'public', format: 'ssh-public' }))).toEqual([]);
  });

  test('without a passphrase: an error in ~/.ssh, a warning elsewhere', () => {
    expect(verdict('ssh-user', ed25519(`${home}/id_ed25519`), ed25519('id_new', { fingerprint: fingerprintOf('b') }))).toEqual([`error require-passphrase ${home}/id_ed25519`, 'warn require-passphrase id_new']);
    expect(verdict('ssh-user', ed25519('id_ed25519', { file: { absolutePath: `${home}/id_ed25519` } }))).toEqual(['error require-passphrase id_ed25519']);
    expect(verdict('recommended', ed25519('id_new'))).toEqual([]);
  });

  test('types and sizes: ours, not those in known_hosts', () => {
    expect(verdict('ssh-user', p521('id_x', { encryption: bcrypt(16) }))).toEqual(['error no-weak-algorithm id_x']);
    expect(verdict('ssh-user', rsa('id_rsa', 2048, { encryption: bcrypt(16) }))).toEqual(['error min-key-size id_rsa']);
    expect(verdict('ssh-user', rsa('id_rsa', 3072, { encryption: bcrypt(16) }))).toEqual([]);
    expect(verdict('ssh-user', rsaPublic(`${home}/known_hosts`, 2048), p521(`${home}/known_hosts`, { kind: 'public' }))).toEqual([]);
    expect(verdict('ssh-user', rsaPublic(`${home}/known_hosts`, 1024))).toEqual([`warn min-key-size ${home}/known_hosts`]);
    expect(verdict('ssh-user', ed25519(`${home}/id_sk`, { algorithm: 'ed25519-sk', hardware: true }))).toEqual([]);
  });
});

describe('ssh-deploy', () => {
  test('a passphrase is optional', () => {
    expect(verdict('ssh-deploy', ed25519('deploy'), ed25519('deploy.pub', { kind: 'public', format: 'ssh-public' }))).toEqual([]);
    expect(verdict('ssh-deploy', ed25519('deploy', { encryption: bcrypt(100) }))).toEqual([]);
    expect(verdict('recommended', ed25519('deploy'))).toEqual([]);
  });

  test('one that is there has to count, a key has one use, and git never gets it', () => {
    expect(verdict('ssh-deploy', ed25519('deploy', { encryption: bcrypt(8) }))).toEqual(['error weak-passphrase-kdf deploy']);
    expect(verdict('ssh-deploy', ed25519('a/deploy'), ed25519('b/deploy'))).toEqual(['error no-key-reuse a/deploy', 'error no-key-reuse b/deploy']);
    expect(verdict('ssh-deploy', ed25519('deploy', { encryption: bcrypt(100), file: { origin: 'index' } }))).toEqual(['error no-committed-encrypted-key deploy']);
  });
});

describe('ssh-login', () => {
  const path = `${home}/id_ecdsa_server`;

  test('the guide\'s -m PEM with a passphrase: one MD5 hash a guess', () => {
    const key = p521(path, { format: 'legacy-pem', curve: undefined, fingerprint: undefined, spki: undefined, inferred: true, encryption: legacy });
    const half = p521(`${path}.pub`, { kind: 'public', format: 'ssh-public' });
    expect(verdict('ssh-login', key, half)).toEqual([`error weak-passphrase-kdf ${path}`]);
    expect(verdict('recommended', key, half)).toEqual([`warn weak-passphrase-kdf ${path}`]);
  });

  test('the guide\'s -m PEM without a passphrase', () => {
    for (const preset of ['ssh-login', 'recommended']) expect(verdict(preset, p521(path))).toEqual([`error require-passphrase ${path}`]);
    expect(verdict('ssh-login', p521('somewhere/else'))).toEqual(['error require-passphrase somewhere/else']);
  });

  test('in OpenSSH\'s format, or as PPK 3: clean; PPK 2 is not', () => {
    expect(verdict('ssh-login', p521(path, { format: 'openssh', encryption: bcrypt(16) }))).toEqual([]);
    expect(verdict('ssh-login', p521('login.ppk', { format: 'ppk', encryption: { cipher: 'aes256-cbc', kdf: 'argon2id', memory: 8192, passes: 13, parallelism: 1 } }))).toEqual([]);
    expect(verdict('ssh-login', p521('login.ppk', { format: 'ppk', encryption: { cipher: 'aes256-cbc', kdf: 'sha1', rounds: 1 } }))).toEqual(['error weak-passphrase-kdf login.ppk']);
  });

  test('permissions, of the file and the folders', () => {
    const encryption = bcrypt(16);
    expect(verdict('ssh-login', p521(path, { format: 'openssh', encryption, file: { mode: 0o640 } }))).toEqual([`error private-key-permissions ${path}`]);
    expect(verdict('ssh-login', p521(path, { format: 'openssh', encryption, file: { parents: [{ path: home, mode: 0o777, uid: 1000 }] } }))).toEqual([`error private-key-permissions ${path}`]);
  });
});

describe('strict', () => {
  test('128 bits of security, passphrases everywhere, derivations of today', () => {
    expect(verdict('strict', rsa('k', 3071, { encryption: bcrypt(24) }))).toEqual(['error min-key-size k']);
    expect(verdict('strict', rsa('k', 3072, { encryption: bcrypt(24) }))).toEqual([]);
    expect(verdict('strict', rsa('k', 3072))).toEqual(['error require-passphrase k']);
    expect(verdict('strict', ed25519('k', { encryption: bcrypt(16) }))).toEqual(['error weak-passphrase-kdf k']);
    expect(verdict('strict', makeKey('k', { algorithm: undefined, format: 'encrypted-pkcs8', encryption: { cipher: 'aes-256-cbc', kdf: 'pbkdf2', rounds: 600_000, prf: 'hmac-sha256' }, file: mine }))).toEqual([]);
  });
});
