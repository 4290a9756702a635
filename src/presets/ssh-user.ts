import { knownHosts, type Override, type Preset } from '../policy.ts';
import { recommended } from './recommended.ts';

/** What both kinds of SSH keys made by hand have in common. */
export const sshKeyTypes = ['ed25519', 'ed25519-sk', 'ecdsa-sk', 'rsa'] as const;

/** Lists of other people's and hosts' public keys, whose sizes are not ours to choose: what is recommended is enough there. */
export const otherPeoplesKeys: Override = {
  files: ['**/known_hosts*', '**/authorized_keys*', '**/ssh_known_hosts*', '**/allowed_signers'],
  rules: { 'min-key-size': ['error', { rsa: 2048 }] },
};

export const sshUser: Preset = {
  name: 'keylint:ssh-user',
  description: 'A person\'s SSH keys: ssh-keygen -a 100 -t ed25519. A passphrase is an error to miss in ~/.ssh, where the key is in use, and a warning elsewhere, where it may be on its way. Ed25519, FIDO keys, or RSA of 3072 bits or more.',
  sources: [
    { title: 'Mozilla OpenSSH guidelines, Key generation (ED25519 or RSA, not ECDSA or DSA) and Protection of user keys (strong passphrase)', url: 'https://infosec.mozilla.org/guidelines/openssh#key-generation' },
    { title: 'ssh-keygen(1), -a rounds and -b bits (RSA keys of 3072 bits by default)', url: 'https://man.openbsd.org/ssh-keygen.1' },
    { title: 'OpenSSH, authfile.c and misc.c (permissions)', url: 'https://github.com/openssh/openssh-portable/blob/master/authfile.c' },
  ],
  rules: {
    ...recommended.rules,
    'no-committed-encrypted-key': 'error',
    'no-weak-algorithm': ['error', { only: sshKeyTypes, kinds: ['private'] }],
    'min-key-size': ['error', { rsa: 3072 }],
    'require-passphrase': ['warn', { where: 'everywhere' }],
    'weak-passphrase-kdf': 'error',
    'no-unprotected-keygen': ['error', { where: 'everywhere' }],
    'no-legacy-key-format': 'error',
  },
  overrides: [{ files: ['**/.ssh/**'], rules: { 'require-passphrase': 'error' } }, otherPeoplesKeys, knownHosts],
};
