import { lastOf, longOptions, numberIn, present, said, type Tool } from '../tool.ts';

/** step(1) of Smallstep: `step certificate create`, `step crypto keypair`, `step crypto jwk create`. */
const withValue = new Set(['kty', 'size', 'curve', 'crv', 'alg', 'profile', 'template', 'ca', 'ca-key', 'not-before', 'not-after', 'san', 'password-file', 'key', 'set', 'set-file', 'bundle-file', 'ca-password-file', 'use', 'kid', 'from-pem']);

const curves: ReadonlyMap<string, string> = new Map([['P-256', 'prime256v1'], ['P-384', 'secp384r1'], ['P-521', 'secp521r1']]);

export const step: Tool = {
  names: ['step', 'step-cli'],
  read({ args }) {
    const [group, verb, third] = args.map(({ value }) => value);
    const isMade = group === 'certificate' && verb === 'create' || group === 'crypto' && (verb === 'keypair' || verb === 'jwk' && third === 'create');
    if (!isMade) return [];
    const parsed = longOptions(args, withValue);
    if (lastOf(parsed, 'key', 'from-pem', 'help')) return [];
    const [type, size, curve] = [lastOf(parsed, 'kty'), lastOf(parsed, 'size'), lastOf(parsed, 'curve', 'crv')];
    const word = type?.value?.value.toUpperCase() ?? (type ? undefined : 'EC');
    const algorithm = word === 'RSA' ? 'rsa' : word === 'EC' ? 'ec' : word === 'OKP' ? 'ed25519' : undefined;
    const named = curves.get(curve?.value?.value ?? (algorithm === 'ec' && !curve ? 'P-256' : ''));
    const open = lastOf(parsed, 'no-password');
    return [{
      tool: `step ${group} ${verb}`,
      does: {
        act: 'generate',
        key: { format: 'pkcs8', ...present({ algorithm, curve: algorithm === 'ec' ? named : undefined, bits: algorithm === 'rsa' ? numberIn(size?.value) ?? (size ? undefined : 2048) : undefined }) },
        passphrase: open ? 'none' : lastOf(parsed, 'password-file') ? 'given' : 'prompt', said: present({ algorithm: said(type), bits: said(size), curve: said(curve), passphrase: said(open) }),
      },
    }];
  },
};
