import { createHash, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import { der, derInteger, derObjectIdentifier, OCTET_STRING, SEQUENCE } from '../src/der.ts';
import { wireString } from '../src/wire.ts';

/** Key files byte by byte, from their documented layout: those of which no tool at hand writes every variant. None is made by the code under test. */

export const jwkOf = (key: KeyObject): JsonWebKey & { kid?: string } => key.export({ format: 'jwk' });
export const publicJwkOf = (key: KeyObject): JsonWebKey => createPublicKey(key).export({ format: 'jwk' });
export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** SHA-256 of the SubjectPublicKeyInfo. */
export const spkiOf = (key: KeyObject): string => sha256((key.type === 'public' ? key : createPublicKey(key)).export({ format: 'der', type: 'spki' }));

/** An armor of lines of 64. */
export const armor = (label: string, body: Buffer | string): string => `-----BEGIN ${label}-----\n${Buffer.from(body as string).toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END ${label}-----\n`;

/** The bytes of a number in a JSON Web Key, and its other spelling. */
export const number = (value: string | undefined): Buffer => Buffer.from(value!, 'base64url');
export const base64Number = (value: string | undefined): string => number(value).toString('base64');

/** An Ed25519 key as libsodium and Go keep it: the seed and the public key behind it. */
export function edKey(): { readonly seed: Buffer; readonly key: Buffer; readonly both: Buffer; readonly spki: string } {
  const { privateKey } = generateKeyPairSync('ed25519');
  const { d, x } = jwkOf(privateKey);
  const [seed, key] = [number(d), number(x)];
  return { seed, key, both: Buffer.concat([seed, key]), spki: spkiOf(privateKey) };
}

// XML Signature, 4.5.2.2, with the private numbers that .NET adds.

export const rsaMembers = (jwk: JsonWebKey): Readonly<Record<'Modulus' | 'Exponent' | 'P' | 'Q' | 'DP' | 'DQ' | 'InverseQ' | 'D', string>> => ({ Modulus: base64Number(jwk.n), Exponent: base64Number(jwk.e), P: base64Number(jwk.p), Q: base64Number(jwk.q), DP: base64Number(jwk.dp), DQ: base64Number(jwk.dq), InverseQ: base64Number(jwk.qi), D: base64Number(jwk.d) });
export const xmlElement = (list: object, name = 'RSAKeyValue', gap = ''): string => `<${name}>${Object.entries(list).map(([tag, value]) => `${gap}<${tag}>${value as string}</${tag}>`).join('')}${gap}</${name}>`;

// Bech32 (BIP 173), as age has it.

const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';

function bech32Checksum(values: readonly number[]): number {
  return values.reduce((sum, value) => {
    const top = sum >>> 25;
    const next = ((sum & 0x1ffffff) << 5) ^ value;
    return [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3].reduce((all, generator, i) => ((top >> i) & 1 ? all ^ generator : all), next);
  }, 1);
}

export function bech32(prefix: string, data: Buffer): string {
  const hrp = prefix.toLowerCase();
  const bits = [...data].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const values = bits.padEnd(Math.ceil(bits.length / 5) * 5, '0').match(/.{5}/g)!.map((group) => parseInt(group, 2));
  const codes = [...hrp].map((letter) => letter.charCodeAt(0));
  const sum = bech32Checksum([...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31), ...values, 0, 0, 0, 0, 0, 0]) ^ 1;
  return `${hrp}1${[...values, ...[5, 4, 3, 2, 1, 0].map((i) => (sum >> (5 * i)) & 31)].map((value) => BECH32[value]).join('')}`;
}

export function bech32Data(word: string): Buffer {
  const bits = [...word.slice(word.lastIndexOf('1') + 1, -6)].map((letter) => BECH32.indexOf(letter.toLowerCase()).toString(2).padStart(5, '0')).join('');
  return Buffer.from(bits.match(/.{8}/g)!.map((group) => parseInt(group, 2)));
}

// minisign(1), FORMAT; signify's struct enckey.

