import { dirname, resolve } from 'node:path';
import { rules as allRules } from '../rules/index.ts';
import { byPlace, check } from './check.ts';
import type { Finding } from './finding.ts';
import type { JudgedFile, Key } from './key.ts';
import { allowFindings, defaultPolicy, type Policy } from './policy.ts';
import { isSoundPolicy } from './policy-sound.ts';
import { presets } from './presets/index.ts';

/** The policy in a file, or the default one, with entries of the command line over it. Throws PolicyError. */
export async function loadPolicyFor(file: string | undefined, entries: readonly string[], cwd: string): Promise<Policy> {
  if (file === undefined && entries.length === 0) return defaultPolicy(allRules, cwd);
  const { loadPolicy, withRule } = await import('./policy-file.ts');
  const policy = file === undefined ? defaultPolicy(allRules, cwd) : loadPolicy(file, { cwd });
  return entries.reduce((sofar, entry) => withRule(sofar, entry), policy);
}

/** Whether a policy file is surely without mistakes; `false` says nothing. Loads no third-party module. */
export function isSoundFor(file: string): boolean {
  return isSoundPolicy(file, allRules, presets);
}

/** What there is to say of the keys, of files for themselves, and of the policy's own list of excuses. */
export function judge(keys: readonly Key[], policy: Policy, isComplete: boolean, files: readonly JudgedFile[] = []): readonly Finding[] {
  const { findings, usedAllow } = check(keys, policy, allRules, files);
  return [...findings, ...allowFindings(policy, usedAllow, isComplete)];
}

/**
 * Judges what several runs found: `unjudged` by themselves, and all keys against each other. What the runs found by rules that compare keys
 * makes room for what such rules say of all keys together.
 */
export function judgeTogether(keys: readonly Key[], unjudged: readonly Key[], policy: Policy, before: readonly Finding[]): readonly Finding[] {
  const comparing = allRules.filter(({ checkAll }) => checkAll);
  const ids = new Set(comparing.map(({ meta }) => meta.id));
  const single = allRules.filter(({ meta }) => !ids.has(meta.id));
  const isOfRule = ({ rule }: Finding): boolean => allRules.some(({ meta }) => meta.id === rule);
  const kept = before.filter((finding) => isOfRule(finding) && !ids.has(finding.rule));
  const ofPolicy = before.filter((finding) => !isOfRule(finding));
  return [...[...kept, ...check(unjudged, policy, single).findings, ...check(keys, policy, comparing).findings].sort(byPlace), ...ofPolicy];
}

/** Whether a run over these absolute paths looked at everything the policy is for, so that an entry that excused nothing is of no use. */
export function covers(paths: readonly string[], policy: Policy): boolean {
  if (policy.path === undefined) return false;
  const folder = dirname(resolve(policy.cwd, policy.path));
  return paths.some((root) => folder === root || folder.startsWith(root === '/' ? '/' : `${root}/`));
}
