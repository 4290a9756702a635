import type { Encryption, Generation } from '../../key.ts';
import { hasInput, lastOf, longOptions, maskedSecrets, numberIn, present, said, type Option, type ParsedOptions, type Reading, type Tool } from '../tool.ts';
import { fileWrittenBy } from '../files.ts';
import type { ShellCommand, ShellWord } from '../shell.ts';

/** Options with a value, of all subcommands that make or change keys (openssl-genrsa(1), -genpkey, -gendsa, -ecparam, -dsaparam, -req, -rsa, -ec, -pkey, -pkcs8, -pkcs12). */
const withValue = new Set([
  'out', 'in', 'inform', 'outform', 'keyform', 'keyout', 'key', 'passin', 'passout', 'pass', 'passwd', 'password', 'algorithm', 'pkeyopt', 'paramfile', 'outpubkey', 'name', 'conv_form', 'param_enc', 'rand', 'writerand', 'engine', 'provider',
  'provider-path', 'provparam', 'propquery', 'newkey', 'days', 'subj', 'config', 'section', 'extensions', 'reqexts', 'addext', 'set_serial', 'not_before', 'not_after', 'sigopt', 'nameopt', 'reqopt', 'CA', 'CAkey', 'copy_extensions', 'primes', 'v1', 'v2', 'v2prf',
  'iter', 'saltlen', 'scrypt_N', 'scrypt_r', 'scrypt_p', 'inkey', 'certfile', 'caname', 'CAfile', 'CApath', 'CSP', 'keypbe', 'certpbe', 'macalg', 'macsaltlen', 'untrusted', 'keyopt', 'keygen_engine', 'vfyopt',
]);

/** Flags that are no names of ciphers. */
const flags = new Set([
  'nodes', 'noenc', 'noout', 'text', 'pubout', 'pubin', 'check', 'modulus', 'x509', 'new', 'batch', 'verify', 'verbose', 'quiet', 'traditional', 'genparam', 'genkey', 'nocrypt', 'topk8', 'noiter', 'scrypt', 'export', 'legacy', 'nocerts', 'clcerts', 'cacerts', 'nokeys', 'info',
  'chain', 'twopass', 'nomacver', 'nomac', 'RSAPublicKey_in', 'RSAPublicKey_out', 'no_public', 'C', 'list_curves', '3', 'f4', 'F4', 'utf8', 'asn1-kludge', 'newhdr', 'reqexts', 'pubcheck', 'text_pub', 'keyex', 'keysig', 'help', 'param_out', 'ec_conv_form', 'multivalue-rdn', 'pubkey', 'x509toreq', 'subject', 'noproxy', 'nomaciter', 'descert', 'LMK', 'jdktrust', 'macsaltlen', 'no_issuer',
]);

const ciphers: ReadonlyMap<string, string> = new Map([
  ['des', 'des-cbc'], ['des3', 'des-ede3-cbc'], ['3des', 'des-ede3-cbc'], ['idea', 'idea-cbc'], ['seed', 'seed-cbc'],
  ...['aes', 'aria', 'camellia'].flatMap((name) => [128, 192, 256].flatMap((size) => [[`${name}${size}`, `${name}-${size}-cbc`], [`${name}-${size}-cbc`, `${name}-${size}-cbc`], [`${name}-${size}-cfb`, `${name}-${size}-cfb`]] as const)),
]);

/** openssl-pkcs8(1), -v1: the names of PKCS #5 v1.5 and PKCS #12. */
const oldCiphers: ReadonlyMap<string, string> = new Map([['PBE-MD2-DES', 'des-cbc'], ['PBE-MD5-DES', 'des-cbc'], ['PBE-SHA1-DES', 'des-cbc'], ['PBE-SHA1-3DES', 'des-ede3-cbc'], ['PBE-SHA1-RC2-40', 'rc2-40-cbc']]);

const algorithms: ReadonlyMap<string, string> = new Map([
  ['rsa', 'rsa'], ['rsa-pss', 'rsa-pss'], ['ec', 'ec'], ['dsa', 'dsa'], ['dh', 'dh'], ['ed25519', 'ed25519'], ['ed448', 'ed448'], ['x25519', 'x25519'], ['x448', 'x448'], ['sm2', 'sm2'],
]);

const ownBits: ReadonlyMap<string, number> = new Map([['ed25519', 256], ['x25519', 256], ['ed448', 456], ['x448', 448]]);

const nistCurves: ReadonlyMap<string, string> = new Map([['p-192', 'prime192v1'], ['p-224', 'secp224r1'], ['p-256', 'prime256v1'], ['p-384', 'secp384r1'], ['p-521', 'secp521r1'], ['secp256r1', 'prime256v1'], ['secp192r1', 'prime192v1']]);
/** Bits of the orders of curves, where the name does not tell or tells the field's. */
const curveBits = (curve: string): number | undefined => {
  const size = /(\d{3})/.exec(curve)?.[1];
  return size === undefined || !/^(?:prime(?:192|239|256)v\d|secp\d{3}[rk]\d|brainpoolP\d{3}[rt]1)$/.test(curve) ? undefined : Number(size);
};

