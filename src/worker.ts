import { parentPort, workerData } from 'node:worker_threads';
import { sliceCollector } from './slice.ts';
import type { FileList } from './sources/list.ts';
import type { ThreadData } from './threads.ts';

/** Another thread: runs the same pipeline over the chunks it gets hold of, and at the end sends what it found. */
const { cwd, archives } = workerData as ThreadData;
const collector = sliceCollector(cwd, archives);
let work = Promise.resolve();
parentPort!.on('message', (list: FileList | null) => {
  work = work.then(async () => {
    if (list) return collector.take(list);
    parentPort!.postMessage(collector.slice);
    parentPort!.close();
  });
});
