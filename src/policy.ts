import { resolve } from 'node:path';
import type { Finding, Severity } from './finding.ts';
import type { Suppression } from './key.ts';
import { baseName, folderOf } from './place.ts';
import type { AnyRule, Source } from './rule.ts';
import { printable } from './terminal.ts';
import { withoutPastedKey } from './text.ts';

/**
 * The configured set of rules, and what is excused from them. Types and pure functions only, with no third-party module:
 * the way of a run that finds no key leads through here. Policy files are read in policy-file.ts.
 */

/** A severity as people write it; 0, 1 and 2 as in ESLint. */
export type Level = Severity | 0 | 1 | 2;
/** A rule's entry: a severity, which leaves options as they were, or a severity and all options that are not to have their defaults. */
export type RuleEntry = Level | readonly [Level] | readonly [Level, Readonly<Record<string, unknown>>];
export type RuleEntries = Readonly<Record<string, RuleEntry>>;

export interface Override {
  /** Globs, relative to the folder of the file they stand in. */
  readonly files: readonly string[];
  readonly rules: RuleEntries;
}

export interface Preset {
  /** As `extends` names it: `keylint:recommended`. */
  readonly name: string;
  readonly description: string;
  /** What it rests on. */
  readonly sources: readonly [Source, ...Source[]];
  readonly rules: RuleEntries;
  readonly overrides?: readonly Override[];
}

/** How one rule is set for one path: every option present. */
export interface Setting {
  readonly severity: Severity;
  readonly options: Readonly<Record<string, unknown>>;
}
export type Settings = ReadonlyMap<string, Setting>;

/** A place in a policy file, counted from 1. */
export interface Place {
  /** As it is shown to the user. */
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** A key that is excused wherever it lies. */
export interface Allowed {
  /** One of the names of a key: `SHA256:...`, `spki:HEX`, `container:HEX`, `digest:HEX`. */
  readonly fingerprint: string;
  readonly reason: string;
  /** The last day it holds, `YYYY-MM-DD` in UTC. */
  readonly expires?: string;
  /** Whether that day was over when the policy was read. */
  readonly isExpired: boolean;
  readonly place: Place;
}

/** Some entries, for some paths. Later layers go over earlier ones. */
export interface Layer {
  /** The globs, for showing; absent for all paths. */
  readonly files?: readonly string[];
  /** Takes an absolute path. Absent: all paths. */
  readonly matches?: (path: string) => boolean;
  readonly rules: RuleEntries;
}

export interface IgnorePattern {
  readonly glob: string;
  /** Written with a `!`: what matches is not ignored after all. */
  readonly isNegated: boolean;
  /** Written with a `/` at the end: matches folders only. */
  readonly isFolder: boolean;
  /** Takes an absolute path. */
  readonly matches: (path: string) => boolean;
}

/** What comments in files may do. */
export interface SuppressionPolicy {
  /** Whether they excuse anything. */
  readonly allowed: boolean;
  /** Whether one without a reason excuses nothing. */
  readonly reason: 'optional' | 'required';
  /** Signs of other scanners that excuse committed keys. */
  readonly honor: readonly Suppression['sign'][];
}

export interface Policy {
  /** The file it was read from, as shown to the user; absent for the default policy. */
  readonly path?: string;
  /** Absolute folder that relative paths count from: where keylint was started. */
  readonly cwd: string;
  /** Settings of all rules before any layer: off, with default options. */
  readonly base: Settings;
  readonly layers: readonly Layer[];
  readonly ignores: readonly IgnorePattern[];
  readonly allow: readonly Allowed[];
  /** Absent: they are allowed, need no reason, and other scanners' signs are none. */
  readonly suppressions?: SuppressionPolicy;
}

/** A policy that cannot be used. The message begins with the place: `keylint.config.json:3:14: ...`. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
  /** The message without the place. */
  readonly sentence: string;
  readonly place: Place | undefined;

  constructor(sentence: string, place?: Place) {
    // What a file says is quoted in it, and goes to a terminal.
    const said = printable(withoutPastedKey(sentence));
    super(place ? `${printable(place.path)}:${place.line}:${place.column}: ${said}` : said);
    this.sentence = said;
    this.place = place;
  }
}

const severities = ['off', 'warn', 'error'] as const satisfies readonly Severity[];

function severityOf(level: Level): Severity {
  return typeof level === 'number' ? severities[level] : level;
}

/** All rules off, with the defaults of their options. */
export function baseSettings(rules: readonly AnyRule[]): Settings {
  return new Map(rules.map(({ meta }) => {
    const options = Object.fromEntries(Object.entries(meta.options).map(([name, schema]) => [name, schema.default]));
    return [meta.id, { severity: 'off', options }];
  }));
}

/** What stands in the rules' own `recommended`. */
export function recommendedEntries(rules: readonly AnyRule[]): RuleEntries {
  return Object.fromEntries(rules.map(({ meta }) => [meta.id, meta.docs.recommended]));
}

