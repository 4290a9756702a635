import { bytesOf, rawPublicKey, toBigInt } from '../curve.ts';
import { ecPrivateFacts, namedDomain } from '../ec-parameters.ts';
import type { Format } from '../format.ts';
import { damaged, isLess, isOdd } from '../key-der.ts';
import type { KeyFacts } from '../key.ts';
import { latticePublicKey } from '../lattice.ts';
import { objectAround } from '../object-literal.ts';
import { algorithmOid } from '../oids.ts';
import { identify } from '../public-key.ts';
import { secretFacts as factsOfSecret } from '../secret-digest.ts';
import { textOf } from '../ssh-blob.ts';

/** JSON Web Keys, alone or in a set: each private one is a key. Public ones are a service's business to publish, and no finding. */
export const jwk: Format = {
  name: 'jwk',
  title: 'JSON Web Key',
  sources: ['RFC 7517, 4', 'RFC 7518, 6', 'RFC 8037, 2', 'draft-ietf-cose-dilithium (AKP)'],
  anchors: anchorsOf(),
  readAt(text, at) {
    const [name, offset] = nameAt(text, at);
    const object = name === undefined ? undefined : objectAround(text, at + offset, name);
    if (!object) return undefined;
    const { start, end, members } = object;
    const facts = factsOf(members, text.subarray(start, end));
    const comment = facts && textOf(Buffer.from((members.get('kid') ?? '').slice(0, 256), 'latin1'));
    return facts && { start, end, key: { ...facts, ...(comment !== undefined && { comment }) } };
  },
};

/** `"kty"` by itself is too short to look for, so its value comes with it; where that is too short as well, the curve's name does. */
function anchorsOf(): readonly string[] {
  const types = ['RSA', 'OKP', 'oct', 'AKP'];
  const curves = ['P-256', 'P-384', 'P-521', 'secp256k1', 'Ed25519', 'X25519', 'Ed448'];
  return [
    ...types.flatMap((type) => [`"kty":"${type}"`, `"kty": "${type}"`, `"kty" : "${type}"`]), '"kty":"EC",', '"kty":"EC"}', '"kty": "EC"', '"kty" : "EC"',
    // In strings of other languages and in markup, once or twice escaped.
    ...['R', 'E', 'O', 'o', 'A'].map((letter) => `\\"kty\\":\\"${letter}`), '\\"kty\\": \\"', '\\"kty\\\\\\":\\', '\\"kty\\\\\\": ', 'kty&quot;:&quot;', 'kty&quot;: &quot;',
    // Python, PHP and Ruby, JavaScript, YAML.
    ...types.flatMap((type) => [`'kty': '${type}'`, `'kty':'${type}'`, `'kty' => '${type}'`]), '\'kty\': \'EC\'', '\'kty\':\'EC\',', '\'kty\' => \'EC\'',
    ...types.flatMap((type) => [` kty: '${type}'`, ` kty: "${type}"`, `{kty:"${type}",`]), ...curves.flatMap((curve) => [`crv: '${curve}'`, `crv: "${curve}"`]),
    ...types.flatMap((type) => [`  kty: ${type}\n`, `- kty: ${type}\n`]), ...['a', 'd', 'e', 'k', 'n', 'u'].map((letter) => `\nkty: RSA\n${letter}`),
    ...curves.flatMap((curve) => [` crv: ${curve}`, `\ncrv: ${curve}`]), '{crv:"P-256"', ',crv:"P-256"',
  ];
}

/** The name in an anchor, and where it stands there. */
function nameAt(text: Buffer, at: number): readonly [name: string | undefined, offset: number] {
  const anchor = text.toString('latin1', at, at + 8);
  const offset = anchor.search(/kty|crv/);
  return [anchor.slice(offset, offset + 3) || undefined, offset];
}

type Members = ReadonlyMap<string, string>;

/** What is known of a private key; `undefined` for a public one and for what documentation shows in a key's place. */
function factsOf(members: Members, container: Buffer): KeyFacts | undefined {
  switch (members.get('kty')) {
    case 'RSA': return rsaFacts(members, container);
    case 'EC': return ecFacts(members, container);
    case 'OKP': return pairFacts(members, container);
    case 'AKP': return namedFacts(members, container);
    case 'oct': return secretFacts(members);
    default: return undefined;
  }
}

