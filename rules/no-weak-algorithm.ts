import { newKeyAdvice } from '../src/advice.ts';
import { algorithmTitle, curveTitle, isBinaryCurve } from '../src/describe.ts';
import type { Key } from '../src/key.ts';
import { algorithmOid, curves } from '../src/oids.ts';
import { isPublicOfThePast, isRevocation } from '../src/place.ts';
import { defineRule } from '../src/rule.ts';

/** Why a key of this sort is refused by default. The words are those of `termsOf`. */
const weak: Readonly<Record<string, string>> = {
  dsa: 'FIPS 186-5 approves DSA for no new signature, and OpenSSH 10 has removed it',
  rsa1: 'it belongs to SSH protocol 1, which OpenSSH has removed',
  'binary-curves': 'curves over binary fields are deprecated for TLS and found in few libraries',
  'explicit-curves': 'RFC 5480 forbids curve parameters in place of a curve\'s name: they let a forger choose the curve (CVE-2020-0601)',
  gost2001: 'GOST R 34.10-2012 has taken its place',
  dh: 'a Diffie-Hellman key in a file is a static one: without forward secrecy, and not to be used in TLS',
};

const families: Readonly<Record<string, (curve: string) => boolean>> = {
  'nist-curves': (curve) => /^(prime(192v1|256v1)|secp(224|384|521)r1)$/.test(curve),
  'brainpool-curves': (curve) => curve.startsWith('brainpool'),
  'koblitz-curves': (curve) => /^sec[pt]\d+k1$/.test(curve),
  'binary-curves': isBinaryCurve,
  'explicit-curves': (curve) => curve === 'explicit',
};

/** Everything that an option can call keys by: algorithms, families of curves, curves. */
const terms: readonly string[] = [...new Set([
  ...algorithmOid.keys(), 'rsa1', 'sm2', 'ecdsa', 'ed25519-sk', 'ecdsa-sk', ...Object.keys(families), ...curves.map(({ name }) => name),
])];

/** What a key can be called by in the options, the widest term first. */
function termsOf({ algorithm, curve }: Key): readonly string[] {
  if (algorithm === undefined) return [];
  return [
    algorithm,
    ...algorithm === 'ec' || algorithm === 'ecdsa-sk' ? ['ecdsa'] : [],
    ...algorithm === 'ecdsa-sk' ? ['nist-curves', 'prime256v1'] : [],
    ...curve === undefined ? [] : [...Object.keys(families).filter((family) => families[family]!(curve)), curve],
  ];
}

const titles: ReadonlyMap<string, string> = new Map([
  ['ecdsa', 'ECDSA'], ['nist-curves', 'NIST curves'], ['brainpool-curves', 'Brainpool curves'], ['koblitz-curves', 'Koblitz curves'],
  ['binary-curves', 'curves over binary fields'], ['explicit-curves', 'explicit curve parameters'],
]);

function titleOf(term: string): string {
  return titles.get(term) ?? curveTitle(algorithmTitle(term));
}

export const noWeakAlgorithm = defineRule({
  meta: {
    id: 'no-weak-algorithm',
    type: 'problem',
    docs: {
      description: 'Keys of algorithms and curves that should not be used any more, or that the policy does not want',
      why: 'No size makes such a key good: the algorithm is broken, brittle or withdrawn from its standard, and the programs of today refuse it or will soon.',
      fix: 'Replace the key by one of a current algorithm: Ed25519 for SSH, RSA of 3072 bits or ECDSA on P-256 where others have to read it.',
      sources: [
        { title: 'FIPS 186-5, 4 (DSA is no longer approved for signature generation)', url: 'https://doi.org/10.6028/NIST.FIPS.186-5' },
        { title: 'OpenSSH 10.0 release notes (DSA removed)', url: 'https://www.openssh.com/txt/release-10.0' },
        { title: 'OpenSSH 7.6 release notes (SSH protocol 1 removed)', url: 'https://www.openssh.com/txt/release-7.6' },
        { title: 'RFC 5480, 2.1.1 (explicit curve parameters MUST NOT be used)', url: 'https://www.rfc-editor.org/rfc/rfc5480#section-2.1.1' },
        { title: 'RFC 8422, 5.1.1 (all binary curves and explicit curves deprecated in TLS)', url: 'https://www.rfc-editor.org/rfc/rfc8422#section-5.1.1' },
        { title: 'RFC 9325, 4.1 (static Diffie-Hellman SHOULD NOT be used)', url: 'https://www.rfc-editor.org/rfc/rfc9325#section-4.1' },
        { title: 'RFC 7091 (GOST R 34.10-2012, updates RFC 5832 on GOST R 34.10-2001)', url: 'https://www.rfc-editor.org/rfc/rfc7091' },
        { title: 'CVE-2020-0601', url: 'https://nvd.nist.gov/vuln/detail/CVE-2020-0601' },
      ],
      recommended: 'error',
    },
    messages: {
      weak: { text: '{key}: {reason}', help: '{advice}' },
      disallowed: { text: '{key}: the policy does not want {term}', help: '{advice}' },
      notAmong: { text: '{key}: the policy wants no other keys than {only}', help: 'replace the key by one of these: {only}' },
    },
    options: {
      disallow: {
        type: 'array', default: [], items: { type: 'string', enum: terms },
        description: 'Algorithms, families of curves (nist-curves, brainpool-curves, koblitz-curves) and curves by OpenSSL\'s name to refuse as well',
      },
      accept: {
        type: 'array', default: [], items: { type: 'string', enum: terms },
        description: `What to accept of that which is refused by default: ${Object.keys(weak).join(', ')}`,
      },
      only: {
        type: 'array', default: [], items: { type: 'string', enum: terms },
        description: 'When not empty, everything else is refused',
      },
      kinds: {
        type: 'array', default: ['private', 'public', 'certificate'], items: { type: 'string', enum: ['private', 'public', 'certificate'] },
        description: 'Which keys disallow and only are about; what is refused by default is refused whatever kind it is',
      },
    },
  },
  checkKey(key, { disallow, accept, only, kinds }) {
    if (key.defect !== undefined || key.kind === 'symmetric' || isPublicOfThePast(key) || isRevocation(key)) return undefined;
    const isChosen = kinds.some((kind) => kind === key.kind);
    const names = termsOf(key);
    if (names.length === 0) return undefined;
    const advice = newKeyAdvice(key);
    const unwanted = isChosen ? names.find((name) => disallow.includes(name)) : undefined;
    if (unwanted !== undefined) return { messageId: 'disallowed', data: { term: titleOf(unwanted), advice } };
    const old = names.find((name) => Object.hasOwn(weak, name));
    if (old !== undefined && !names.some((name) => accept.includes(name))) return { messageId: 'weak', data: { reason: weak[old]!, advice } };
    return isChosen && only.length > 0 && !names.some((name) => only.includes(name)) ? { messageId: 'notAmong', data: { only: only.map(titleOf).join(', ') } } : undefined;
  },
});