/** Lists of known hosts: what is weak there is somebody else's to replace, and gives nothing away. */
export const knownHosts = {
  files: ['**/known_hosts*', '**/ssh_known_hosts*'],
  rules: { 'no-weak-algorithm': 'warn', 'min-key-size': 'warn' },
} satisfies Override;

/** As the globs of `knownHosts` say it, without the package that reads globs. */
function isKnownHosts(path: string): boolean {
  return /^(?:ssh_)?known_hosts/.test(baseName(path));
}

/** The policy where there is no policy file: keylint:recommended. */
export function defaultPolicy(rules: readonly AnyRule[], cwd: string): Policy {
  return { cwd, base: baseSettings(rules), layers: [{ rules: recommendedEntries(rules) }, { ...knownHosts, matches: isKnownHosts }], ignores: [], allow: [] };
}

/** A layer's entries over the settings so far. Entries for unknown rules change nothing: they were refused when the policy was read. */
function applyEntries(settings: Settings, base: Settings, entries: RuleEntries): Settings {
  const next = new Map(settings);
  for (const [id, entry] of Object.entries(entries)) {
    const before = settings.get(id);
    if (!before) continue;
    const [level, options]: readonly [Level, Readonly<Record<string, unknown>>?] = typeof entry === 'object' ? entry : [entry];
    next.set(id, { severity: severityOf(level), options: options ? { ...base.get(id)?.options, ...options } : before.options });
  }
  return next;
}

/** Settings by policy and by the layers that apply, so that paths with the same layers have the very same settings. */
const known = new WeakMap<Policy, Map<string, Settings>>();

/** How all rules are set for a path, absolute or relative to the policy's `cwd`. */
export function settingsFor(policy: Policy, path: string): Settings {
  const absolute = resolve(policy.cwd, path);
  const applied = policy.layers.filter(({ matches }) => matches === undefined || matches(absolute));
  const signature = applied.map((layer) => policy.layers.indexOf(layer)).join(' ');
  const cache = known.get(policy) ?? new Map<string, Settings>();
  known.set(policy, cache);
  const settings = cache.get(signature) ?? applied.reduce((sofar, layer) => applyEntries(sofar, policy.base, layer.rules), policy.base);
  cache.set(signature, settings);
  return settings;
}

/** Whether a rule is on for all paths, or could be for some. */
export function mayBeOn({ base, layers }: Policy, id: string): boolean {
  const forAll = layers.filter(({ matches }) => matches === undefined).reduce((sofar, { rules }) => applyEntries(sofar, base, rules), base);
  const forSome = layers.filter(({ matches }) => matches !== undefined).map(({ rules }) => applyEntries(base, base, rules));
  return [forAll, ...forSome].some((settings) => (settings.get(id)?.severity ?? 'off') !== 'off');
}

const lastMatches = new WeakMap<Policy, Map<string, number>>();

/**
 * Whether `ignores` leaves a file out. A pattern that matches a folder covers what lies in it; of all that match, the last one decides.
 * Takes an absolute path or one relative to the policy's `cwd`.
 */
export function isIgnored(policy: Policy, path: string): boolean {
  if (policy.ignores.length === 0) return false;
  const absolute = resolve(policy.cwd, path);
  const last = Math.max(lastMatchOf(policy, folderOf(absolute)), ownMatchOf(policy, absolute, false));
  return last >= 0 && !policy.ignores[last]!.isNegated;
}

/** Number of the last pattern that matches a folder or one above it; -1 for none. */
function lastMatchOf(policy: Policy, folder: string): number {
  const cache = lastMatches.get(policy) ?? new Map<string, number>();
  lastMatches.set(policy, cache);
  const cached = cache.get(folder);
  if (cached !== undefined) return cached;
  const above = folderOf(folder);
  const last = above === folder || above === '.' ? -1 : Math.max(lastMatchOf(policy, above), ownMatchOf(policy, folder, true));
  cache.set(folder, last);
  return last;
}

function ownMatchOf({ ignores }: Policy, path: string, isFolder: boolean): number {
  return ignores.findLastIndex((pattern) => (isFolder || !pattern.isFolder) && pattern.matches(path));
}

/**
 * What there is to say about the policy's own `allow` list after a run: entries that are over, and entries that excused nothing.
 * `used` holds the fingerprints that did excuse a finding. Nothing is called unused unless the run was `isComplete`:
 * had looked at everything that the policy is for.
 */
export function allowFindings(policy: Policy, used: ReadonlySet<string>, isComplete: boolean): readonly Finding[] {
  return policy.allow.flatMap(({ fingerprint, reason, expires, isExpired, place }): readonly Finding[] => {
    const common = { severity: 'warn', ...place, fingerprint } as const;
    if (isExpired) return [{ rule: 'expired-allow', message: `the allowance for this key ended on ${expires} (${withoutPastedKey(reason)})`, help: 'remove the entry, or look at the key again and give it a new date', ...common }];
    if (isComplete && !used.has(fingerprint)) return [{ rule: 'unused-allow', message: `no finding was excused by this entry (${withoutPastedKey(reason)})`, help: 'remove the entry', ...common }];
    return [];
  });
}
