import type { Preset } from '../policy.ts';
import { recommended } from './recommended.ts';

export const strict: Preset = {
  name: 'keylint:strict',
  description: 'Keys that are to last beyond 2030: 128 bits of security, passphrases everywhere and derivations as OWASP asks for them; every finding is an error.',
  sources: [
    { title: 'NIST SP 800-57 Part 1 Rev. 5, 5.6.3, Table 4 (112 bits of security end with 2030)', url: 'https://doi.org/10.6028/NIST.SP.800-57pt1r5' },
    { title: 'OWASP Password Storage Cheat Sheet', url: 'https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html' },
    { title: 'OpenSSH, sshkey.c (24 rounds of bcrypt since 9.4)', url: 'https://github.com/openssh/openssh-portable/blob/master/sshkey.c' },
  ],
  rules: {
    ...Object.fromEntries(Object.keys(recommended.rules).map((id) => [id, 'error'] as const)),
    'min-key-size': ['error', { rsa: 3072, dsa: 3072, ec: 256, dh: 3072 }],
    'require-passphrase': ['error', { where: 'everywhere' }],
    'weak-passphrase-kdf': ['error', { bcrypt: 24, pbkdf2: 600_000, scrypt: 131_072, argon2Work: 35_840 }],
    'no-unprotected-keygen': ['error', { where: 'everywhere' }],
    // A file says when it was written, not when its key was made.
    'max-key-age': 'off',
    'private-key-permissions': ['error', { parents: 'always' }],
  },
};
