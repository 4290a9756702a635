import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { withoutPastedKey } from '../text.ts';
import { readBlobs, type BlobName } from './blobs.ts';
import { realPath } from './facts.ts';
import { damagedIndex, git, GitError } from './git.ts';
import { emptyLog, shownPath, type Log, type Source } from './source.ts';
import { gitFolderOf, topOf } from './work-tree.ts';

/** A change of the index against HEAD, by its path from the top. */
interface Entry {
  readonly mode: string;
  readonly id: string;
  readonly path: string;
  readonly isUnmerged: boolean;
}

export interface StagedOptions {
  readonly cwd: string;
  /** Only these files and folders, and what lies in them. Default: everything. */
  readonly paths?: readonly string[];
  /** For a path that names nothing that exists: what it matches as a pattern, if it is one. Takes absolute paths. */
  readonly matcher?: (pattern: string) => Promise<((absolutePath: string) => boolean) | undefined>;
}

/**
 * What is about to be committed: the blobs of the index that differ from HEAD, as git stores them. Never the work tree, never a diff, so
 * that no attribute, filter, text conversion or clean-up of the work tree hides one. Rejects with GitError when git cannot say.
 */
export async function openStaged({ cwd, paths = [], matcher }: StagedOptions): Promise<Source> {
  const log = emptyLog();
  const folder = realPath(cwd);
  const top = topOf(folder);
  const entries = stagedEntries(top);
  if (entries.some(({ path }) => path === '')) throw damagedIndex();
  const isNamed = paths.length === 0 ? undefined : await selection(paths, entries, folder, top, log, matcher);
  const pathsOf = new Map<string, string[]>();
  for (const { id, mode, path, isUnmerged } of entries) {
    const shown = shownPath(folder, join(top, path));
    if (isNamed?.(path) === false) continue;
    if (isUnmerged) log.skipped.push({ path: shown, reason: 'unmerged: git will not commit it' });
    else if (mode === NOTHING) continue;
    else if (mode === SUBMODULE) log.skipped.push({ path: shown, reason: 'submodule' });
    // Also how git lists what is only intended to be added. Such a blob need not be stored.
    else if (EMPTY.has(id)) log.files++;
    else {
      const same = pathsOf.get(id);
      if (same) same.push(path);
      else pathsOf.set(id, [path]);
    }
  }
  // git(1), GIT_PREFIX: the folder that git was called in, from the top. Its hooks run at the top.
  const isElsewhere = folder === top && (process.env['GIT_PREFIX'] ?? '') !== '';
  const names = (id: string): readonly BlobName[] => (pathsOf.get(id) ?? []).map((path) => {
    const absolutePath = join(top, path);
    return { path: shownPath(folder, absolutePath), facts: () => ({ origin: 'index', tracked: true, now: Date.now(), absolutePath, ...(isElsewhere && { pathFromTop: path }) }) };
  });
  return { log, files: () => (pathsOf.size === 0 ? [] : readBlobs(top, [...pathsOf.keys()], names, log)) };
}

/** Modes in git's lists: no such file, a commit of another repository. */
const NOTHING = '000000';
const SUBMODULE = '160000';
/** The names of the empty blob, in SHA-1 and SHA-256. */
const EMPTY: ReadonlySet<string> = new Set(['e69de29bb2d1d6434b8b29ae775ad8c2e48c5391', '473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813']);

/** Tells the entries that the user named. A path that names nothing at all is a failure in the log. */
async function selection(paths: readonly string[], entries: readonly Entry[], cwd: string, top: string, log: Log, matcher: StagedOptions['matcher']): Promise<(path: string) => boolean> {
  const tests: ((path: string) => boolean)[] = [];
  for (const path of paths) {
    const absolute = resolve(cwd, path);
    const inside = relative(top, join(realPath(dirname(absolute)), basename(absolute)));
    const test = (entry: string): boolean => inside === '' || entry === inside || entry.startsWith(`${inside}/`);
    const matches = exists(absolute) || entries.some((entry) => test(entry.path)) ? undefined : await matcher?.(path);
    if (matches) tests.push((entry) => matches(join(top, entry)));
    else if (inside === '..' || inside.startsWith('../')) log.failures.push({ path: withoutPastedKey(path), message: 'lies outside of the repository' });
    else if (exists(absolute) || entries.some((entry) => test(entry.path)) || git(['ls-files', '-z', '--', inside], { cwd: top, inHook: true }).length > 0) tests.push(test);
    else log.failures.push({ path: withoutPastedKey(path), message: 'no such file or folder' });
  }
  return (path) => tests.some((test) => test(path));
}

function exists(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

function stagedEntries(top: string): readonly Entry[] {
  try {
    const entries = changesAgainst('HEAD', top);
    // Of a merge what came with one of its parents is in history already.
    const others = entries.length === 0 ? [] : mergedHeads(top).map((head) => new Set(changesAgainst(head, top).map(({ path }) => path)));
    return others.length === 0 ? entries : entries.filter(({ path }) => others.every((paths) => paths.has(path)));
  } catch (error) {
    if (!(error instanceof GitError) || !isUnborn(top)) throw error;
    return parseStage(git(['ls-files', '-s', '-z', '--full-name'], { cwd: top, inHook: true }));
  }
}

function changesAgainst(commit: string, top: string): readonly Entry[] {
  return parseRaw(git(['diff-index', '--cached', '--raw', '-z', '--no-renames', '--no-abbrev', commit], { cwd: top, inHook: true }));
}

/**
 * The commits that the commit being made will have as parents beside HEAD: MERGE_HEAD has them one a line (gitrevisions(7)). A merge without
 * conflicts runs its hook before it writes that file, and tells the hook by the names of variables (git, builtin/merge.c: GITHEAD_<id>).
 */
function mergedHeads(top: string): readonly string[] {
  const file = join(gitFolderOf(top), 'MERGE_HEAD');
  const names = existsSync(file) ? readFileSync(file, 'latin1').split('\n') : Object.keys(process.env).flatMap((name) => /^GITHEAD_(.*)/.exec(name)?.[1] ?? []);
  return names.filter((name) => /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(name));
}

/** Whether HEAD names a branch without a commit yet, and is not merely damaged. */
function isUnborn(top: string): boolean {
  try {
    git(['symbolic-ref', '-q', 'HEAD'], { cwd: top, inHook: true });
  } catch {
    return false;
  }
  try {
    git(['rev-parse', '-q', '--verify', 'HEAD'], { cwd: top, inHook: true });
    return false;
  } catch (error) {
    return error instanceof GitError && error.status === 1;
  }
}

/** `:<old mode> <new mode> <old id> <new id> <status>\0<path>\0` (git-diff-index, raw output format). */
function parseRaw(raw: Buffer): readonly Entry[] {
  const fields = raw.toString('utf8').split('\0');
  const entries: Entry[] = [];
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [, mode = '', , id = '', status = ''] = fields[i]!.split(' ');
    entries.push({ mode, id, path: fields[i + 1]!, isUnmerged: status === 'U' });
  }
  return entries;
}

/** `<mode> <id> <stage>\t<path>\0` (git-ls-files, --stage). */
function parseStage(raw: Buffer): readonly Entry[] {
  return raw.toString('utf8').split('\0').filter((line) => line !== '').map((line) => {
    const tab = line.indexOf('\t');
    const [mode = '', id = '', stage = '0'] = line.slice(0, tab).split(' ');
    return { mode, id, path: line.slice(tab + 1), isUnmerged: stage !== '0' };
  });
}
