import { describe, expect, test } from 'vitest';
import { hashKnownHosts as rule } from '../../rules/hash-known-hosts.ts';
import { findings } from './key.ts';
import { inShort, publicKey, readAs } from './ssh-text.ts';

const hash = `|1|${'A'.repeat(27)}=|${'B'.repeat(27)}=`;
const found = (...lines: readonly string[]) => findings(rule, readAs('known_hosts', lines.join('\n')).keys);

describe('hash-known-hosts', () => {
  test('one finding for a file, at its first name in the clear', () => {
    const list = found(`${hash} ${publicKey(1)}`, `a ${publicKey(2)}`, `b ${publicKey(3)}`);
    expect(inShort(list)).toEqual(['2 Ed25519 public key: 2 of the 3 entries here name their hosts in the clear']);
    expect(list[0]!.help).toMatch(/: ssh-keygen -H -f \/home\/me\/\.ssh\/known_hosts$/);
  });

  test('hashes are none, and patterns cannot be hashed', () => {
    expect(found(`${hash} ${publicKey(1)}`, `@cert-authority *.example.org ${publicKey(2)}`)).toEqual([]);
    expect(rule.meta.docs.recommended).toBe('off');
  });
});
