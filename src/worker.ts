import { parentPort, workerData } from 'node:worker_threads';
import { sliceCollector } from './slice.ts';
import type { Message, ThreadData } from './threads.ts';

/** Another thread: runs the same pipeline over the parts it gets hold of, and at the end sends what it found. */
const { cwd, archives, commands, guessing } = workerData as ThreadData;
const collector = (async () => sliceCollector(cwd, { archives, commands, guesser: guessing && (await import('./guess.ts')).startGuessing(guessing) }))();
let work = Promise.resolve();
parentPort!.on('message', (message: Message) => {
  work = work.then(async () => {
    const { take, takeStore, slice } = await collector;
    if (message) return 'list' in message ? take(message.list) : takeStore(message.store);
    parentPort!.postMessage(slice);
    parentPort!.close();
  });
});
