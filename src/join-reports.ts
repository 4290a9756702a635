import { DocumentError, type Document } from './document.ts';
import type { Key } from './key.ts';
import type { Report } from './report.ts';
import { union } from './union.ts';

export type ReportDocument = Extract<Document, { readonly kind: 'report' }> & { readonly file: string };

/**
 * One report of all: what each found and could not do, counted together. Findings of rules that compare keys are as each report has them:
 * they have to be judged anew. Throws DocumentError where the reports are not of one run of one version.
 */
export function joinReports(documents: readonly ReportDocument[]): Report {
  checkVersions(documents);
  checkShards(documents);
  const reports = documents.map(({ report }) => report);
  const sum = (field: 'files' | 'bytes' | 'ms'): number => reports.reduce((total, { summary }) => total + summary[field], 0);
  const keys = [...union(reports.map((report) => report.keys))].sort(byPlace);
  const findings = union(reports.map((report) => report.findings));
  return {
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
}

function checkVersions(documents: readonly ReportDocument[]): void {
  const [first, ...others] = documents;
  const other = others.find(({ report }) => report.version !== first!.report.version);
  if (other) throw new DocumentError(`${first!.file} is of keylint ${first!.report.version}, and ${other.file} of keylint ${other.report.version}: let one version make all of them`);
}

/** A part that is missing might be the one with the findings. */
function checkShards(documents: readonly ReportDocument[]): void {
  const parts = documents.filter(({ shard }) => shard !== undefined);
  if (parts.length === 0) return;
  const whole = documents.find(({ shard }) => shard === undefined);
  if (whole) throw new DocumentError(`${whole.file} is no shard, and ${parts[0]!.file} is one`);
  const { count } = parts[0]!.shard!;
  const files = new Map<number, string>();
  for (const { file, shard } of parts) {
    const { index, count: other } = shard!;
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
  return compare(a.path, b.path) || a.line - b.line || a.column - b.column || compare(a.file.commit ?? '', b.file.commit ?? '');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
