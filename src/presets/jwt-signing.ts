import type { Preset } from '../policy.ts';
import { recommended } from './recommended.ts';

export const jwtSigning: Preset = {
  name: 'keylint:jwt-signing',
  description: 'Keys that a service signs JSON Web Tokens with: private.pem and public.pem, jwtRS256.key and jwtRS256.key.pub. Made without a passphrase on purpose, since nobody is there to type one; so the file must never reach git, encrypted or not, and must be readable to its owner only.',
  sources: [
    { title: 'RFC 7518, 3.3 (RS256: a key of size 2048 bits or larger MUST be used) and 3.4 (ES256, ES384, ES512: P-256, P-384, P-521)', url: 'https://www.rfc-editor.org/rfc/rfc7518#section-3.3' },
    { title: 'RFC 8037, 3.1 (EdDSA: Ed25519 and Ed448)', url: 'https://www.rfc-editor.org/rfc/rfc8037#section-3.1' },
    { title: 'RFC 8812, 3.2 (ES256K: secp256k1)', url: 'https://www.rfc-editor.org/rfc/rfc8812#section-3.2' },
    { title: 'Mozilla OpenSSH guidelines, Protection of machine keys (reasonable to use passphrase-less keys, one per usage)', url: 'https://infosec.mozilla.org/guidelines/openssh#protection-of-machine-keys' },
  ],
  rules: {
    ...recommended.rules,
    'no-committed-encrypted-key': 'error',
    'no-weak-algorithm': ['error', { only: ['rsa', 'rsa-pss', 'prime256v1', 'secp384r1', 'secp521r1', 'secp256k1', 'ed25519', 'ed448', 'ml-dsa-44', 'ml-dsa-65', 'ml-dsa-87'] }],
    'min-key-size': ['error', { rsa: 2048, ec: 256 }],
    'require-passphrase': 'off',
    'no-key-reuse': 'error',
    'no-unprotected-keygen': ['note', { where: 'everywhere' }],
  },
};
