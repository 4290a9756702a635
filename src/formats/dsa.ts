import { children, INTEGER, SEQUENCE, SEQUENCE_MAGIC } from '../der.ts';
import type { Tlv } from '../der.ts';
import type { Format } from '../format.ts';
import { damaged, isLess, isOdd, leadingElements, outerSequence, saysEncrypted, saysPrivate, unsigned } from '../key-der.ts';
import { bitLength, identify } from '../public-key.ts';

/** OpenSSL's traditional DSA private key: SEQUENCE { 0, p, q, g, y, x }. No standard has it. */
export const dsa: Format = {
  name: 'dsa',
  title: 'Traditional DSA private key',
  sources: ['OpenSSL, d2i_DSAPrivateKey(3)'],
  magics: SEQUENCE_MAGIC,

  read(bytes, armor) {
    const outer = outerSequence(bytes);
    if (!outer) return undefined;
    const numbers = children(bytes, outer) ?? [];
    if (numbers.length === 6 && numbers.every((number) => number.tag === INTEGER)) {
      const [version, p, q, g, y, x] = numbers.map((number) => unsigned(bytes, number));
      if (!p?.length || !q?.length || !g || !y || !x || version?.length !== 0) return undefined;
      const sound = isOdd(p) && isLess(q, p) && isLess(g, p) && isLess(y, p) && isLess(x, q);
      if (saysPrivate(armor) ? isLess(q, p) : sound && bitLength(p) >= 256 && bitLength(p) <= 16384 && bitLength(q) >= 128) {
        return [{ kind: 'private', format: 'dsa', ...identify({ type: 'dsa', p, q, g, y }) }];
      }
      return undefined;
    }
    return armor?.label === 'DSA PRIVATE KEY' && !saysEncrypted(armor) ? salvage(bytes, outer) : undefined;
  },
};

/** DSS-Parms: SEQUENCE { p, q, g } (RFC 3279, 2.3.2). */
export function readDsaParameters(bytes: Buffer, tlv: Tlv | undefined): { readonly p: Buffer; readonly q: Buffer; readonly g: Buffer } | undefined {
  if (tlv?.tag !== SEQUENCE) return undefined;
  const [p, q, g] = (children(bytes, tlv) ?? []).map((number) => unsigned(bytes, number));
  return p?.length && q?.length && g?.length ? { p, q, g } : undefined;
}

/** A key whose group can be read and whose private number is broken. */
function salvage(bytes: Buffer, outer: Tlv) {
  const numbers = leadingElements(bytes, outer, 7);
  const [version, p, q, g, y] = numbers.map((number) => unsigned(bytes, number));
  if (numbers.length < 3 || version?.length !== 0 || !p?.length || !q?.length) return undefined;
  const facts = g && y?.length ? identify({ type: 'dsa', p, q, g, y }) : { algorithm: 'dsa', bits: bitLength(p) };
  return [damaged('dsa', bytes, 'its private number cannot be read', facts)];
}
