import { knownHosts, type Preset } from '../policy.ts';
import { recommended } from './recommended.ts';
import { otherPeoplesKeys } from './ssh-user.ts';

export const sshLogin: Preset = {
  name: 'keylint:ssh-login',
  description: 'Keys for logging in to servers: ssh-keygen -t ecdsa -b 521 -f ~/.ssh/id_ecdsa_NAME, and their PuTTY twins. A passphrase everywhere; permissions and folders as OpenSSH wants them. A key made with -m PEM has its passphrase behind a single MD5 hash, and a PPK 2 file behind SHA-1: both are errors here.',
  sources: [
    { title: 'Mozilla OpenSSH guidelines, Protection of user keys (strong passphrase)', url: 'https://infosec.mozilla.org/guidelines/openssh#protection-of-user-keys' },
    { title: 'OpenSSL, PEM_write_PrivateKey(3) (traditional PEM encryption: one round of MD5)', url: 'https://docs.openssl.org/master/man3/PEM_read_bio_PrivateKey/#pem-encryption-format' },
    { title: 'PuTTY manual, Appendix C: PPK file format', url: 'https://the.earth.li/~sgtatham/putty/latest/htmldoc/AppendixC.html' },
    { title: 'OpenSSH, authfile.c and misc.c (permissions)', url: 'https://github.com/openssh/openssh-portable/blob/master/authfile.c' },
  ],
  rules: {
    ...recommended.rules,
    'no-committed-encrypted-key': 'error',
    'min-key-size': ['error', { rsa: 3072, ec: 256 }],
    'require-passphrase': ['error', { where: 'everywhere' }],
    'weak-passphrase-kdf': 'error',
    'no-unprotected-keygen': ['error', { where: 'everywhere' }],
    'no-legacy-key-format': 'error',
  },
  overrides: [otherPeoplesKeys, knownHosts],
};
