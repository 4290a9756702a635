import { describeKey, nameOf, namesOf } from './describe.ts';
import type { Finding } from './finding.ts';
import { excuseFor, suppressionId } from './excuses.ts';
import type { FileLine, JudgedFile, Key, Suppression } from './key.ts';
import { folderOf, locationOf } from './place.ts';
import { settingsFor, type Policy, type Setting } from './policy.ts';
import type { AnyProblem, AnyRule, Judge } from './rule.ts';
import { shellQuote } from './shell-quote.ts';

export interface Checked {
  /** By path, line and rule. */
  readonly findings: readonly Finding[];
  /** The fingerprints of the policy's `allow` list that excused a finding. */
  readonly usedAllow: ReadonlySet<string>;
  /** How many findings comments in the files keep silent, and the ids of these comments. */
  readonly suppressed: number;
  readonly usedSuppressions: ReadonlySet<string>;
}

/** Judges keys, and files for themselves, by the rules of a policy; those that ask others ask the ones in `asked`. Pure. Throws only when a rule names a message it does not have. */
export function check(keys: readonly Key[], policy: Policy, rules: readonly AnyRule[], files: readonly JudgedFile[] = [], asked = rules): Checked {
  const usedAllow = new Set<string>();
  const allowed = new Set(policy.allow.filter(({ isExpired }) => !isExpired).map(({ fingerprint }) => fingerprint));
  const settings = keys.map((key) => settingsFor(policy, locationOf(key)));
  const findings: Finding[] = [];
  const usedSuppressions = new Set<string>();
  let suppressed = 0;
  const suppressionsOf = new Map(files.flatMap(({ path, suppressions }) => (suppressions ? [[path, suppressions] as const] : [])));
  const add = (finding: Finding, suppressions: readonly Suppression[] | undefined, isKey: boolean): void => {
    const excuse = suppressions && excuseFor(suppressions, finding.rule, { key: isKey, line: finding.line, endLine: finding.endLine }, policy);
    if (!excuse) return void findings.push(finding);
    usedSuppressions.add(suppressionId(finding.path, excuse));
    suppressed++;
  };
  // What commands and comments stand in is no file of OpenSSH's.
  const sshFiles = files.filter(({ commands }) => !commands);
  const settingsOf = new Map(files.map((file) => [file, settingsFor(policy, locationOf(file))]));
  const report = (rule: AnyRule, key: Key, { severity }: Setting, problem: AnyProblem): void => {
    if (severity === 'off') return;
    const excuses = namesOf(key).filter((name) => allowed.has(name));
    for (const name of excuses) usedAllow.add(name);
    if (excuses.length === 0) add(findingOf(rule, key, severity, problem), key.suppressions, true);
  };
  for (const rule of rules) {
    const groups = new Map<Setting, Set<Key>>();
    keys.forEach((key, i) => {
      const setting = settings[i]!.get(rule.meta.id);
      if (!setting || setting.severity === 'off') return;
      const problem = rule.checkKey?.(key, setting.options as never);
      if (problem) report(rule, key, setting, problem);
      if (rule.checkAll) groups.set(setting, (groups.get(setting) ?? new Set()).add(key));
    });
    for (const file of rule.checkFile ?? rule.checkLine ? sshFiles : []) {
      const setting = settingsOf.get(file)!.get(rule.meta.id);
      if (!setting || setting.severity === 'off') continue;
      const problem = rule.checkFile?.(file, setting.options as never);
      if (problem) add(fileFindingOf(rule, file, setting.severity, problem), suppressionsOf.get(file.path), false);
      for (const line of rule.checkLine ? file.lines ?? [] : []) {
        const found = rule.checkLine!(line, file, setting.options as never);
        if (found) add(fileFindingOf(rule, file, setting.severity, found, line), suppressionsOf.get(file.path), false);
      }
    }
    for (const file of rule.checkCommand ? files : []) {
      const others = settingsOf.get(file)!;
      const setting = others.get(rule.meta.id);
      if (!setting || setting.severity === 'off') continue;
      const ask: Judge = (id, key) => {
        const other = others.get(id);
        return other && other.severity !== 'off' ? asked.find(({ meta }) => meta.id === id)?.checkKey?.(key, other.options as never) : undefined;
      };
      for (const command of file.commands ?? []) {
        const found = rule.checkCommand!(command, file, setting.options as never, ask);
        if (found) add(fileFindingOf(rule, file, lesser(setting.severity, found.atMost), found, command), suppressionsOf.get(file.path), false);
      }
    }
    // A rule that compares keys sees all of them under each setting, and speaks of those that have it.
    for (const [setting, members] of groups) {
      for (const problem of rule.checkAll!(keys, setting.options as never, sshFiles)) {
        if (members.has(problem.key)) report(rule, problem.key, setting, problem);
      }
    }
  }
  return { findings: findings.sort(byPlace), usedAllow, suppressed, usedSuppressions };
}

