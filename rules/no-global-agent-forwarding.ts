import { defineRule } from '../src/rule.ts';
import { directivesOf, isForAll } from '../src/ssh-directive.ts';

export const noGlobalAgentForwarding = defineRule({
  meta: {
    id: 'no-global-agent-forwarding',
    type: 'problem',
    docs: {
      description: 'ForwardAgent for every host',
      why: 'On every host that is logged in to, root can use all keys in the agent for as long as the connection lasts, and log in with them wherever their owner can. One host that was taken over is enough.',
      fix: 'ProxyJump reaches hosts behind others without an agent on the way. Where an agent is needed, write ForwardAgent below the Host line of that one host, with keys that were added with ssh-add -c or bound to hosts with ssh-add -h.',
      sources: [
        { title: 'ssh_config(5), ForwardAgent (agent forwarding should be enabled with caution)', url: 'https://man.openbsd.org/ssh_config.5#ForwardAgent' },
        { title: 'ssh_config(5), ProxyJump', url: 'https://man.openbsd.org/ssh_config.5#ProxyJump' },
      ],
      recommended: 'warn',
    },
    messages: {
      everywhere: { text: 'the agent is forwarded to every host, where root can use all keys in it', help: 'write ForwardAgent below the Host line of the one host that needs it, or use ProxyJump' },
    },
    options: {},
  },
  checkLine({ directive }, file) {
    if (directive?.keyword !== 'forwardagent' || !isForAll(directive.block) || /^(?:no|false)$/i.test(directive.values[0] ?? 'no')) return undefined;
    // Of several values ssh takes the first.
    const first = directivesOf(file).find((other) => other.keyword === 'forwardagent' && isForAll(other.block));
    return first === directive ? { messageId: 'everywhere' } : undefined;
  },
});
