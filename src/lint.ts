import { dirname, resolve } from 'node:path';
import { collect, type Collected, type CollectOptions, type Progress } from './collect.ts';
import type { Key } from './key.ts';
import { byPlace } from './order.ts';
import type { Policy } from './policy.ts';
import { findPolicyFile } from './policy-search.ts';
import type { Change, Report, Shard } from './report.ts';
import { GitError } from './sources/git.ts';
import { emptyLog, type Log, type Source } from './sources/source.ts';
import { openStaged } from './sources/staged.ts';
import { detection, version } from './version.ts';

export interface LintOptions {
  /** The working folder: default `process.cwd()`. */
  readonly cwd?: string;
  /** Files, folders and globs: default the working folder. With `staged`: only these of what is staged. */
  readonly paths?: readonly string[];
  /** Lint the blobs in git's index that are about to be committed. */
  readonly staged?: boolean;
  /** Lint what git has stored: every blob in the history of some commits, or of all. `paths` then leave out what never lay there. */
  readonly history?: HistoryRequest;
  /** Lint standard input; a name says in which file's place it is judged. */
  readonly stdin?: boolean | { readonly filename: string };
  /** A policy file; default: the nearest one, upward to the top of the work tree. */
  readonly config?: string;
  /** Rules over those of the policy: `min-key-size: error`. */
  readonly rules?: readonly string[];
  /** Look at files that git ignores, too. */
  readonly noIgnore?: boolean;
  /** Look into zip, tar and gzip files, too. */
  readonly archives?: boolean;
  /** Try the empty passphrase and a short list on what is encrypted, for so many seconds in all; `true`: 10. It is told whether one fits, never which. */
  readonly guess?: boolean | { readonly seconds: number };
  /** How many threads read files. */
  readonly jobs?: number;
  /** Only find the keys: no rule is loaded, and of a policy only its `ignores` count. */
  readonly unjudged?: boolean;
  /** Take permissions away where findings ask for it; `dry-run` only says which. What is staged or comes through a pipe has none. */
  readonly fix?: boolean | 'dry-run';
  readonly progress?: Progress;
}

export interface HistoryRequest {
  /** Names of commits and ranges, as `git rev-list` takes them: `main..topic`. Default: every ref and HEAD. */
  readonly revisions?: readonly string[];
  /** Leave out what these lead to: every ref, or the refs of a remote, by its name or URL. */
  readonly without?: 'all' | { readonly remote: string };
  /** What is looked at is on its way to another repository. */
  readonly isPushed?: boolean;
  /** It comes from others: comments in it excuse nothing, unless the policy says that they do. */
  readonly isReceived?: boolean;
  /** Refs, in full, that a push will set, and the ids they will lead to. */
  readonly coming?: readonly { readonly name: string; readonly commit: string }[];
  /** More bytes, or more seconds, are not looked at: the run fails. */
  readonly maxBytes?: number;
  readonly maxSeconds?: number;
  /** Also what only reflogs lead to. */
  readonly reflog?: boolean;
  /** Also what is stored and nothing leads to. */
  readonly unreachable?: boolean;
  /** Go on where a shallow or partial clone has not everything. */
  readonly allowMissing?: boolean;
  /** Neither use nor keep what runs over the whole history have seen. Default: in the git folder, so that the next run looks at new blobs only. */
  readonly noCache?: boolean;
  /** One part of the blobs, for several machines: which of how many, counted from 1. */
  readonly shard?: Shard;
}

/** Lints and gives the report. Rejects with a PolicyError for a policy that cannot be used; all else that fails is in the report's `problems`. */
export async function lint(options: LintOptions = {}): Promise<Report> {
  // Seconds. `performance` takes longer to load than some of what is measured.
  const started = process.uptime();
  const cwd = resolve(options.cwd ?? process.cwd());
  const { keys, log, findings, suppressed = 0, changes } = await (options.staged ? lintStaged(options, cwd) : options.history ? lintHistory(options, options.history, cwd) : lintRead(options, cwd));
  return {
    version,
    ...(options.history?.shard && { shard: options.history.shard }),
    summary: {
      files: log.files,
      bytes: log.bytes,
      keys: keys.length,
      errors: findings.filter(({ severity }) => severity === 'error').length,
      warnings: findings.filter(({ severity }) => severity === 'warn').length,
      skipped: log.skipped,
      suppressed,
      ms: Math.round(1000 * (process.uptime() - started)),
    },
    keys,
    findings,
    problems: log.failures,
    ...(log.notes.length > 0 && { notes: log.notes }),
    ...(changes && { changes }),
  };
}

