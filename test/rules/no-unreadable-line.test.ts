import { describe, expect, test } from 'vitest';
import { noUnreadableLine as rule } from '../../rules/no-unreadable-line.ts';
import { findings } from './key.ts';
import { inShort, publicKey, readAs } from './ssh-text.ts';

const say = (name: string, text: string): readonly string[] => inShort(findings(rule, [], {}, readAs(name, text).files));

describe('no-unreadable-line', () => {
  test('names the lines of each kind of file, and what becomes of them', () => {
    expect(say('authorized_keys', `# people\n\n${publicKey(1)} me\nrestric ${publicKey(1)} me\n`)).toEqual(['4 line 4: sshd knows no option restric; sshd passes over it and says nothing']);
    expect(say('known_hosts', `a.example.org ${publicKey(1)}\nb.example.org ssh-ed25519\n`)).toEqual(['2 line 2: there is no key behind its type; ssh passes over it']);
    expect(say('config', 'Host a\n  IdentityFile "~/.ssh/id\n')).toEqual(['2 line 2: a quote is not closed; ssh refuses the whole file']);
  });

  test('adjacent lines of which the same is to be said are one finding, from the first to the last', () => {
    const { files } = readAs('authorized_keys', `${publicKey(1)}\nrubbish here\n  more rubbish\n${publicKey(2)}\nrubbish\n`);
    const found = findings(rule, [], {}, files);
    expect(inShort(found)).toEqual(['2 lines 2 to 3: there is no key in it; sshd passes over it and says nothing', '5 line 5: there is no key in it; sshd passes over it and says nothing']);
    expect(found[0]).toMatchObject({ line: 2, column: 1, endLine: 3, endColumn: 15 });
    expect(found[0]).not.toHaveProperty('fingerprint');
  });

  test('has nothing to say of lines that are read', () => {
    expect(say('authorized_keys', `${publicKey(1)}\r\n\r\n \t# a remark\nrestrict,command="a b" ${publicKey(2)}\n`)).toEqual([]);
    expect(say('known_hosts', `@revoked * ${publicKey(1)}\n@cert-authority *.example.org ${publicKey(2)} a remark\n`)).toEqual([]);
    expect(say('config', 'Host a\n\tUser me # a remark\n')).toEqual([]);
  });
});
