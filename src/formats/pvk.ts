import type { Format } from '../format.ts';
import { sha256Hex } from '../hash.ts';
import { pvkLock } from '../locks/ssh.ts';
import { damaged } from '../key-der.ts';
import { privateBlobLength, readBlobHeader, readPrivateBlob } from './capi-blob.ts';
import type { BlobHeader } from './capi-blob.ts';

/** Microsoft's code-signing keys before PKCS#12: a CryptoAPI blob, in the clear or under RC4 from its ninth byte on. */
export const pvk: Format = {
  name: 'pvk',
  title: 'Microsoft PVK private key',
  sources: ['OpenSSL, crypto/pem/pvkfmt.c'],
  magics: [Buffer.from([0x1e, 0xf1, 0xb5, 0xb0])],

  read(bytes) {
    if (bytes.length < HEADER || bytes.readUInt32LE(0) !== 0xb0b5f11e || bytes.readUInt32LE(4) !== 0) return undefined;
    const [keyType, encrypted, saltLength, keyLength] = [8, 12, 16, 20].map((at) => bytes.readUInt32LE(at)) as [number, number, number, number];
    if (keyType > 2 || encrypted > 1 || saltLength > MAX_SALT || keyLength > MAX_KEY) return undefined;
    const blob = bytes.subarray(HEADER + saltLength, HEADER + saltLength + keyLength);
    // With a salt the key is encrypted, whatever the flag says (OpenSSL, do_PVK_header).
    if (saltLength === 0 && encrypted === 0) {
      return [readPrivateBlob(blob, 'pvk') ?? damaged('pvk', bytes, 'the key in it cannot be read')];
    }
    const header = readBlobHeader(blob);
    if (!header?.isPrivate) return [damaged('pvk', bytes, 'the key in it cannot be read')];
    const bits = bitsOf(header.algorithm, keyLength);
    const cut = blob.length < keyLength;
    return [{
      kind: 'private',
      format: 'pvk',
      algorithm: header.algorithm,
      ...(bits !== undefined && { bits, inferred: true as const }),
      // SHA-1 of salt and password, once; exports cut it to 40 bits, and nothing tells which do.
      encryption: { cipher: 'rc4', kdf: 'sha1', rounds: 1 },
      container: sha256Hex(bytes),
      ...(!cut && { lock: pvkLock(bytes.subarray(HEADER, HEADER + saltLength), blob.subarray(BLOB_HEADER)) }),
      ...(cut && { defect: `cut off: ${blob.length} of ${keyLength} bytes are there` }),
    }];
  },
};

const HEADER = 24;
/** PUBLICKEYSTRUC stays in the clear. */
const BLOB_HEADER = 8;
/** OpenSSL reads no more of either. */
const MAX_SALT = 10240;
const MAX_KEY = 102400;

function bitsOf(algorithm: BlobHeader['algorithm'], length: number): number | undefined {
  const unit = privateBlobLength(algorithm, 8) - privateBlobLength(algorithm, 0);
  const bits = ((length - privateBlobLength(algorithm, 0)) * 8) / unit;
  return Number.isInteger(bits) && bits >= 256 ? bits : undefined;
}
