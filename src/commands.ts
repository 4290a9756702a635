import { resolve } from 'node:path';
import { rules } from '../rules/index.ts';
import { didYouMean } from './did-you-mean.ts';
import { explain } from './explain.ts';
import type { InitStep } from './init.ts';
import { loadPolicyFor } from './judge.ts';
import { policyFileFor, type LintOptions } from './lint.ts';
import { UsageError } from './options.ts';
import { settingsFor } from './policy.ts';
import { policyFindings } from './policy-findings.ts';

/** `keylint explain RULE...`: the text. Throws UsageError for a rule that does not exist. */
export function explainRules(ids: readonly string[]): string {
  const known = rules.map(({ meta }) => meta.id);
  const findable = [...known, ...policyFindings.map(({ id }) => id)];
  if (ids.length === 0) throw new UsageError('explain needs a rule', `there are ${known.join(', ')}`);
  return ids.map((id) => {
    const text = explain(id);
    if (text !== undefined) return text;
    const near = didYouMean(id, findable);
    throw new UsageError(`there is no rule ${JSON.stringify(id)}`, near ? `did you mean ${near}?` : `there are ${known.join(', ')}`);
  }).join('\n');
}

/** `keylint init [FOLDER]`: what was done. */
export async function initialise(paths: readonly string[]): Promise<readonly InitStep[]> {
  if (paths.length > 1) throw new UsageError('init takes one folder at most');
  const { init } = await import('./init.ts');
  return init(resolve(paths[0] ?? '.'));
}

/** `keylint --print-config FILE`: the rules in force for a file, as JSON. Throws PolicyError. */
export async function printConfig(file: string, options: LintOptions): Promise<string> {
  const cwd = process.cwd();
  const policy = await loadPolicyFor(policyFileFor({ ...options, paths: [file] }, cwd), options.rules ?? [], cwd);
  const settings = [...settingsFor(policy, file)].map(([id, { severity, options: given }]) => [id, Object.keys(given).length > 0 ? [severity, given] : severity]);
  const shown = {
    policy: policy.path ?? 'keylint:recommended',
    rules: Object.fromEntries(settings) as unknown,
    ignores: policy.ignores.map(({ glob }) => glob),
    allow: policy.allow.map(({ fingerprint, reason, expires }) => ({ fingerprint, reason, expires })),
  };
  return `${JSON.stringify(shown, undefined, 2)}\n`;
}
