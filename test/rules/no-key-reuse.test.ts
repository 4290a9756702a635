import { describe, expect, test } from 'vitest';
import { noKeyReuse as rule } from '../../rules/no-key-reuse.ts';
import { encrypted, findings, fingerprintOf, makeKey } from './key.ts';

describe('no-key-reuse', () => {
  test('one key for dev and prod: each place names the other', () => {
    const found = findings(rule, [makeKey('dev/jwt.pem'), makeKey('prod/jwt.pem'), makeKey('other.pem', { fingerprint: fingerprintOf('b') })]);
    expect(found.map(({ path }) => path)).toEqual(['dev/jwt.pem', 'prod/jwt.pem']);
    expect(found[0]!.message).toBe('Ed25519 private key without a passphrase: the same key is in prod/jwt.pem');
  });

  test('three places are named, the rest is counted', () => {
    const [found] = findings(rule, ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => makeKey(name)));
    expect(found!.message).toContain('the same key is in b, c, d and 2 more');
  });

  test('the same public half is the same key, in the clear or not, in whatever format', () => {
    expect(findings(rule, [makeKey('a'), makeKey('b', { encryption: encrypted })])).toHaveLength(2);
    const secp = { algorithm: 'ec', curve: 'secp256k1', spki: 'f'.repeat(64), fingerprint: undefined } as const;
    expect(findings(rule, [makeKey('a', { ...secp, format: 'sec1' }), makeKey('x/b', { ...secp, format: 'pkcs8' })])).toHaveLength(2);
  });

  test('copies of an encrypted container are one key', () => {
    const hidden = { algorithm: undefined, format: 'encrypted-pkcs8', encryption: encrypted, container: 'c'.repeat(64) } as const;
    expect(findings(rule, [makeKey('a', hidden), makeKey('b', hidden), makeKey('c', { ...hidden, container: 'd'.repeat(64) })]).map(({ path }) => path)).toEqual(['a', 'b']);
  });

  test('a conversion beside the key is called one', () => {
    const found = findings(rule, [makeKey('.ssh/id_x'), makeKey('.ssh/id_x.ppk', { format: 'ppk' })]);
    expect(found[0]!.message).toContain('.ssh/id_x.ppk beside it is the same key in another format');
    expect(findings(rule, [makeKey('.ssh/id_x'), makeKey('elsewhere/id_x.ppk', { format: 'ppk' })])[0]!.message).toContain('the same key is in elsewhere/id_x.ppk');
  });

  test.each([
    ['the public half', [makeKey('a'), makeKey('a.pub', { kind: 'public' }), makeKey('b.crt', { kind: 'certificate' })]],
    ['one path in several commits', [makeKey('a', { file: { origin: 'commit', commit: '1' } }), makeKey('a', { file: { origin: 'commit', commit: '2' } })]],
    ['one file with the key twice', [makeKey('a'), makeKey('a', { line: 20 })]],
    ['a symbolic link', [makeKey('a'), makeKey('b', { file: { isSymlink: true } })]],
    ['a copy in a public file, which is another finding', [makeKey('private.pem'), makeKey('public.pem')]],
    ['handles of one token', [makeKey('a', { hardware: true }), makeKey('b', { hardware: true })]],
    ['damaged copies', [makeKey('a', { defect: 'cut off' }), makeKey('b', { defect: 'cut off' })]],
    ['keys without a name', [makeKey('a', { algorithm: undefined }), makeKey('b', { algorithm: undefined })]],
    ['one file under two spellings', [makeKey('a', { file: { absolutePath: '/work/a' } }), makeKey('./a', { file: { absolutePath: '/work/a' } })]],
  ])('stays silent for %s', (_, keys) => {
    expect(findings(rule, keys)).toEqual([]);
  });
});
