import { describe, expect, test } from 'vitest';
import { noLinkedKey as rule } from '../../rules/no-linked-key.ts';
import { encrypted, findings, makeKey, messageId } from './key.ts';

describe('no-linked-key', () => {
  test('a file with several names', () => {
    expect(messageId(rule, makeKey('keys/a', { file: { nlink: 1 } }))).toBeUndefined();
    expect(messageId(rule, makeKey('keys/a', { file: { nlink: 2 }, encryption: encrypted }))).toBe('hardLink');
    expect(findings(rule, makeKey('my keys/a', { file: { nlink: 3 } }))).toMatchObject([{
      message: 'Ed25519 private key without a passphrase: the file has 3 names, and the key stays as long as one of them is left',
      help: "look for the other names, and delete those that are not needed: find / -xdev -samefile 'my keys/a'",
    }]);
  });

  test('a symbolic link, where ssh follows it', () => {
    const link = { isSymlink: true, target: '/srv/keys/id_x' } as const;
    expect(findings(rule, makeKey('.ssh/id_x', { file: link }))).toMatchObject([{ message: 'Ed25519 private key without a passphrase is reached by a symbolic link: what lies at /srv/keys/id_x is the key' }]);
    // Of a link that was named elsewhere (certbot keeps privkey.pem as one) nothing is said.
    expect(messageId(rule, makeKey('live/privkey.pem', { file: link }))).toBeUndefined();
  });

  test.each([
    ['a public key', makeKey('k', { kind: 'public', file: { nlink: 2 } })],
    ['a key that git tracks', makeKey('k', { file: { nlink: 2, tracked: true } })],
    ['a key in an archive', makeKey('a.zip!/k', { wrapping: ['zip'], file: { nlink: 2 } })],
    ['what a package manager has linked', makeKey('k', { file: { nlink: 9, absolutePath: '/app/node_modules/x/k' } })],
  ])('is silent about %s', (_, key) => {
    expect(messageId(rule, key)).toBeUndefined();
  });
});
