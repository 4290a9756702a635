import { check } from '../../src/check.ts';
import type { Finding } from '../../src/finding.ts';
import type { FileFacts, JudgedFile, Key, KeyFacts } from '../../src/key.ts';
import { baseSettings, type Policy } from '../../src/policy.ts';
import type { AnyRule } from '../../src/rule.ts';

/** Facts of which some may be said to be absent: `algorithm: undefined`. */
type Facts<T> = { readonly [name in keyof T]?: T[name] | undefined };

/** An Ed25519 private key in the clear, in an untracked file, with what a test says about it put over that. */
export function makeKey(path: string, facts: Facts<KeyFacts> & { readonly file?: Facts<FileFacts>; readonly wrapping?: readonly string[]; readonly line?: number } = {}): Key {
  const { file, line = 1, ...rest } = facts;
  const ed25519 = facts.algorithm === undefined && !('algorithm' in facts) ? { algorithm: 'ed25519', bits: 256, fingerprint: `SHA256:${'a'.repeat(43)}` } : {};
  const key = {
    kind: 'private', format: 'openssh', ...ed25519, wrapping: ['pem'], weaknesses: [], ...rest,
    path, line, column: 1, endLine: line + 6, endColumn: 1, file: withoutUndefined({ origin: 'file', ...file }),
  };
  return withoutUndefined(key) as Key;
}

function withoutUndefined(object: object): object {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

/** What one rule, set to error, says of some keys and files. */
export function findings(rule: AnyRule, keys: Key | readonly Key[], options: Readonly<Record<string, unknown>> = {}, files: readonly JudgedFile[] = []): readonly Finding[] {
  const policy: Policy = { cwd: '/work', base: baseSettings([rule]), layers: [{ rules: { [rule.meta.id]: ['error', options] } }], ignores: [], allow: [] };
  return check([keys].flat(), policy, [rule], files).findings;
}

/** The ids of the messages, judged without texts: what `checkKey` says of one key. */
export function messageId(rule: AnyRule, key: Key, options: Readonly<Record<string, unknown>> = {}): string | undefined {
  const defaults = Object.fromEntries(Object.entries(rule.meta.options).map(([name, schema]) => [name, schema.default]));
  return rule.checkKey?.(key, { ...defaults, ...options } as never)?.messageId;
}

export const encrypted = { cipher: 'aes256-ctr', kdf: 'bcrypt', rounds: 16 } as const;

/** A fingerprint for a test. */
export function fingerprintOf(letter: string): string {
  return `SHA256:${letter.repeat(43)}`;
}
