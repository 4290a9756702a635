import { parentPort, workerData } from 'node:worker_threads';
import { collectSlice } from './collect.ts';
import type { SharedWork } from './sources/files.ts';

/** Another thread: runs the same pipeline over the chunks it gets hold of, and sends what it found. */
void collectSlice(workerData as SharedWork).then((slice) => parentPort!.postMessage(slice));
