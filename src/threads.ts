import type { Worker } from 'node:worker_threads';
import type { Slice } from './slice.ts';
import { countFiles, type FileList } from './sources/list.ts';
import type { StoredBlobs } from './sources/stored-blobs.ts';

/** A thread takes 30 ms to start, in which one that runs reads 5,000 files: below this number it comes too late. */
const WORTH_A_THREAD = 12_000;
/** Units of work in an object store that take as long. */
const WORTH_A_THREAD_UNITS = 8;
/** More than four threads wait for the disk or the kernel's locks, and each takes 13 MB. */
const MOST_THREADS = 4;
const MOST_ASKED_FOR = 64;
/** Room for young objects: what a thread makes for one file is gone with it. The usual 16 MB make nothing faster here and cost 6 MB. */
const YOUNG_MB = 1;

/** What a thread is started with. */
export interface ThreadData {
  readonly cwd: string;
  readonly archives: boolean;
  /** Whether a rule asks for commands. */
  readonly commands: boolean;
  /** Milliseconds left for guessing at passphrases, which all threads take from. */
  readonly guessing?: Int32Array<SharedArrayBuffer> | undefined;
}

/** What threads take turns at; `null`: there is no more. */
export type Message = { readonly list: FileList } | { readonly store: StoredBlobs } | null;

/** Other threads that take turns at lists of files, or at an object store. */
export interface Threads {
  /** Lets them take turns at a list too. They are started when there is enough to do. */
  share(list: FileList): void;
  /** Lets them take turns at an object store with so many units of work, if these are worth it, and gives what each found. Nothing is shared after that. */
  shareStore(store: StoredBlobs, units: number): Promise<readonly Slice[]>;
  /** What each found, once everything shared is taken. Nothing is shared after that. */
  slices(): Promise<readonly Slice[]>;
  /** Ends those that still run. */
  stop(): void;
}

/** `jobs`: how many threads in all, this one included; default: as many as the number of files suggests. */
export function startThreads({ cwd, jobs, ...data }: ThreadData & { readonly jobs: number | undefined }): Threads {
  const most = Math.min(jobs ?? Math.min(MOST_THREADS, process.getBuiltinModule('node:os').availableParallelism()), MOST_ASKED_FOR) - 1;
  const enough = jobs === undefined ? WORTH_A_THREAD : 0;
  let files = 0;
  let isOver = false;
  let waiting: FileList[] | undefined = [];
  const workers: Worker[] = [];
  const slices: Promise<Slice>[] = [];

  function start(): void {
    const { Worker } = process.getBuiltinModule('node:worker_threads');
    // Beside the program; the package has this code in a chunk.
    const workerFile = new URL(import.meta.url.includes('/chunks/') ? '../worker.cjs' : './worker.cjs', import.meta.url);
    for (let i = 0; i < most; i++) {
      const worker = new Worker(workerFile, { workerData: { cwd, ...data } satisfies ThreadData, execArgv: [], resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } });
      workers.push(worker);
      const slice = new Promise<Slice>((resolve, reject) => {
        worker.once('message', resolve).once('error', reject).once('exit', (code) => reject(new Error(`a reading thread ended early (${code})`)));
      });
      // It is awaited only when this thread's own part is done.
      slice.catch(() => {});
      slices.push(slice);
    }
  }

  function post(message: Message): void {
    for (const worker of workers) worker.postMessage(message);
  }

  function ended(): Promise<readonly Slice[]> {
    isOver = true;
    post(null);
    return Promise.all(slices);
  }

  return {
    share(list) {
      if (isOver) return;
      files += countFiles(list);
      waiting?.push(list);
      if (most <= 0 || files < enough) return;
      if (waiting && workers.length === 0) start();
      for (const shared of waiting ?? [list]) post({ list: shared });
      waiting = undefined;
    },
    shareStore(store, units) {
      if (most > 0 && units >= (jobs === undefined ? WORTH_A_THREAD_UNITS : 2)) {
        start();
        post({ store });
      }
      return ended();
    },
    slices: ended,
    stop() {
      isOver = true;
      for (const worker of workers) void worker.terminate();
    },
  };
}
