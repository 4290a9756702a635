import { rawPublicKey } from '../curve.ts';
import { ecPrivateFacts, namedDomain } from '../ec-parameters.ts';
import type { Format } from '../format.ts';
import { sha256Hex } from '../hash.ts';
import { damaged } from '../key-der.ts';
import type { KeyFacts } from '../key.ts';
import { protobufBytes, protobufFields, protobufMessage, protobufNumber } from '../protobuf.ts';
import { identify } from '../public-key.ts';

/** Nebula's host and authority keys: the bytes themselves in a PEM armor whose label says what they are, or a protocol buffer with Argon2's parameters. */
export const nebula: Format = {
  name: 'nebula',
  title: 'Nebula private key',
  sources: ['slackhq/nebula cert/pem.go', 'slackhq/nebula cert/cert_v1.proto, RawNebulaEncryptedData'],

  read(bytes, armor) {
    const [label, type, encrypted] = /^NEBULA (X25519|ED25519|(?:ECDSA )?P256)( ENCRYPTED)? PRIVATE KEY$/.exec(armor?.label ?? '') ?? [];
    if (label === undefined) return undefined;
    if (encrypted !== undefined) return [encryptedFacts(bytes, type!)];
    const facts = clearFacts(bytes, type!);
    // Of another length it is something else under a wrong label.
    return facts && [{ kind: 'private', format: 'nebula', ...facts }];
  },
};

function clearFacts(bytes: Buffer, type: string): (Partial<KeyFacts> & { readonly algorithm: string }) | undefined {
  if (type.endsWith('P256')) return bytes.length === 32 ? ecPrivateFacts({ scalar: bytes }, namedDomain('prime256v1')) : undefined;
  const algorithm = type.toLowerCase();
  // Go keeps the public key behind an Ed25519 seed.
  if (bytes.length !== (algorithm === 'ed25519' ? 64 : 32)) return undefined;
  const key = rawPublicKey(algorithm, bytes.subarray(0, 32));
  if (!key) return undefined;
  const mismatch = bytes.length === 64 && !key.equals(bytes.subarray(32));
  return { ...identify({ type: 'raw', algorithm, key }), ...(mismatch && { weaknesses: ['public-half-mismatch'] }) };
}

/** What the label tells. */
function hidden(type: string): Partial<KeyFacts> {
  return type.endsWith('P256') ? { algorithm: 'ec', bits: 256, curve: 'prime256v1' } : { algorithm: type.toLowerCase(), bits: 256 };
}

function encryptedFacts(bytes: Buffer, type: string): KeyFacts {
  const message = protobufFields(bytes);
  const metadata = protobufMessage(message, 1);
  const cipher = protobufBytes(metadata, 1)?.toString('latin1');
  const argon2 = protobufMessage(metadata, 2);
  if (cipher === undefined || !/^[\w-]{1,32}$/.test(cipher) || !argon2 || !protobufBytes(message, 2)?.length) {
    return damaged('nebula', bytes, 'its encryption cannot be read', hidden(type));
  }
  const [memory, passes, parallelism] = [2, 3, 4].map((number) => protobufNumber(argon2, number));
  return {
    kind: 'private', format: 'nebula', ...hidden(type),
    encryption: {
      cipher: cipher.toLowerCase(), kdf: 'argon2id',
      ...(memory !== undefined && { memory }), ...(passes !== undefined && { passes }), ...(parallelism !== undefined && { parallelism }),
    },
    container: sha256Hex(bytes),
  };
}
