import { describe, expect, test } from 'vitest';
import { requireAuthorizedKeyOptions as rule } from '../../rules/require-authorized-key-options.ts';
import { findings, makeKey } from './key.ts';
import { inShort, publicKey, readAs } from './ssh-text.ts';

const say = (options: string, settings: Readonly<Record<string, unknown>> = {}): readonly string[] => inShort(findings(rule, readAs('authorized_keys', `${options}${publicKey(1)}`).keys, settings));

describe('require-authorized-key-options', () => {
  test('one of the options is enough, unless all are asked for', () => {
    expect(say('')).toEqual(['1 Ed25519 public key: its entry has none of the options that the policy asks for: restrict, from']);
    expect(say('no-pty ')).toHaveLength(1);
    for (const options of ['restrict ', 'from="10.0.0.0/8" ', 'no-pty,RESTRICT ']) expect(say(options)).toEqual([]);
    expect(say('restrict ', { all: true })).toEqual(['1 Ed25519 public key: its entry lacks options that the policy asks for: from']);
    expect(say('restrict,from="a" ', { all: true })).toEqual([]);
    expect(say('restrict ', { options: ['expiry-time'] })).toEqual(['1 Ed25519 public key: its entry has none of the options that the policy asks for: expiry-time']);
  });

  test('other keys have no options', () => {
    expect(findings(rule, [makeKey('id'), makeKey('id.pub', { kind: 'public' })])).toEqual([]);
    expect(rule.meta.docs.recommended).toBe('off');
  });
});
