import { readSync } from 'node:fs';
import { resolve } from 'node:path';
import type { FileFacts, SourceFile } from '../key.ts';
import { returnBuffer } from '../sieve-memory.ts';
import { forgetFolders } from './facts.ts';
import { forgetRepositories, trackedFact } from './repository.ts';
import { emptyLog, shownPath, type Log, type Source } from './source.ts';
import { unreadable } from './walk.ts';
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
  forgetRepositories();
  forgetFolders();
  const absolutePath = filename === undefined ? undefined : resolve(cwd, filename);
  const path = absolutePath === undefined ? '<stdin>' : shownPath(cwd, absolutePath);
  const facts = (): FileFacts => (absolutePath === undefined ? { origin: 'stdin', now: Date.now() } : { origin: 'file', now: Date.now(), absolutePath, ...trackedFact(absolutePath, path, log) });
  const buffer = windowBuffer();
  const reader = new WindowReader(path, buffer, facts);
  log.files++;
  try {
    for (;;) {
      const count = read(reader.room());
      if (count === 0) break;
      log.bytes += count;
      reader.add(count);
      if (!reader.full) continue;
      yield reader.window();
      reader.shift();
    }
  } catch (error) {
    unreadable('<stdin>', error, log, true);
  }
  yield reader.last();
  returnBuffer(buffer);
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
