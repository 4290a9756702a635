import { ed25519PublicKey } from '../curve.ts';
import type { Format } from '../format.ts';
import type { KeyFacts } from '../key.ts';
import { identify } from '../public-key.ts';

/** Tor's Ed25519 secret keys (`hs_ed25519_secret_key`, `ed25519_master_id_secret_key`, ...): a head of 32 bytes, then the hashed seed of RFC 8032, 5.1.5. */
export const tor: Format = {
  name: 'tor',
  title: 'Tor Ed25519 secret key',
  sources: ['tor src/lib/crypt_ops/crypto_ed25519.c, ed25519_seckey_write_to_file', 'tor rend-spec-v3, Appendix E'],
  magics: [Buffer.from('== ed25519v1-secret: ')],
  anchors: ['== ed25519v1-secret: '],

  read(bytes) {
    const facts = bytes.length <= LENGTH + 2 ? readSecret(bytes) : undefined;
    return facts && [facts];
  },

  readAt(text, at) {
    const facts = readSecret(text.subarray(at, at + LENGTH));
    return facts && { start: at, end: at + LENGTH, key: facts };
  },
};

const HEAD = 32;
const LENGTH = HEAD + 64;

function readSecret(bytes: Buffer): KeyFacts | undefined {
  if (bytes.length < LENGTH || !/^== ed25519v1-secret: [\w-]{1,8} ==\0+$/.test(bytes.toString('latin1', 0, HEAD))) return undefined;
  const secret = bytes.subarray(HEAD, LENGTH);
  if (secret.every((byte) => byte === secret[0])) return undefined;
  return { kind: 'private', format: 'tor', ...identify({ type: 'raw', algorithm: 'ed25519', key: ed25519PublicKey(secret.subarray(0, 32)) }) };
}
