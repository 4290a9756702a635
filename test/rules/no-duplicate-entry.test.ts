import { describe, expect, test } from 'vitest';
import { noDuplicateEntry as rule } from '../../rules/no-duplicate-entry.ts';
import { findings } from './key.ts';
import { inShort, publicKey, readAs } from './ssh-text.ts';

const say = (name: string, ...lines: readonly string[]): readonly string[] => inShort(findings(rule, readAs(name, lines.join('\n')).keys));

describe('no-duplicate-entry', () => {
  test('the same key with the same options, in whatever order, and with others', () => {
    expect(say('authorized_keys', publicKey(1), publicKey(2), `${publicKey(1)} once more`)).toEqual(['3 Ed25519 public key: line 1 lets the same key in']);
    expect(say('authorized_keys', `no-pty,from="a" ${publicKey(1)}`, `FROM="a",no-pty ${publicKey(1)}`)).toEqual(['2 Ed25519 public key: line 1 lets the same key in']);
    expect(say('authorized_keys', publicKey(1), `restrict ${publicKey(1)}`)).toEqual(['2 Ed25519 public key: line 1 lets the same key in with other options, and sshd takes the first that fits']);
  });

  test.each([
    ['other keys', [publicKey(1), publicKey(2)]],
    ['a key, and the same as an authority', [publicKey(1), `cert-authority ${publicKey(1)}`]],
    ['a key that is commented out', [publicKey(1), `# ${publicKey(1)}`]],
    ['a line that sshd passes over', [publicKey(1), `nonsense ${publicKey(1)}`]],
  ])('nothing of %s', (_, lines) => {
    expect(say('authorized_keys', ...lines)).toEqual([]);
  });

  test('two files are two lists', () => {
    const keys = ['authorized_keys', 'authorized_keys2'].flatMap((name) => readAs(name, publicKey(1)).keys);
    expect(findings(rule, keys)).toEqual([]);
  });

  test('of known hosts the first line that says nothing new, and how many more there are', () => {
    expect(say('known_hosts', `a,b ${publicKey(1)}`, `c ${publicKey(1)}`, `b ${publicKey(1)}`)).toEqual(['3 Ed25519 public key: line 1 says the same already']);
    expect(say('known_hosts', `a ${publicKey(1)}`, `a ${publicKey(1)}`, `a ${publicKey(1)}`, `b ${publicKey(2)}`, `b ${publicKey(2)}`)).toEqual(['2 Ed25519 public key: line 1 says the same already; 2 more lines repeat others as well']);
  });

  test.each([
    ['hosts with one key', [`a ${publicKey(1)}`, `b ${publicKey(1)}`]],
    ['a host that is new on its line', [`a ${publicKey(1)}`, `a,b ${publicKey(1)}`]],
    ['a host with keys of two types', [`a ${publicKey(1)}`, `a ${publicKey(1, 'sk-ssh-ed25519@openssh.com')}`]],
    ['a key that is revoked as well', [`a ${publicKey(1)}`, `@revoked a ${publicKey(1)}`]],
  ])('nothing of %s', (_, lines) => {
    expect(say('known_hosts', ...lines)).toEqual([]);
  });
});
