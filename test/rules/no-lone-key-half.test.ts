import { describe, expect, test } from 'vitest';
import { noLoneKeyHalf as rule } from '../../rules/no-lone-key-half.ts';
import type { JudgedFile, Key } from '../../src/key.ts';
import { encrypted, findings, fingerprintOf, makeKey } from './key.ts';

const ssh = '/home/me/.ssh';
const hidden = { algorithm: undefined, format: 'encrypted-pkcs8', encryption: encrypted, container: 'c'.repeat(64) } as const;
const half = (name: string, letter = 'a'): Key => makeKey(`${ssh}/${name}`, { kind: 'public', format: 'ssh-public', algorithm: 'ed25519', bits: 256, fingerprint: fingerprintOf(letter) });
const say = (keys: readonly Key[], options = {}, files: readonly JudgedFile[] = []): readonly string[] => findings(rule, keys, options, files).map(({ path, message }) => `${path.slice(ssh.length + 1)}: ${message}`);

/** A config whose IdentityFile names files in `~/.ssh`. */
const config = (...names: readonly string[]): JudgedFile => ({
  path: `${ssh}/config`, file: { origin: 'file' }, readAs: 'ssh_config',
  lines: names.map((name, i) => ({ line: i + 1, column: 1, endLine: i + 1, endColumn: 9, directive: { keyword: 'identityfile', values: [`~/.ssh/${name}`], files: [{ path: `${ssh}/${name}`, state: 'missing' }] } })),
});

describe('no-lone-key-half', () => {
  test('a public key without its private half', () => {
    expect(say([half('gone.pub'), makeKey(`${ssh}/id`, { fingerprint: fingerprintOf('b') })])).toEqual(['gone.pub: Ed25519 public key: its private half is not here']);
    expect(say([half('gone.pub')], { public: false })).toEqual([]);
  });

  test.each([
    ['a pair', [half('id.pub'), makeKey(`${ssh}/id`)]],
    ['a pair under two names, in two folders', [half('id.pub'), makeKey('/media/stick/work')]],
    ['a key that may log in here', [half('id.pub'), makeKey(`${ssh}/authorized_keys`, { kind: 'public' })]],
    ['a folder that is not .ssh', [makeKey('/srv/keys/gone.pub', { kind: 'public' })]],
    ['a list of keys', [half('team.pub'), { ...half('team.pub', 'b'), line: 2 }]],
    ['a line of authorized_keys', [makeKey(`${ssh}/authorized_keys`, { kind: 'public' })]],
    ['a certificate', [makeKey(`${ssh}/id-cert.pub`, { kind: 'certificate' })]],
    ['what is staged', [makeKey('.ssh/gone.pub', { kind: 'public', file: { origin: 'index' } })]],
    ['a private key whose file shows its public half', [makeKey(`${ssh}/id`), makeKey(`${ssh}/login.ppk`, { format: 'ppk', fingerprint: fingerprintOf('b'), encryption: encrypted })]],
    ['one that hides it, with the public half beside it', [makeKey(`${ssh}/work.pem`, hidden), half('work.pem.pub')]],
    ['damaged keys', [makeKey(`${ssh}/id`, { ...hidden, defect: 'cut off' })]],
    ['handles of a token', [makeKey(`${ssh}/id_sk`, { hardware: true })]],
  ])('nothing of %s', (_, keys) => {
    expect(say(keys)).toEqual([]);
  });

  test('a public half that selects a key in an agent, by its own name or by that of the private half', () => {
    expect(say([half('card.pub')], {}, [config('card.pub')])).toEqual([]);
    expect(say([half('card.pub')], {}, [config('card')])).toEqual([]);
    expect(say([half('card.pub')], {}, [config('other')])).toHaveLength(1);
  });

  test('a private key that hides its public half', () => {
    const found = findings(rule, makeKey(`${ssh}/work.pem`, hidden));
    expect(found.map(({ message, help }) => [message, help])).toEqual([[
      'Encrypted PKCS#8 private key (type hidden): nobody can tell which key it is, as its public half is not beside it',
      `write it there: ssh-keygen -y -f ${ssh}/work.pem > ${ssh}/work.pem.pub`,
    ]]);
    expect(say([makeKey(`${ssh}/work.pem`, hidden)], { private: 'none' })).toEqual([]);
    expect(say([makeKey(`${ssh}/id`)], { private: 'all' })).toEqual(['id: Ed25519 private key without a passphrase: its public half is not beside it']);
    expect(say([makeKey(`${ssh}/id`), half('renamed.pub')], { private: 'all' })).toEqual([]);
  });
});
