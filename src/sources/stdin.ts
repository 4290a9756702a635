import { readSync } from 'node:fs';
import { resolve } from 'node:path';
import type { SourceFile } from '../key.ts';
import { GitError } from './git.ts';
import { isTracked, repositoryOf } from './repository.ts';
import { emptyLog, shownPath, type Log, type Source } from './source.ts';
import { windowBuffer, WindowReader } from './windows.ts';

/**
 * What is piped in. With the name of a file it is judged in that file's place, as an editor would ask; without one nobody knows
 * where it goes.
 */
export function openStdin(cwd: string, filename?: string): Source {
  const log = emptyLog();
  return { log, files: () => stdinFiles(cwd, filename, log) };
}

function* stdinFiles(cwd: string, filename: string | undefined, log: Log): Generator<SourceFile> {
  const absolutePath = filename === undefined ? undefined : resolve(cwd, filename);
  const path = absolutePath === undefined ? '<stdin>' : shownPath(cwd, absolutePath);
  const facts = (): ReturnType<SourceFile['facts']> => (absolutePath === undefined ? { origin: 'stdin' } : { origin: 'file', absolutePath, tracked: tracked(absolutePath, path, log) });
  const reader = new WindowReader(path, windowBuffer(), facts);
  log.files++;
  for (;;) {
    const count = read(reader.room());
    if (count === 0) break;
    log.bytes += count;
    reader.add(count);
    if (!reader.full) continue;
    yield reader.window();
    reader.shift();
  }
  yield reader.last();
}

function tracked(absolutePath: string, path: string, log: Log): boolean {
  const top = repositoryOf(resolve(absolutePath, '..'));
  try {
    return top !== undefined && isTracked(top, absolutePath);
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    log.failures.push({ path, message: error.message });
    return false;
  }
}

/** Standard input may be a pipe that is not ready yet, which Node reports as EAGAIN; its end as EOF on Windows. */
function read(room: Buffer): number {
  for (;;) {
    try {
      return readSync(0, room, 0, room.length, null);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EOF') return 0;
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}
