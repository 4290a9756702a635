import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { git, GitError } from './git.ts';

const tops = new Map<string, string | undefined>();

/** The top folder of the git work tree that holds a folder; `undefined` outside of one, and inside a `.git` folder. */
export function repositoryOf(folder: string): string | undefined {
  if (/(?:^|\/)\.git(?:\/|$)/.test(folder)) return undefined;
  const passed: string[] = [];
  let top: string | undefined;
  for (let at = folder; ; at = dirname(at)) {
    if (tops.has(at)) {
      top = tops.get(at);
      break;
    }
    passed.push(at);
    if (existsSync(join(at, '.git'))) {
      top = at;
      break;
    }
    if (at === dirname(at)) break;
  }
  for (const at of passed) tops.set(at, top);
  return top;
}

const trackedPaths = new Map<string, ReadonlySet<string>>();

/** Whether git tracks a file of the work tree at `top`. Throws GitError. */
export function isTracked(top: string, absolutePath: string): boolean {
  let paths = trackedPaths.get(top);
  if (!paths) {
    paths = new Set(git(['ls-files', '-z'], { cwd: top }).toString('utf8').split('\0'));
    trackedPaths.set(top, paths);
  }
  return paths.has(absolutePath.slice(top === '/' ? 1 : top.length + 1));
}

/** Whether git's ignore rules leave a folder out. Throws GitError. */
export function isIgnoredFolder(top: string, folder: string): boolean {
  if (folder === top) return false;
  try {
    // check-ignore takes names, and refuses to be told so.
    git(['check-ignore', '-q', '--', `./${folder.slice(top.length + 1)}`], { cwd: top, patterns: true });
    return true;
  } catch (error) {
    if (error instanceof GitError && error.message === 'git check-ignore: failed') return false;
    throw error;
  }
}
