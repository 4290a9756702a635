import { describe, expect, test } from 'vitest';
import { noSharedUserHostKey as rule } from '../../rules/no-shared-user-host-key.ts';
import { certificate } from './certificate.ts';
import { encrypted, findings, fingerprintOf, makeKey } from './key.ts';
import { publicKey, readAs } from './ssh-text.ts';

const host = makeKey('/etc/ssh/ssh_host_ed25519_key');
const user = makeKey('/home/me/.ssh/id_ed25519');
const say = (...keys: Parameters<typeof findings>[1][]): readonly string[] => findings(rule, keys.flat()).map(({ path, message }) => `${path}: ${message}`);

describe('no-shared-user-host-key', () => {
  test('a private key of both, said at the user\'s', () => {
    expect(say(host, user)).toEqual(['/home/me/.ssh/id_ed25519: Ed25519 private key without a passphrase: it is the key of a user, and of a host in /etc/ssh/ssh_host_ed25519_key:1']);
    expect(say(host, { ...user, encryption: encrypted })).toHaveLength(1);
    expect(say(makeKey('ssh_host_rsa_key-cert.pub', { kind: 'certificate', sshCertificate: certificate({ role: 'host' }) }), user)).toHaveLength(1);
  });

  test('a known host whose key may log in', () => {
    const { keys: known } = readAs('known_hosts', `a ${publicKey(1)}\n`);
    const { keys: authorized } = readAs('authorized_keys', `${publicKey(2)}\n${publicKey(1)}\n`);
    expect(say(known, authorized)).toEqual(['/home/me/.ssh/authorized_keys: Ed25519 public key: it is the key of a user, and of a host in /home/me/.ssh/known_hosts:1']);
  });

  test.each([
    ['two keys', [host, { ...user, fingerprint: fingerprintOf('b') }]],
    ['a host key and its public half', [host, makeKey('/etc/ssh/ssh_host_ed25519_key.pub', { kind: 'public' })]],
    ['a copy of a host key', [host, makeKey('/home/me/.ssh/ssh_host_ed25519_key')]],
    ['a host that is known', [host, ...readAs('known_hosts', `a ${publicKey(1)}`).keys]],
    ['a key of no user', [host, makeKey('/srv/backup/key')]],
    ['one authority for hosts and users', [...readAs('known_hosts', `@cert-authority * ${publicKey(1)}`).keys, ...readAs('authorized_keys', `cert-authority ${publicKey(1)}`).keys]],
    ['a host key that is revoked', [...readAs('known_hosts', `@revoked * ${publicKey(1)}`).keys, ...readAs('authorized_keys', publicKey(1)).keys]],
  ])('nothing of %s', (_, keys) => {
    expect(say(...keys)).toEqual([]);
  });
});
