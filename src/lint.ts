import { dirname, resolve } from 'node:path';
import { collect, type Found, type Progress } from './collect.ts';
import type { JudgedFile, Key, LineFormat } from './key.ts';
import type { Policy } from './policy.ts';
import { findPolicyFile } from './policy-search.ts';
import type { Report, Shard } from './report.ts';
import { realPath } from './sources/facts.ts';
import { openFiles } from './sources/files.ts';
import { GitError } from './sources/git.ts';
import { formatNamedBy } from './sources/named-files.ts';
import { emptyLog, type Log, type Source } from './sources/source.ts';
import { openStaged } from './sources/staged.ts';
import { openStdin } from './sources/stdin.ts';
import { startThreads } from './threads.ts';
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
  /** How many threads read files. */
  readonly jobs?: number;
  /** Only find the keys: no rule is loaded, and of a policy only its `ignores` count. */
  readonly unjudged?: boolean;
  readonly progress?: Progress;
}

export interface HistoryRequest {
  /** Names of commits and ranges, as `git rev-list` takes them: `main..topic`. Default: every ref and HEAD. */
  readonly revisions?: readonly string[];
  /** Leave out what these lead to: every ref, or the refs of a remote, by its name or URL. */
  readonly without?: 'all' | { readonly remote: string };
  /** What is looked at is on its way to another repository. */
  readonly isPushed?: boolean;
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
  const started = performance.now();
  const cwd = resolve(options.cwd ?? process.cwd());
  const { keys, log, findings } = await (options.staged ? lintStaged(options, cwd) : options.history ? lintHistory(options, options.history, cwd) : lintRead(options, cwd));
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
      ms: Math.round(performance.now() - started),
    },
    keys,
    findings,
    problems: log.failures,
    ...(log.notes.length > 0 && { notes: log.notes }),
  };
}

