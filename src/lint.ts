import { dirname, resolve } from 'node:path';
import { rules as allRules } from '../rules/index.ts';
import { check } from './check.ts';
import { collect, type Progress } from './collect.ts';
import type { Key } from './key.ts';
import { allowFindings, defaultPolicy, isIgnored, type Policy } from './policy.ts';
import { findPolicyFile } from './policy-search.ts';
import type { Report } from './report.ts';
import { openFiles, type FilesSource } from './sources/files.ts';
import { GitError } from './sources/git.ts';
import { repositoryOf } from './sources/repository.ts';
import { emptyLog, type Log, type Source } from './sources/source.ts';
import { openStaged } from './sources/staged.ts';
import { openStdin } from './sources/stdin.ts';
import { startThreads, threadsFor } from './threads.ts';
import { version } from './version.ts';

export interface LintOptions {
  /** The working folder: default `process.cwd()`. */
  readonly cwd?: string;
  /** Files, folders and globs: default the working folder. With `staged`: only these of what is staged. */
  readonly paths?: readonly string[];
  /** Lint the blobs in git's index that are about to be committed. */
  readonly staged?: boolean;
  /** Lint standard input; a name says in which file's place it is judged. */
  readonly stdin?: boolean | { readonly filename: string };
  /** A policy file; default: the nearest one, upward to the top of the work tree. */
  readonly config?: string;
  /** Rules over those of the policy: `min-key-size: error`. */
  readonly rules?: readonly string[];
  /** Look at files that git ignores, too. */
  readonly noIgnore?: boolean;
  /** How many threads read files. */
  readonly jobs?: number;
  readonly progress?: Progress;
}

/** Lints and gives the report. Throws PolicyError for a policy that cannot be used; all else that fails is in the report's `problems`. */
export async function lint(options: LintOptions = {}): Promise<Report> {
  const started = performance.now();
  const cwd = resolve(options.cwd ?? process.cwd());
  const policy = await policyFor(options, cwd);
  const { keys, log } = await keysOf(options, cwd, policy);
  const { findings, usedAllow } = check(keys, policy, allRules);
  const all = [...findings, ...allowFindings(policy, usedAllow, isComplete(options, cwd, policy, log))];
  return {
    version,
    summary: {
      files: log.files,
      bytes: log.bytes,
      keys: keys.length,
      errors: all.filter(({ severity }) => severity === 'error').length,
      warnings: all.filter(({ severity }) => severity === 'warn').length,
      skipped: log.skipped,
      ms: Math.round(performance.now() - started),
    },
    keys,
    findings: all,
    problems: log.failures,
  };
}

/** The policy in force for a run. */
export async function policyFor({ config, paths = [], rules = [] }: LintOptions, cwd: string): Promise<Policy> {
  const file = config === undefined ? findPolicyFile(policyFolder(paths, cwd)) : resolve(cwd, config);
  if (file === undefined && rules.length === 0) return defaultPolicy(allRules, cwd);
  const { loadPolicy, withRule } = await import('./policy-file.ts');
  const policy = file === undefined ? defaultPolicy(allRules, cwd) : loadPolicy(file, { cwd });
  return rules.reduce((sofar, text) => withRule(sofar, text), policy);
}

/** Where the search for a policy begins: the working folder, or the folder that holds all that was named when something lies outside of it. */
function policyFolder(paths: readonly string[], cwd: string): string {
  const named = paths.map((path) => resolve(cwd, path));
  if (named.every((path) => path === cwd || path.startsWith(cwd === '/' ? '/' : `${cwd}/`))) return cwd;
  return named.reduce((common, path) => {
    let folder = common;
    while (path !== folder && !path.startsWith(folder === '/' ? '/' : `${folder}/`)) folder = dirname(folder);
    return folder;
  });
}

interface Collected {
  readonly keys: readonly Key[];
  readonly log: Log;
}

/** Reads the source; what git cannot do is a failure of the run. */
async function keysOf(options: LintOptions, cwd: string, policy: Policy): Promise<Collected> {
  const { paths = [], progress, noIgnore = false } = options;
  const ignored = policy.ignores.length > 0 && { isIgnored: (path: string) => isIgnored(policy, path) };
  try {
    if (options.stdin) return await fromSource(openStdin(cwd, options.stdin === true ? undefined : options.stdin.filename), progress);
    if (options.staged) return await fromSource(openStaged(cwd, paths, ignored ? ignored.isIgnored : undefined), progress);
    const files = await openFiles({ cwd, paths: paths.length > 0 ? paths : ['.'], noIgnore, ...ignored });
    return await fromFiles(files, cwd, options);
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    const log = emptyLog();
    log.failures.push({ message: error.message });
    return { keys: [], log };
  }
}

async function fromSource(source: Source, progress: Progress | undefined): Promise<Collected> {
  return { keys: await collect(source, progress), log: source.log };
}

/** Files may be shared among threads; what each found is put together. */
async function fromFiles(source: FilesSource, cwd: string, { jobs, progress, noIgnore = false }: LintOptions): Promise<Collected> {
  const others = await startThreads(source, threadsFor(source.size, jobs) - 1);
  const keys = [...await collect(source, progress)];
  const { log } = source;
  for (const slice of await others()) {
    keys.push(...slice.keys);
    add(log, slice.log);
    if (slice.nested.length === 0) continue;
    const nested = await openFiles({ cwd, paths: slice.nested, noIgnore });
    keys.push(...await collect(nested, progress));
    add(log, nested.log);
  }
  return { keys: keys.sort(byPlace), log };
}

function add(log: Log, more: Log): void {
  log.files += more.files;
  log.bytes += more.bytes;
  log.skipped.push(...more.skipped);
  log.failures.push(...more.failures);
}

/** The same order whichever thread was faster. */
function byPlace(a: Key, b: Key): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line || a.column - b.column;
}

/** Whether the run has looked at everything the policy is for, so that an entry that excused nothing is of no use. */
function isComplete({ staged, stdin, paths = [] }: LintOptions, cwd: string, policy: Policy, log: Log): boolean {
  if (staged || stdin || log.failures.length > 0 || policy.path === undefined) return false;
  const folder = dirname(resolve(policy.cwd, policy.path));
  return (paths.length > 0 ? paths : ['.']).some((path) => {
    const root = resolve(cwd, path);
    return folder === root || folder.startsWith(root === '/' ? '/' : `${root}/`);
  });
}

/** The folder that a report's paths count from for those who keep it with the repository. */
export function reportRoot(cwd: string): string {
  return repositoryOf(cwd) ?? cwd;
}