const uint64le = (value: number): Buffer => { const out = Buffer.alloc(8); out.writeBigUInt64LE(BigInt(value)); return out; };
export const uint32 = (value: number): Buffer => { const out = Buffer.alloc(4); out.writeUInt32BE(value); return out; };
export const uint16 = (...values: readonly number[]): Buffer => Buffer.concat(values.map((value) => Buffer.from([value >> 8, value & 0xff])));

export const commented = (comment: string, body: Buffer, eol = '\n'): string => `untrusted comment: ${comment}${eol}${body.toString('base64')}${eol}`;
export const minisignBody = (both: Buffer, keynum: Buffer): Buffer => Buffer.concat([Buffer.from('Ed\0\0B2', 'latin1'), Buffer.alloc(48), keynum, both, randomBytes(32)]);
/** With libsodium's "sensitive" limits. */
export const lockedMinisignBody = (): Buffer => Buffer.concat([Buffer.from('EdScB2', 'latin1'), randomBytes(32), uint64le(2 ** 25), uint64le(2 ** 30), randomBytes(104)]);
export const signifyBody = (both: Buffer, rounds: number, keynum: Buffer): Buffer => Buffer.concat([Buffer.from('EdBK', 'latin1'), uint32(rounds), randomBytes(16), randomBytes(8), keynum, both]);

// WireGuard: wg(8), CONFIGURATION FILE FORMAT; systemd.netdev(5).

export const wireguardConfig = (key: string, peer: string, shared: string): string => `[Interface]\nPrivateKey = ${key}\nAddress = 10.0.0.1/24\nListenPort = 51820\n\n[Peer]\nPublicKey = ${peer}\nPresharedKey = ${shared}\nAllowedIPs = 10.0.0.2/32\n\n[Peer]\nPublicKey = ${peer}\nAllowedIPs = 10.0.0.3/32\n`;
export const wireguardNetdev = (key: string, peer: string, shared: string): string => `[NetDev]\nName=wg0\nKind=wireguard\n\n[WireGuard]\nListenPort=51820\nPrivateKey=${key}\n\n[WireGuardPeer]\nPublicKey=${peer}\nPresharedKey=${shared}\nAllowedIPs=10.0.0.2/32\n`;

// OpenVPN's `--genkey secret` and `--genkey tls-crypt-v2-server`.

export const openvpnStatic = (): string => `#\n# 2048 bit OpenVPN static key\n#\n-----BEGIN OpenVPN Static key V1-----\n${randomBytes(256).toString('hex').match(/.{32}/g)!.join('\n')}\n-----END OpenVPN Static key V1-----\n`;
export const openvpnV2 = (side: 'server' | 'client', length: number): string => armor(`OpenVPN tls-crypt-v2 ${side} key`, randomBytes(length));

// BIND's lib/dns/dst_parse.c.

export const bindHead = (algorithm: string, version = 'v1.3'): string => `Private-key-format: ${version}\nAlgorithm: ${algorithm}\n`;
export const bindRsa = (jwk: JsonWebKey): string => `Modulus: ${base64Number(jwk.n)}\nPublicExponent: ${base64Number(jwk.e)}\nPrivateExponent: ${base64Number(jwk.d)}\nPrime1: ${base64Number(jwk.p)}\nPrime2: ${base64Number(jwk.q)}\n`;

/** Tor's `hs_ed25519_secret_key` (rend-spec-v3, appendix E): the hash of the seed, clamped (RFC 8032, 5.1.5). */
export function torSecret(seed: Buffer): Buffer {
  const hashed = createHash('sha512').update(seed).digest();
  hashed[0]! &= 248;
  hashed[31] = (hashed[31]! & 127) | 64;
  return Buffer.concat([Buffer.from('== ed25519v1-secret: type0 ==\0\0\0', 'latin1'), hashed]);
}

/** go-securesystemslib's `encrypted.Encrypt`. */
export const cosignEnvelope = (length: number): object => ({ kdf: { name: 'scrypt', params: { N: 65536, r: 8, p: 1 }, salt: randomBytes(32).toString('base64') }, cipher: { name: 'nacl/secretbox', nonce: randomBytes(24).toString('base64') }, ciphertext: randomBytes(length).toString('base64') });