interface Linted extends Collected {
  readonly findings: Report['findings'];
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
  return { keys, files, log, findings: options.unjudged ? [] : judge(keys, policy, false, files.filter(({ file: { absolutePath }, path }) => !isIgnored(policy, absolutePath ?? path))) };
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
  const policy = await loadPolicyFor(policyFileFor(options, cwd), options.rules ?? [], cwd);
  const { keys: all, log } = await collected(async () => {
    const { openHistory } = await import('./sources/history.ts');
    const source = await openHistory({
      cwd, ...request, paths: options.paths ?? [], matcher: (pattern) => matcherOf(pattern, cwd), ...(shard && { isWanted: (id) => isInShard(id, shard) }),
      ...(!noCache && detection !== '' && { cache: { detection: `${version} ${detection}`, archives: options.archives ?? false } }),
    });
    // What a blob is called is not known while it is read: no file is judged for itself.
    const { keys } = await collect(source, options);
    return { keys: await source.place(keys), files: [], log: source.log };
  });
  const keys = withoutIgnored(all, (path) => isIgnored(policy, path), log);
  return { keys: keys.sort(byPlace), files: [], log, findings: options.unjudged ? [] : judge(keys, policy, false) };
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
  const { keys, files, log } = await collected(async () => stdin
    ? fromSource(openStdin(cwd, stdin === true ? undefined : stdin.filename), options)
    : fromFiles(paths.length > 0 ? paths : ['.'], cwd, options, given && given.ignores.length > 0 ? await ignoredBy(given) : undefined));
  // Rules are loaded when there is a policy to hold to or a key to judge.
  if (options.unjudged || (!given && keys.length === 0 && files.length === 0)) return { keys, files, log, findings: [] };
  const { covers, judge, loadPolicyFor } = await import('./judge.ts');
  const policy = given ?? await loadPolicyFor(undefined, [], cwd);
  const isComplete = !stdin && log.failures.length === 0 && covers(paths.length > 0 ? paths.map((path) => resolve(cwd, path)) : [cwd], policy);
  return { keys, files, log, findings: judge(keys, policy, isComplete, files) };
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

interface Collected {
  readonly keys: readonly Key[];
  readonly files: readonly JudgedFile[];
  readonly log: Log;
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
  return { ...await collect(source, options), log: source.log };
}

/** Files may be shared among threads; what each found is put together. */
async function fromFiles(paths: readonly string[], cwd: string, options: LintOptions, isIgnored?: (path: string) => boolean): Promise<Collected> {
  const { archives = false, jobs, noIgnore = false } = options;
  const threads = startThreads(cwd, jobs, archives);
  try {
    const source = await openFiles({ cwd, paths, noIgnore, share: (list) => threads.share(list), ...(isIgnored && { isIgnored }) });
    const { log } = source;
    const found = await collect(source, options);
    for (const slice of await threads.slices()) {
      addFound(found, slice);
      add(log, slice.log);
      append(source.nested, slice.nested);
    }
    if (source.nested.length > 0) addFound(found, await collect(source, options));
    await readNamed(found, log, cwd, isIgnored);
    log.skipped.sort(byPath);
    log.failures.sort(byPath);
    return { keys: found.keys.sort(byPlace), files: found.files.sort(byPath), log };
  } finally {
    // After an error they would wait for more work, and keep the program running.
    threads.stop();
  }
}

/** How deep configs may include each other (OpenSSH, readconf.h, READCONF_MAX_DEPTH). */
const MAX_DEPTH = 16;

/**
 * Reads what the directives of ssh_config name, where it was not among the files: the keys that ssh uses, lists of known hosts under other names,
 * included configs. What cannot be read of it was not asked for, and so is no failure.
 */
async function readNamed(found: Found, log: Log, cwd: string, isIgnored?: (path: string) => boolean): Promise<void> {
  const known = new Set<string>();
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    if (found.files.every(({ lines = [] }) => lines.every(({ directive }) => !directive?.files?.length))) return;
    for (const { file } of found.keys) if (file.absolutePath !== undefined) known.add(`key ${realPath(file.absolutePath)}`);
    for (const { file, readAs } of found.files) if (file.absolutePath !== undefined && readAs) known.add(`${readAs} ${realPath(file.absolutePath)}`);
    const wanted = new Map<LineFormat | 'key', Set<string>>();
    for (const directive of found.files.flatMap(({ lines = [] }) => lines.flatMap((line) => line.directive ?? []))) {
      const format = formatNamedBy(directive);
      if (format === undefined) continue;
      for (const { path, state } of directive.files ?? []) {
        const id = `${format} ${realPath(path)}`;
        if (state !== 'file' || known.has(id)) continue;
        known.add(id);
        wanted.set(format, (wanted.get(format) ?? new Set()).add(path));
      }
    }
    if (wanted.size === 0) return;
    for (const [format, paths] of wanted) {
      const source = await openFiles({ cwd, paths: [...paths], noIgnore: true, ...isIgnored && { isIgnored } });
      const more = await collect(source, format === 'key' ? {} : { readAs: format });
      // What was read before was not read as what it is.
      const again = new Set(more.files.map(({ path }) => path));
      for (const list of again.size > 0 ? [found.keys, found.files] : []) {
        const kept = list.filter(({ path }) => !again.has(path));
        list.length = 0;
        append(list as unknown[], kept);
      }
      addFound(found, more);
      log.files += source.log.files;
      log.bytes += source.log.bytes;
      append(log.skipped, source.log.skipped);
      append(log.skipped, source.log.failures.flatMap(({ path, message }) => (path === undefined ? [] : [{ path, reason: message }])));
    }
  }
}

function addFound({ keys, files }: Found, more: Found): void {
  append(keys, more.keys);
  append(files, more.files);
}

function add(log: Log, more: Log): void {
  log.files += more.files;
  log.bytes += more.bytes;
  append(log.skipped, more.skipped);
  append(log.failures, more.failures);
  append(log.notes, more.notes);
}

/** One by one: each of so many arguments would take room on the stack, and a sparse checkout skips a million files. */
function append<T>(list: T[], more: readonly T[]): void {
  for (const each of more) list.push(each);
}

/** The same order whichever thread was faster. */
function byPath(a: { readonly path?: string }, b: { readonly path?: string }): number {
  const [x = '', y = ''] = [a.path, b.path];
  return x < y ? -1 : x > y ? 1 : 0;
}

function byPlace(a: Key, b: Key): number {
  return byPath(a, b) || a.line - b.line || a.column - b.column;
}
