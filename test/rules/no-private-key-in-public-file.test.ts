import { describe, expect, test } from 'vitest';
import { noPrivateKeyInPublicFile as rule } from '../../rules/no-private-key-in-public-file.ts';
import { promiseOf } from '../../src/place.ts';
import { encrypted, makeKey, messageId } from './key.ts';

describe('names that promise a public key', () => {
  test.each([
    'id_ed25519.pub', 'ID_RSA.PUB', 'jwtRS256.key.pub', 'id_ecdsa-cert.pub', 'public.pem', 'public.key', 'Public.PEM', 'public', 'pub.pem', 'public_key.pem', 'public-key.pem', 'publickey.pem', 'publicKey.pem',
    'PublicKey.der', 'jwt-public.pem', 'jwt_public.key', 'jwtPublicKey.pem', 'rsa_pub.pem', 'app.public.pem', 'rsa.pub.pem', 'key.public', 'pubkey.asc', 'deploy/public.pem', 'C:\\keys\\public.pem', 'my_public_key.txt', 'public-keys.json', 'public-rsa.pem',
  ])('%s', (name) => expect(promiseOf(name)).toBe('public'));
});

describe('names that promise a certificate', () => {
  test.each(['server.crt', 'ca.cer', 'tls.cert', 'site.crt.pem', 'SITE.CRT'])('%s', (name) => expect(promiseOf(name)).toBe('certificate'));
});

describe('names that promise nothing', () => {
  test.each([
    'id_rsa', 'server.pem', 'fullchain.pem', 'cert.pem', 'private.pem', 'public.example.com.key', 'public-site.key', 'public-api.pem', 'republic.pem', 'publications.json', 'publish.key', 'pubs.txt', 'public-key.test.ts', 'PublicKey.java',
    'public_key_test.go', 'publickey.md', 'public/private.pem', 'public/server.key', 'public-private-pair.pem', 'publicAndPrivate.pem', 'public_private.key', 'private.pub.pem', 'secret-public.pem', 'keypair.pem', 'published.pem', 'id_rsa.pub.bak', 'README.md', '.pubignore',
  ])('%s', (name) => expect(promiseOf(name)).toBeUndefined());
});

describe('no-private-key-in-public-file', () => {
  test('fires on private keys, in the clear or not, wherever they come from', () => {
    expect(messageId(rule, makeKey('id_x.pub'))).toBe('public');
    expect(messageId(rule, makeKey('id_x.pub', { encryption: encrypted, file: { origin: 'commit' } }))).toBe('public');
    expect(messageId(rule, makeKey('server.crt', { algorithm: 'rsa', format: 'pkcs8' }))).toBe('certificate');
  });

  test('stays silent for what should be there, and for what others judge', () => {
    expect(messageId(rule, makeKey('id_x.pub', { kind: 'public' }))).toBeUndefined();
    expect(messageId(rule, makeKey('server.crt', { kind: 'certificate' }))).toBeUndefined();
    expect(messageId(rule, makeKey('id_x.pub', { defect: 'cut off' }))).toBeUndefined();
    expect(messageId(rule, makeKey('id_sk.pub', { hardware: true }))).toBeUndefined();
    expect(messageId(rule, makeKey('id_x'))).toBeUndefined();
  });
});
