import type { Preset } from '../policy.ts';
import { recommended } from './recommended.ts';

export const engineRsa: Preset = {
  name: 'keylint:engine-rsa',
  description: 'RSA key pairs NAME.pem and NAME.pub with which engines prove who they are, by signing a challenge with PKCS #1 v1.5 and SHA-256. RSA only, 2048 bits or more; a pair for each engine; no passphrase, since engines start by themselves.',
  sources: [
    { title: 'FIPS 186-5, 5.1 (RSA moduli of at least 2048 bits) and 5.4 (PKCS #1)', url: 'https://doi.org/10.6028/NIST.FIPS.186-5' },
    { title: 'RFC 8017, 8.2 (RSASSA-PKCS1-v1_5)', url: 'https://www.rfc-editor.org/rfc/rfc8017#section-8.2' },
    { title: 'NIST SP 800-57 Part 1 Rev. 5, 5.2 (a single key for only one purpose)', url: 'https://doi.org/10.6028/NIST.SP.800-57pt1r5' },
    { title: 'Mozilla OpenSSH guidelines, Protection of machine keys (unique per usage)', url: 'https://infosec.mozilla.org/guidelines/openssh#protection-of-machine-keys' },
  ],
  rules: {
    ...recommended.rules,
    'no-committed-encrypted-key': 'error',
    'no-weak-algorithm': ['error', { only: ['rsa'] }],
    'min-key-size': ['error', { rsa: 2048 }],
    'require-passphrase': 'off',
    'no-key-reuse': 'error',
    'no-unprotected-keygen': ['note', { where: 'everywhere' }],
  },
};