// Protocol Buffers (tink.proto and those of its key types), numbers below 128 only.

export const field = (tag: number, value: Buffer | number): Buffer => (typeof value === 'number' ? Buffer.from([tag << 3, value])
  : Buffer.concat([Buffer.from([(tag << 3) | 2, ...(value.length < 128 ? [value.length] : [(value.length & 127) | 128, value.length >> 7])]), value]));
export const message = (...fields: readonly Buffer[]): Buffer => Buffer.concat(fields);
export const tinkKeyset = (...keys: readonly (readonly [type: string, material: string, value: Buffer])[]): object => ({
  primaryKeyId: 1,
  key: keys.map(([type, keyMaterialType, value], i) => ({ keyData: { typeUrl: `type.googleapis.com/google.crypto.tink.${type}`, value: value.toString('base64'), keyMaterialType }, status: 'ENABLED', keyId: i, outputPrefixType: 'TINK' })),
});
export const tinkEd25519 = (seed: Buffer, key: Buffer): Buffer => message(field(2, seed), field(3, message(field(2, key))));

/** A seed of NATS (nkeys' strkey.go): two prefixes, the secret and CRC-16 in base32. */
export function natsSeed(prefix: number, secret: Buffer): string {
  const body = Buffer.concat([Buffer.from([(18 << 3) | (prefix >> 5), (prefix & 31) << 3]), secret]);
  let crc = 0;
  for (const byte of body) for (let i = 7; i >= 0; i--) crc = ((crc << 1) & 0xffff) ^ ((crc >> 15) ^ ((byte >> i) & 1) ? 0x1021 : 0);
  const whole = Buffer.concat([body, Buffer.from([crc & 255, crc >> 8])]);
  return [...whole].map((byte) => byte.toString(2).padStart(8, '0')).join('').padEnd(290, '0').match(/.{5}/g)!.map((group) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[parseInt(group, 2)]).join('');
}

// TPM 2.0 Library, part 2, 12.2.4, in the ASN.1 of draft-woodhouse-cert-best-practice.

export const sized = (bytes: Buffer): Buffer => Buffer.concat([uint16(bytes.length), bytes]);
export function tpmKey(area: Buffer, kind = 3): string {
  return armor('TSS2 PRIVATE KEY', der(SEQUENCE, derObjectIdentifier(`2.23.133.10.1.${kind}`), der(0xa0, Buffer.from([1, 1, 0xff])), derInteger(Buffer.from([0x40, 0, 0, 1])), der(OCTET_STRING, sized(area)), der(OCTET_STRING, sized(randomBytes(120)))));
}
/** TPMT_PUBLIC: type, nameAlg, objectAttributes, authPolicy, symmetric, scheme, keyBits, exponent, modulus. */
export const tpmRsaArea = (jwk: JsonWebKey): Buffer => Buffer.concat([uint16(1, 11), Buffer.alloc(4), sized(randomBytes(32)), uint16(0x10, 0x10, 2048), Buffer.alloc(4), sized(number(jwk.n))]);
/** ... symmetric (AES-128-CFB), scheme (ECDSA with SHA-256), curve, kdf, x, y. */
export const tpmEcArea = (jwk: JsonWebKey): Buffer => Buffer.concat([uint16(0x23, 11), Buffer.alloc(4), sized(Buffer.alloc(0)), uint16(6, 128, 0x43, 0x18, 11, 3, 0x10), sized(number(jwk.x)), sized(number(jwk.y))]);

/** Nebula's RawNebulaEncryptedData: AES-256-GCM, Argon2id with 65,536 KiB, 2 iterations and 4 lanes. */
export function nebulaSealed(): Buffer {
  const argon2 = Buffer.concat([Buffer.from([0x08, 0x13, 0x10, 0x80, 0x80, 0x04, 0x18, 2, 0x20, 4]), field(5, randomBytes(32))]);
  return message(field(1, message(field(1, Buffer.from('AES-256-GCM')), field(2, argon2))), field(2, randomBytes(92)));
}

