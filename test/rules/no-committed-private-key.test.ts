import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { noCommittedPrivateKey as rule } from '../../rules/no-committed-private-key.ts';
import { describeWith, run, scratch } from '../tools.ts';
import { encrypted, findings, makeKey, messageId } from './key.ts';

describe('no-committed-private-key', () => {
  test.each([
    ['tracked', { origin: 'file', tracked: true }],
    ['staged', { origin: 'index' }],
    ['staged', { origin: 'index', tracked: true }],
    ['wasInHistory', { origin: 'commit', commit: 'c'.repeat(40) }],
    ['wasInHistory', { origin: 'commit', commit: 'c'.repeat(40), history: { author: 'Ann', date: '2026-01-01', age: 0, inHead: false, branches: [] } }],
    ['inHistory', { origin: 'commit', commit: 'c'.repeat(40), history: { author: 'Ann', date: '2026-01-01', age: 0, inHead: true, branches: ['main'] } }],
    ['pushed', { origin: 'commit', commit: 'c'.repeat(40), isPushed: true }],
    ['piped', { origin: 'stdin' }],
    ['tracked', { origin: 'stdin', tracked: true }],
    [undefined, { origin: 'file' }],
    [undefined, { origin: 'file', tracked: false }],
  ] as const)('%s: %o', (id, file) => {
    expect(messageId(rule, makeKey('id_x', { file }))).toBe(id);
  });

  test('a key in ~/.ssh is not committed', () => {
    expect(messageId(rule, makeKey('/home/me/.ssh/id_ed25519', { file: { absolutePath: '/home/me/.ssh/id_ed25519' } }))).toBeUndefined();
  });

  test.each([
    ['a passphrase', { encryption: encrypted }],
    ['a handle of a token', { hardware: true }],
    ['a damaged key', { defect: 'its body is cut off' }],
    ['a public key', { kind: 'public' }],
    ['a certificate', { kind: 'certificate' }],
  ] as const)('stays silent for %s', (_, facts) => {
    expect(messageId(rule, makeKey('x', { ...facts, file: { origin: 'index' } }))).toBeUndefined();
  });

  test('a symmetric key in the clear counts like a private one', () => {
    expect(messageId(rule, makeKey('hs256.jwk', { kind: 'symmetric', algorithm: 'oct', bits: 256, format: 'jwk', file: { tracked: true } }))).toBe('tracked');
  });

  test('names the key, the command and the fingerprint to allow', () => {
    const [finding] = findings(rule, makeKey('deploy keys/id_x', { file: { tracked: true } }));
    expect(finding!.message).toBe('Ed25519 private key without a passphrase is tracked by git: everyone with the repository has it');
    expect(finding!.help).toContain("git rm --cached -- 'deploy keys/id_x'");
    expect(finding!.help).toContain(`SHA256:${'a'.repeat(43)}`);
  });

  test('a key under an empty passphrase is in the clear', () => {
    const [finding] = findings(rule, makeKey('store.p12', { encryption: encrypted, weaknesses: ['empty-password'], file: { tracked: true } }));
    expect(finding!.message).toBe('Ed25519 private key under an empty passphrase is tracked by git: everyone with the repository has it');
  });

  test('in source code it is the key that goes, not the file', () => {
    const [finding] = findings(rule, makeKey('acme/jws_test.go', { file: { tracked: true } }));
    expect(finding!.help).toMatch(/^replace the key wherever it is trusted, then remove it from acme\/jws_test\.go /);
    expect(finding!.help).not.toContain('git rm');
  });

  test('does not speak of allowing a key that has no name to allow it by', () => {
    const [finding] = findings(rule, makeKey('k', { algorithm: undefined, file: { tracked: true } }));
    expect(finding!.help).not.toContain('allow');
  });

  test('a finding in history carries its commit', () => {
    expect(findings(rule, makeKey('k', { file: { origin: 'commit', commit: 'abc' } }))[0]!.commit).toBe('abc');
  });
});

describeWith(['git', 'bash'], 'the command for a staged key', () => {
  const top = scratch();
  const staged = (folder: string): string => run('git', ['diff', '--cached', '--name-only', '-z'], { cwd: folder }).replaceAll('\0', '\n');

  test.each(['id_x', '-rf', "it's a key", 'new\nline', 'schlüssel'])('takes %j out of the index, in a repository with and without a commit', (name) => {
    const folder = mkdtempSync(join(top, 'repository-'));
    run('git', ['init', '-q', folder]);
    const [finding] = findings(rule, makeKey(name, { file: { origin: 'index' } }));
    const command = finding!.help.slice(finding!.help.indexOf('git '));
    writeFileSync(join(folder, name), 'first');
    run('git', ['add', '--', name], { cwd: folder });
    run('bash', ['-c', command], { cwd: folder });
    expect(staged(folder)).toBe('');
    run('git', ['add', '--', name], { cwd: folder });
    run('git', ['-c', 'user.name=x', '-c', 'user.email=x@example.com', '-c', 'core.hooksPath=/dev/null', 'commit', '-q', '-m', 'x'], { cwd: folder });
    writeFileSync(join(folder, name), 'second');
    run('git', ['add', '--', name], { cwd: folder });
    expect(staged(folder)).not.toBe('');
    run('bash', ['-c', command], { cwd: folder });
    expect(staged(folder)).toBe('');
  });
});
