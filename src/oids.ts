/**
 * Object identifiers that key files use, in dotted form, and the names OpenSSL and node:crypto have for them.
 * Curves: OpenSSL's list (`openssl ecparam -list_curves`); bits are those of the group order, as EVP_PKEY_get_bits gives them.
 */

export interface Curve {
  /** OpenSSL's name. */
  readonly name: string;
  readonly oid: string;
  /** Bits of the group order. */
  readonly bits: number;
  readonly field: 'prime' | 'binary';
  /** The name in SSH key types (RFC 5656, 10.1), for the three curves that OpenSSH knows. */
  readonly ssh?: 'nistp256' | 'nistp384' | 'nistp521';
}

const table: readonly (readonly [name: string, oid: string, bits: number, field: 'prime' | 'binary'])[] = [
  ['secp112r1', '1.3.132.0.6', 112, 'prime'],
  ['secp112r2', '1.3.132.0.7', 110, 'prime'],
  ['secp128r1', '1.3.132.0.28', 128, 'prime'],
  ['secp128r2', '1.3.132.0.29', 126, 'prime'],
  ['secp160k1', '1.3.132.0.9', 161, 'prime'],
  ['secp160r1', '1.3.132.0.8', 161, 'prime'],
  ['secp160r2', '1.3.132.0.30', 161, 'prime'],
  ['secp192k1', '1.3.132.0.31', 192, 'prime'],
  ['secp224k1', '1.3.132.0.32', 225, 'prime'],
  ['secp224r1', '1.3.132.0.33', 224, 'prime'],
  ['secp256k1', '1.3.132.0.10', 256, 'prime'],
  ['secp384r1', '1.3.132.0.34', 384, 'prime'],
  ['secp521r1', '1.3.132.0.35', 521, 'prime'],
  ['prime192v1', '1.2.840.10045.3.1.1', 192, 'prime'],
  ['prime192v2', '1.2.840.10045.3.1.2', 192, 'prime'],
  ['prime192v3', '1.2.840.10045.3.1.3', 192, 'prime'],
  ['prime239v1', '1.2.840.10045.3.1.4', 239, 'prime'],
  ['prime239v2', '1.2.840.10045.3.1.5', 239, 'prime'],
  ['prime239v3', '1.2.840.10045.3.1.6', 239, 'prime'],
  ['prime256v1', '1.2.840.10045.3.1.7', 256, 'prime'],
  ['sect113r1', '1.3.132.0.4', 113, 'binary'],
  ['sect113r2', '1.3.132.0.5', 113, 'binary'],
  ['sect131r1', '1.3.132.0.22', 131, 'binary'],
  ['sect131r2', '1.3.132.0.23', 131, 'binary'],
  ['sect163k1', '1.3.132.0.1', 163, 'binary'],
  ['sect163r1', '1.3.132.0.2', 162, 'binary'],
  ['sect163r2', '1.3.132.0.15', 163, 'binary'],
  ['sect193r1', '1.3.132.0.24', 193, 'binary'],
  ['sect193r2', '1.3.132.0.25', 193, 'binary'],
  ['sect233k1', '1.3.132.0.26', 232, 'binary'],
  ['sect233r1', '1.3.132.0.27', 233, 'binary'],
  ['sect239k1', '1.3.132.0.3', 238, 'binary'],
  ['sect283k1', '1.3.132.0.16', 281, 'binary'],
  ['sect283r1', '1.3.132.0.17', 282, 'binary'],
  ['sect409k1', '1.3.132.0.36', 407, 'binary'],
  ['sect409r1', '1.3.132.0.37', 409, 'binary'],
  ['sect571k1', '1.3.132.0.38', 570, 'binary'],
  ['sect571r1', '1.3.132.0.39', 570, 'binary'],
  ['c2pnb163v1', '1.2.840.10045.3.0.1', 163, 'binary'],
  ['c2pnb163v2', '1.2.840.10045.3.0.2', 162, 'binary'],
  ['c2pnb163v3', '1.2.840.10045.3.0.3', 162, 'binary'],
  ['c2pnb176v1', '1.2.840.10045.3.0.4', 161, 'binary'],
  ['c2tnb191v1', '1.2.840.10045.3.0.5', 191, 'binary'],
  ['c2tnb191v2', '1.2.840.10045.3.0.6', 190, 'binary'],
  ['c2tnb191v3', '1.2.840.10045.3.0.7', 189, 'binary'],
  ['c2pnb208w1', '1.2.840.10045.3.0.10', 193, 'binary'],
  ['c2tnb239v1', '1.2.840.10045.3.0.11', 238, 'binary'],
  ['c2tnb239v2', '1.2.840.10045.3.0.12', 237, 'binary'],
  ['c2tnb239v3', '1.2.840.10045.3.0.13', 236, 'binary'],
  ['c2pnb272w1', '1.2.840.10045.3.0.16', 257, 'binary'],
  ['c2pnb304w1', '1.2.840.10045.3.0.17', 289, 'binary'],
  ['c2tnb359v1', '1.2.840.10045.3.0.18', 353, 'binary'],
  ['c2pnb368w1', '1.2.840.10045.3.0.19', 353, 'binary'],
  ['c2tnb431r1', '1.2.840.10045.3.0.20', 418, 'binary'],
  ['wap-wsg-idm-ecid-wtls1', '2.23.43.1.4.1', 112, 'binary'],
  ['wap-wsg-idm-ecid-wtls3', '2.23.43.1.4.3', 163, 'binary'],
  ['wap-wsg-idm-ecid-wtls4', '2.23.43.1.4.4', 113, 'binary'],
  ['wap-wsg-idm-ecid-wtls5', '2.23.43.1.4.5', 163, 'binary'],
  ['wap-wsg-idm-ecid-wtls6', '2.23.43.1.4.6', 112, 'prime'],
  ['wap-wsg-idm-ecid-wtls7', '2.23.43.1.4.7', 161, 'prime'],
  ['wap-wsg-idm-ecid-wtls8', '2.23.43.1.4.8', 113, 'prime'],
  ['wap-wsg-idm-ecid-wtls9', '2.23.43.1.4.9', 161, 'prime'],
  ['wap-wsg-idm-ecid-wtls10', '2.23.43.1.4.10', 232, 'binary'],
  ['wap-wsg-idm-ecid-wtls11', '2.23.43.1.4.11', 233, 'binary'],
  ['wap-wsg-idm-ecid-wtls12', '2.23.43.1.4.12', 224, 'prime'],
  ['brainpoolP160r1', '1.3.36.3.3.2.8.1.1.1', 160, 'prime'],
  ['brainpoolP160t1', '1.3.36.3.3.2.8.1.1.2', 160, 'prime'],
  ['brainpoolP192r1', '1.3.36.3.3.2.8.1.1.3', 192, 'prime'],
  ['brainpoolP192t1', '1.3.36.3.3.2.8.1.1.4', 192, 'prime'],
  ['brainpoolP224r1', '1.3.36.3.3.2.8.1.1.5', 224, 'prime'],
  ['brainpoolP224t1', '1.3.36.3.3.2.8.1.1.6', 224, 'prime'],
  ['brainpoolP256r1', '1.3.36.3.3.2.8.1.1.7', 256, 'prime'],
  ['brainpoolP256t1', '1.3.36.3.3.2.8.1.1.8', 256, 'prime'],
  ['brainpoolP320r1', '1.3.36.3.3.2.8.1.1.9', 320, 'prime'],
  ['brainpoolP320t1', '1.3.36.3.3.2.8.1.1.10', 320, 'prime'],
  ['brainpoolP384r1', '1.3.36.3.3.2.8.1.1.11', 384, 'prime'],
  ['brainpoolP384t1', '1.3.36.3.3.2.8.1.1.12', 384, 'prime'],
  ['brainpoolP512r1', '1.3.36.3.3.2.8.1.1.13', 512, 'prime'],
  ['brainpoolP512t1', '1.3.36.3.3.2.8.1.1.14', 512, 'prime'],
  ['SM2', '1.2.156.10197.1.301', 256, 'prime'],
];