function lesser(severity: Finding['severity'], most: AnyProblem['atMost']): Finding['severity'] {
  return most === 'note' || most === 'warn' && severity === 'error' ? most : severity;
}

/** By code units, so that the order is the same on every machine. */
export function byPlace(a: Finding, b: Finding): number {
  return compare(a.path, b.path) || a.line - b.line || a.column - b.column || compare(a.rule, b.rule);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function findingOf(rule: AnyRule, key: Key, severity: Finding['severity'], problem: AnyProblem): Finding {
  const fingerprint = nameOf(key);
  const { isRoot, joint, ...history } = key.file.history ?? {};
  const { message, help } = textsOf(rule, problem, { ...placeData(key), key: describeKey(key), fingerprint: fingerprint ?? 'no fingerprint' });
  return {
    rule: rule.meta.id,
    severity,
    message,
    help,
    path: key.path,
    line: key.line,
    column: key.column,
    endLine: key.endLine,
    endColumn: key.endColumn,
    ...key.file.commit !== undefined && { commit: key.file.commit },
    ...history,
    ...fingerprint !== undefined && { fingerprint },
    ...problem.fix && { fix: problem.fix },
  };
}

/** Of a line of a file, or of the file as a whole: then its beginning stands for it. */
function fileFindingOf(rule: AnyRule, file: JudgedFile, severity: Finding['severity'], problem: AnyProblem, at: Pick<FileLine, 'line' | 'column' | 'endLine' | 'endColumn'> = beginning): Finding {
  const { path, file: { commit } } = file;
  const { line, column, endLine, endColumn } = at;
  return { rule: rule.meta.id, severity, ...textsOf(rule, problem, placeData(file)), path, line, column, endLine, endColumn, ...commit !== undefined && { commit }, ...problem.fix && { fix: problem.fix } };
}

const beginning = { line: 1, column: 1, endLine: 1, endColumn: 1 };

type Data = Readonly<Record<string, string | number>>;

function placeData({ path }: JudgedFile): Data {
  return { path, file: shellQuote(path), folder: shellQuote(folderOf(path)) };
}

function textsOf(rule: AnyRule, problem: AnyProblem, given: Data): Pick<Finding, 'message' | 'help'> {
  const message = Object.hasOwn(rule.meta.messages, problem.messageId) ? rule.meta.messages[problem.messageId] : undefined;
  if (!message) throw new Error(`rule ${rule.meta.id} has no message "${problem.messageId}"`);
  const data = { ...problem.data, ...given };
  const text = fill(message.text, data);
  return { message: message.text.startsWith('{key}') ? capitalised(text) : text, help: fill(message.help, data) };
}

/** Puts values in place of `{placeholders}`, once: what a value says is not looked at again. */
function fill(template: string, data: Data): string {
  return template.replace(/\{(\w+)\}/g, (placeholder, name: string) => Object.hasOwn(data, name) ? String(data[name]) : placeholder);
}

/** Names of algorithms and curves keep their letters: only words that begin a description with a small letter are changed. */
function capitalised(sentence: string): string {
  return /^(encrypted|unreadable|symmetric) /.test(sentence) ? sentence[0]!.toUpperCase() + sentence.slice(1) : sentence;
}
