import { relative } from 'node:path';
import type { SourceFile } from '../key.ts';
import type { Failure, Skipped } from '../report.ts';

/** What a source has to tell beside its files. Filled while its files are read. */
export interface Log {
  files: number;
  bytes: number;
  readonly skipped: Skipped[];
  readonly failures: Failure[];
  /** What the user should know, and is no failure. */
  readonly notes: string[];
}

export function emptyLog(): Log {
  return { files: 0, bytes: 0, skipped: [], failures: [], notes: [] };
}

/**
 * A place that bytes come from, opened. Iterating reads it once, and writes to the log what it did.
 * Asynchronous only where bytes come through a pipe, and then in batches: there is no waiting per file.
 */
export interface Source {
  readonly log: Log;
  files(): Iterable<SourceFile> | AsyncIterable<Iterable<SourceFile>>;
}

/** A path as it is shown: relative to the working folder where it lies below it, else absolute. */
export function shownPath(cwd: string, absolutePath: string): string {
  if (absolutePath === cwd) return '.';
  const root = cwd.endsWith('/') ? cwd : `${cwd}/`;
  if (absolutePath.startsWith(root)) return absolutePath.slice(root.length);
  const way = relative(cwd, absolutePath);
  return way.startsWith('..') ? absolutePath : way;
}
