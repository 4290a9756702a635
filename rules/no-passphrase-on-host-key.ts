import { isProtected } from '../src/describe.ts';
import { isHostKey, isSecret } from '../src/place.ts';
import { defineRule } from '../src/rule.ts';

export const noPassphraseOnHostKey = defineRule({
  meta: {
    id: 'no-passphrase-on-host-key',
    type: 'problem',
    docs: {
      description: 'Host keys of sshd under a passphrase',
      why: 'sshd reads its host keys when it starts, with nobody there to type a passphrase: it goes on without the key, or does not start. Clients that know the host by this key take it for another one.',
      fix: 'Remove the passphrase and keep the file readable for root alone, or give the key to an agent (sshd_config: HostKeyAgent).',
      sources: [
        { title: 'ssh-keygen(1) (host keys must have an empty passphrase)', url: 'https://man.openbsd.org/ssh-keygen.1' },
        { title: 'sshd_config(5), HostKeyAgent', url: 'https://man.openbsd.org/sshd_config.5#HostKeyAgent' },
      ],
      recommended: 'warn',
    },
    messages: {
      protected: { text: '{key}: sshd cannot read a host key under a passphrase', help: 'remove the passphrase, and keep the file for root alone: ssh-keygen -p -N \'\' -f {file}' },
    },
    options: {},
  },
  checkKey(key) {
    return key.kind === 'private' && isHostKey(key) && isSecret(key) && isProtected(key) ? { messageId: 'protected' } : undefined;
  },
});
