import { expect } from 'vitest';
import { rules } from '../../rules/index.ts';
import { check } from '../../src/check.ts';
import type { Finding } from '../../src/finding.ts';
import { baseSettings, recommendedEntries, type Policy, type RuleEntries } from '../../src/policy.ts';
import { COMMANDS, contentsOf } from '../../src/prefilter.ts';
import { readRecipe } from '../../src/recipes/index.ts';
import type { AnyRule } from '../../src/rule.ts';

/** What one rule, set to error, says of the commands in a text; of other rules' judgements it gets the recommended ones, or those that `others` sets. */
export function ofText(rule: AnyRule, path: string, text: string, options: Readonly<Record<string, unknown>> = {}, others: RuleEntries = {}): readonly Finding[] {
  const policy: Policy = { cwd: '/project', base: baseSettings(rules), layers: [{ rules: { ...recommendedEntries(rules), ...others, [rule.meta.id]: ['error', options] } }], ignores: [], allow: [] };
  const bytes = Buffer.from(text);
  const recipe = readRecipe(path, bytes);
  const findings = check([], policy, rules, recipe ? [{ path, file: { origin: 'file', now: Date.parse('2026-06-01T12:00:00Z') }, ...recipe }] : []).findings.filter(({ rule: id }) => id === rule.meta.id);
  // A run reads only what the sieve lets through.
  if (findings.length > 0) expect(contentsOf(bytes) & COMMANDS, `an anchor in: ${text}`).not.toBe(0);
  return findings;
}

/** The same of one command in a script. */
export function ofCommand(rule: AnyRule, command: string, options?: Readonly<Record<string, unknown>>, others?: RuleEntries): readonly Finding[] {
  return ofText(rule, 'make-keys.sh', `${command}\n`, options, others);
}

/** A text with the changes that a finding proposes. */
export function mended(text: string, { fix }: Finding): string {
  const lines = text.split('\n');
  for (const { line, column, endLine, endColumn, text: inserted } of (fix?.replace ?? []).toReversed()) {
    const [first, last] = [Array.from(lines[line - 1]!), Array.from(lines[endLine - 1]!)];
    lines.splice(line - 1, endLine - line + 1, first.slice(0, column - 1).join('') + inserted + last.slice(endColumn - 1).join(''));
  }
  return lines.join('\n');
}
