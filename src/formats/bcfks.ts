import { children, encoded, OCTET_STRING, octets, SEQUENCE, SEQUENCE_MAGIC } from '../der.ts';
import type { Format } from '../format.ts';
import { sha256Hex } from '../hash.ts';
import { outerElements, readAlgorithm } from '../key-der.ts';
import { readPbe } from '../pbe.ts';

/** Bouncy Castle's FIPS key store: SEQUENCE { SEQUENCE { AlgorithmIdentifier, OCTET STRING }, integrityCheck }. What is inside cannot be told. */
export const bcfks: Format = {
  name: 'bcfks',
  title: 'Bouncy Castle FIPS key store (BCFKS)',
  sources: ['Bouncy Castle, org.bouncycastle.asn1.bc.ObjectStore'],
  magics: SEQUENCE_MAGIC,

  read(bytes) {
    const [store, integrity, ...more] = outerElements(bytes) ?? [];
    if (store?.tag !== SEQUENCE || !integrity || more.length > 0) return undefined;
    // PbkdMacIntegrityCheck: SEQUENCE { macAlgorithm, pbkdAlgorithm, mac }; or [0] with a signature.
    const check = integrity.tag === SEQUENCE ? children(bytes, integrity) : undefined;
    const isMac = check?.length === 3 && check[2]!.tag === OCTET_STRING && check.slice(0, 2).every((element) => readAlgorithm(bytes, element));
    if (!isMac && integrity.tag !== 0xa0) return undefined;
    const [algorithm, data, ...others] = children(bytes, store) ?? [];
    if (!algorithm || data?.tag !== OCTET_STRING || others.length > 0) return undefined;
    const pbe = readPbe(bytes, algorithm);
    const length = octets(bytes, data)?.length ?? 0;
    if (!pbe?.known) return undefined;
    return length < LEAST ? [] : [{ kind: 'private', format: 'bcfks', encryption: pbe.encryption, container: sha256Hex(encoded(bytes, store)) }];
  },
};

/** An empty store is a name, two dates and a list of nothing, some 70 bytes; the shortest entry has as many. */
const LEAST = 128;
