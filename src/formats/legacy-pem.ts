import type { Format } from '../format.ts';
import { saysPrivate } from '../key-der.ts';
import { blockLength, inferFromLength } from '../pbe.ts';
import type { Encoding } from '../pbe.ts';
import { sha256Hex } from '../hash.ts';
import { dekInfoLock } from '../locks/pem.ts';

/** OpenSSL's encrypted PEM: `Proc-Type: 4,ENCRYPTED`, `DEK-Info: CIPHER,IV`. The label names the algorithm, the body is ciphertext. */
export const legacyPem: Format = {
  name: 'legacy-pem',
  title: 'Encrypted traditional PEM private key',
  sources: ['OpenSSL, PEM_read_bio_PrivateKey(3): PEM encryption format', 'RFC 1421, 4.6.1'],

  read(bytes, armor) {
    const info = armor?.headers.get('dek-info');
    if (info === undefined || !armor || !saysPrivate(armor) || bytes.length === 0) return undefined;
    const [name = '', iv = ''] = info.split(',').map((part) => part.trim());
    const known = encodings.get(armor.label);
    const readable = /^[A-Za-z][A-Za-z0-9-]{1,39}$/.test(name);
    const cipher = readable ? name.toLowerCase() : 'unknown';
    const block = blockLength(cipher);
    const defect = !readable || !/^(?:[0-9A-Fa-f]{2}){8,32}$/.test(iv) ? 'its DEK-Info header cannot be read'
      : bytes.length < SHORTEST || (block !== undefined && bytes.length % block !== 0) ? 'its encrypted part is not whole' : undefined;
    const lock = defect === undefined ? dekInfoLock(cipher, Buffer.from(iv, 'hex'), bytes) : undefined;
    const { bits } = known && defect === undefined ? inferFromLength(known.encoding, cipher, bytes.length) : {};
    return [{
      kind: 'private',
      format: 'legacy-pem',
      ...(known && { algorithm: known.algorithm }),
      ...(bits !== undefined && { bits, inferred: true as const }),
      // EVP_BytesToKey hashes passphrase and salt once with MD5.
      encryption: { cipher, kdf: 'md5', rounds: 1 },
      container: sha256Hex(bytes),
      ...(defect !== undefined && { defect }),
      ...(lock && { lock }),
    }];
  },
};

/** A SEC 1 key on a 112-bit curve, without its point, has 21 bytes. */
const SHORTEST = 16;

const encodings: ReadonlyMap<string, { readonly algorithm: string; readonly encoding: Encoding }> = new Map([
  ['RSA PRIVATE KEY', { algorithm: 'rsa', encoding: 'pkcs1' }],
  ['EC PRIVATE KEY', { algorithm: 'ec', encoding: 'sec1' }],
  ['ECDSA PRIVATE KEY', { algorithm: 'ec', encoding: 'sec1' }],
  ['DSA PRIVATE KEY', { algorithm: 'dsa', encoding: 'dsa' }],
]);
