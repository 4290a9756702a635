import { children, encoded, OCTET_STRING, octets, SEQUENCE_MAGIC } from '../der.ts';
import type { Format } from '../format.ts';
import { outerSequence, saysPrivate } from '../key-der.ts';
import { blockLength, inferFromLength, readPbe } from '../pbe.ts';
import { sha256Hex } from '../hash.ts';
import { pbeLock } from '../locks/pem.ts';

/** PKCS#8 EncryptedPrivateKeyInfo: SEQUENCE { AlgorithmIdentifier, OCTET STRING }. */
export const encryptedPkcs8: Format = {
  name: 'encrypted-pkcs8',
  title: 'Encrypted PKCS#8 private key',
  sources: ['RFC 5958, 3', 'RFC 8018, 6', 'RFC 7292, appendix C'],
  magics: SEQUENCE_MAGIC,

  read(bytes, armor) {
    const outer = outerSequence(bytes);
    if (!outer) return undefined;
    const [algorithm, data, ...more] = children(bytes, outer) ?? [];
    if (!algorithm || !data || more.length > 0 || (data.tag & ~0x20) !== OCTET_STRING) return undefined;
    const pbe = readPbe(bytes, algorithm);
    // A digest with its algorithm looks the same (RFC 8017, A.2.4), so an unknown scheme needs the label.
    if (!pbe || !(pbe.known || saysPrivate(armor))) return undefined;
    const { encryption, complete } = pbe;
    const ciphertext = octets(bytes, data);
    const length = ciphertext?.length ?? 0;
    const block = blockLength(encryption.cipher);
    const defect = !complete ? 'the parameters of its encryption cannot be read'
      : length === 0 || (block !== undefined && length % block !== 0) ? 'its encrypted part is not whole' : undefined;
    const lock = ciphertext && defect === undefined ? pbeLock(bytes, algorithm, ciphertext) : undefined;
    return [{
      kind: 'private',
      format: 'encrypted-pkcs8',
      ...inferFromLength('pkcs8', encryption.cipher, length),
      encryption,
      container: sha256Hex(encoded(bytes, outer)),
      ...(defect !== undefined && { defect }),
      ...(lock && { lock }),
    }];
  },
};
