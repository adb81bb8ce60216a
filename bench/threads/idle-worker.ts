import { parentPort, workerData } from 'node:worker_threads';
import { EventLoop } from 'wakeline';
import type { IdleWorkerData } from './idle-plan.js';

const { inbox } = workerData as IdleWorkerData;
if (inbox === undefined) parentPort!.on('message', () => {});
else EventLoop.attach({ kernelWait: 'enter' }).receiver(inbox, () => {});
parentPort!.postMessage('idle from now on');
