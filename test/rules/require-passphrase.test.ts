import { chmodSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { requirePassphrase as rule } from '../../rules/require-passphrase.ts';
import type { Key } from '../../src/key.ts';
import { attempt, describeWith, run, scratch } from '../tools.ts';
import { encrypted, findings, makeKey, messageId } from './key.ts';

function inHome(name: string, facts: Parameters<typeof makeKey>[1] = {}): Key {
  return makeKey(`.ssh/${name}`, { ...facts, file: { absolutePath: `/home/me/.ssh/${name}`, ...facts.file } });
}

describe('require-passphrase', () => {
  test.each(['id_ed25519', 'work/id_rsa', 'anything.pem'])('in ~/.ssh: %s', (name) => {
    expect(messageId(rule, inHome(name))).toBe('missing');
  });

  test('an empty passphrase is none', () => {
    expect(messageId(rule, inHome('store.p12', { encryption: encrypted, weaknesses: ['empty-password'] }))).toBe('missing');
  });

  test('the folder is judged by the absolute path, and by the path where there is no other', () => {
    expect(messageId(rule, makeKey('id_x', { file: { absolutePath: '/home/me/.ssh/id_x' } }))).toBe('missing');
    expect(messageId(rule, makeKey('/home/me/.ssh/id_x'))).toBe('missing');
    expect(messageId(rule, makeKey('.ssh', { file: { absolutePath: '/work/.ssh' } }))).toBeUndefined();
    expect(messageId(rule, makeKey('my.ssh/id_x'))).toBeUndefined();
  });

  test.each([
    ['a passphrase', { encryption: encrypted }],
    ['a handle of a token', { hardware: true }],
    ['a damaged key', { defect: 'cut off' }],
    ['a public key', { kind: 'public' }],
    ['a symmetric key', { kind: 'symmetric' }],
    ['a tracked key', { file: { tracked: true } }],
    ['a staged key', { file: { origin: 'index' } }],
    ['a key in history', { file: { origin: 'commit' } }],
    ['a piped key', { file: { origin: 'stdin' } }],
  ] as const)('stays silent for %s', (_, facts) => {
    expect(messageId(rule, inHome('id_x', facts))).toBeUndefined();
    expect(messageId(rule, inHome('id_x', facts), { where: 'everywhere' })).toBeUndefined();
  });

  test('elsewhere only when the policy says so, and never for host keys', () => {
    expect(messageId(rule, makeKey('server.key'))).toBeUndefined();
    expect(messageId(rule, makeKey('server.key'), { where: 'everywhere' })).toBe('missing');
    expect(messageId(rule, makeKey('/etc/ssh/ssh_host_ed25519_key'), { where: 'everywhere' })).toBeUndefined();
    expect(messageId(rule, inHome('ssh_host_ed25519_key'))).toBeUndefined();
  });

  test.each([
    ['.ssh/id_x', { format: 'openssh' }, 'ssh-keygen -p -a 100 -f .ssh/id_x'],
    ['.ssh/id_x', { format: 'pkcs1', algorithm: 'rsa' }, 'ssh-keygen -p -a 100 -f .ssh/id_x'],
    ['.ssh/id_x', { format: 'sec1', algorithm: 'ec', curve: 'prime256v1' }, 'ssh-keygen -p -a 100 -f .ssh/id_x'],
    ['.ssh/id_x', { format: 'sec1', algorithm: 'ec', curve: 'secp256k1' }, 'make an encrypted copy and put it in its place: openssl pkcs8 -topk8 -v2 aes-256-cbc -scrypt -in .ssh/id_x -out .ssh/id_x.new'],
    ['.ssh/id_x', { format: 'pkcs8', algorithm: 'ed25519' }, 'make an encrypted copy and put it in its place: openssl pkcs8 -topk8 -v2 aes-256-cbc -scrypt -in .ssh/id_x -out .ssh/id_x.new'],
    ['jwt.key', { format: 'pkcs8', algorithm: 'rsa' }, 'make an encrypted copy and put it in its place: openssl pkcs8 -topk8 -v2 aes-256-cbc -scrypt -in jwt.key -out jwt.key.new'],
    ['jwt.der', { format: 'pkcs8', algorithm: 'rsa', wrapping: [] }, 'make an encrypted copy and put it in its place: openssl pkcs8 -topk8 -v2 aes-256-cbc -scrypt -inform DER -outform DER -in jwt.der -out jwt.der.new'],
    ['my key.ppk', { format: 'ppk', wrapping: [] }, "puttygen 'my key.ppk' -P --ppk-param memory=8192,passes=13 -o 'my key.ppk'"],
    ['.ssh/bundle.pem', { format: 'pkcs8', algorithm: 'rsa', line: 20 }, 'take the key out into a file of its own, and protect it there with a passphrase'],
    ['ec.pem', { format: 'sec1', algorithm: 'ec', line: 4 }, 'make an encrypted copy and put it in its place: openssl pkcs8 -topk8 -v2 aes-256-cbc -scrypt -in ec.pem -out ec.pem.new'],
    ['settings.json', { format: 'pkcs8', wrapping: ['escaped', 'pem'] }, 'take the key out into a file of its own, and protect it there with a passphrase'],
  ] as const)('the help for %s %o', (path, facts, help) => {
    expect(findings(rule, makeKey(path, facts), { where: 'everywhere' })[0]!.help).toBe(help);
  });
});

describeWith(['ssh-keygen', 'openssl', 'puttygen', 'bash'], 'the commands for a passphrase', () => {
  const folder = scratch();
  writeFileSync(join(folder, 'passphrase'), 'correct horse\n');
  writeFileSync(join(folder, 'empty'), '');
  const make: Readonly<Record<string, (file: string) => void>> = {
    openssh: (file) => void run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]),
    pkcs1: (file) => void run('openssl', ['genrsa', '-traditional', '-out', file, '2048']),
    sec1: (file) => void run('openssl', ['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', file]),
    ed25519: (file) => void run('openssl', ['genpkey', '-algorithm', 'ed25519', '-out', file]),
    der: (file) => void run('openssl', ['genpkey', '-algorithm', 'ed25519', '-outform', 'DER', '-out', file]),
    ppk: (file) => void run('puttygen', ['-q', '-t', 'ed25519', '--random-device', '/dev/urandom', '--new-passphrase', join(folder, 'empty'), '-o', file]),
  };

  test.each([
    ['.openssh', 'openssh', { format: 'openssh' }, 'BEGIN OPENSSH PRIVATE KEY'],
    ['id_pkcs1', 'pkcs1', { format: 'pkcs1', algorithm: 'rsa' }, 'BEGIN OPENSSH PRIVATE KEY'],
    ['id_sec1', 'sec1', { format: 'sec1', algorithm: 'ec', curve: 'prime256v1' }, 'BEGIN OPENSSH PRIVATE KEY'],
    ['id_ed25519', 'ed25519', { format: 'pkcs8', algorithm: 'ed25519' }, 'BEGIN ENCRYPTED PRIVATE KEY'],
    ["jwt 'RS256'.key", 'pkcs1', { format: 'pkcs1', algorithm: 'rsa' }, 'BEGIN ENCRYPTED PRIVATE KEY'],
    ['key.der', 'der', { format: 'pkcs8', algorithm: 'ed25519', wrapping: [] }, undefined],
    ['-key.ppk', 'ppk', { format: 'ppk', wrapping: [] }, 'aes256-cbc'],
  ] as const)('%s', (name, kind, facts, marker) => {
    const file = join(folder, name);
    make[kind]!(file);
    chmodSync(file, 0o600);
    // Typed by hand in life; given as arguments here.
    const help = findings(rule, makeKey(name, facts), { where: 'everywhere' })[0]!.help
      .replace(/^make .*: (?=openssl)/, '')
      .replace('ssh-keygen -p', "ssh-keygen -q -p -P '' -N 'correct horse'")
      .replace('openssl pkcs8', "openssl pkcs8 -passout 'pass:correct horse'")
      .replace(' -P --ppk-param', ' -P --new-passphrase passphrase --ppk-param');
    run('bash', ['-c', help], { cwd: folder });
    const result = help.includes('.new') ? `${file}.new` : file;
    const after = run('cat', ['--', result]);
    if (process.platform !== 'win32') expect(statSync(result).mode & 0o077).toBe(0);
    if (marker !== undefined) expect(after.slice(0, 120)).toContain(marker);
    if (kind !== 'ppk') {
      const form = kind === 'der' ? ['-inform', 'DER'] : [];
      const isOpen = marker === 'BEGIN OPENSSH PRIVATE KEY' ? attempt('ssh-keygen', ['-y', '-P', '', '-f', result]).status : attempt('openssl', ['pkey', ...form, '-passin', 'pass:wrong', '-in', result, '-noout']).status;
      expect(isOpen, 'opens without its passphrase').not.toBe(0);
    }
  });
});