const passwords = ['passin', 'passout', 'pass', 'passwd', 'password'];

export const openssl: Tool = {
  names: ['openssl', 'libressl'],
  read(command) {
    const [subcommand, ...rest] = command.args;
    const reader = subcommand?.isKnown ? subcommands.get(subcommand.value) : undefined;
    if (!subcommand || !reader) return [];
    // Indexes count the program and the subcommand.
    const parsed = shifted(longOptions(rest, withValue));
    if (lastOf(parsed, 'help')) return [];
    const tool = `openssl ${subcommand.value}`;
    const secrets = maskedSecrets(parsed, passwords, 'pass:');
    const told = passwords.flatMap((name): readonly Reading[] => {
      const option = lastOf(parsed, name);
      const phrase = option?.value && /^pass:([^]+)$/.exec(option.value.value)?.[1];
      if (!option?.value || phrase === undefined) return [];
      const isVariable = !option.value.isKnown;
      return [{ tool, does: { act: 'tell-secret', option: `-${name} pass:`, what: 'passphrase', isVariable }, secrets, told: option.last }];
    });
    const does = reader(parsed, command);
    return does ? [...told, { tool, does, secrets }] : told;
  },
};

type Subcommand = (parsed: ParsedOptions, command: ShellCommand) => Generation | undefined;