interface Linted extends Collected {
  readonly findings: Report['findings'];
  readonly changes?: readonly Change[];
  /** How many findings comments in the files keep silent. */
  readonly suppressed?: number;
}

/** Most commits bring no key: then no rule is loaded, and the policy is only looked at for mistakes. */
async function lintStaged(options: LintOptions, cwd: string): Promise<Linted> {
  const entries = options.rules ?? [];
  const file = policyFileFor(options, cwd);
  const { keys: all, files, log } = await collected(async () => fromSource(await openStaged({ cwd, paths: options.paths ?? [], matcher: (pattern) => matcherOf(pattern, cwd) }), options));
  if (all.length === 0 && files.length === 0 && entries.length === 0 && (file === undefined || await isSound(file))) return { keys: all, files, log, findings: [] };
  if (options.unjudged && file === undefined) return { keys: all, files, log, findings: [] };
  const { judge, loadPolicyFor } = await import('./judge.ts');
  const { isIgnored } = await import('./policy.ts');
  const policy = await loadPolicyFor(file, entries, cwd);
  const keys = withoutIgnored(all, (path) => isIgnored(policy, path), log);
  return { keys, files, log, ...options.unjudged ? { findings: [] } : judge(keys, policy, false, files.filter(({ file: { absolutePath }, path }) => !isIgnored(policy, absolutePath ?? path))) };
}

/** Whether a policy file is surely without mistakes, told without the modules that can say which. */
async function isSound(file: string): Promise<boolean> {
  const { isSoundFor } = await import('./judge.ts');
  return isSoundFor(file);
}

/** The policy is read first: a mistake in it is not to be told after minutes. */
async function lintHistory(options: LintOptions, { shard, noCache = false, ...request }: HistoryRequest, cwd: string): Promise<Linted> {
  const { judge, loadPolicyFor } = await import('./judge.ts');
  const { isIgnored } = await import('./policy.ts');
  const policy = await loadPolicyFor(policyFileFor(options, cwd), options.rules ?? [], cwd, !request.isReceived);
  const { keys: all, log } = await collected(async () => (await import('./collect-history.ts')).collectHistory({
    ...request, ...options, cwd, guessing: guessingTime(options), matcher: (pattern) => matcherOf(pattern, cwd), ...(shard && { isWanted: (id) => isInShard(id, shard) }),
    ...(!noCache && !options.guess && detection !== '' && { cache: { detection: `${version} ${detection}` } }),
  }));
  const keys = withoutIgnored(all, (path) => isIgnored(policy, path), log);
  return { keys: keys.sort(byPlace), files: [], log, ...options.unjudged ? { findings: [] } : judge(keys, policy, false) };
}

/** What the policy ignores is said to have been skipped. */
function withoutIgnored(keys: readonly Key[], isIgnored: (path: string) => boolean, log: Log): Key[] {
  const isLeftOut = ({ file: { absolutePath }, path }: Key): boolean => isIgnored(absolutePath ?? path);
  for (const path of new Set(keys.filter(isLeftOut).map((key) => key.path))) log.skipped.push({ path, reason: 'ignored by policy' });
  return keys.filter((key) => !isLeftOut(key));
}

/** The same on every machine: an id is as good as a random number. */
function isInShard(id: string, { index, count }: Shard): boolean {
  return Number.parseInt(id.slice(0, 8), 16) % count === index - 1;
}

