import { describe, expect, test } from 'vitest';
import { maxCertificateLifetime as rule } from '../../rules/max-certificate-lifetime.ts';
import { certificate, day, now } from './certificate.ts';
import { findings, makeKey } from './key.ts';

const say = (facts: Parameters<typeof certificate>[0], options = {}): readonly string[] =>
  findings(rule, makeKey('c-cert.pub', { kind: 'certificate', sshCertificate: certificate(facts), file: { now: now * 1000 } }), options).map(({ message }) => message);

describe('max-certificate-lifetime', () => {
  test('one that never expires, whatever its beginning', () => {
    for (const validAfter of [undefined, now]) expect(say({ validAfter, validBefore: undefined })).toEqual(['Ed25519 certificate: it never expires']);
    expect(say({ validBefore: now + 10_000 * day })).toEqual([]);
  });

  test('more days than the policy allows to users or hosts', () => {
    const month = { validAfter: now - day, validBefore: now + 29 * day };
    expect(say(month, { user: 30 })).toEqual([]);
    expect(say(month, { user: 29 })).toEqual(['Ed25519 certificate: it is valid for 30 days, and should be for 29 at most']);
    expect(say({ ...month, role: 'host' }, { user: 29 })).toEqual([]);
    expect(say({ ...month, role: 'host' }, { host: 7 })).toHaveLength(1);
    expect(say({ validAfter: undefined, validBefore: now + day }, { user: 365 })).toHaveLength(1);
  });

  test('what is over does no more harm', () => {
    expect(say({ validAfter: 0, validBefore: now }, { user: 1 })).toEqual([]);
  });
});
