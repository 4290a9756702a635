import { closeSync, fstatSync, ftruncateSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { GitError, gitProgram, runGit } from './git.ts';

/** A git that is at work while nobody has time to read what it prints: a pipe would fill, and stop it. */
export interface Ahead {
  /** What it prints, from the beginning, up to its end. Once. Throws GitError when it has failed, or has been ended. */
  readonly output: () => AsyncGenerator<Buffer>;
  /** Ends it, and lets go of what it has printed. */
  readonly stop: () => void;
}

/** Where temporary files are kept in memory, they should not take more of it. */
const MOST_BYTES = 1 << 27;
const PART = 1 << 18;
const PAUSE = 10;

/**
 * Starts a git whose output goes to a file that has no name any more, so that nothing is left of it however this ends. `undefined` where there can
 * be no such file. Throws GitError where there is no git.
 */
export function startAhead(args: readonly string[], { cwd, input, signal }: { readonly cwd: string; readonly input: string; readonly signal: AbortSignal | undefined }): Ahead | undefined {
  // Without one there is to be no file.
  gitProgram();
  const fd = namelessFile();
  if (fd === undefined) return undefined;
  const { child, stdin, ended } = runGit(args, { cwd, inHook: true, signal }, fd);
  stdin.end(input);
  let failure: GitError | undefined;
  let isOver = false;
  let isClosed = false;
  const stop = (): void => {
    clearInterval(watch);
    child.kill();
    if (!isClosed) closeSync(fd);
    isClosed = true;
  };
  // Nobody may read for a long time.
  const watch = setInterval(() => {
    if (fstatSync(fd).size <= MOST_BYTES) return;
    failure = new GitError(`git ${args[0]}: it prints too much to be kept`);
    clearInterval(watch);
    child.kill();
    ftruncateSync(fd);
  }, PAUSE).unref();
  void ended.then((error) => {
    isOver = true;
    failure ??= error;
    clearInterval(watch);
  });

  async function* output(): AsyncGenerator<Buffer> {
    try {
      for (let at = 0; ; ) {
        const wasOver = isOver;
        const part = Buffer.allocUnsafe(PART);
        const count = readSync(fd!, part, 0, PART, at);
        at += count;
        if (count > 0) yield part.subarray(0, count);
        else if (wasOver) break;
        else await Promise.race([ended, pause(PAUSE)]);
      }
      if (failure) throw failure;
    } finally {
      stop();
    }
  }

  return { output, stop };
}

/** A file of our own that is removed already; `undefined` where there can be none. */
function namelessFile(): number | undefined {
  let folder: string | undefined;
  let fd: number | undefined;
  try {
    folder = mkdtempSync(join(tmpdir(), 'keylint-'));
    fd = openSync(join(folder, 'output'), 'wx+', 0o600);
    rmSync(folder, { recursive: true });
    return fd;
  } catch {
    // Some file systems keep the name of what is open.
    if (fd !== undefined) closeSync(fd);
    if (folder !== undefined) removeIfPossible(folder);
    return undefined;
  }
}

function removeIfPossible(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // It is empty, or will be.
  }
}