const subcommands: ReadonlyMap<string, Subcommand> = new Map<string, Subcommand>([
  ['genrsa', (parsed, command) => {
    const [operand] = parsed.operands;
    const bits = operand ? numberIn(operand.word) : parsed.isOpen ? undefined : 2048;
    return generation('rsa', parsed, command, { out: 'out', pass: ['passout'], bits, at: operand && { bits: { first: operand.index, last: operand.index, form: '{}' } } });
  }],
  ['genpkey', (parsed, command) => {
    const named = lastOf(parsed, 'algorithm');
    const algorithm = named?.value?.isKnown ? algorithms.get(named.value.value.toLowerCase()) : undefined;
    if (algorithm === undefined || lastOf(parsed, 'genparam')) return undefined;
    return generation(algorithm, parsed, command, { out: 'out', pass: ['pass'], ...pkeyOptions(algorithm, parsed), at: { ...pkeyOptions(algorithm, parsed).at, algorithm: said(named) } });
  }],
  ['ecparam', (parsed, command) => {
    if (!lastOf(parsed, 'genkey')) return undefined;
    const named = lastOf(parsed, 'name');
    const curve = named && curveIn(named.value);
    const isExplicit = lastOf(parsed, 'param_enc')?.value?.value === 'explicit';
    return generation('ec', parsed, command, { out: 'out', pass: [], curve: isExplicit ? 'explicit' : curve, bits: curve === undefined ? undefined : curveBits(curve), at: { curve: said(named) }, format: 'sec1', neverLocked: true });
  }],
  ['dsaparam', (parsed, command) => {
    const [operand] = parsed.operands;
    return lastOf(parsed, 'genkey') ? generation('dsa', parsed, command, { out: 'out', pass: [], bits: operand && numberIn(operand.word), neverLocked: true }) : undefined;
  }],
  ['gendsa', (parsed, command) => generation('dsa', parsed, command, { out: 'out', pass: ['passout'] })],
  ['req', (parsed, command) => {
    const asked = lastOf(parsed, 'newkey');
    if (lastOf(parsed, 'key') || !asked && !lastOf(parsed, 'new')) return undefined;
    const [, type = 'rsa', , argument] = asked?.value ? /^([\w-]+)(:([^]*))?$/.exec(asked.value.value) ?? [] : ['', 'rsa', undefined, undefined];
    const algorithm = asked && !asked.value?.isKnown && !/^rsa:/i.test(asked.value?.value ?? '') ? undefined : algorithms.get(type.toLowerCase());
    if (algorithm === undefined) return undefined;
    const options = pkeyOptions(algorithm, parsed);
    const isConfigured = lastOf(parsed, 'config') !== undefined;
    const size = argument !== undefined && /^\d+$/.test(argument) && asked?.value?.isKnown ? Number(argument) : undefined;
    const bits = algorithm === 'rsa' ? size ?? (argument === undefined && !isConfigured && !parsed.isOpen ? options.bits : undefined) : options.bits;
    const isOpen = lastOf(parsed, 'nodes', 'noenc') !== undefined;
    return generation(algorithm, parsed, command, {
      out: 'keyout', pass: ['passout'], ...options, bits, neverLocked: isOpen, isLocked: isOpen ? undefined : isConfigured ? 'maybe' : 'always',
      at: { ...options.at, ...asked && size !== undefined && { bits: { first: asked.first, last: asked.last, form: asked.form.replace('{}', `${type}:{}`) } }, passphrase: said(lastOf(parsed, 'nodes', 'noenc')) },
    });
  }],
  ['rsa', (parsed, command) => rewritten('rsa', parsed, command)],
  ['ec', (parsed, command) => rewritten('ec', parsed, command)],
  ['dsa', (parsed, command) => rewritten('dsa', parsed, command)],
  ['pkey', (parsed, command) => rewritten(undefined, parsed, command)],
  ['pkcs8', (parsed, command) => {
    if (!lastOf(parsed, 'topk8')) return rewritten(undefined, parsed, command);
    const isOpen = lastOf(parsed, 'nocrypt') !== undefined;
    const old = lastOf(parsed, 'v1')?.value;
    const chosen = lastOf(parsed, 'v2')?.value;
    const N = numberIn(lastOf(parsed, 'scrypt_N')?.value);
    const encryption: Encryption | undefined = isOpen ? undefined
      : old ? { cipher: oldCiphers.get(old.value.toUpperCase()) ?? old.value.toLowerCase(), kdf: /^PBE-MD[25]-|^PBE-SHA1-(?:DES|RC2-64)$/.test(old.value) ? 'pbkdf1' : 'pkcs12' }
        : lastOf(parsed, 'scrypt') || N !== undefined ? { cipher: ciphers.get(chosen?.value.toLowerCase() ?? '') ?? 'aes-256-cbc', kdf: 'scrypt', N: N ?? 16_384, r: 8, p: 1 }
          : { cipher: ciphers.get(chosen?.value.toLowerCase() ?? '') ?? 'aes-256-cbc', kdf: 'pbkdf2', rounds: numberIn(lastOf(parsed, 'iter')?.value) ?? 2048, prf: 'hmac-sha256' };
    return generation(undefined, parsed, command, { out: 'out', pass: ['passout'], neverLocked: isOpen, isLocked: isOpen ? undefined : 'always', encryption, isRewritten: true, at: { passphrase: said(lastOf(parsed, 'nocrypt')), format: said(lastOf(parsed, 'v1')) }, format: isOpen ? 'pkcs8' : 'encrypted-pkcs8' });
  }],
  ['pkcs12', (parsed, command) => {
    if (lastOf(parsed, 'nokeys')) return undefined;
    if (lastOf(parsed, 'export')) {
      const isOld = lastOf(parsed, 'legacy') !== undefined || /^PBE-/i.test(lastOf(parsed, 'keypbe')?.value?.value ?? '') || lastOf(parsed, 'descert') !== undefined;
      return generation(undefined, parsed, command, {
        out: 'out', pass: ['passout', 'password'], isLocked: 'always', isRewritten: true, format: 'pkcs12', at: { format: said(lastOf(parsed, 'legacy', 'descert')) },
        encryption: isOld ? { cipher: 'des-ede3-cbc', kdf: 'pkcs12', rounds: 2048 } : { cipher: 'aes-256-cbc', kdf: 'pbkdf2', rounds: numberIn(lastOf(parsed, 'iter')?.value) ?? 2048, prf: 'hmac-sha256' },
      });
    }
    const isOpen = lastOf(parsed, 'nodes', 'noenc') !== undefined;
    return isOpen && lastOf(parsed, 'out') ? generation(undefined, parsed, command, { out: 'out', pass: ['passout'], neverLocked: true, isRewritten: true, at: { passphrase: said(lastOf(parsed, 'nodes', 'noenc')) } }) : undefined;
  }],
]);

interface Details {
  readonly out: string;
  /** Options that give a passphrase for what is written. */
  readonly pass: readonly string[];
  readonly bits?: number | undefined;
  readonly curve?: string | undefined;
  readonly format?: string;
  readonly encryption?: Encryption | undefined;
  readonly neverLocked?: boolean;
  readonly isLocked?: 'always' | 'maybe' | undefined;
  readonly isRewritten?: true;
  readonly at?: { readonly [name in keyof Generation['said']]?: Generation['said'][name] | undefined } | undefined;
}

