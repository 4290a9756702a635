import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { readBlobs, type BlobName } from './blobs.ts';
import { git, GitError } from './git.ts';
import { emptyLog, shownPath, type Log, type Source } from './source.ts';

interface Entry {
  readonly id: string;
  readonly path: string;
}

/**
 * What is about to be committed: the blobs of the index that differ from HEAD, as git stores them. Never the work tree, never a diff, so
 * that no attribute, filter, text conversion or clean-up of the work tree hides one. `paths` restricts it.
 * Throws GitError when git cannot say.
 */
export function openStaged(cwd: string, paths: readonly string[] = []): Source & { readonly top: string } {
  const log = emptyLog();
  const top = topOf(cwd);
  const pathsOf = new Map<string, string[]>();
  for (const { id, path } of stagedEntries(top, paths.map((path) => relative(top, resolve(cwd, path)) || '.'), log)) {
    const known = pathsOf.get(id);
    if (known) known.push(path);
    else pathsOf.set(id, [path]);
  }
  const name = (id: string): readonly BlobName[] => (pathsOf.get(id) ?? []).map((path) => {
    const absolutePath = join(top, path);
    return { path: shownPath(cwd, absolutePath), facts: () => ({ origin: 'index', tracked: true, absolutePath }) };
  });
  return { log, top, files: () => (pathsOf.size === 0 ? [] : readBlobs(top, [...pathsOf.keys()], name, log)) };
}

/** The top of the work tree. A hook is run there; elsewhere git is asked. */
function topOf(cwd: string): string {
  if (existsSync(join(cwd, '.git')) || process.env['GIT_DIR'] !== undefined) return cwd;
  return git(['rev-parse', '--show-toplevel'], { cwd, inHook: true }).toString().replace(/\n$/, '');
}

function stagedEntries(top: string, paths: readonly string[], log: Log): readonly Entry[] {
  const limits = paths.length > 0 ? ['--', ...paths] : [];
  try {
    const raw = git(['diff-index', '--cached', '--raw', '-z', '--no-renames', '--no-abbrev', '--diff-filter=ACMRTUX', 'HEAD', ...limits], { cwd: top, inHook: true });
    return parseRaw(raw, log);
  } catch (error) {
    if (!(error instanceof GitError) || !isUnborn(top)) throw error;
    return parseStage(git(['ls-files', '-s', '-z', '--full-name', ...limits], { cwd: top, inHook: true }), log);
  }
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
    return error instanceof GitError && error.message === 'git rev-parse: failed';
  }
}

/** `:<old mode> <new mode> <old id> <new id> <status>\0<path>\0` (git-diff-index, raw output format). */
function parseRaw(raw: Buffer, log: Log): readonly Entry[] {
  const fields = raw.toString('utf8').split('\0');
  const entries: Entry[] = [];
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [, mode = '', , id = '', status = ''] = fields[i]!.split(' ');
    push(entries, log, mode, id, fields[i + 1]!, status.startsWith('U'));
  }
  return entries;
}

/** `<mode> <id> <stage>\t<path>\0` (git-ls-files, --stage). */
function parseStage(raw: Buffer, log: Log): readonly Entry[] {
  const entries: Entry[] = [];
  for (const line of raw.toString('utf8').split('\0')) {
    const tab = line.indexOf('\t');
    if (tab < 0) continue;
    const [mode = '', id = '', stage = '0'] = line.slice(0, tab).split(' ');
    push(entries, log, mode, id, line.slice(tab + 1), stage !== '0');
  }
  return entries;
}

function push(entries: Entry[], log: Log, mode: string, id: string, path: string, unmerged: boolean): void {
  if (unmerged) log.skipped.push({ path, reason: 'unmerged: git will not commit it' });
  else if (mode === '160000') log.skipped.push({ path, reason: 'submodule' });
  else entries.push({ id, path });
}

