import { lastOf, longOptions, numberIn, present, said, type Tool } from '../tool.ts';
import { curveOfSize } from '../curve-names.ts';

/** PuTTY manual, 8.3: options of puttygen on Unix; of the older ones with one dash those of a letter. */
const withValue = new Set(['t', 'b', 'o', 'O', 'C', 'E', 'ppk-param', 'new-passphrase', 'old-passphrase', 'random-device', 'reencrypt']);

const algorithms: ReadonlyMap<string, string> = new Map([['rsa', 'rsa'], ['dsa', 'dsa'], ['dss', 'dsa'], ['ecdsa', 'ec'], ['eddsa', 'ed25519'], ['ed25519', 'ed25519'], ['ed448', 'ed448'], ['rsa1', 'rsa1']]);

export const puttygen: Tool = {
  names: ['puttygen'],
  read(command) {
    const parsed = longOptions(command.args, withValue);
    const [type, size, file, output, phrase, params] = ['t', 'b', 'o', 'O', 'new-passphrase', 'ppk-param'].map((name) => lastOf(parsed, name));
    const kind = output?.value?.value ?? 'private';
    if (!kind.startsWith('private') || lastOf(parsed, 'l', 'L', 'p', 'help', 'version')) return [];
    const isMade = type !== undefined;
    const algorithm = type?.value?.isKnown ? algorithms.get(type.value.value) : undefined;
    if (isMade && algorithm === undefined || !isMade && parsed.operands.length === 0) return [];
    const bits = numberIn(size?.value) ?? (algorithm === 'ec' && !size ? 384 : undefined);
    const curve = algorithm === 'ec' && bits !== undefined ? curveOfSize.get(bits) : undefined;
    const passphrase = phrase ? (phrase.value?.value === '/dev/null' ? 'none' as const : 'given' as const) : isMade ? 'prompt' as const : undefined;
    const isOld = /(?:^|,)version=2(?:,|$)/.test(params?.value?.value ?? '');
    const format = kind === 'private' ? 'ppk' : kind === 'private-sshcom' ? 'sshcom' : kind === 'private-openssh-new' ? 'openssh' : 'pkcs1';
    const isLocked = passphrase === 'given' || passphrase === 'prompt';
    const encryption = !isLocked || format !== 'ppk' && format !== 'pkcs1' ? undefined : format === 'pkcs1' ? { cipher: 'des-ede3-cbc', kdf: 'md5', rounds: 1 } : isOld ? { cipher: 'aes256-cbc', kdf: 'sha1', rounds: 1 } : undefined;
    return [{
      tool: 'puttygen',
      does: {
        act: 'generate', isSsh: true, ...!isMade && { isRewritten: true as const },
        key: { format: isLocked && format === 'pkcs1' ? 'legacy-pem' : format, ...present({ algorithm, curve, bits: algorithm === 'ed25519' ? 256 : algorithm === 'ed448' ? 456 : algorithm === 'ec' && curve === undefined ? undefined : bits, encryption }) },
        ...present({ passphrase, path: file?.value?.isKnown ? file.value.value : undefined }),
        said: present({ algorithm: said(type), bits: said(size), passphrase: said(phrase), format: isOld ? said(params) : undefined, path: said(file) }),
      },
    }];
  },
};
