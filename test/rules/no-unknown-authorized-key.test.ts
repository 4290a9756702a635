import { describe, expect, test } from 'vitest';
import { noUnknownAuthorizedKey as rule } from '../../rules/no-unknown-authorized-key.ts';
import { findings, fingerprintOf, makeKey } from './key.ts';
import { inShort, publicKey, readAs } from './ssh-text.ts';

describe('no-unknown-authorized-key', () => {
  const { keys } = readAs('authorized_keys', `${publicKey(1)}\n${publicKey(2)}\n# ${publicKey(3)}\n`);

  test('every key that is not on the list, where there is one', () => {
    expect(inShort(findings(rule, keys, { known: [keys[0]!.fingerprint] }))).toEqual(['2 Ed25519 public key: it is none of the keys that the policy knows']);
    expect(findings(rule, keys, { known: [keys[0]!.fingerprint, `spki:${keys[1]!.spki}`] })).toEqual([]);
    expect(findings(rule, keys)).toEqual([]);
  });

  test('no other keys', () => {
    const others = [makeKey('id'), makeKey('id.pub', { kind: 'public' }), ...readAs('known_hosts', `a ${publicKey(4)}`).keys];
    expect(findings(rule, others, { known: [fingerprintOf('z')] })).toEqual([]);
  });
});
