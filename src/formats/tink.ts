import { rawPublicKey } from '../curve.ts';
import { ecPrivateFacts, namedDomain } from '../ec-parameters.ts';
import type { Format } from '../format.ts';
import { isOdd } from '../key-der.ts';
import type { KeyFacts } from '../key.ts';
import { objectAround } from '../object-literal.ts';
import { protobufBytes, protobufFields, protobufMessage, protobufNumber } from '../protobuf.ts';
import type { ProtobufField } from '../protobuf.ts';
import { identify } from '../public-key.ts';
import { secretFacts } from '../secret-digest.ts';

/** Tink keysets in the clear, in JSON: each key is one. An `encryptedKeyset` names no key material. */
export const tink: Format = {
  name: 'tink',
  title: 'Tink key',
  sources: ['developers.google.com/tink, Keysets', 'tink proto/tink.proto, KeyData'],
  anchors: ['"keyMaterialType', '\\"keyMaterialType'],

  readAt(text, at) {
    const name = 'keyMaterialType';
    const object = objectAround(text, at + text.toString('latin1', at, at + 4).indexOf('k'), name);
    const facts = object && factsOf(object.members, name);
    return facts && { start: object.start, end: object.end, key: facts };
  },
};

function factsOf(members: ReadonlyMap<string, string>, name: string): KeyFacts | undefined {
  const value = members.get('value')?.replace(/\\+u003d/gi, '').replace(/\\+u002b/gi, '+').replace(/\\+\//g, '/').replace(/\s+/g, '').replace(/=+$/, '');
  if (value === undefined || !/^[\w+/-]{20,65536}$/.test(value)) return undefined;
  const type = /[/.](\w{1,64})$/.exec(members.get('typeUrl') ?? '')?.[1] ?? '';
  const message = protobufFields(Buffer.from(value, 'base64'));
  switch (members.get(name)) {
    case 'ASYMMETRIC_PRIVATE': return privateFacts(type, message);
    case 'SYMMETRIC': return symmetricFacts(type, message);
    default: return undefined;
  }
}

type Message = readonly ProtobufField[] | undefined;

/** common.proto, EllipticCurveType; jwt_ecdsa.proto, JwtEcdsaAlgorithm; hpke.proto, HpkeKem. */
const curveTypes = new Map([[2, 'prime256v1'], [3, 'secp384r1'], [4, 'secp521r1']]);
const jwtCurves = new Map([[1, 'prime256v1'], [2, 'secp384r1'], [3, 'secp521r1']]);
const kems = new Map([[1, 'x25519'], [2, 'prime256v1'], [3, 'secp384r1'], [4, 'secp521r1']]);

function privateFacts(type: string, message: Message): KeyFacts {
  const base = { kind: 'private', format: 'tink' } as const;
  const half = protobufMessage(message, 2);
  const parameters = protobufMessage(half, 2);
  if (/^(?:Jwt)?RsaSsa/.test(type)) return { ...base, ...(rsaFacts(half) ?? { algorithm: 'rsa' }) };
  if (type === 'Ed25519PrivateKey') {
    const seed = protobufBytes(message, 2);
    const key = seed && rawPublicKey('ed25519', seed);
    return { ...base, ...(key ? identify({ type: 'raw', algorithm: 'ed25519', key }) : { algorithm: 'ed25519' }) };
  }
  if (type === 'HpkePrivateKey') return { ...base, ...agreementFacts(kems.get(protobufNumber(parameters, 1) ?? 0), protobufBytes(message, 3)) };
  if (type === 'EcdsaPrivateKey') return { ...base, ...ecFacts(curveTypes.get(protobufNumber(parameters, 2) ?? 0), protobufBytes(message, 3)) };
  if (type === 'JwtEcdsaPrivateKey') return { ...base, ...ecFacts(jwtCurves.get(protobufNumber(half, 2) ?? 0), protobufBytes(message, 3)) };
  if (type === 'EciesAeadHkdfPrivateKey') {
    const curve = protobufNumber(protobufMessage(parameters, 1), 1) ?? 0;
    return { ...base, ...agreementFacts(curve === 5 ? 'x25519' : curveTypes.get(curve), protobufBytes(message, 3)) };
  }
  return base;
}

function rsaFacts(half: Message): Partial<KeyFacts> | undefined {
  const [n, e] = [3, 4].map((number) => trimmed(protobufBytes(half, number)));
  return n && n.length >= 32 && n.length <= 2048 && isOdd(n) && e ? identify({ type: 'rsa', n, e }) : undefined;
}

function agreementFacts(curve: string | undefined, secret: Buffer | undefined): Partial<KeyFacts> {
  if (curve !== 'x25519') return ecFacts(curve, secret);
  const key = secret && rawPublicKey('x25519', secret);
  return key ? identify({ type: 'raw', algorithm: 'x25519', key }) : { algorithm: 'x25519' };
}

/** Scalars have a zero byte before them, and so may be one byte longer than the field. */
function ecFacts(curve: string | undefined, secret: Buffer | undefined): Partial<KeyFacts> {
  const scalar = trimmed(secret);
  if (curve === undefined || !scalar || scalar.length > 66) return { algorithm: 'ec' };
  return ecPrivateFacts({ scalar }, namedDomain(curve));
}

function trimmed(bytes: Buffer | undefined): Buffer | undefined {
  const start = bytes?.findIndex((byte) => byte !== 0) ?? -1;
  return start < 0 ? undefined : bytes!.subarray(start);
}

/** Where a type keeps its secret bytes. */
const secretFields: ReadonlyMap<string, number> = new Map([
  ['AesGcmKey', 3], ['AesGcmSivKey', 3], ['AesEaxKey', 3], ['AesSivKey', 2], ['AesCmacKey', 2], ['AesCmacPrfKey', 2],
  ['ChaCha20Poly1305Key', 2], ['XChaCha20Poly1305Key', 3], ['HmacKey', 3], ['HmacPrfKey', 3], ['HkdfPrfKey', 3], ['JwtHmacKey', 3],
  ['AesCtrHmacStreamingKey', 3], ['AesGcmHkdfStreamingKey', 3],
]);

function symmetricFacts(type: string, message: Message): KeyFacts | undefined {
  const secret = type === 'AesCtrHmacAeadKey' ? protobufBytes(protobufMessage(message, 2), 3) : protobufBytes(message, secretFields.get(type) ?? 0);
  if (!message || (secret && secret.length < 8)) return undefined;
  const algorithm = /^(?:Jwt)?(?:Hmac|Hkdf)/.test(type) ? 'hmac' : type.startsWith('Aes') ? 'aes' : type.includes('ChaCha20') ? 'chacha20' : undefined;
  return { kind: 'symmetric', format: 'tink', ...(algorithm !== undefined && { algorithm }), ...(secret && secretFacts(secret)) };
}
