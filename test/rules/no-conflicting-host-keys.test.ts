import { describe, expect, test } from 'vitest';
import { noConflictingHostKeys as rule } from '../../rules/no-conflicting-host-keys.ts';
import { findings } from './key.ts';
import { inShort, publicKey, readAs } from './ssh-text.ts';

const found = (...lines: readonly string[]) => findings(rule, readAs('known_hosts', lines.join('\n')).keys);

describe('no-conflicting-host-keys', () => {
  test('two keys of one type for one host, by any of its names', () => {
    const [finding, ...rest] = found(`a.example.org,192.0.2.1 ${publicKey(1)}`, `b.example.org ${publicKey(2)}`, `[C.example.org]:2222,192.0.2.1 ${publicKey(2)}`);
    expect(inShort([finding!])).toEqual(['3 Ed25519 public key: line 1 has another Ed25519 key for 192.0.2.1, and ssh accepts either']);
    expect(finding!.help).toMatch(/: ssh-keygen -R 192\.0\.2\.1 -f \/home\/me\/\.ssh\/known_hosts$/);
    expect(rest).toEqual([]);
    expect(found(`[A]:22 ${publicKey(1)}`, `[a]:22 ${publicKey(2)}`)[0]!.help).toContain("ssh-keygen -R '[a]:22' -f");
  });

  test.each([
    ['other hosts', [`a ${publicKey(1)}`, `b ${publicKey(2)}`]],
    ['keys of other types', [`a ${publicKey(1)}`, `a ${publicKey(2, 'sk-ssh-ed25519@openssh.com')}`]],
    ['the same key', [`a ${publicKey(1)}`, `a ${publicKey(1)}`]],
    ['patterns', [`*.example.org,!a.example.org ${publicKey(1)}`, `*.example.org,!a.example.org ${publicKey(2)}`]],
    ['a key that is revoked', [`a ${publicKey(1)}`, `@revoked a ${publicKey(2)}`]],
    ['authorities', [`@cert-authority a ${publicKey(1)}`, `@cert-authority a ${publicKey(2)}`]],
    ['other ports', [`a ${publicKey(1)}`, `[a]:2222 ${publicKey(2)}`]],
  ])('nothing of %s', (_, lines) => {
    expect(found(...lines)).toEqual([]);
  });

  test('nor of two files', () => {
    expect(findings(rule, ['known_hosts', 'known_hosts2'].flatMap((name, i) => readAs(name, `a ${publicKey(i)}`).keys))).toEqual([]);
  });
});