/** The bytes of a base64url member. Standard base64 and line breaks inside are let pass; dots, blanks and brackets are what stands in a manual. */
function bytesAt(members: Members, name: string): Buffer | undefined {
  const value = members.get(name)?.replace(/\\*u002b/gi, '+').replace(/\\+[nr]/g, '').replace(/\\+\//g, '/').replace(/\s+/g, '').replace(/=+$/, '');
  if (value === undefined || !/^[\w+/-]+$/.test(value) || value.length % 4 === 1) return undefined;
  return Buffer.from(value, 'base64');
}

/** A private number, unless it is a row of one or two letters or too short to be one. */
function secretAt(members: Members, name: string, least: number): Buffer | undefined {
  const bytes = bytesAt(members, name);
  return bytes && bytes.length >= least && new Set(members.get(name)).size > 4 ? bytes : undefined;
}

/** The shortest private number that is worth a word: a secret of less can be guessed, and is one in no real key. */
const LEAST_SECRET = 16;

function trimmed(bytes: Buffer | undefined): Buffer | undefined {
  const start = bytes?.findIndex((byte) => byte !== 0) ?? -1;
  return start < 0 ? undefined : bytes!.subarray(start);
}

function withDefect(algorithm: string, container: Buffer, what: string): KeyFacts {
  return damaged('jwk', container, what, { algorithm });
}

/** Beyond the largest modulus that OpenSSL uses, numbers are not worth their cost. */
const MAX_MODULUS_BYTES = 16384 / 8;

/** RFC 7518, 6.3. */
function rsaFacts(members: Members, container: Buffer): KeyFacts | undefined {
  const d = trimmed(secretAt(members, 'd', LEAST_SECRET));
  const [n, p, q] = ['n', 'p', 'q'].map((name) => trimmed(bytesAt(members, name)));
  const e = trimmed(bytesAt(members, 'e')) ?? Buffer.from([1, 0, 1]);
  // A prime gives the key away as well.
  if (!d && !(n && p && p.length * 2 >= n.length - 2 && p.length >= LEAST_SECRET)) return undefined;
  if (!n || n.length < 32 || n.length > MAX_MODULUS_BYTES || !isOdd(n) || (d && isLess(n, d))) return withDefect('rsa', container, 'its modulus is missing or none');
  const consistent = !p || !q || members.has('oth') || toBigInt(p) * toBigInt(q) === toBigInt(n);
  return { kind: 'private', format: 'jwk', ...identify({ type: 'rsa', n, e }), ...(!consistent && { weaknesses: ['public-half-mismatch'] }) };
}

/** Names of curves (RFC 7518, 6.2.1.1; RFC 8812, 3.1), and those that libraries use beside them. */
const curveNames: ReadonlyMap<string, string> = new Map([
  ['P-192', 'prime192v1'], ['P-224', 'secp224r1'], ['P-256', 'prime256v1'], ['P-384', 'secp384r1'], ['P-521', 'secp521r1'],
  ['secp256k1', 'secp256k1'], ['P-256K', 'secp256k1'], ['K-256', 'secp256k1'], ['SM2', 'SM2'],
  ['BP-256', 'brainpoolP256r1'], ['BP-384', 'brainpoolP384r1'], ['BP-512', 'brainpoolP512r1'],
  ['brainpoolP256r1', 'brainpoolP256r1'], ['brainpoolP384r1', 'brainpoolP384r1'], ['brainpoolP512r1', 'brainpoolP512r1'],
]);

/** RFC 7518, 6.2. */
function ecFacts(members: Members, container: Buffer): KeyFacts | undefined {
  const d = secretAt(members, 'd', LEAST_SECRET);
  if (!d) return undefined;
  const curve = curveNames.get(members.get('crv') ?? '');
  const domain = curve === undefined ? undefined : namedDomain(curve);
  if (!domain?.prime) return { kind: 'private', format: 'jwk', algorithm: 'ec', defect: 'its curve is unknown' };
  const length = bytesOf(domain.prime);
  const scalar = trimmed(d);
  if (!scalar || scalar.length > length) return withDefect('ec', container, 'its private number does not fit its curve');
  const [x, y] = ['x', 'y'].map((name) => trimmed(bytesAt(members, name)));
  const point = x && y && x.length <= length && y.length <= length
    ? Buffer.concat([Buffer.from([4]), Buffer.alloc(length - x.length), x, Buffer.alloc(length - y.length), y]) : undefined;
  return { kind: 'private', format: 'jwk', ...ecPrivateFacts({ scalar, ...(point && { point }) }, domain) };
}

/** RFC 8037, 2: d is the seed of RFC 8032 or the scalar of RFC 7748. */
function pairFacts(members: Members, container: Buffer): KeyFacts | undefined {
  const d = secretAt(members, 'd', LEAST_SECRET);
  if (!d) return undefined;
  const algorithm = (members.get('crv') ?? '').toLowerCase();
  const x = bytesAt(members, 'x');
  // Some libraries keep the public key behind the seed.
  const key = rawPublicKey(algorithm, d) ?? rawPublicKey(algorithm, d.subarray(0, d.length / 2));
  if (!key) return withDefect(algorithmOid.has(algorithm) ? algorithm : 'okp', container, 'its private number does not fit its curve');
  return { kind: 'private', format: 'jwk', ...identify({ type: 'raw', algorithm, key }), ...(x && !x.equals(key) && { weaknesses: ['public-half-mismatch'] }) };
}

/** Algorithm key pairs: ML-DSA, ML-KEM and SLH-DSA, named by `alg`. */
function namedFacts(members: Members, container: Buffer): KeyFacts | undefined {
  const secret = secretAt(members, 'priv', LEAST_SECRET);
  const algorithm = (members.get('alg') ?? '').toLowerCase();
  if (!secret || !/^(?:ml-dsa|ml-kem|slh-dsa)-/.test(algorithm)) return undefined;
  if (!algorithmOid.has(algorithm)) return withDefect(algorithm, container, 'its algorithm is unknown');
  const pub = bytesAt(members, 'pub');
  // The second half of an SLH-DSA private key is its public key (FIPS 205, 9.1).
  const key = algorithm.startsWith('slh-') ? secret.subarray(secret.length / 2) : latticePublicKey(algorithm, secret)?.key;
  if (!key) return withDefect(algorithm, container, 'its private number does not fit its algorithm');
  return { kind: 'private', format: 'jwk', ...identify({ type: 'raw', algorithm, key }), ...(pub && !pub.equals(key) && { weaknesses: ['public-half-mismatch'] }) };
}

/** RFC 7518, 6.4. `alg` tells what the bytes are used with, not what they are. */
function secretFacts(members: Members): KeyFacts | undefined {
  const secret = secretAt(members, 'k', 8);
  return secret && { kind: 'symmetric', format: 'jwk', ...factsOfSecret(secret) };
}
