import { parentPort, workerData } from 'node:worker_threads';
import { sliceCollector } from './slice.ts';
import type { FileList } from './sources/list.ts';
import type { ThreadData } from './threads.ts';

/** Another thread: runs the same pipeline over the chunks it gets hold of, and at the end sends what it found. */
const { cwd, archives, guessing } = workerData as ThreadData;
const collector = (async () => sliceCollector(cwd, { archives, guesser: guessing && (await import('./guess.ts')).startGuessing(guessing) }))();
let work = Promise.resolve();
parentPort!.on('message', (list: FileList | null) => {
  work = work.then(async () => {
    const { take, slice } = await collector;
    if (list) return take(list);
    parentPort!.postMessage(slice);
    parentPort!.close();
  });
});