function generation(algorithm: string | undefined, parsed: ParsedOptions, command: ShellCommand, { out, pass, bits, curve, format, encryption, neverLocked = false, isLocked, isRewritten, at = {} }: Details): Generation {
  const cipher = parsed.options.map(({ name }) => name).filter((name) => !withValue.has(name) && !flags.has(name)).map((name) => ciphers.get(name.toLowerCase())).findLast((name) => name !== undefined);
  const isOpen = lastOf(parsed, 'noenc', 'nodes') !== undefined;
  const phrase = lastOf(parsed, ...pass);
  const isEncrypted = !neverLocked && !isOpen && (cipher !== undefined || isLocked === 'always');
  const isUnsure = parsed.isOpen || isLocked === 'maybe' && !isOpen;
  const passphrase = isEncrypted ? (phrase ? 'given' : hasInput(command) ? undefined : 'prompt') : isUnsure && !neverLocked && !isOpen ? undefined : 'none';
  const isTraditional = lastOf(parsed, 'traditional') !== undefined;
  const target = lastOf(parsed, out);
  // What another openssl reads may come out as the public half.
  const isPrinted = (target ? target.value?.value === '-' : out !== 'keyout') && !feedsOpenssl(command);
  const written = isPrinted ? fileWrittenBy(command) : target?.value?.isKnown ? target.value.value : undefined;
  const traditional = algorithm === 'ec' ? 'sec1' : algorithm === 'dsa' ? 'dsa' : algorithm === 'rsa' ? 'pkcs1' : 'pkcs8';
  return {
    act: 'generate',
    key: {
      format: format ?? (isTraditional ? isEncrypted ? 'legacy-pem' : traditional : isEncrypted ? 'encrypted-pkcs8' : 'pkcs8'),
      ...present({
        algorithm, curve, bits: bits ?? (algorithm === undefined ? undefined : ownBits.get(algorithm)),
        // What `req` takes where no cipher is named was Triple DES before OpenSSL 3.5.
        encryption: !isEncrypted ? undefined : encryption ?? (cipher === undefined ? undefined : isTraditional ? { cipher, kdf: 'md5', rounds: 1 } : { cipher, kdf: 'pbkdf2', rounds: 2048 }),
      }),
    },
    ...present({ passphrase, path: written }),
    ...isRewritten && { isRewritten },
    said: present({ path: said(target), ...at, ...isTraditional && { format: said(lastOf(parsed, 'traditional')) } }),
  };
}

/** rsa(1), ec(1), pkey(1): without a cipher what they write is in the clear. Only what is surely a private key that is written to a file counts. */
function rewritten(algorithm: string | undefined, parsed: ParsedOptions, command: ShellCommand): Generation | undefined {
  if (lastOf(parsed, 'pubout', 'pubin', 'RSAPublicKey_out', 'RSAPublicKey_in', 'noout', 'text', 'text_pub', 'modulus', 'check', 'no_public', 'topk8') || !lastOf(parsed, 'in') || !lastOf(parsed, 'out')) return undefined;
  return generation(algorithm, parsed, command, { out: 'out', pass: ['passout'], isRewritten: true });
}

function feedsOpenssl({ feeds }: ShellCommand): boolean {
  for (let next = feeds; next !== undefined && next !== 'other'; next = next.feeds) if (next.name === 'openssl') return true;
  return false;
}

/** genpkey(1), -pkeyopt: KEY GENERATION OPTIONS. */
function pkeyOptions(algorithm: string, parsed: ParsedOptions): Pick<Details, 'bits' | 'curve' | 'at'> {
  const options = parsed.options.filter(({ name }) => name === 'pkeyopt');
  const of = (name: string): { option: Option; value: string } | undefined => {
    const option = options.findLast(({ value }) => value?.value.startsWith(`${name}:`));
    return option?.value && { option, value: option.value.value.slice(name.length + 1) };
  };
  const at = (name: string, found: ReturnType<typeof of>) => found && { first: found.option.first, last: found.option.last, form: found.option.form.replace('{}', `${name}:{}`) };
  if (algorithm === 'ec') {
    const named = of('ec_paramgen_curve');
    const curve = named?.option.value?.isKnown ? curveIn({ ...named.option.value, value: named.value }) : undefined;
    return { curve, bits: curve === undefined ? undefined : curveBits(curve), at: { curve: at('ec_paramgen_curve', named) } };
  }
  if (algorithm === 'rsa' || algorithm === 'rsa-pss') {
    const size = of('rsa_keygen_bits');
    const bits = size ? (size.option.value?.isKnown && /^\d+$/.test(size.value) ? Number(size.value) : undefined) : parsed.isOpen ? undefined : 2048;
    return { bits, at: { bits: at('rsa_keygen_bits', size) } };
  }
  return {};
}

function curveIn(word: ShellWord | undefined): string | undefined {
  if (!word?.isKnown || !/^[\w-]+$/.test(word.value)) return undefined;
  return nistCurves.get(word.value.toLowerCase()) ?? word.value;
}

function shifted({ options, operands, isOpen }: ParsedOptions): ParsedOptions {
  return {
    options: options.map((option) => ({ ...option, first: option.first + 1, last: option.last + 1 })),
    operands: operands.map(({ word, index }) => ({ word, index: index + 1 })),
    isOpen,
  };
}
