import type { Fix } from '../src/finding.ts';
import type { Generation } from '../src/key.ts';
import { adviceText, describeMade, keyMadeBy, rewrite, type Change, type Rewritten } from '../src/made-key.ts';
import { defineRule } from '../src/rule.ts';

/** NIST SP 800-57 Part 1 Rev. 5, Table 4: 112 bits of security end with 2030. RSA, DSA and DH have 128 from 3072 bits on (Table 2). */
const LAST_YEAR = 2030;
const LASTING_BITS = 3072;
const lasting: ReadonlySet<string> = new Set(['rsa', 'rsa-pss', 'dsa', 'dh', 'elgamal']);

export const noWeakKeygen = defineRule({
  meta: {
    id: 'no-weak-keygen',
    type: 'problem',
    docs: {
      description: 'Commands in guides, scripts, images and pipelines that make keys of a weak algorithm or size, by the numbers of min-key-size and no-weak-algorithm',
      why: 'What a guide says is done by everybody who reads it, and what a script says is done again and again: a weak key is made long before any file of it can be found. How weak is judged by the rules about keys, as the policy sets them.',
      fix: 'Write a command that makes a better key: ssh-keygen -t ed25519 -a 100 for SSH, RSA with 3072 bits or more where others have to read it.',
      sources: [
        { title: 'NIST SP 800-57 Part 1 Rev. 5, 5.6.3, Table 4 (112 bits of security end with 2030)', url: 'https://doi.org/10.6028/NIST.SP.800-57pt1r5' },
        { title: 'NIST SP 800-131A Rev. 2, 3 (RSA below 2048 and ECDSA below 224 bits disallowed)', url: 'https://doi.org/10.6028/NIST.SP.800-131Ar2' },
        { title: 'FIPS 186-5, 4 (DSA is no longer approved for signature generation)', url: 'https://doi.org/10.6028/NIST.FIPS.186-5' },
        { title: 'ssh-keygen(1), -t and -b', url: 'https://man.openbsd.org/ssh-keygen.1#t' },
      ],
      recommended: 'error',
    },
    messages: {
      tooSmall: { text: '{tool} makes a key of {bits} bits, fewer than the {minimum} that {algorithm} needs', help: '{advice}' },
      weak: { text: '{tool} makes {made}: {reason}', help: '{advice}' },
      disallowed: { text: '{tool} makes {made}, and the policy does not want {term}', help: '{advice}' },
      notAmong: { text: '{tool} makes {made}, and the policy wants no other keys than {only}', help: '{advice}' },
      runsOut: { text: '{tool} makes {made}, which is strong enough until the end of {year} only', help: '{advice}' },
    },
    options: {
      until2030: { type: 'boolean', default: true, description: 'Whether to warn of RSA, DSA and DH keys of fewer than 3072 bits, whose 112 bits of security end with 2030' },
    },
  },
  checkCommand(command, file, { until2030 }, judge) {
    const { does, tool } = command;
    if (does.act !== 'generate' || does.isRewritten) return undefined;
    const key = keyMadeBy(command, does, file);
    const { algorithm = '', bits } = key;
    const small = judge('min-key-size', key);
    const common = { tool, made: describeMade(does) };
    const better = (isStrong: boolean) => betterCommand(command, does, isStrong);
    if (small) return withFix({ messageId: 'tooSmall', data: { ...common, bits: String(small.data?.['bits']), minimum: String(small.data?.['minimum']), algorithm: String(small.data?.['algorithm']) } }, better(true));
    const weak = judge('no-weak-algorithm', key);
    if (weak?.messageId === 'weak') return withFix({ messageId: 'weak', data: { ...common, reason: String(weak.data?.['reason']) } }, better(false));
    if (weak?.messageId === 'disallowed') return withFix({ messageId: 'disallowed', data: { ...common, term: String(weak.data?.['term']) } }, undefined);
    if (weak) return withFix({ messageId: 'notAmong', data: { ...common, only: String(weak.data?.['only']) } }, undefined);
    if (!until2030 || !lasting.has(algorithm) || bits === undefined || bits >= LASTING_BITS) return undefined;
    return { ...withFix({ messageId: 'runsOut', data: { ...common, year: LAST_YEAR } }, better(true)), atMost: 'warn' };
  },
});

/** The same command with a size or curve that lasts, or with another algorithm where no size helps; nothing where the command does not say it in words. */
function betterCommand(command: Parameters<typeof rewrite>[0], { key, said, isSsh }: Generation, isSameAlgorithm: boolean): Rewritten | undefined {
  const { algorithm = '' } = key;
  if (command.words.length === 0) return undefined;
  if (isSsh && (algorithm === 'dsa' || algorithm === 'rsa1' || !isSameAlgorithm)) {
    if (!said.algorithm) return undefined;
    return rewrite(command, [{ at: said.algorithm, value: 'ed25519' }, ...said.bits ? [{ at: said.bits }] : []]);
  }
  const change: Change | undefined = algorithm.startsWith('rsa') && said.bits ? { at: said.bits, value: '4096' }
    : algorithm === 'ec' && said.curve ? { at: said.curve, value: command.tool === 'tls_private_key' ? 'P256' : 'P-256' }
      : algorithm === 'ec' && said.bits ? { at: said.bits, value: '256' } : undefined;
  if (change) return rewrite(command, [change]);
  return algorithm === 'rsa' && isSsh ? rewrite(command, [], ['-b', '4096']) : algorithm === 'rsa' && command.tool === 'openssl genrsa' ? rewrite(command, [], ['4096']) : algorithm.startsWith('rsa') && command.tool === 'openssl genpkey' ? rewrite(command, [], ['-pkeyopt', 'rsa_keygen_bits:4096']) : undefined;
}

function withFix<const P extends { readonly messageId: string; readonly data: Readonly<Record<string, string | number>> }>(problem: P, better: Rewritten | undefined): P & { readonly data: { readonly advice: string }; readonly fix?: Fix } {
  return { ...problem, data: { ...problem.data, advice: adviceText(better, 'make a key of another kind, for instance with: ssh-keygen -t ed25519 -a 100') }, ...better && { fix: { replace: better.replace } } };
}
