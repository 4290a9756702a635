import { describe, expect, test } from 'vitest';
import { maxKeyAge as rule } from '../../rules/max-key-age.ts';
import { certificate, day, now } from './certificate.ts';
import { encrypted, findings, makeKey } from './key.ts';

const aged = (days: number, facts: Parameters<typeof makeKey>[1] = {}) => makeKey('k', { ...facts, file: { now: now * 1000, mtime: (now - days * day) * 1000, tracked: false, ...facts.file } });

describe('max-key-age', () => {
  test('by the time of the file', () => {
    expect(findings(rule, aged(730))).toEqual([]);
    expect(findings(rule, aged(731)).map(({ message }) => message)).toEqual(['Ed25519 private key without a passphrase: it is there since 2024-05-31, for 731 days, and the policy wants no key older than 730']);
    expect(findings(rule, aged(31), { days: 30 })).toHaveLength(1);
    expect(findings(rule, aged(31, { encryption: encrypted }), { days: 30 })).toHaveLength(1);
    expect(rule.meta.docs.recommended).toBe('off');
  });

  test('a file may be younger than its key: a certificate tells', () => {
    const certified = makeKey('k-cert.pub', { kind: 'certificate', sshCertificate: certificate({ validAfter: now - 1000 * day }) });
    expect(findings(rule, [aged(1), certified]).map(({ path, message }) => `${path} ${message}`)).toEqual([expect.stringMatching(/^k .* for 1000 days/)]);
    expect(findings(rule, [aged(1), makeKey('k-cert.pub', { kind: 'certificate', sshCertificate: certificate({ validAfter: undefined }) })])).toEqual([]);
  });

  test.each([
    ['a public key', aged(9999, { kind: 'public' })],
    ['a key that git has, which writes files anew', aged(9999, { file: { tracked: true } })],
    ['one that is about to be committed', aged(9999, { file: { origin: 'index', mtime: undefined } })],
    ['a handle of a token', aged(9999, { hardware: true })],
    ['a damaged key', aged(9999, { defect: 'cut off' })],
    ['a file of unknown age', aged(9999, { file: { mtime: undefined } })],
    ['a run without a clock', aged(9999, { file: { now: undefined } })],
  ])('nothing of %s', (_, key) => {
    expect(findings(rule, key)).toEqual([]);
  });
});
