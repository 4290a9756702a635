import type { FileLine, LineFormat } from '../src/key.ts';
import { defineRule } from '../src/rule.ts';

const messageOf: Readonly<Record<LineFormat, 'authorizedKeys' | 'knownHosts' | 'sshConfig'>> = { authorized_keys: 'authorizedKeys', known_hosts: 'knownHosts', ssh_config: 'sshConfig' };

function linesText({ line, endLine }: FileLine): string {
  return line === endLine ? `line ${line}` : `lines ${line} to ${endLine}`;
}

export const noUnreadableLine = defineRule({
  meta: {
    id: 'no-unreadable-line',
    type: 'problem',
    docs: {
      description: 'Lines of authorized_keys, known_hosts and ssh_config that OpenSSH cannot use',
      why: 'sshd passes over such a line of authorized_keys and tells nobody: a typing error locks somebody out, and a key that was meant to be restricted, revoked or replaced is not what the file seems to say. ssh passes over such a line of known_hosts and takes the host for an unknown one. Of ssh_config it reads nothing at all.',
      fix: 'Mend the line or remove it. `ssh-keygen -lf FILE` lists the keys that are read, `ssh -G -F FILE HOST` the settings.',
      sources: [
        { title: 'sshd(8), AUTHORIZED_KEYS FILE FORMAT and SSH_KNOWN_HOSTS FILE FORMAT', url: 'https://man.openbsd.org/sshd.8#AUTHORIZED_KEYS_FILE_FORMAT' },
        { title: 'OpenSSH, auth2-pubkeyfile.c, auth_check_authkey_line', url: 'https://github.com/openssh/openssh-portable/blob/master/auth2-pubkeyfile.c' },
        { title: 'OpenSSH, hostfile.c, hostkeys_foreach_file', url: 'https://github.com/openssh/openssh-portable/blob/master/hostfile.c' },
      ],
      recommended: 'warn',
    },
    messages: {
      authorizedKeys: { text: '{lines}: {defect}; sshd passes over it and says nothing', help: 'mend the line or remove it; this lists the keys that are read: ssh-keygen -lf {file}' },
      knownHosts: { text: '{lines}: {defect}; ssh passes over it', help: 'remove the line, and let ssh learn the host\'s key again' },
      sshConfig: { text: '{lines}: {defect}; ssh refuses the whole file', help: 'mend the line; `ssh -G -F FILE HOST` shows what ssh reads' },
    },
    options: {},
  },
  checkLine(line, { readAs }) {
    if (line.defect === undefined || readAs === undefined) return undefined;
    return { messageId: messageOf[readAs], data: { lines: linesText(line), defect: line.defect } };
  },
});
