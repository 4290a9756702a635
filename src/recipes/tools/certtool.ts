import { lastOf, longOptions, maskedSecrets, numberIn, present, said, type Reading, type Tool } from '../tool.ts';
import { curveOfSec } from '../curve-names.ts';

/** certtool(1) of GnuTLS. */
const withValue = new Set(['bits', 'curve', 'sec-param', 'key-type', 'outfile', 'infile', 'password', 'template', 'hash', 'pkcs-cipher', 'load-privkey', 'provable', 'seed', 'provider']);

/** GnuTLS manual, Selecting cryptographic key sizes. */
const sizes: ReadonlyMap<string, number> = new Map([['low', 1024], ['legacy', 1776], ['medium', 2048], ['high', 3072], ['ultra', 8192], ['future', 15_360]]);
const algorithms: ReadonlyMap<string, string> = new Map([['rsa', 'rsa'], ['rsa-pss', 'rsa-pss'], ['dsa', 'dsa'], ['ecdsa', 'ec'], ['ed25519', 'ed25519'], ['ed448', 'ed448'], ['x25519', 'x25519'], ['x448', 'x448']]);

/** What is written without --pkcs8. */
const formats: ReadonlyMap<string, string> = new Map([['rsa', 'pkcs1'], ['ec', 'sec1'], ['dsa', 'dsa']]);
const curves: ReadonlyMap<string, string> = new Map(['secp192r1', 'secp224r1', 'secp256r1', 'secp384r1', 'secp521r1'].map((name) => [name, curveOfSec(name)]));

export const certtool: Tool = {
  names: ['certtool'],
  read({ args }) {
    const parsed = longOptions(args, withValue, (name) => (name === 'p' ? 'generate-privkey' : name));
    const phrase = lastOf(parsed, 'password');
    const secrets = maskedSecrets(parsed, ['password']);
    const told: readonly Reading[] = phrase?.value && phrase.value.value !== '' ? [{ tool: 'certtool', does: { act: 'tell-secret', option: '--password', what: 'passphrase', isVariable: !phrase.value.isKnown }, secrets, told: phrase.last }] : [];
    if (!lastOf(parsed, 'generate-privkey')) return told;
    const [type, bits, level, file, open, named] = ['key-type', 'bits', 'sec-param', 'outfile', 'null-password', 'curve'].map((name) => lastOf(parsed, name));
    const algorithm = lastOf(parsed, 'dsa') ? 'dsa' : lastOf(parsed, 'ecdsa', 'ecc') ? 'ec' : type ? algorithms.get(type.value?.value.toLowerCase() ?? '') : 'rsa';
    const size = numberIn(bits?.value) ?? (bits ? undefined : sizes.get(level?.value?.value.toLowerCase() ?? ''));
    return [...told, {
      tool: 'certtool', secrets,
      does: {
        act: 'generate', key: { format: lastOf(parsed, 'pkcs8') ? 'pkcs8' : formats.get(algorithm ?? '') ?? 'pkcs8', ...present({ algorithm, curve: algorithm === 'ec' ? curves.get(named?.value?.value.toLowerCase() ?? '') : undefined, bits: algorithm === 'rsa' || algorithm === 'rsa-pss' || algorithm === 'dsa' ? size : undefined }) },
        passphrase: lastOf(parsed, 'pkcs8', 'password') && !open ? 'given' : 'none', ...present({ path: file?.value?.isKnown ? file.value.value : undefined }), said: present({ algorithm: said(type), bits: said(bits), path: said(file), passphrase: said(open) }),
      },
    }];
  },
};
