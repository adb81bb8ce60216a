import { workerData } from 'node:worker_threads';
import { EventLoop } from 'wakeline';
import { loopStages, type PostingWorkerData } from './posting-plan.js';

const { plan, inbox, wakes } = workerData as PostingWorkerData;
const loop = EventLoop.attach(plan.options);

/** Writes down the stage in which the message found this loop; the turn has counted it by then. */
function publishWakes(sequence: number): void {
  const counts = loop.stats().wakes;
  loopStages.forEach((stage, index) => {
    Atomics.store(wakes, index, counts[stage]);
  });
  Atomics.store(wakes, loopStages.length, sequence);
}

loop.receiver(inbox, (sequence) => setImmediate(publishWakes, sequence));

/** Keeps the loop from ever being idle. */
function stayAwake(): void {
  setImmediate(stayAwake);
}
if (plan.stage === 'awake') stayAwake();
