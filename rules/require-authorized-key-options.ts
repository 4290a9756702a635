import { defineRule } from '../src/rule.ts';

export const requireAuthorizedKeyOptions = defineRule({
  meta: {
    id: 'require-authorized-key-options',
    type: 'suggestion',
    docs: {
      description: 'Entries of authorized_keys without restrictions: restrict, from="..."',
      why: 'Without options a key does everything the account can do, from anywhere: a shell, and tunnels to whatever the server can reach. `from` makes a stolen key useless elsewhere; `restrict` leaves a key that runs one command with nothing but that command.',
      fix: 'Put options before the key: restrict,command="..." for programs, from="10.0.0.0/8,*.example.org" for people.',
      sources: [
        { title: 'sshd(8), AUTHORIZED_KEYS FILE FORMAT (from: if somebody steals the key, it permits an intruder to log in from anywhere in the world)', url: 'https://man.openbsd.org/sshd.8#AUTHORIZED_KEYS_FILE_FORMAT' },
        { title: 'NIST IR 7966, Security of Interactive and Automated Access Management Using Secure Shell (SSH)', url: 'https://doi.org/10.6028/NIST.IR.7966' },
      ],
      recommended: 'off',
    },
    messages: {
      none: { text: '{key}: its entry has none of the options that the policy asks for: {options}', help: 'put one of these options before the key: {options}' },
      missing: { text: '{key}: its entry lacks options that the policy asks for: {options}', help: 'put these options before the key: {options}' },
    },
    options: {
      options: {
        type: 'array', default: ['restrict', 'from'], description: 'The options asked for',
        items: { type: 'string', enum: ['restrict', 'from', 'command', 'expiry-time', 'permitopen', 'permitlisten', 'principals', 'verify-required', 'no-port-forwarding', 'no-agent-forwarding', 'no-x11-forwarding', 'no-pty', 'no-user-rc'] },
      },
      all: { type: 'boolean', default: false, description: 'Whether an entry has to have all of them; else one is enough' },
    },
  },
  checkKey({ authorized }, { options, all }) {
    if (!authorized) return undefined;
    const missing = options.filter((wanted) => !authorized.options.some(({ name }) => name === wanted));
    if (missing.length === 0 || (!all && missing.length < options.length)) return undefined;
    return { messageId: all ? 'missing' : 'none', data: { options: missing.join(', ') } };
  },
});
