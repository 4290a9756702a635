import type { Finding } from './finding.ts';
import type { JudgedFile, Suppression } from './key.ts';
import type { Policy, SuppressionPolicy } from './policy.ts';
import type { AnyRule } from './rule.ts';

/** What comments that ask for silence excuse under a policy, and what there is to say of them. */

const byDefault: SuppressionPolicy = { allowed: true, reason: 'optional', honor: [] };

/** Rules that other scanners have the like of: what their signs mean. */
const committedKeys: ReadonlySet<string> = new Set(['no-committed-private-key', 'no-committed-encrypted-key']);

/** The comment that excuses a finding of a rule, if one does. A key is excused only by one that is about the very line it begins or ends on. */
export function excuseFor(suppressions: readonly Suppression[], rule: string, lines: { readonly key: boolean; readonly line: number; readonly endLine: number }, { suppressions: settings = byDefault }: Policy): Suppression | undefined {
  if (!settings.allowed) return undefined;
  return suppressions.find((suppression) => {
    const { sign, rules, hasReason, firstLine, lastLine, keyLine, defect } = suppression;
    const isAbout = lines.key ? keyLine === lines.line || keyLine === lines.endLine : firstLine <= lines.line && lines.line <= lastLine;
    if (!isAbout || defect !== undefined) return false;
    if (sign !== 'keylint') return settings.honor.includes(sign) && lines.key && committedKeys.has(rule);
    return rules.includes(rule) && (hasReason || settings.reason === 'optional');
  });
}

/** A name for one comment among all. */
export function suppressionId(path: string, { line, column }: Suppression): string {
  return `${path}\0${line}:${column}`;
}

/**
 * Comments that cannot be followed, and those that excused nothing. Of rules that compare files, or ask for facts that a commit has not, nothing
 * is called unused unless these could have spoken.
 */
export function suppressionFindings(files: readonly JudgedFile[], policy: Policy, used: ReadonlySet<string>, rules: readonly AnyRule[], isComplete: boolean): readonly Finding[] {
  const settings = policy.suppressions ?? byDefault;
  const known = new Map(rules.map((rule) => [rule.meta.id, rule]));
  return files.flatMap(({ path, file, suppressions = [] }) => suppressions.flatMap((suppression): readonly Finding[] => {
    if (suppression.sign !== 'keylint') return [];
    const { line, column, endLine, endColumn } = suppression;
    const say = (rule: string, message: string, help: string): readonly Finding[] => [{ rule, severity: 'warn', message, help, path, line, column, endLine, endColumn }];
    if (!settings.allowed) return say('invalid-suppression', 'the policy does not let comments excuse anything', 'remove the comment, and mend what it is about or put the key into "allow"');
    if (suppression.defect !== undefined) return say('invalid-suppression', `this comment excuses nothing: ${suppression.defect}`, 'write keylint-disable-next-line RULE -- reason, or end a stretch with keylint-enable RULE');
    const stranger = suppression.rules.find((id) => !known.has(id));
    if (stranger !== undefined) return say('invalid-suppression', `there is no rule ${JSON.stringify(stranger)} that this comment could be about`, 'name a rule as reports print it');
    if (settings.reason === 'required' && !suppression.hasReason) return say('invalid-suppression', 'this comment excuses nothing: the policy asks for a reason', 'write it behind two dashes: keylint-disable-next-line RULE -- reason');
    const couldSpeak = (rule: AnyRule): boolean => rule.checkCommand !== undefined || file.origin === 'file' && (rule.checkAll === undefined || isComplete);
    if (used.has(suppressionId(path, suppression)) || !suppression.rules.every((id) => couldSpeak(known.get(id)!))) return [];
    return say('unused-suppression', `nothing is found that this comment excuses (${suppression.rules.join(', ')})`, 'remove the comment');
  }));
}
