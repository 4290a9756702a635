import { nameOf } from './describe.ts';
import { DocumentError, type Document } from './document.ts';
import { byAge, joinPlace, versionName } from './join-places.ts';
import type { Key } from './key.ts';
import type { Report } from './report.ts';
import { union } from './union.ts';

export type ReportDocument = Extract<Document, { readonly kind: 'report' }> & { readonly file: string };

export interface Joined {
  readonly report: Report;
  /** Keys that no report has as they are now: they have to be judged. */
  readonly unjudged: readonly Key[];
  /** The reports are those of the shards of one run. */
  readonly areParts: boolean;
}

/**
 * One report of all: what each found and could not do, counted together. Findings of rules that compare keys are as each report has them:
 * they have to be judged anew. Throws DocumentError where the reports are not of one run of one version.
 */
export function joinReports(documents: readonly ReportDocument[]): Joined {
  checkVersions(documents);
  checkShards(documents);
  const reports = documents.map(({ report }) => report);
  const sum = (field: 'files' | 'bytes' | 'ms'): number => reports.reduce((total, { summary }) => total + summary[field], 0);
  const found = union(reports.map((report) => report.keys));
  const areParts = reports[0]!.shard !== undefined;
  const keys = (areParts ? joinedPlaces(found) : [...found]).sort(byPlace);
  // Blobs of one file are in different shards: what was found in one that is not the oldest is not what one run would have found.
  const before = new Set(found), after = new Set(keys);
  const gone = new Set(found.filter((key) => !after.has(key)).map((key) => placeOf({ ...key, commit: key.file.commit, fingerprint: nameOf(key) })));
  const findings = union(reports.map((report) => report.findings)).filter((finding) => !gone.has(placeOf(finding)));
  const report: Report = {
    version: reports[0]!.version,
    summary: {
      files: sum('files'), bytes: sum('bytes'), keys: keys.length, ms: sum('ms'),
      errors: findings.filter(({ severity }) => severity === 'error').length,
      warnings: findings.filter(({ severity }) => severity === 'warn').length,
      skipped: union(reports.map(({ summary }) => summary.skipped)),
    },
    keys,
    findings,
    problems: union(reports.map(({ problems }) => problems)),
  };
  return { report, unjudged: keys.filter((key) => !before.has(key)), areParts };
}

function joinedPlaces(keys: readonly Key[]): Key[] {
  const places = new Map<string, Key>();
  keys.forEach((key, i) => {
    const joint = key.file.history?.joint;
    // What no commit has stands for itself.
    joinPlace(places, joint ? [key.path, versionName(key), joint.time].join('\0') : [key.path, versionName(key), 'alone', i].join('\0'), key);
  });
  return [...places].sort(byAge).map(([, key]) => key);
}

function placeOf({ path, line, column, commit, fingerprint }: { readonly path: string; readonly line: number; readonly column: number; readonly commit?: string | undefined; readonly fingerprint?: string | undefined }): string {
  return JSON.stringify([path, line, column, commit, fingerprint]);
}

function checkVersions(documents: readonly ReportDocument[]): void {
  const [first, ...others] = documents;
  const other = others.find(({ report }) => report.version !== first!.report.version);
  if (other) throw new DocumentError(`${first!.file} is of keylint ${first!.report.version}, and ${other.file} of keylint ${other.report.version}: let one version make all of them`);
}

/** A part that is missing might be the one with the findings. */
function checkShards(documents: readonly ReportDocument[]): void {
  const parts = documents.filter(({ report }) => report.shard);
  if (parts.length === 0) return;
  const whole = documents.find(({ report }) => !report.shard);
  if (whole) throw new DocumentError(`${whole.file} is no shard, and ${parts[0]!.file} is one`);
  const { count } = parts[0]!.report.shard!;
  const files = new Map<number, string>();
  for (const { file, report } of parts) {
    const { index, count: other } = report.shard!;
    if (other !== count) throw new DocumentError(`${parts[0]!.file} is one of ${count} shards, and ${file} one of ${other}`);
    if (index < 1 || index > count) throw new DocumentError(`${file} is shard ${index} of ${count}`);
    const twice = files.get(index);
    if (twice !== undefined) throw new DocumentError(`${twice} and ${file} are both shard ${index} of ${count}`);
    files.set(index, file);
  }
  if (files.size === count) return;
  const missing: number[] = [];
  for (let index = 1; index <= count && missing.length < 10; index++) if (!files.has(index)) missing.push(index);
  const rest = count - files.size - missing.length;
  throw new DocumentError(`of ${count} shards ${missing.join(', ')}${rest > 0 ? ` and ${rest} more` : ''} ${missing.length === 1 ? 'is' : 'are'} missing`);
}

function byPlace(a: Key, b: Key): number {
  return compare(a.path, b.path) || a.line - b.line || a.column - b.column;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