async function lintRead(options: LintOptions, cwd: string): Promise<Linted> {
  const { paths = [], stdin, rules: entries = [] } = options;
  const file = policyFileFor(options, cwd);
  const given = file !== undefined || entries.length > 0 ? await (await import('./judge.ts')).loadPolicyFor(file, entries, cwd) : undefined;
  const isIgnored = given && given.ignores.length > 0 ? await ignoredBy(given) : undefined;
  const commands = !options.unjudged && (given === undefined || (await import('./judge.ts')).asksForCommands(given));
  const { keys: found, files: plain, log } = await collected(async () => stdin
    ? fromSource((await import('./sources/stdin.ts')).openStdin(cwd, stdin === true ? undefined : stdin.filename), options)
    : (await import('./collect-files.ts')).collectFiles({ ...options, commands, cwd, paths: paths.length > 0 ? paths : ['.'], guessing: guessingTime(options), isIgnored }));
  // Rules are loaded when there is a policy to hold to or a key to judge.
  if (options.unjudged || (!given && found.length === 0 && plain.length === 0)) return { keys: found, files: plain, log, findings: [] };
  const { keys, files } = stdin ? { keys: found, files: plain } : await (await import('./sources/surroundings.ts')).withSurroundings(found, plain, log);
  const { covers, judge, loadPolicyFor } = await import('./judge.ts');
  const policy = given ?? await loadPolicyFor(undefined, [], cwd);
  const isComplete = !stdin && log.failures.length === 0 && covers(paths.length > 0 ? paths.map((path) => resolve(cwd, path)) : [cwd], policy);
  if (!options.fix || stdin) return { keys, files, log, ...judge(keys, policy, isComplete, files) };
  const { fixFindings } = await import('./fix.ts');
  const { failures, ...fixed } = fixFindings({ keys, files }, (judged) => judge(judged.keys, policy, isComplete, judged.files), { isDryRun: options.fix === 'dry-run' });
  log.failures.push(...failures);
  return { ...fixed, log };
}

/** The policy file in force for a run, if there is one. */
export function policyFileFor({ config, paths = [] }: LintOptions, cwd: string): string | undefined {
  return config === undefined ? findPolicyFile(policyFolder(paths, cwd)) : resolve(cwd, config);
}

/** Where the search for a policy begins: the working folder, or the folder that holds all that was named when something lies outside of it. */
function policyFolder(paths: readonly string[], cwd: string): string {
  const named = paths.map((path) => resolve(cwd, path));
  if (named.every((path) => isWithin(path, cwd))) return cwd;
  return named.reduce((common, path) => {
    let folder = common;
    while (!isWithin(path, folder)) folder = dirname(folder);
    return folder;
  });
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);
}

/** What git cannot do is a failure of the run. */
async function collected(read: () => Promise<Collected>): Promise<Collected> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    const log = emptyLog();
    log.failures.push({ message: error.message });
    return { keys: [], files: [], log };
  }
}

/** Of a path that may be a pattern: what it matches. */
async function matcherOf(path: string, cwd: string): Promise<((absolutePath: string) => boolean) | undefined> {
  if (!/[*?{}[\]()!]/.test(path)) return undefined;
  const { globMatcher } = await import('./policy-file.ts');
  return globMatcher(path, cwd);
}

async function ignoredBy(policy: Policy): Promise<(absolutePath: string) => boolean> {
  const { isIgnored } = await import('./policy.ts');
  return (path) => isIgnored(policy, path);
}

async function fromSource(source: Source, options: LintOptions): Promise<Collected> {
  return { ...await collect(source, await collectOptions(options)), log: source.log };
}

const GUESSING_SECONDS = 10;

/** Milliseconds for guessing, shared by all threads; `undefined` where nobody asked for it. */
function guessingTime({ guess }: LintOptions): Int32Array<SharedArrayBuffer> | undefined {
  if (guess === undefined || guess === false) return undefined;
  const seconds = guess === true ? GUESSING_SECONDS : guess.seconds;
  const time = new Int32Array(new SharedArrayBuffer(4));
  time[0] = Math.min(seconds * 1000, 0x7fffffff);
  return time;
}

async function collectOptions({ archives = false, progress, ...options }: LintOptions): Promise<CollectOptions> {
  const time = guessingTime(options);
  return { archives, progress, guesser: time && (await import('./guess.ts')).startGuessing(time) };
}