/** A key of securesystemslib, as its `KEY_SCHEMA` has it. */
export const tufKey = (key: Buffer, secret: string | null | undefined): object => ({ keytype: 'ed25519', scheme: 'ed25519', keyid: 'ab'.repeat(32), keyid_hash_algorithms: ['sha256', 'sha512'], keyval: { public: key.toString('hex'), ...(secret !== undefined && { private: secret }) } });

// Stores of Bouncy Castle (BcKeyStoreSpi.java, BcFKSKeyStoreSpi.java). Lengths of names are those of DataOutputStream.writeUTF.

export const utf = (text: string): Buffer => Buffer.concat([uint16(Buffer.byteLength(text)), Buffer.from(text)]);
export const BKS_SALT = Buffer.alloc(20, 7);
export const storedCertificate = (pem: string): Buffer => Buffer.concat([utf('X.509'), wireString(Buffer.from(pem.replace(/-----.*-----|\s/g, ''), 'base64'))]);
export const bksHead = (version: number): Buffer => Buffer.concat([uint32(version), wireString(BKS_SALT), uint32(1234)]);
export const bksEntry = (type: number, alias: string, chain: readonly Buffer[], ...rest: Buffer[]): Buffer => Buffer.concat([Buffer.from([type]), utf(alias), Buffer.alloc(8), uint32(chain.length), ...chain, ...rest]);
export const bksSealed = (length = 64): Buffer => wireString(Buffer.concat([wireString(BKS_SALT), uint32(1777), Buffer.alloc(length, 0x5a)]));
export const bksStore = (version: number, ...entries: Buffer[]): Buffer => Buffer.concat([bksHead(version), ...entries, Buffer.from([0]), Buffer.alloc(20, 3)]);
export const uberBlob = (): Buffer => Buffer.from(sha256(BKS_SALT).repeat(4), 'hex');

export function bcfksStore(length: number, rounds = 51200): Buffer {
  const algorithm = (oid: string, ...rest: Buffer[]): Buffer => der(SEQUENCE, derObjectIdentifier(oid), ...rest);
  const count = Buffer.from(rounds.toString(16).padStart(8, '0'), 'hex');
  const pbkdf2 = algorithm('1.2.840.113549.1.5.12', der(SEQUENCE, der(OCTET_STRING, BKS_SALT), derInteger(count), derInteger(Buffer.from([32])), algorithm('1.2.840.113549.2.11', der(5))));
  const ccm = algorithm('2.16.840.1.101.3.4.1.47', der(SEQUENCE, der(OCTET_STRING, BKS_SALT.subarray(8)), derInteger(Buffer.from([8]))));
  const sealedStore = der(SEQUENCE, algorithm('1.2.840.113549.1.5.13', der(SEQUENCE, pbkdf2, ccm)), der(OCTET_STRING, Buffer.alloc(length, 9)));
  return der(SEQUENCE, sealedStore, der(SEQUENCE, algorithm('1.2.840.113549.2.11', der(5)), pbkdf2, der(OCTET_STRING, Buffer.alloc(64))));
}

// OpenPGP packets (RFC 9580, 4.2 and 5.5).

export const uint = (value: number, length: number): Buffer => {
  const bytes = Buffer.alloc(length);
  bytes.writeUIntBE(value, 0, length);
  return bytes;
};
export const mpi = (value: Buffer): Buffer => {
  const hex = value.toString('hex').replace(/^(?:00)+/, '');
  const digits = hex.replace(/^0/, '');
  return Buffer.concat([uint(digits === '' ? 0 : (digits.length - 1) * 4 + Number.parseInt(digits[0]!, 16).toString(2).length, 2), Buffer.from(hex, 'hex')]);
};
export const packet = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([0xc0 | tag, 0xff]), uint(body.length, 4), body]);
};
export const oldPacket = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([0x81 | (tag << 2)]), uint(body.length, 2), body]);
};
export const userId = (text: string): Buffer => packet(13, Buffer.from(text));
export const pgpArmor = (bytes: Buffer, label = 'PGP PRIVATE KEY BLOCK', headers = ''): string =>
  `-----BEGIN ${label}-----\n${headers}\n${bytes.toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n=Ab3/\n-----END ${label}-----\n`;
