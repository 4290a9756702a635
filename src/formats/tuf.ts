import { rawPublicKey } from '../curve.ts';
import { ecPrivateFacts, namedDomain } from '../ec-parameters.ts';
import type { Format } from '../format.ts';
import { sha256Hex } from '../hash.ts';
import type { KeyFacts } from '../key.ts';
import { objectAround } from '../object-literal.ts';
import { identify } from '../public-key.ts';

/**
 * Keys of The Update Framework and in-toto: { "keytype", "scheme", "keyval": { "public", "private" } } with hex inside, where metadata have
 * no "private"; and the Ed25519 keys that securesystemslib encrypts with AES-CTR under PBKDF2, five hex fields between signs.
 * RSA and ECDSA keys lie in them as PEM, which is read as such.
 */
export const tuf: Format = {
  name: 'tuf',
  title: 'TUF or in-toto key',
  sources: ['TUF specification, 4.2', 'in-toto specification, 4.2', 'securesystemslib keys.py, _encrypt'],
  anchors: ['"keyval":{"', ' "keyval": ', '\\"keyval\\":', '@@@@100000@@@@'],

  readAt(text, at) {
    if (text[at] === 0x40) return readEncrypted(text, at);
    const object = objectAround(text, at + text.toString('latin1', at, at + 8).indexOf('keyval'), 'keyval');
    const facts = object && factsOf(object.members);
    return facts && { start: object.start, end: object.end, key: facts };
  },
};

const HEX = /^[0-9a-f]+$/i;

function factsOf(members: ReadonlyMap<string, string>): KeyFacts | undefined {
  const value = members.get('keyval.private');
  if (value === undefined || !HEX.test(value) || new Set(value).size < 5) return undefined;
  const secret = Buffer.from(value, 'hex');
  const base = { kind: 'private', format: 'tuf' } as const;
  switch (members.get('keytype')) {
    case 'ed25519': {
      // Go's tools keep the public key behind the seed.
      const key = rawPublicKey('ed25519', secret.length === 64 ? secret.subarray(0, 32) : secret);
      const stated = members.get('keyval.public')?.toLowerCase();
      return key && { ...base, ...identify({ type: 'raw', algorithm: 'ed25519', key }), ...(stated !== undefined && stated !== key.toString('hex') && { weaknesses: ['public-half-mismatch'] }) };
    }
    case 'ecdsa':
    case 'ecdsa-sha2-nistp256':
      return secret.length === 32 ? { ...base, ...ecPrivateFacts({ scalar: secret }, namedDomain('prime256v1')) } : undefined;
    default: return undefined;
  }
}

/** `salt@@@@iterations@@@@hmac@@@@iv@@@@ciphertext`. */
function readEncrypted(text: Buffer, at: number): ReturnType<NonNullable<Format['readAt']>> {
  const salt = /[0-9a-f]{16,128}$/.exec(text.toString('latin1', Math.max(0, at - 128), at))?.[0];
  const [rest] = /^@@@@100000@@@@[0-9a-f]{32,128}@@@@[0-9a-f]{16,64}@@@@[0-9a-f]{64,16384}/.exec(text.toString('latin1', at, at + (1 << 14))) ?? [];
  if (salt === undefined || rest === undefined) return undefined;
  const start = at - salt.length;
  const key: KeyFacts = {
    kind: 'private', format: 'tuf',
    encryption: { cipher: 'aes-256-ctr', kdf: 'pbkdf2', prf: 'hmac-sha256', rounds: 100000 },
    container: sha256Hex(text.subarray(start, at + rest.length)),
  };
  return { start, end: at + rest.length, key };
}
