import { describe, expect, test } from 'vitest';
import { requireHostKeyCheck as rule } from '../../rules/require-host-key-check.ts';
import { findings } from './key.ts';
import { inShort, readAs } from './ssh-text.ts';

const say = (...lines: readonly string[]): readonly string[] => inShort(findings(rule, [], {}, readAs('config', lines.join('\n')).files));
const [off, devNull] = ['StrictHostKeyChecking no', 'UserKnownHostsFile /dev/null'];
const forgotten = (line: number, block: string): string => `${line} for ${block} host keys are neither checked nor remembered, so that anybody in between can pass for the host`;
const everywhere = (line: number): string => `${line} StrictHostKeyChecking is off for every host, so that one whose key has changed is taken all the same`;

describe('require-host-key-check', () => {
  test('neither checked nor remembered, in one block or two', () => {
    expect(say('Host a b', off, devNull)).toEqual([forgotten(2, 'Host a b')]);
    expect(say('Host a', devNull, 'StrictHostKeyChecking=off')).toEqual([forgotten(3, 'Host a')]);
    expect(say('Host a', off, 'Host *', devNull)).toEqual([forgotten(2, 'Host a')]);
    expect(say(off, 'Host a', devNull)).toEqual([forgotten(1, 'Host a')]);
    expect(say('Host *', off, devNull)).toEqual([forgotten(2, 'every host')]);
    expect(say('Match user git', off, 'UserKnownHostsFile none')).toEqual([forgotten(2, 'Match user git')]);
  });

  test('off for every host', () => {
    expect(say(off)).toEqual([everywhere(1)]);
    expect(say('Host * !bastion', off)).toEqual([everywhere(2)]);
    expect(say('Match all', off)).toEqual([everywhere(2)]);
  });

  test.each([
    ['one host that is remembered', ['Host a', off]],
    ['a machine in this one', ['Host vm', 'HostName 127.0.0.1', off, devNull]],
    ['this machine', ['Host localhost 127.0.0.1', off, devNull]],
    ['checks', ['StrictHostKeyChecking yes', devNull]],
    ['accept-new', ['StrictHostKeyChecking accept-new', devNull]],
    ['what comes too late', ['StrictHostKeyChecking ask', 'Host a', off, devNull]],
    ['other hosts', ['Host a', off, 'Host b', devNull]],
  ])('nothing of %s', (_, lines) => {
    expect(say(...lines)).toEqual([]);
  });

  test('a name of this machine that leads elsewhere', () => {
    expect(say('Host localhost', 'HostName web.example.org', off, devNull)).toHaveLength(1);
  });
});
