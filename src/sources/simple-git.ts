import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { SimpleGit } from 'simple-git';

/** A repository with a work tree, by absolute paths. */
export interface Repository {
  /** Top of the work tree. */
  readonly top: string;
  /** The git folder that all work trees of the repository share. */
  readonly commonFolder: string;
  /** Where git looks for hooks: core.hooksPath, else `hooks` in the common folder. */
  readonly hooks: string;
}

/**
 * Variables that tell git which repository and which index are meant. simple-git 4 takes every `GIT_*` variable away from git unless it is named here,
 * and in a hook git would then look at another index than that of the commit being made.
 */
const repositoryVariables = ['GIT_INDEX_FILE', 'GIT_DIR', 'GIT_WORK_TREE', 'GIT_PREFIX', 'GIT_QUARANTINE_PATH', 'GIT_OBJECT_DIRECTORY', 'GIT_ALTERNATE_OBJECT_DIRECTORIES'];

/** A simple-git instance for the folder. The library is loaded here and nowhere else. */
async function openGit(folder: string): Promise<SimpleGit> {
  const { simpleGit } = await import('simple-git');
  return simpleGit({
    baseDir: folder,
    allowEnvironment: [...repositoryVariables, ...Object.keys(process.env).filter((name) => name.startsWith('GIT_CONFIG'))],
    // A process is over when its output has been read. The default also keeps a timer of 50 ms alive.
    completion: { onClose: true, onExit: false },
  });
}

/** The repository that the folder lies in; `undefined` outside of any. Rejects when there is one and git cannot read it. */
export async function findRepository(folder: string): Promise<Repository | undefined> {
  if (!hasGitEntry(folder) && process.env['GIT_DIR'] === undefined) return undefined;
  const top = await ask(await openGit(folder), '--show-toplevel');
  const git = await openGit(top);
  const commonFolder = resolve(top, await ask(git, '--git-common-dir'));
  // git itself resolves core.hooksPath: `~`, a relative path from the top of the work tree, the setting's scopes.
  const hooks = resolve(top, await ask(git, '--git-path', 'hooks'));
  return { top, commonFolder, hooks };
}

/** Whether a `.git` (a folder, or the file of a linked work tree) lies in the folder or above it. git's own "not a repository" is a sentence in the user's language. */
function hasGitEntry(folder: string): boolean {
  for (let at = resolve(folder); ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return true;
    if (dirname(at) === at) return false;
  }
}

async function ask(git: SimpleGit, ...question: readonly string[]): Promise<string> {
  const answer = await git.raw('rev-parse', ...question);
  return answer.replace(/\n$/, '');
}
