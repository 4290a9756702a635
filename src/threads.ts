import type { Slice } from './collect.ts';
import type { FilesSource, SharedWork } from './sources/files.ts';

/** A thread takes 30 ms to start, which is what 15,000 files take to read. */
const WORTH_A_THREAD = 15_000;
/** More than four threads wait for the disk or the kernel's locks, and each takes 13 MB. */
const MOST_THREADS = 4;

/** How many threads to use for so many files. `jobs`: what the user asked for, if anything. */
export function threadsFor(files: number, jobs: number | undefined): number {
  if (jobs !== undefined) return Math.max(1, jobs);
  if (files < WORTH_A_THREAD) return 1;
  return Math.min(MOST_THREADS, process.getBuiltinModule('node:os').availableParallelism());
}

/** Starts threads that take turns at a source's shared work, and gives what each found once all is taken. */
export async function startThreads(source: FilesSource, count: number): Promise<() => Promise<readonly Slice[]>> {
  if (count <= 0) return () => Promise.resolve([]);
  const { Worker } = await import('node:worker_threads');
  const slices = Array.from({ length: count }, () => new Promise<Slice>((resolve, reject) => {
    const worker = new Worker(new URL('./worker.cjs', import.meta.url), { workerData: source.shared satisfies SharedWork, execArgv: [] });
    worker.once('message', resolve).once('error', reject).once('exit', (code) => reject(new Error(`a reading thread ended early (${code})`)));
  }));
  const all = Promise.all(slices);
  // It is awaited only when this thread's own part is done.
  all.catch(() => {});
  return () => all;
}
