import type { Generation } from '../../key.ts';
import { lastOf, longOptions, maskedSecrets, present, said, type Reading, type Tool } from '../tool.ts';

const withValue = new Set(['passphrase', 'passphrase-fd', 'passphrase-file', 'pinentry-mode', 'homedir', 'status-fd', 'command-fd', 'command-file', 'default-new-key-algo', 'local-user', 'u', 'recipient', 'r', 'output', 'o', 'keyserver', 'keyring', 'faked-system-time', 'cipher-algo', 'digest-algo', 'compress-algo', 's2k-digest-algo', 's2k-cipher-algo', 'user', 'logger-fd', 'logger-file', 'trust-model', 'batch-file', 'default-key']);

/** gpg(1), --quick-generate-key: `rsa1024`, `ed25519`, `rsa2048/sign`. */
function algorithmIn(text: string): Pick<Generation['key'], 'algorithm' | 'bits'> | undefined {
  const [, name, size] = /^(rsa|dsa|elg|ed25519|cv25519|ed448|nistp256|nistp384|nistp521)(\d{3,5})?(?:\/.*)?$/i.exec(text) ?? [];
  if (name === undefined) return undefined;
  const algorithm = { rsa: 'rsa', dsa: 'dsa', elg: 'elgamal', ed25519: 'ed25519', cv25519: 'x25519', ed448: 'ed448' }[name.toLowerCase()] ?? 'ec';
  return { algorithm, ...size !== undefined && { bits: Number(size) } };
}

export const gpg: Tool = {
  names: ['gpg', 'gpg2', 'gpg1'],
  read(command) {
    const parsed = longOptions(command.args, withValue);
    const phrase = lastOf(parsed, 'passphrase');
    const readings: Reading[] = [];
    const secrets = maskedSecrets(parsed, ['passphrase']);
    if (phrase?.value && phrase.value.value !== '') {
      const isVariable = !phrase.value.isKnown;
      readings.push({ tool: 'gpg', does: { act: 'tell-secret', option: '--passphrase', what: 'passphrase', isVariable }, secrets, told: phrase.last });
    }
    if (!parsed.options.some(({ name }) => /^(?:quick-gen(?:erate)?-key|gen-key|generate-key|full-gen(?:erate)?-key)$/.test(name))) return readings;
    const isQuick = parsed.options.some(({ name }) => name.startsWith('quick'));
    const algorithm = isQuick ? parsed.operands[1] : undefined;
    const passphrase = phrase?.value ? (phrase.value.value === '' ? 'none' as const : 'given' as const) : undefined;
    const key = algorithm?.word.isKnown ? algorithmIn(algorithm.word.value) : undefined;
    if (!key && passphrase === undefined) return readings;
    const bits = algorithm && key?.bits !== undefined && { first: algorithm.index, last: algorithm.index, form: `${algorithm.word.value.slice(0, 3)}{}` };
    return [...readings, {
      tool: 'gpg', secrets,
      does: { act: 'generate', key: { format: 'openpgp', ...key }, ...present({ passphrase }), said: present({ passphrase: said(phrase), bits: bits || undefined }) },
    }];
  },
};

/** What a file of parameters for `gpg --batch --generate-key` says (GnuPG manual, Unattended key generation), by offsets in it. */
export function readParameters(text: string): { readonly does: Generation; readonly start: number; readonly end: number } | undefined {
  const field = (name: string): string | undefined => new RegExp(`^[ \\t]*${name}:[ \\t]*(\\S+)`, 'im').exec(text)?.[1];
  const type = field('Key-Type')?.toLowerCase();
  if (type === undefined) return undefined;
  const algorithm = { rsa: 'rsa', 1: 'rsa', dsa: 'dsa', 17: 'dsa', eddsa: 'ed25519', ecdsa: 'ec' }[type];
  const size = /^\d{3,5}$/.exec(field('Key-Length') ?? '')?.[0];
  const open = /^[ \t]*%no-protection\b/m.exec(text);
  const key = algorithm === 'rsa' || algorithm === 'dsa' ? { algorithm, ...size !== undefined && { bits: Number(size) } } : algorithm === undefined ? {} : { algorithm };
  const place = (algorithm === 'rsa' || algorithm === 'dsa' ? /^[ \t]*Key-Length:.*/im.exec(text) : undefined) ?? open ?? /^[ \t]*Key-Type:.*/im.exec(text)!;
  const start = place.index + place[0].search(/\S/);
  return { does: { act: 'generate', key: { format: 'openpgp', ...key }, ...open && { passphrase: 'none' }, said: {} }, start, end: place.index + place[0].trimEnd().length };
}
