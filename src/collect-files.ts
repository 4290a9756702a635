import { collect, type Collected, type CollectOptions, type Found } from './collect.ts';
import type { LineFormat } from './key.ts';
import { byPath, byPlace } from './order.ts';
import { addFound, addSlice, append } from './slice.ts';
import { realPath } from './sources/facts.ts';
import { openFiles, type FilesOptions } from './sources/files.ts';
import { formatNamedBy } from './sources/named-files.ts';
import type { Log } from './sources/source.ts';
import { startThreads } from './threads.ts';

export interface CollectFilesOptions extends Omit<CollectOptions, 'readAs' | 'guesser'>, Omit<FilesOptions, 'share' | 'isIgnored'> {
  readonly isIgnored?: FilesOptions['isIgnored'] | undefined;
  /** How many threads read. */
  readonly jobs?: number;
  /** Milliseconds for guessing, shared by all threads. */
  readonly guessing?: Int32Array<SharedArrayBuffer> | undefined;
}

/** Files may be shared among threads; what each found is put together. */
export async function collectFiles({ isIgnored, ...options }: CollectFilesOptions): Promise<Collected> {
  const { archives = false, commands = true, cwd, guessing, jobs, progress } = options;
  const threads = startThreads({ cwd, jobs, archives, commands, guessing });
  const collecting: CollectOptions = { archives, commands, progress, guesser: guessing && (await import('./guess.ts')).startGuessing(guessing) };
  try {
    const source = await openFiles({ ...options, share: (list) => threads.share(list), ...(isIgnored && { isIgnored }) });
    const { log } = source;
    const found = await collect(source, collecting);
    for (const slice of await threads.slices()) {
      addSlice(found, log, slice);
      append(source.nested, slice.nested);
    }
    if (source.nested.length > 0) addFound(found, await collect(source, collecting));
    await readNamed(found, log, cwd, collecting, isIgnored);
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
async function readNamed(found: Found, log: Log, cwd: string, { guesser }: CollectOptions, isIgnored?: (path: string) => boolean): Promise<void> {
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
      const more = await collect(source, format === 'key' ? { guesser } : { readAs: format, guesser });
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
