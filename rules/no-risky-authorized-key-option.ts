import type { AuthorizedEntry } from '../src/key.ts';
import { defineRule } from '../src/rule.ts';

/** Whether ports may be forwarded to anywhere: what is said last counts (OpenSSH, auth-options.c, sshauthopt_parse). */
function forwardsPorts({ options }: AuthorizedEntry): boolean {
  let isAllowed = true;
  for (const { name } of options) {
    if (name === 'restrict' || name === 'no-port-forwarding') isAllowed = false;
    else if (name === 'port-forwarding') isAllowed = true;
  }
  return isAllowed && !options.some(({ name }) => name === 'permitopen');
}

export const noRiskyAuthorizedKeyOption = defineRule({
  meta: {
    id: 'no-risky-authorized-key-option',
    type: 'problem',
    docs: {
      description: 'Entries of authorized_keys whose options leave open what they seem to close: command="..." with port forwarding, FIDO keys without touch',
      why: 'command="..." runs one command whatever the client asks for, but the client may still have ports forwarded: whoever has the key comes from there into the network behind the server. no-touch-required makes sshd accept signatures for which nobody touched the token, as a program on a stranger\'s machine can have them made.',
      fix: 'Put restrict before command="...", and allow again by name what is needed. Leave out no-touch-required where a person is there to touch the token.',
      sources: [
        { title: 'sshd(8), AUTHORIZED_KEYS FILE FORMAT (command: the client may specify TCP and/or X11 forwarding unless they are explicitly prohibited)', url: 'https://man.openbsd.org/sshd.8#AUTHORIZED_KEYS_FILE_FORMAT' },
        { title: 'OpenSSH, PROTOCOL.u2f (user presence)', url: 'https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.u2f' },
      ],
      recommended: 'warn',
    },
    messages: {
      command: { text: '{key}: its entry runs one command only, but lets ports be forwarded to anywhere', help: 'put restrict before command="..."' },
      touch: { text: '{key}: its entry accepts signatures for which nobody touched the token', help: 'remove no-touch-required' },
    },
    options: {},
  },
  checkKey({ algorithm, authorized }) {
    if (!authorized) return undefined;
    const has = (wanted: string): boolean => authorized.options.some(({ name }) => name === wanted);
    if (has('command') && forwardsPorts(authorized)) return { messageId: 'command' };
    return has('no-touch-required') && (algorithm?.endsWith('-sk') ?? false) ? { messageId: 'touch' } : undefined;
  },
});
