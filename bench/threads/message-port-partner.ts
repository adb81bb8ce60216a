import { parentPort, workerData } from 'node:worker_threads';
import type { PairPlan } from './pair-plan.js';

const { plan } = workerData as { plan: PairPlan };
const { batch = 1 } = plan;
const port = parentPort!;
let received = 0;

port.on('message', (value) => {
  if (plan.task === 'round-trip') return port.postMessage(value);
  if (++received < batch) return;
  received = 0;
  port.postMessage(0);
});
