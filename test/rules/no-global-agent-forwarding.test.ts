import { describe, expect, test } from 'vitest';
import { noGlobalAgentForwarding as rule } from '../../rules/no-global-agent-forwarding.ts';
import { findings } from './key.ts';
import { inShort, readAs } from './ssh-text.ts';

const say = (...lines: readonly string[]): readonly string[] => inShort(findings(rule, [], {}, readAs('config', lines.join('\n')).files));

describe('no-global-agent-forwarding', () => {
  test.each([
    ['before the first host', ['ForwardAgent yes'], 1],
    ['for all', ['Host a', 'ForwardAgent no', 'Host *', 'ForwardAgent yes'], 4],
    ['for all but one', ['Host * !bastion', 'ForwardAgent YES'], 2],
    ['for all, in other words', ['Match all', 'forwardagent=true'], 2],
    ['by the path of an agent', ['Host *', 'ForwardAgent $SSH_AUTH_SOCK'], 2],
  ])('%s', (_, lines, line) => {
    expect(say(...lines)).toEqual([`${line} the agent is forwarded to every host, where root can use all keys in it`]);
  });

  test.each([
    ['one host', ['Host bastion', 'ForwardAgent yes']],
    ['hosts of one name', ['Host *.example.org', 'ForwardAgent yes']],
    ['one user', ['Match user git', 'ForwardAgent yes']],
    ['no', ['Host *', 'ForwardAgent no']],
    ['what comes too late', ['ForwardAgent no', 'Host *', 'ForwardAgent yes']],
  ])('nothing of %s', (_, lines) => {
    expect(say(...lines)).toEqual([]);
  });
});
