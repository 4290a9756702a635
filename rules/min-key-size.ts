import { newKeyAdvice } from '../src/advice.ts';
import { algorithmTitle } from '../src/describe.ts';
import { isPublicOfThePast, isRevocation } from '../src/place.ts';
import { defineRule } from '../src/rule.ts';

/** Which option holds an algorithm's minimum. Algorithms that come in one size are not here: their name says how strong they are. */
const optionOf = new Map<string, 'rsa' | 'dsa' | 'ec' | 'dh'>([
  ['rsa', 'rsa'], ['rsa-pss', 'rsa'], ['rsa1', 'rsa'], ['dsa', 'dsa'], ['ec', 'ec'], ['sm2', 'ec'], ['ecdsa-sk', 'ec'], ['dh', 'dh'], ['elgamal', 'dh'],
]);

export const minKeySize = defineRule({
  meta: {
    id: 'min-key-size',
    type: 'problem',
    docs: {
      description: 'Keys with fewer bits than the minimum for their algorithm',
      why: 'The private key can be computed from the public one: for RSA of 512 bits in hours, of 829 bits it was done in 2020, and 1024 bits are within reach of a large organisation. NIST disallows strengths below 112 bits, which is RSA and DSA below 2048 bits and curves below 224 bits.',
      fix: 'Replace the key by a larger one, or by Ed25519, which needs no choice of size.',
      sources: [
        { title: 'NIST SP 800-57 Part 1 Rev. 5, 5.6.1.1 (Table 2) and 5.6.3 (Table 4)', url: 'https://doi.org/10.6028/NIST.SP.800-57pt1r5' },
        { title: 'NIST SP 800-131A Rev. 2, 3 (RSA below 2048 and ECDSA below 224 bits disallowed)', url: 'https://doi.org/10.6028/NIST.SP.800-131Ar2' },
        { title: 'CA/Browser Forum Baseline Requirements, 6.1.5 (RSA keys of at least 2048 bits)', url: 'https://cabforum.org/working-groups/server/baseline-requirements/requirements/#615-key-sizes' },
        { title: 'RFC 7518, 3.3 (RS256: a key of size 2048 bits or larger MUST be used)', url: 'https://www.rfc-editor.org/rfc/rfc7518#section-3.3' },
      ],
      recommended: 'error',
    },
    messages: {
      tooSmall: { text: '{key}: {bits} bits are fewer than the {minimum} that {algorithm} needs', help: '{advice}' },
      tooSmallInferred: { text: '{key}: some {bits} bits, judged by its length, are fewer than the {minimum} that {algorithm} needs', help: '{advice}' },
    },
    options: {
      rsa: { type: 'integer', default: 2048, minimum: 0, description: 'Bits of an RSA modulus' },
      dsa: { type: 'integer', default: 2048, minimum: 0, description: 'Bits of a DSA prime' },
      ec: { type: 'integer', default: 224, minimum: 0, description: 'Bits of the order of an elliptic curve\'s group' },
      dh: { type: 'integer', default: 2048, minimum: 0, description: 'Bits of a Diffie-Hellman or ElGamal prime' },
    },
  },
  checkKey(key, options) {
    const { algorithm, bits } = key;
    if (algorithm === undefined || bits === undefined || key.defect !== undefined || isPublicOfThePast(key) || isRevocation(key)) return undefined;
    const option = optionOf.get(algorithm);
    if (option === undefined || bits >= options[option]) return undefined;
    const data = { bits, minimum: options[option], algorithm: algorithmTitle(algorithm), advice: newKeyAdvice(key) };
    return { messageId: key.inferred ? 'tooSmallInferred' : 'tooSmall', data };
  },
});
