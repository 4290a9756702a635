import { dirname, resolve } from 'node:path';
import { rules as allRules } from '../rules/index.ts';
import { byPlace, check } from './check.ts';
import type { Finding, Verdict } from './finding.ts';
import type { JudgedFile, Key } from './key.ts';
import { allowFindings, defaultPolicy, mayBeOn, type Policy } from './policy.ts';
import { suppressionFindings } from './excuses.ts';
import { isSoundPolicy } from './policy-sound.ts';
import { presets } from './presets/index.ts';

/** The policy in a file, or the default one, with entries of the command line over it. `commentsExcuse`: where it does not say. Throws PolicyError. */
export async function loadPolicyFor(file: string | undefined, entries: readonly string[], cwd: string, commentsExcuse = true): Promise<Policy> {
  const byDefault: Policy = { ...defaultPolicy(allRules, cwd), suppressions: { allowed: commentsExcuse, reason: 'optional', honor: [] } };
  if (file === undefined && entries.length === 0) return byDefault;
  const { loadPolicy, withRule } = await import('./policy-file.ts');
  const policy = file === undefined ? byDefault : loadPolicy(file, { cwd, commentsExcuse });
  return entries.reduce((sofar, entry) => withRule(sofar, entry), policy);
}

/** Whether a rule that judges commands is on for some file. */
export function asksForCommands(policy: Policy): boolean {
  return allRules.some(({ meta, checkCommand }) => checkCommand !== undefined && mayBeOn(policy, meta.id));
}

/** Whether a policy file is surely without mistakes; `false` says nothing. Loads no third-party module. */
export function isSoundFor(file: string): boolean {
  return isSoundPolicy(file, allRules, presets);
}

/** What there is to say of the keys, of files for themselves, of comments that ask for silence, and of the policy's own list of excuses. */
export function judge(keys: readonly Key[], policy: Policy, isComplete: boolean, files: readonly JudgedFile[] = []): Verdict {
  const { findings, usedAllow, suppressed, usedSuppressions } = check(keys, policy, allRules, files);
  const ofComments = suppressionFindings(files, policy, usedSuppressions, allRules, isComplete);
  return { findings: [...[...findings, ...ofComments].sort(byPlace), ...allowFindings(policy, usedAllow, isComplete)], suppressed };
}

/** What several runs found, to be judged together. */
export interface Together {
  readonly keys: readonly Key[];
  /** Those of the keys that no run has judged as they are now. */
  readonly unjudged: readonly Key[];
  readonly before: readonly Finding[];
  /** The runs were parts of one: what they found by comparing their own keys is not what the whole would have found. */
  readonly areParts: boolean;
}

/** Judges what no run has judged, and all keys against each other. Of runs that stand for themselves no finding is lost. */
export function judgeTogether({ keys, unjudged, before, areParts }: Together, policy: Policy): readonly Finding[] {
  const comparing = allRules.filter(({ checkAll }) => checkAll);
  const ids = new Set(comparing.map(({ meta }) => meta.id));
  const single = allRules.filter(({ meta }) => !ids.has(meta.id));
  const compared = check(keys, policy, comparing).findings;
  const said = new Set(compared.map(placeOf));
  const isOfRule = ({ rule }: Finding): boolean => allRules.some(({ meta }) => meta.id === rule);
  const kept = before.filter((finding) => isOfRule(finding) && (!ids.has(finding.rule) || (!areParts && !said.has(placeOf(finding)))));
  const ofPolicy = before.filter((finding) => !isOfRule(finding));
  return [...[...kept, ...check(unjudged, policy, single).findings, ...compared].sort(byPlace), ...ofPolicy];
}

function placeOf({ rule, path, line, column, commit, fingerprint }: Finding): string {
  return JSON.stringify([rule, path, line, column, commit, fingerprint]);
}

/** Whether a run over these absolute paths looked at everything the policy is for, so that an entry that excused nothing is of no use. */
export function covers(paths: readonly string[], policy: Policy): boolean {
  if (policy.path === undefined) return false;
  const folder = dirname(resolve(policy.cwd, policy.path));
  return paths.some((root) => folder === root || folder.startsWith(root === '/' ? '/' : `${root}/`));
}
