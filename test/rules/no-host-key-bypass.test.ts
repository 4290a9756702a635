import { describe, expect, test } from 'vitest';
import { noHostKeyBypass as rule } from '../../rules/no-host-key-bypass.ts';
import { mended, ofText } from './command-text.ts';

const settings = (text: string, path = 'a.sh'): readonly string[] => ofText(rule, path, text).map(({ line, message }) => `${line} ${/^(.*) does not look whom it speaks to \((.*)\), so that anybody in between can pass for the host$/.exec(message)!.slice(1).join(': ')}`);

describe('no-host-key-bypass', () => {
  test.each([
    ['ssh -o StrictHostKeyChecking=no host', '1 ssh: StrictHostKeyChecking no'],
    ['scp -oStrictHostKeyChecking=no a host:', '1 scp: StrictHostKeyChecking no'],
    ['ssh -o "StrictHostKeyChecking no" host', '1 ssh: StrictHostKeyChecking no'],
    ['ssh -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no host', '1 ssh: StrictHostKeyChecking no, UserKnownHostsFile /dev/null'],
    ['rsync -e "ssh -o StrictHostKeyChecking=no" a host:', '1 rsync: StrictHostKeyChecking no'],
    ['GIT_SSH_COMMAND="ssh -o StrictHostKeyChecking=no" git clone x', '1 git: StrictHostKeyChecking no'],
    ['export GIT_SSH_COMMAND="ssh -o StrictHostKeyChecking=no"', '1 export: StrictHostKeyChecking no'],
    ['git config core.sshCommand "ssh -o StrictHostKeyChecking=no"', '1 git: StrictHostKeyChecking no'],
    ['echo -e "Host *\\n\\tStrictHostKeyChecking no" >> ~/.ssh/config', '1 echo: StrictHostKeyChecking no'],
    ['cat >> ~/.ssh/config <<EOF\nHost *\n  StrictHostKeyChecking no\nEOF', '1 cat: StrictHostKeyChecking no'],
    ['export ANSIBLE_HOST_KEY_CHECKING=False', '1 export: ANSIBLE_HOST_KEY_CHECKING=False'],
  ])('%s', (text, setting) => {
    expect(settings(text)).toEqual([setting]);
  });

  test.each([
    'ssh -o StrictHostKeyChecking=accept-new host', 'ssh -o StrictHostKeyChecking=yes host', 'ssh -o StrictHostKeyChecking=no localhost', 'ssh -p 2222 -o StrictHostKeyChecking=no root@127.0.0.1', 'ssh-keyscan host >> ~/.ssh/known_hosts', 'grep -q "StrictHostKeyChecking no" ~/.ssh/config',
    '# ssh -o StrictHostKeyChecking=no host', 'echo "do not write StrictHostKeyChecking no"', 'cat >> ~/.ssh/config <<EOF\nHost localhost\n  StrictHostKeyChecking no\nEOF',
  ])('nothing of %s', (text) => {
    expect(settings(text)).toEqual([]);
  });

  test('in settings and variables of other files', () => {
    expect(settings('[defaults]\nhost_key_checking = False\n', 'ansible.cfg')).toEqual(['2 the setting: host_key_checking=False']);
    expect(settings('# host_key_checking = False\n', 'ansible.cfg')).toEqual([]);
    expect(settings('all:\n  vars:\n    ansible_ssh_common_args: "-o StrictHostKeyChecking=no"\n', 'hosts.yml')).toEqual(['3 ansible_ssh_common_args: StrictHostKeyChecking no']);
    expect(settings('env:\n  ANSIBLE_HOST_KEY_CHECKING: "False"\n', 'a.yml')).toEqual(['2 ANSIBLE_HOST_KEY_CHECKING: ANSIBLE_HOST_KEY_CHECKING=False']);
    expect(settings('```ssh-config\nHost *\n  StrictHostKeyChecking no\n\nHost 127.0.0.1\n  StrictHostKeyChecking no\n```\n', 'a.md')).toEqual(['3 ssh_config: StrictHostKeyChecking no']);
  });

  test('what notices a change is written in its place', () => {
    const text = 'ssh -oStrictHostKeyChecking=no host';
    const [finding] = ofText(rule, 'a.sh', text);
    expect(mended(text, finding!)).toBe('ssh -oStrictHostKeyChecking=accept-new host');
    expect(settings(mended(text, finding!))).toEqual([]);
  });
});
