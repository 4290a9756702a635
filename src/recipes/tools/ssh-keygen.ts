import type { Generation } from '../../key.ts';
import { getopt, hasInput, lastOf, maskedSecrets, numberIn, present, said, type Reading, type Tool } from '../tool.ts';
import { curveOfSize } from '../curve-names.ts';

/** ssh-keygen.c, main: the letters for getopt(3) in OpenSSH 10, and those of older releases. */
const LETTERS = 'ABHKLQUXceghiklopquvyC:D:E:F:G:I:J:M:N:O:P:R:S:T:V:W:Y:Z:a:b:f:j:m:n:r:s:t:w:x:z:d';

/** What makes it do something else than making a key or changing the passphrase of one. */
const OTHER = ['A', 'B', 'D', 'F', 'H', 'K', 'L', 'M', 'Q', 'R', 'U', 'Y', 'c', 'e', 'g', 'i', 'k', 'l', 'r', 's', 'y', 'G', 'T', 'X', 'u', 'w'];

/** Sizes where none is given (OpenSSH, sshkey.h and ssh-keygen.c; RSA since 8.0). */
const defaultBits: ReadonlyMap<string, number> = new Map([['rsa', 3072], ['dsa', 1024], ['ecdsa', 256]]);

export const sshKeygen: Tool = {
  names: ['ssh-keygen'],
  read(command) {
    const parsed = getopt(command.args, LETTERS);
    // Every kind of host key that there is none of.
    if (lastOf(parsed, 'A')) return [{ tool: 'ssh-keygen -A', does: { act: 'generate', key: { format: 'openssh' }, passphrase: 'none', path: '/etc/ssh/ssh_host_*_key', isSsh: true, said: {} } }];
    if (parsed.options.some(({ name }) => OTHER.includes(name))) return [];
    const [type, bits, phrase, old, format, file, rounds] = ['t', 'b', 'N', 'P', 'm', 'f', 'a'].map((name) => lastOf(parsed, name));
    const readings: Reading[] = [];
    const secrets = maskedSecrets(parsed, ['N', 'P']);
    for (const option of [phrase, old]) {
      if (!option?.value || isEmpty(option.value.value)) continue;
      const isVariable = !option.value.isKnown;
      readings.push({ tool: 'ssh-keygen', does: { act: 'tell-secret', option: `-${option.name}`, what: 'passphrase', isVariable }, secrets, told: option.last });
    }
    const isRewritten = parsed.options.some(({ name }) => name === 'p');
    const word = type?.value?.isKnown ? type.value.value.toLowerCase() : undefined;
    // Without -t it is RSA before OpenSSH 9.5 and Ed25519 since.
    const size = bits ? numberIn(bits.value) : parsed.isOpen ? undefined : defaultBits.get(word ?? '');
    const algorithm = word === 'ecdsa' ? 'ec' : word === 'ed25519' || word === 'rsa' || word === 'dsa' || word === 'rsa1' || word === 'ed25519-sk' || word === 'ecdsa-sk' ? word : undefined;
    const curve = algorithm === 'ec' && size !== undefined ? curveOfSize.get(size) : undefined;
    const passphrase = phrase?.value ? (isEmpty(phrase.value.value) ? 'none' as const : phrase.value.isKnown ? 'given' as const : undefined) : parsed.isOpen || hasInput(command) ? undefined : 'prompt' as const;
    const written = format?.value?.isKnown ? format.value.value.toUpperCase() : parsed.isOpen || format ? undefined : 'RFC4716';
    // ssh-keygen.c: Ed25519 and FIDO keys are written in OpenSSH's own format whatever -m says.
    const isOwn = written === 'RFC4716' || algorithm !== undefined && /^ed25519|-sk$/.test(algorithm);
    const isLocked = passphrase === 'given' || passphrase === 'prompt';
    const generation: Generation = {
      act: 'generate',
      key: {
        format: isOwn ? 'openssh' : isLocked ? written === 'PEM' ? 'legacy-pem' : 'encrypted-pkcs8' : written === 'PEM' ? algorithm === 'ec' ? 'sec1' : algorithm === 'dsa' ? 'dsa' : 'pkcs1' : 'pkcs8',
        ...present({
          algorithm, curve, bits: algorithm === 'rsa' || algorithm === 'dsa' || algorithm === 'rsa1' || curve !== undefined ? size : algorithm?.startsWith('ed25519') || algorithm === 'ecdsa-sk' ? 256 : undefined,
          encryption: !isLocked || !isOwn && written === undefined ? undefined
            : isOwn ? { cipher: 'aes256-ctr', kdf: 'bcrypt', ...present({ rounds: numberIn(rounds?.value) }) }
              : written === 'PEM' ? { cipher: 'aes-128-cbc', kdf: 'md5', rounds: 1 } : { cipher: 'aes-128-cbc', kdf: 'pbkdf2', rounds: 2048 },
        }),
      },
      ...present({ passphrase, path: file?.value?.isKnown ? file.value.value : undefined }),
      isSsh: true,
      ...isRewritten && { isRewritten },
      said: present({ algorithm: said(type), bits: said(bits), passphrase: said(phrase), format: said(format), path: said(file) }),
    };
    // A size that no such key has: ssh-keygen refuses.
    if (algorithm === 'ec' && size !== undefined && curve === undefined) return readings;
    if (word !== undefined && algorithm === undefined) return readings;
    return [...readings, { tool: 'ssh-keygen', does: generation, secrets }];
  },
};

/** PowerShell passes on no empty word: there people write '""'. */
function isEmpty(value: string): boolean {
  return value === '' || value === '""' || value === '\'\'';
}