export const octet = (...values: readonly number[]): Buffer => Buffer.from(values);
const created = uint(1_700_000_000, 4);
/** Version, time, algorithm and public half of each version. */
export const pgpHead = {
  3: (algorithm: number, material: Buffer) => Buffer.concat([octet(3), created, uint(0, 2), octet(algorithm), material]),
  4: (algorithm: number, material: Buffer) => Buffer.concat([octet(4), created, octet(algorithm), material]),
  5: (algorithm: number, material: Buffer) => Buffer.concat([octet(5), created, octet(algorithm), uint(material.length, 4), material]),
  6: (algorithm: number, material: Buffer) => Buffer.concat([octet(6), created, octet(algorithm), uint(material.length, 4), material]),
};
export const pgpChecksum = (bytes: Buffer): Buffer => uint(bytes.reduce((sum, byte) => (sum + byte) & 0xffff, 0), 2);
export const pgpRsaPublic = (jwk: JsonWebKey): Buffer => Buffer.concat([mpi(number(jwk.n)), mpi(number(jwk.e))]);
export const pgpRsaSecret = (jwk: JsonWebKey): Buffer => Buffer.concat([jwk.d, jwk.p, jwk.q, jwk.qi].map((value) => mpi(number(value))));

// S-expressions from a key's numbers, in both forms (RFC 9804, 6.1 and 6.3).

export type Sexp = Buffer | string | readonly Sexp[];
export const canonical = (one: Sexp): Buffer => {
  if (Array.isArray(one)) return Buffer.concat([Buffer.from('('), ...(one as readonly Sexp[]).map(canonical), Buffer.from(')')]);
  const bytes = Buffer.from(one as Buffer);
  return Buffer.concat([Buffer.from(`${bytes.length}:`), bytes]);
};
export const advanced = (one: Sexp, depth = 0): string => {
  if (typeof one === 'string') return /^[A-Za-z][\w.-]*$/.test(one) ? one : JSON.stringify(one);
  if (Buffer.isBuffer(one)) return `#${one.toString('hex').toUpperCase()}#`;
  return `${depth > 0 ? `\n${' '.repeat(depth)}` : ''}(${one.map((item, i) => `${i > 0 && !Array.isArray(item) ? ' ' : ''}${advanced(item, depth + 1)}`).join('')})`;
};
export const signed = (value: Buffer): Buffer => (value[0]! & 0x80 ? Buffer.concat([octet(0), value]) : value);
export const rsaPublicSexp = (jwk: JsonWebKey): readonly Sexp[] => [['n', signed(number(jwk.n))], ['e', number(jwk.e)]];
export const rsaSexp = (jwk: JsonWebKey): Sexp => ['private-key', ['rsa', ...rsaPublicSexp(jwk), ['d', signed(number(jwk.d))], ['p', signed(number(jwk.p))], ['q', signed(number(jwk.q))]], ['comment', 'a key (of mine)']];

// Containers of OpenSSH (PROTOCOL.key, PROTOCOL.u2f).

