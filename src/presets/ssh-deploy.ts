import { knownHosts, type Preset } from '../policy.ts';
import { recommended } from './recommended.ts';
import { otherPeoplesKeys, sshKeyTypes } from './ssh-user.ts';

export const sshDeploy: Preset = {
  name: 'keylint:ssh-deploy',
  description: 'SSH keys of machines, for deploying and fetching: ssh-keygen -a 100 -t ed25519. A passphrase is optional, since a pipeline has nobody to type one; a passphrase that is there has to count. One key for each use.',
  sources: [
    { title: 'Mozilla OpenSSH guidelines, Protection of machine keys (passphrase-less keys are reasonable; unique per usage)', url: 'https://infosec.mozilla.org/guidelines/openssh#protection-of-machine-keys' },
    { title: 'ssh-keygen(1), -a rounds', url: 'https://man.openbsd.org/ssh-keygen.1#a' },
    { title: 'GitHub Docs, Managing deploy keys', url: 'https://docs.github.com/en/authentication/connecting-to-github-with-ssh/managing-deploy-keys' },
  ],
  rules: {
    ...recommended.rules,
    'no-committed-encrypted-key': 'error',
    'no-weak-algorithm': ['error', { only: sshKeyTypes, kinds: ['private'] }],
    'min-key-size': ['error', { rsa: 3072 }],
    'require-passphrase': 'off',
    'weak-passphrase-kdf': 'error',
    'no-key-reuse': 'error',
    'no-unprotected-keygen': 'off',
  },
  overrides: [otherPeoplesKeys, knownHosts],
};
