import { passphraseAdvice } from '../src/advice.ts';
import { isProtected } from '../src/describe.ts';
import { isCommitted, isHostKey, isInSshFolder, isSecret } from '../src/place.ts';
import { defineRule } from '../src/rule.ts';

export const requirePassphrase = defineRule({
  meta: {
    id: 'require-passphrase',
    type: 'problem',
    docs: {
      description: 'Private keys without a passphrase in ~/.ssh, or everywhere',
      why: 'A person\'s key opens every account it is trusted by, and it lies on laptops, in backups and in home folders that other programs read. Without a passphrase, having the file is having the accounts. An agent asks for the passphrase once a session. Keys of machines (host keys, signing keys of services) have nobody to type one: for those this is a matter of policy.',
      fix: 'Give the key a passphrase; the key itself stays the same and nothing has to be changed on the servers: ssh-keygen -p -a 100 -f FILE.',
      sources: [
        { title: 'Mozilla OpenSSH guidelines, Protection of user keys (protected by strong passphrase)', url: 'https://infosec.mozilla.org/guidelines/openssh#protection-of-user-keys' },
        { title: 'NIST SP 800-57 Part 1 Rev. 5, 6.2.2.3 (confidentiality of keys in storage)', url: 'https://doi.org/10.6028/NIST.SP.800-57pt1r5' },
        { title: 'ssh-keygen(1), DESCRIPTION (host keys must have an empty passphrase)', url: 'https://man.openbsd.org/ssh-keygen.1#DESCRIPTION' },
      ],
      recommended: 'error',
    },
    messages: {
      missing: { text: '{key}: whoever gets the file can use it', help: '{advice}' },
    },
    options: {
      where: {
        type: 'string', default: 'ssh', enum: ['ssh', 'everywhere'],
        description: 'ssh: in .ssh folders, where people keep their own keys; everywhere: all private key files except host keys of sshd and keys that git has',
      },
    },
  },
  checkKey(key, { where }) {
    if (key.kind !== 'private' || !isSecret(key) || isProtected(key)) return undefined;
    if (key.file.origin !== 'file' || isCommitted(key) || isHostKey(key)) return undefined;
    return where === 'everywhere' || isInSshFolder(key) ? { messageId: 'missing', data: { advice: passphraseAdvice(key) } } : undefined;
  },
});
