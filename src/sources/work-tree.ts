import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { git, GitError } from './git.ts';

/** The top of the work tree. A hook is run there; elsewhere git is asked. Throws GitError. */
export function topOf(cwd: string): string {
  if (existsSync(join(cwd, '.git'))) return cwd;
  const ask = (question: readonly string[], inHook: boolean): string => git(['rev-parse', ...question], { cwd, inHook }).toString().replace(/\n$/, '');
  if (process.env['GIT_DIR'] === undefined || process.env['GIT_WORK_TREE'] !== undefined) return ask(['--show-toplevel'], true);
  // A hook of a linked work tree is given its git folder. Where the hook has gone into a subfolder, git takes that for the top.
  const given = ask(['--absolute-git-dir'], true);
  try {
    if (ask(['--absolute-git-dir'], false) === given) return ask(['--show-toplevel'], false);
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
  }
  return ask(['--show-toplevel'], true);
}

/** The git folder of one work tree, by its top: where its HEAD is, and what git is in the middle of. Throws GitError. */
export function gitFolderOf(top: string): string {
  if (process.env['GIT_DIR'] !== undefined) return resolve(top, process.env['GIT_DIR']);
  try {
    const entry = join(top, '.git');
    if (statSync(entry).isDirectory()) return entry;
    // Of a linked work tree or a submodule (gitrepository-layout(5), .git).
    return resolve(top, readFileSync(entry, 'utf8').replace(/^gitdir: /, '').replace(/\n+$/, ''));
  } catch {
    // git knows other ways to find it.
  }
  return git(['rev-parse', '--absolute-git-dir'], { cwd: top, inHook: true }).toString().replace(/\n$/, '');
}
