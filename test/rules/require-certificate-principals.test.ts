import { expect, test } from 'vitest';
import { requireCertificatePrincipals as rule } from '../../rules/require-certificate-principals.ts';
import { certificate } from './certificate.ts';
import { findings, makeKey } from './key.ts';

test('require-certificate-principals: names there have to be', () => {
  const say = (facts: Parameters<typeof certificate>[0]): readonly string[] => findings(rule, makeKey('c-cert.pub', { kind: 'certificate', sshCertificate: certificate(facts) })).map(({ message }) => message);
  expect(say({ principals: [] })).toEqual(['Ed25519 certificate: it names no user, so that OpenSSH before 10.3 takes it for any of them, and later releases for none']);
  expect(say({ principals: [], role: 'host' })[0]).toContain('it names no host,');
  expect(say({})).toEqual([]);
  // An X.509 certificate has no such list.
  expect(findings(rule, makeKey('c.crt', { kind: 'certificate', format: 'x509' }))).toEqual([]);
});
