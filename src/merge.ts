import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { DocumentError, readDocument, type Document } from './document.ts';
import type { Inventory } from './inventory.ts';
import { joinInventories } from './join-inventories.ts';
import { joinReports, type Joined } from './join-reports.ts';
import { judgeTogether, loadPolicyFor } from './judge.ts';
import type { Key } from './key.ts';
import { policyFileFor, type LintOptions } from './lint.ts';
import type { Report } from './report.ts';
import { UsageError } from './options.ts';
import { version } from './version.ts';

export type Merged = { readonly report: Report } | { readonly inventory: Inventory };

/**
 * Joins what `-f json` wrote: reports of the shards of a run, whose keys are judged against each other anew under the policy in force here,
 * or inventories of hosts. Throws UsageError, PolicyError, and DocumentError for files that are not to be joined.
 */
export async function merge(files: readonly string[], options: LintOptions): Promise<Merged> {
  if (files.length === 0) throw new UsageError('merge needs files', 'keylint merge shard-*.json, written by keylint -f json or keylint inventory -f json');
  const read = files.map(readFile);
  const documents = read.filter((entry): entry is Named => !('message' in entry));
  const unread = read.filter((entry): entry is Unread => 'message' in entry);
  const inventories = documents.filter((document) => document.kind === 'inventory');
  const reports = documents.filter((document) => document.kind === 'report');
  if (inventories[0] && reports[0]) throw new DocumentError(`${inventories[0].file} is an inventory, and ${reports[0].file} a report`);
  // Of many hosts one may be missing, and the others are told of; of the parts of a run none may be.
  if (unread[0] && inventories.length === 0) throw new DocumentError(`${unread[0].file} ${unread[0].message}`);
  if (inventories.length > 0) {
    const joined = joinInventories(inventories.map(({ inventory }) => inventory), version);
    return { inventory: { ...joined, problems: [...joined.problems, ...unread.map(({ file, message }) => ({ host: hostOf(file), path: file, message }))] } };
  }
  return { report: await judged(joinReports(reports), options) };
}

type Named = Document & { readonly file: string };

interface Unread {
  readonly file: string;
  readonly message: string;
}

function readFile(file: string): Named | Unread {
  try {
    return { file, ...readDocument(readFileSync(resolve(file)), hostOf(file)) };
  } catch (error) {
    if (error instanceof DocumentError) return { file, message: error.message };
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return { file, message: code === 'ENOENT' ? 'does not exist' : code === 'EISDIR' ? 'is a folder' : code === 'EACCES' ? 'cannot be read: permission denied' : `cannot be read: ${code}` };
  }
}

function hostOf(file: string): string {
  return basename(file).replace(/\.json$/, '');
}

async function judged({ report, unjudged, areParts }: Joined, options: LintOptions): Promise<Report> {
  const cwd = process.cwd();
  const policy = await loadPolicyFor(policyFileFor({ ...options, paths: [] }, cwd), options.rules ?? [], cwd);
  const findings = judgeTogether({ keys: report.keys.map((key) => inFolder(key, cwd)), unjudged: unjudged.map((key) => inFolder(key, cwd)), before: report.findings, areParts }, policy);
  return {
    ...report,
    summary: { ...report.summary, errors: findings.filter(({ severity }) => severity === 'error').length, warnings: findings.filter(({ severity }) => severity === 'warn').length },
    findings,
  };
}

/** Where a key of a history lies, as the runs saw it from the same folder: reports have no absolute paths. */
function inFolder(key: Key, cwd: string): Key {
  return key.file.history?.joint ? { ...key, file: { ...key.file, absolutePath: resolve(cwd, key.path) } } : key;
}
