import type { Finding } from './finding.ts';
import type { Report, Summary } from './report.ts';
import { printable } from './terminal.ts';

/** How much was looked at and found, on one line: `2 errors, 1 warning in 3 keys (1,234 files, 5.6 MB, 0.12 s)`. */
export function summaryLine({ summary, problems, findings }: Report): string {
  const { files, bytes, keys, errors, warnings, ms, suppressed = 0 } = summary;
  const notes = findings.filter(({ severity }) => severity === 'note').length;
  const complaints = [errors > 0 && count(errors, 'error'), warnings > 0 && count(warnings, 'warning'), notes > 0 && count(notes, 'note'), suppressed > 0 && `${grouped(suppressed)} suppressed`].filter(Boolean).join(', ');
  const found = keys > 0 ? `${complaints || 'nothing to complain of'} in ${count(keys, 'key')}` : complaints || 'no keys';
  const looked = `${count(files, 'file')}, ${size(bytes)}, ${duration(ms)}`;
  return `${found} (${looked})${problems.length > 0 ? `; ${count(problems.length, 'thing')} could not be done` : ''}`;
}

/** Reasons for skipping that are the name of a thing. */
const things: ReadonlySet<string> = new Set(['symbolic link', 'git directory', 'named pipe', 'socket', 'device', 'virtual file system', 'submodule', 'Git LFS pointer']);

/** `2 symbolic links`, `1 socket`, `3 ignored by policy`. */
export function countReason(reason: string, times: number): string {
  return `${grouped(times)} ${times > 1 && things.has(reason) ? `${reason.replace(/y$/, 'ie')}s` : reason}`;
}

/** What was asked for and not looked into, by reason: `3 skipped: 2 symbolic links, 1 socket`. Empty where nothing was. */
export function skippedLine(summary: Pick<Summary, 'skipped'>): string {
  const list = skippedByReason(summary).map(([reason, times]) => printable(countReason(reason, times)));
  return list.length === 0 ? '' : `${grouped(summary.skipped.length)} skipped: ${list.join(', ')}`;
}

/** The reasons for skipping and how often each was met, the most frequent first. */
export function skippedByReason({ skipped }: Pick<Summary, 'skipped'>): readonly (readonly [reason: string, times: number])[] {
  const reasons = new Map<string, number>();
  for (const { reason } of skipped) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  return [...reasons].sort((a, b) => b[1] - a[1]);
}

/** More names on a line than a person reads. */
const MOST_BRANCHES = 4;

/** Where in history a finding comes from: `in commit 1a2b by Ann <ann@example.org>, 2026-11-25, on main, topic and 3 more`; `undefined` where it comes from none. */
export function originLine({ commit, author, date, branches = [] }: Finding): string | undefined {
  if (commit === undefined) return undefined;
  const more = branches.length - MOST_BRANCHES;
  const on = branches.length === 0 ? '' : `, on ${branches.slice(0, MOST_BRANCHES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return `in commit ${commit}${author === undefined ? '' : ` by ${author}`}${date === undefined ? '' : `, ${date.slice(0, 10)}`}${on}`;
}

export function count(n: number, noun: string): string {
  return `${grouped(n)} ${noun}${n === 1 ? '' : 's'}`;
}

export function grouped(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ',');
}

const units = ['kB', 'MB', 'GB', 'TB'];

export function size(bytes: number): string {
  if (bytes < 1000) return count(bytes, 'byte');
  let value = bytes / 1000;
  let unit = 0;
  // 999.95 would be rounded up to 1000.0.
  for (; value >= 999.95 && unit < units.length - 1; unit++) value /= 1000;
  return `${value.toFixed(1)} ${units[unit]}`;
}

export function duration(ms: number): string {
  if (ms < 60_000) return `${(ms / 1000).toFixed(2)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
