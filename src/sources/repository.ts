import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FileFacts } from '../key.ts';
import { realPath, realPathOfFile } from './facts.ts';
import { git, GitError, trackedPaths } from './git.ts';
import type { Log } from './source.ts';

const tops = new Map<string, string | undefined>();
/** `undefined` where git could not tell. */
const pathsByTop = new Map<string, ReadonlySet<string> | undefined>();

/** Forgets what was learned of repositories: they may have changed since the last run. */
export function forgetRepositories(): void {
  tops.clear();
  pathsByTop.clear();
}

/** The top folder of the git work tree that holds a folder, by real paths; `undefined` outside of one, and inside a `.git` folder. */
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

/** Whether git tracks a file: nothing where git cannot tell, which is a failure in the log. A link that is to be followed stands for its target. */
export function trackedFact(absolutePath: string, shown: string, log: Log, followsLink = false): Pick<FileFacts, 'tracked'> {
  const real = followsLink ? realPath(absolutePath) : realPathOfFile(absolutePath);
  const top = repositoryOf(dirname(real));
  if (top === undefined) return { tracked: false };
  try {
    const paths = pathsOf(top);
    return paths ? { tracked: paths.has(below(top, real)) } : {};
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    log.failures.push({ path: shown, message: error.message });
    return {};
  }
}

/** The paths that git tracks. Throws GitError when git cannot tell; asked again, they are `undefined`. */
function pathsOf(top: string): ReadonlySet<string> | undefined {
  if (!pathsByTop.has(top)) {
    pathsByTop.set(top, undefined);
    pathsByTop.set(top, new Set(trackedPaths(top).toString('utf8').split('\0')));
  }
  return pathsByTop.get(top);
}

function below(top: string, path: string): string {
  return path.slice(top === '/' ? 1 : top.length + 1);
}

/** Whether git's ignore rules, or a submodule that is not checked out, leave a folder out of git's list. Throws GitError. */
export function isIgnoredFolder(top: string, folder: string): boolean {
  if (folder === top) return false;
  try {
    return ignoredOf(top, [folder]).length > 0;
  } catch (error) {
    if (error instanceof GitError && error.message.includes(' is in submodule ')) return true;
    throw error;
  }
}

/** Those of the paths that git's ignore rules leave out. Throws GitError. */
export function ignoredOf(top: string, paths: readonly string[]): readonly string[] {
  // check-ignore takes names, and refuses to be told so. It ends with 1 where nothing is ignored.
  try {
    const raw = git(['check-ignore', '-z', '--stdin'], { cwd: top, patterns: true, input: paths.map((path) => `./${below(top, path)}\0`).join('') });
    const ignored = new Set(raw.toString('utf8').split('\0'));
    return paths.filter((path) => ignored.has(`./${below(top, path)}`));
  } catch (error) {
    if (error instanceof GitError && error.status === 1) return [];
    throw error;
  }
}
