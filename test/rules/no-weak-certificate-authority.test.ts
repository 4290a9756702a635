import { describe, expect, test } from 'vitest';
import { noWeakCertificateAuthority as rule } from '../../rules/no-weak-certificate-authority.ts';
import { certificate } from './certificate.ts';
import { findings, makeKey } from './key.ts';

const say = (facts: Parameters<typeof certificate>[0], options = {}): readonly string[] => findings(rule, makeKey('c-cert.pub', { kind: 'certificate', sshCertificate: certificate(facts) }), options).map(({ message }) => message);
const rsa = (bits: number) => ({ algorithm: 'rsa', bits });

describe('no-weak-certificate-authority', () => {
  test('signatures over SHA-1', () => {
    expect(say({ authority: rsa(3072), signature: 'ssh-rsa' })).toEqual(['Ed25519 certificate: it is signed by RSA with SHA-1, which OpenSSH refuses since 8.2']);
    for (const signature of ['rsa-sha2-256', 'rsa-sha2-512']) expect(say({ authority: rsa(3072), signature })).toEqual([]);
  });

  test('keys that are too weak to sign others', () => {
    expect(say({ authority: rsa(1024), signature: 'ssh-rsa' })).toEqual(['Ed25519 certificate: the key that signed it is RSA 1024-bit']);
    expect(say({ authority: { algorithm: 'dsa', bits: 1024 }, signature: 'ssh-dss' })).toEqual(['Ed25519 certificate: the key that signed it is DSA 1024-bit']);
    expect(say({ authority: rsa(2047), signature: 'rsa-sha2-512' })).toHaveLength(1);
    expect(say({ authority: rsa(2048), signature: 'rsa-sha2-512' })).toEqual([]);
    expect(say({ authority: rsa(2048), signature: 'rsa-sha2-512' }, { rsa: 3072 })).toHaveLength(1);
  });

  test('nothing of others', () => {
    expect(say({})).toEqual([]);
    expect(findings(rule, makeKey('k'))).toEqual([]);
  });
});
