import { describe, expect, test } from 'vitest';
import { noUnreadableKey as rule } from '../../rules/no-unreadable-key.ts';
import { findings, makeKey, messageId } from './key.ts';

describe('no-unreadable-key', () => {
  const defect = 'its encrypted part is not whole';

  test.each(['file', 'index', 'commit', 'stdin'] as const)('warns of a damaged private key in any place: %s', (origin) => {
    expect(messageId(rule, makeKey('x', { defect, file: { origin } }))).toBe('unreadable');
    expect(messageId(rule, makeKey('x', { kind: 'symmetric', defect, file: { origin } }))).toBe('unreadable');
  });

  test('leaves public keys and whole keys alone', () => {
    expect(messageId(rule, makeKey('x', { kind: 'public', defect }))).toBeUndefined();
    expect(messageId(rule, makeKey('x', { kind: 'certificate', defect }))).toBeUndefined();
    expect(messageId(rule, makeKey('x'))).toBeUndefined();
  });

  test('warns of a key whose two halves contradict each other', () => {
    const weaknesses = ['public-half-mismatch'];
    expect(findings(rule, makeKey('x', { weaknesses }))[0]!.message).toMatch(/: the public half that is stored with it belongs to another key$/);
    expect(messageId(rule, makeKey('x', { weaknesses, defect }))).toBe('unreadable');
    expect(messageId(rule, makeKey('x', { weaknesses: ['empty-password'] }))).toBeUndefined();
  });

  test('says what is wrong', () => {
    expect(findings(rule, makeKey('x', { algorithm: undefined, format: 'openssh', defect }))[0]!.message).toBe('Unreadable OpenSSH private key: its encrypted part is not whole');
  });
});
