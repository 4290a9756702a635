import { describe, expect, test } from 'vitest';
import { noRevokedKey as rule } from '../../rules/no-revoked-key.ts';
import { findings, fingerprintOf, makeKey } from './key.ts';
import { certificate } from './certificate.ts';
import { inShort, publicKey, readAs } from './ssh-text.ts';

describe('no-revoked-key', () => {
  test('a key on the policy\'s list, under any of its names and of any kind', () => {
    for (const kind of ['private', 'public', 'symmetric'] as const) expect(findings(rule, makeKey('k', { kind }), { revoked: [fingerprintOf('a')] }).map(({ message }) => message)).toEqual([expect.stringMatching(/: the policy lists it as revoked$/)]);
    expect(findings(rule, makeKey('k', { spki: 'b'.repeat(64) }), { revoked: [`spki:${'b'.repeat(64)}`] })).toHaveLength(1);
    expect(findings(rule, makeKey('k'), { revoked: [fingerprintOf('b')] })).toEqual([]);
    expect(findings(rule, makeKey('k'))).toEqual([]);
  });

  test('a key that known_hosts marks, wherever else it is', () => {
    const { keys: hosts } = readAs('known_hosts', `@revoked * ${publicKey(1)}\na ${publicKey(1)}\nb ${publicKey(2)}\n`);
    const { keys: people } = readAs('authorized_keys', `${publicKey(1)}\n${publicKey(2)}\n`);
    expect(findings(rule, [...hosts, ...people]).map(({ path, line, message }) => `${path}:${line} ${message}`)).toEqual([
      '/home/me/.ssh/authorized_keys:1 Ed25519 public key: /home/me/.ssh/known_hosts:1 marks it as revoked',
      '/home/me/.ssh/known_hosts:2 Ed25519 public key: /home/me/.ssh/known_hosts:1 marks it as revoked',
    ]);
  });

  test('a certificate that a revoked key signed', () => {
    const key = makeKey('c-cert.pub', { kind: 'certificate', sshCertificate: certificate({ authority: { algorithm: 'ed25519', bits: 256, fingerprint: fingerprintOf('c') } }) });
    expect(inShort(findings(rule, key, { revoked: [fingerprintOf('c')] }))).toEqual(['1 Ed25519 certificate: the key that signed it is revoked']);
    expect(findings(rule, key, { revoked: [fingerprintOf('d')] })).toEqual([]);
  });
});
