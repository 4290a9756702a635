import { describe, expect, test } from 'vitest';
import { noExpiredKey as rule } from '../../rules/no-expired-key.ts';
import { certificate, day, now } from './certificate.ts';
import { findings, makeKey } from './key.ts';
import { inShort, publicKey, readAs } from './ssh-text.ts';

const say = (facts: Parameters<typeof certificate>[0], at: number | undefined = now): readonly string[] =>
  findings(rule, makeKey('c-cert.pub', { kind: 'certificate', sshCertificate: certificate(facts), file: { now: at * 1000 } })).map(({ message }) => message);

describe('no-expired-key', () => {
  test('a certificate is good from its first second until before its last', () => {
    const period = { validAfter: now, validBefore: now + day };
    expect(say(period, now - 1)).toEqual(['Ed25519 certificate: it is of no use before 2026-06-01']);
    expect(say(period, now)).toEqual([]);
    expect(say(period, now + day - 1)).toEqual([]);
    expect(say(period, now + day)).toEqual(['Ed25519 certificate: its time was over on 2026-06-02']);
  });

  test('one without an end does not expire', () => {
    expect(say({ validAfter: undefined, validBefore: undefined })).toEqual([]);
    expect(say({ validBefore: 1e19 })).toEqual([]);
    expect(say({ validAfter: 1e19 })).toEqual(['Ed25519 certificate: it is of no use before the far future']);
  });

  test('without a clock nothing is said', () => {
    expect(findings(rule, makeKey('c-cert.pub', { kind: 'certificate', sshCertificate: certificate({ validBefore: 1 }) }))).toEqual([]);
  });

  const entry = (time: string): readonly string[] => inShort(findings(rule, readAs('authorized_keys', `expiry-time="${time}" ${publicKey(1)}`).keys));

  test('an entry ends at its time, in whatever zone that is meant', () => {
    expect(entry('20260601Z')).toEqual(['1 Ed25519 public key: the time of its entry was over on 2026-06-01']);
    expect(entry('202606011159Z')).toHaveLength(1);
    expect(entry('202606011201Z')).toEqual([]);
    expect(entry('20260601')).toEqual([]);
    expect(entry('20260531')).toHaveLength(1);
    expect(entry('20270101')).toEqual([]);
  });

  test('of several times the first counts', () => {
    expect(findings(rule, readAs('authorized_keys', `expiry-time="20990101",expiry-time="20200101" ${publicKey(1)}`).keys)).toHaveLength(1);
  });
});
