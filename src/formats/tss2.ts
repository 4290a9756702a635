import { children, content, INTEGER, objectIdentifier, OCTET_STRING } from '../der.ts';
import { identifyEc, namedDomain } from '../ec-parameters.ts';
import type { Format } from '../format.ts';
import { outerSequence } from '../key-der.ts';
import type { KeyFacts } from '../key.ts';
import { identify } from '../public-key.ts';

/**
 * Keys that a TPM 2.0 has wrapped: SEQUENCE { type, [0] emptyAuth, [1] policy, [2] secret, [3] authPolicy, [4] description, [5] rsaParent,
 * parent INTEGER, pubkey OCTET STRING, privkey OCTET STRING }. Only the TPM that wrapped one can use it.
 */
export const tss2: Format = {
  name: 'tss2',
  title: 'TPM 2.0 key',
  sources: ['draft-bottomley-tpm2-keys', 'TCG, TPM 2.0 Library, Part 2: Structures, 12.2.4 (TPMT_PUBLIC)'],

  read(bytes) {
    const outer = outerSequence(bytes);
    const elements = outer && children(bytes, outer);
    if (!elements || !/^2\.23\.133\.10\.1\.[345]$/.test(objectIdentifier(bytes, elements[0]) ?? '')) return undefined;
    const [parent, pub, priv] = elements.slice(-3);
    const facts = { kind: 'private', format: 'tss2', hardware: true } as const;
    if (parent?.tag !== INTEGER || pub?.tag !== OCTET_STRING || priv?.tag !== OCTET_STRING) return [{ ...facts, defect: 'its parts cannot be read' }];
    return [{ ...facts, ...publicArea(content(bytes, pub)) }];
  },
};

const TPM_ALG_NULL = 0x10;
const TPM_ALG_RSA = 0x01;
const TPM_ALG_ECC = 0x23;
const TPM_ALG_ECDAA = 0x1a;
const TPM_ALG_RSAES = 0x15;

/** TCG Algorithm Registry, 6.4: TPM_ECC_CURVE. */
const curves: ReadonlyMap<number, string> = new Map([
  [1, 'prime192v1'], [2, 'secp224r1'], [3, 'prime256v1'], [4, 'secp384r1'], [5, 'secp521r1'], [0x20, 'SM2'],
  [0x30, 'brainpoolP256r1'], [0x31, 'brainpoolP384r1'], [0x32, 'brainpoolP512r1'],
]);

/** TPM2B_PUBLIC: what it says of the key as far as it can be read. */
function publicArea(bytes: Buffer): Partial<KeyFacts> {
  let at = 2;
  const u16 = (): number => {
    at += 2;
    return at <= bytes.length ? bytes.readUInt16BE(at - 2) : -1;
  };
  const sized = (): Buffer => {
    const length = u16();
    const start = at;
    at += Math.max(0, length);
    return bytes.subarray(start, at);
  };
  /** An algorithm and, where there is one, what belongs to it. */
  const scheme = (details: (algorithm: number) => number): void => {
    const algorithm = u16();
    if (algorithm !== TPM_ALG_NULL) at += 2 * details(algorithm);
  };
  const type = u16();
  at += 2 + 4; // nameAlg, objectAttributes
  sized(); // authPolicy
  if (type !== TPM_ALG_RSA && type !== TPM_ALG_ECC) return {};
  scheme(() => 2); // symmetric: keyBits, mode
  scheme((algorithm) => (algorithm === TPM_ALG_RSAES ? 0 : algorithm === TPM_ALG_ECDAA ? 2 : 1)); // hash
  if (type === TPM_ALG_RSA) {
    u16(); // keyBits
    const exponent = at + 4 <= bytes.length ? bytes.readUInt32BE(at) : 0;
    at += 4;
    const n = sized();
    if (n.length < 32) return { algorithm: 'rsa' };
    const e = Buffer.alloc(4);
    // Zero stands for 2^16 + 1.
    e.writeUInt32BE(exponent || 0x10001);
    return identify({ type: 'rsa', n, e: e.subarray(e.findIndex((byte) => byte !== 0)) });
  }
  const curve = curves.get(u16());
  scheme(() => 1); // kdf: hash
  const [x, y] = [sized(), sized()];
  if (curve === undefined) return { algorithm: 'ec' };
  const domain = namedDomain(curve);
  const length = (domain.bits! + 7) >> 3;
  if (x.length === 0 || x.length > length || y.length === 0 || y.length > length) return identifyEc(domain, undefined);
  return identifyEc(domain, Buffer.concat([Buffer.from([4]), Buffer.alloc(length - x.length), x, Buffer.alloc(length - y.length), y]));
}
