import { rewrite } from '../src/made-key.ts';
import { defineRule } from '../src/rule.ts';

export const noHostKeyBypass = defineRule({
  meta: {
    id: 'no-host-key-bypass',
    type: 'problem',
    docs: {
      description: 'Commands and settings that tell ssh not to look whom it speaks to: StrictHostKeyChecking no, UserKnownHostsFile /dev/null, host_key_checking = False',
      why: 'Whoever can come between is taken for the host, every time: what is typed, copied and deployed goes to them. Pipelines do so from networks that nobody watches.',
      fix: 'Write down the host\'s key once and check it ever after: ssh-keyscan HOST >> known_hosts, compared with what the host\'s owner publishes. Where a new host has to be taken, StrictHostKeyChecking=accept-new notices at least when it changes.',
      sources: [
        { title: 'ssh_config(5), StrictHostKeyChecking and UserKnownHostsFile', url: 'https://man.openbsd.org/ssh_config.5#StrictHostKeyChecking' },
        { title: 'RFC 4251, 9.3.4 (man in the middle)', url: 'https://www.rfc-editor.org/rfc/rfc4251#section-9.3.4' },
        { title: 'Ansible, Connection details, Managing host key checking', url: 'https://docs.ansible.com/ansible/latest/inventory_guide/connection_details.html#managing-host-key-checking' },
      ],
      recommended: 'warn',
    },
    messages: {
      bypass: { text: '{tool} does not look whom it speaks to ({setting}), so that anybody in between can pass for the host', help: '{advice}' },
    },
    options: {},
  },
  checkCommand(command) {
    const { does, tool } = command;
    if (does.act !== 'trust-any-host') return undefined;
    const { said, setting } = does;
    const better = said && !/UserKnownHostsFile/i.test(setting) ? rewrite(command, [{ at: said, value: 'accept-new' }]) : undefined;
    // The words of the command stay where they are: those of any program may be secrets.
    const advice = better ? 'write StrictHostKeyChecking=accept-new in its place'
      : /host_key_checking/i.test(setting) ? 'leave it away, and put the hosts\' keys into known_hosts' : 'put the host\'s key into a known_hosts file, or write StrictHostKeyChecking=accept-new with a file that is kept';
    return { messageId: 'bypass', data: { tool, setting, advice }, ...better && { fix: { replace: better.replace } } };
  },
});