const sshNames: ReadonlyMap<string, NonNullable<Curve['ssh']>> = new Map([['prime256v1', 'nistp256'], ['secp384r1', 'nistp384'], ['secp521r1', 'nistp521']]);

export const curves: readonly Curve[] = table.map(([name, oid, bits, field]) => {
  const ssh = sshNames.get(name);
  return { name, oid, bits, field, ...(ssh && { ssh }) };
});
export const curveByName: ReadonlyMap<string, Curve> = new Map(curves.map((curve) => [curve.name, curve]));
export const curveByOid: ReadonlyMap<string, Curve> = new Map(curves.map((curve) => [curve.oid, curve]));

/** Key algorithms by the words of node:crypto's `asymmetricKeyType`. */
export const algorithmOid: ReadonlyMap<string, string> = new Map([
  ['rsa', '1.2.840.113549.1.1.1'], // RFC 8017, A.1
  ['rsa-pss', '1.2.840.113549.1.1.10'], // RFC 8017, A.2.3
  ['dsa', '1.2.840.10040.4.1'], // RFC 3279, 2.3.2
  ['ec', '1.2.840.10045.2.1'], // RFC 5480, 2.1.1
  ['dh', '1.2.840.113549.1.3.1'], // PKCS #3, 9
  ['x25519', '1.3.101.110'], // RFC 8410, 3
  ['x448', '1.3.101.111'],
  ['ed25519', '1.3.101.112'],
  ['ed448', '1.3.101.113'],
  ['ml-dsa-44', '2.16.840.1.101.3.4.3.17'], // RFC 9881, 2
  ['ml-dsa-65', '2.16.840.1.101.3.4.3.18'],
  ['ml-dsa-87', '2.16.840.1.101.3.4.3.19'],
  ['ml-kem-512', '2.16.840.1.101.3.4.4.1'], // RFC 9935, 3
  ['ml-kem-768', '2.16.840.1.101.3.4.4.2'],
  ['ml-kem-1024', '2.16.840.1.101.3.4.4.3'],
  ['mlkem768-x25519', '1.3.6.1.4.1.62253.25722'], // draft-connolly-cfrg-xwing-kem, 5.8
  ['slh-dsa-sha2-128s', '2.16.840.1.101.3.4.3.20'], // RFC 9909, 3
  ['slh-dsa-sha2-128f', '2.16.840.1.101.3.4.3.21'],
  ['slh-dsa-sha2-192s', '2.16.840.1.101.3.4.3.22'],
  ['slh-dsa-sha2-192f', '2.16.840.1.101.3.4.3.23'],
  ['slh-dsa-sha2-256s', '2.16.840.1.101.3.4.3.24'],
  ['slh-dsa-sha2-256f', '2.16.840.1.101.3.4.3.25'],
  ['slh-dsa-shake-128s', '2.16.840.1.101.3.4.3.26'],
  ['slh-dsa-shake-128f', '2.16.840.1.101.3.4.3.27'],
  ['slh-dsa-shake-192s', '2.16.840.1.101.3.4.3.28'],
  ['slh-dsa-shake-192f', '2.16.840.1.101.3.4.3.29'],
  ['slh-dsa-shake-256s', '2.16.840.1.101.3.4.3.30'],
  ['slh-dsa-shake-256f', '2.16.840.1.101.3.4.3.31'],
  ['gost2001', '1.2.643.2.2.19'], // RFC 4491, 2.3.2
  ['gost2012-256', '1.2.643.7.1.1.1.1'], // RFC 9215, 4
  ['gost2012-512', '1.2.643.7.1.1.1.2'],
  ['elgamal', '1.3.14.7.2.1.1'], // as Crypto++ and Bouncy Castle write it
]);
export const algorithmByOid: ReadonlyMap<string, string> = new Map([
  ...[...algorithmOid].map(([name, oid]) => [oid, name] as const),
  // X9.42 Diffie-Hellman (RFC 3279, 2.3.3): the same keys, their parameters in another order.
  ['1.2.840.10046.2.1', 'dh'],
]);