export function opensshContainer(blobs: readonly Buffer[], section: Buffer, cipher = 'none', kdf = 'none', options = Buffer.alloc(0), after = Buffer.alloc(0)): Buffer {
  return Buffer.concat([Buffer.from('openssh-key-v1\0'), wireString(cipher), wireString(kdf), wireString(options), uint32(blobs.length), ...blobs.map(wireString), wireString(section), after]);
}
export const padded = (bytes: Buffer, block = 8): Buffer => Buffer.concat([bytes, Buffer.from(Array.from({ length: (block - (bytes.length % block)) % block }, (_, i) => i + 1))]);
export const checks = Buffer.concat([uint32(0x12345678), uint32(0x12345678)]);
export const fingerprintOf = (blob: Buffer): string => `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;

/** The composite of ML-DSA-44 and Ed25519, of OpenSSH 10.5. */
export function compositeKey(type: string): { readonly blob: Buffer; readonly file: Buffer } {
  const blob = Buffer.concat([wireString(type), wireString(Buffer.alloc(1344, 9))]);
  return { blob, file: opensshContainer([blob], padded(Buffer.concat([checks, blob, wireString(Buffer.alloc(64, 8)), wireString('pq')]))) };
}

/** PKCS#8 or its successor (RFC 5958, 2), without parameters. */
export const oneAsymmetricKey = (oid: string, inner: Buffer, ...more: Buffer[]): Buffer =>
  der(SEQUENCE, derInteger(Buffer.from([more.length])), der(SEQUENCE, derObjectIdentifier(oid)), der(OCTET_STRING, inner), ...more);

/** RFC 9881, C.1.1.2: rho, K, tr, s1 and s2 of the ML-DSA-44 example. The rest, t0, says nothing of the public key. */
export const ML_DSA_44_EXPANDED = Buffer.concat([Buffer.from('17K0clSq4NtF55MNSpjSyX2PE5fReJ2voXAksxbpvsk5zg9/d/jbVkTc2jZr/kc0vZX0Nf+aYTqlSqQcLGlMBDKaB7H6u0j1KjCfEaGJj4SOIyL/5iPsgQ2zvuM2hYVKiCadoyDVEgv8/omhjjD3EU' +
  '2DqkBKZGtsmXOJhg0SUi7gAG4jhIGRhmGbJg0RhmTUpigiGESCQCiYFGFIpmFMQkihkgjCOClRJEgIoSXCCDEIxHEgFAkUg2wYp4CEEG7JwHAitWQIsGEMBwSYEkRRiGlZAEYikyBBBi5CtkwBFkkU' +
  'KExBqFGARgpRFlFaCCACIkTcmEnRMlHhMGXTwIWSqFESoWQAOSIJRmIcxwzZCG3QBiZSQIWARDCRBixQyAkkxYQalm1KmCyZBm2kRDIgp2RaMm4RtXAgkmEkE44EhSwKSHLIoFHTCCqZIIBYJCAkB0' +
  '5ZFIgQpGRgwG3gso0bGQkgNCLAJEEJQ3EKISBhogFSIlIbgICaNAATk03TMikiFwqYkmkaFFEgJyGcwCBiooFIGGkahU2DRGlbIEEDEkLLGEYBqQ0MAjGDsCFaIkrIkgXZkGkEMGpLBkrSsgEcQECB' +
  'QjJSMnJUpkBaGBAMMhKSwoBSEmJcgigLtGwDQo1TEAwUAQ7hNlKIhCSRAgpjRiYgBikRwijQIEgCs2yiNglahkjLtGGLRmLEQIIaiQkQAk0kskUgEiUkyQWIKIzJwE1ZSCIKJ27BNGRMkGBbRFCChk' +
  'lDiARDsoxgMICiiC2EpG2MpinQxoRCBkaJiFEAqY0BSY3kOA2kBo3TlHFCsmwahGEboyhCtCgIoHEaxTHgoEwBN2UkKGIUKJAJEGHZQCIbM2AJApLQJIEgBAhJGESjIi1ciEQUmAikRmEBlWQLOQoM' +
  'lFDKQGrSsiDAOAGCMI4TuQiRgIQUiCnAGJESNQ2gJCLiBAbZwoUEKBIcyYkYAnLSQCnCCBLYBiqZlHGbuGgjhCkaIokURRHcgkRQlkUMRITAsgSapgVDhixEMm6IRCEgqEyaMHDjuC1jJogDJUkDQ4' +
  'xIqAnKFHJTNE4SQwgbpwRZMCLZlIDiNCKBQhKcMCqUNCZhBEUkJigTRglKMm0RKAkYuCViKBETQQ1BshGQhEyLEhKixojJwDAiBgbSGI6EhjCQRFISiDHZIHETxShDBg4DMGDMpoRYJlJMiAE=', 'base64'), Buffer.alloc(4 * 416)]);
