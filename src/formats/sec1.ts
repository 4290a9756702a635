import { rawPublicKey } from '../curve.ts';
import { children, content, INTEGER, objectIdentifier, OCTET_STRING, SEQUENCE_MAGIC, smallInteger } from '../der.ts';
import type { Format } from '../format.ts';
import { ecPrivateFacts, isPoint, readDomain, readEcPrivateKey } from '../ec-parameters.ts';
import type { EcPrivateKey } from '../ec-parameters.ts';
import { damaged, leadingElements, outerSequence, saysEncrypted } from '../key-der.ts';
import type { KeyFacts } from '../key.ts';
import { algorithmByOid } from '../oids.ts';
import { identify } from '../public-key.ts';

/** SEC 1 ECPrivateKey: SEQUENCE { 1, scalar, [0] parameters, [1] public point }. */
export const sec1: Format = {
  name: 'sec1',
  title: 'SEC 1 EC private key',
  sources: ['RFC 5915, 3', 'SEC 1, C.4'],
  magics: SEQUENCE_MAGIC,

  read(bytes, armor) {
    const outer = outerSequence(bytes);
    if (!outer) return undefined;
    const labelled = armor !== undefined && /\b(?:EC|ECDSA|SM2) PRIVATE KEY$/.test(armor.label);
    const key = readEcPrivateKey(bytes, children(bytes, outer) ?? []);
    if (key) {
      const facts = edwardsFacts(bytes, key) ?? ecFacts(bytes, key, labelled);
      return facts && [{ kind: 'private', format: 'sec1', ...facts }];
    }
    if (!labelled || saysEncrypted(armor)) return undefined;
    const [version, scalar] = leadingElements(bytes, outer, 2);
    const found = version?.tag === INTEGER && smallInteger(bytes, version) === 1 && scalar?.tag === OCTET_STRING && content(bytes, scalar).length > 0;
    return found ? [damaged('sec1', bytes, 'its curve or public point cannot be read', { algorithm: 'ec' })] : undefined;
  },
};

/** A number and an octet string alone are too little to go by: a known curve, a point or the label must come with them. */
function ecFacts(bytes: Buffer, key: EcPrivateKey, labelled: boolean): Partial<KeyFacts> | undefined {
  const domain = readDomain(bytes, key.parameters);
  const pointed = key.point?.[0] === 4 && key.point.length >= 1 + 2 * 14 && isPoint(domain, key.point);
  return domain?.bits !== undefined || pointed || labelled ? ecPrivateFacts(key, domain) : undefined;
}

/** Erlang/OTP before 25 wrote Ed25519 and its kin as an EC key with their identifier for the curve. */
function edwardsFacts(bytes: Buffer, { parameters, scalar }: EcPrivateKey): Partial<KeyFacts> | undefined {
  const algorithm = algorithmByOid.get(objectIdentifier(bytes, parameters) ?? '');
  if (algorithm === undefined) return undefined;
  const key = rawPublicKey(algorithm, scalar);
  return key && identify({ type: 'raw', algorithm, key });
}
