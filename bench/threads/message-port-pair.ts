// One process: the main thread posts to a worker, which answers. The same tasks as in wakeline-pair.ts.
import { Worker } from 'node:worker_threads';
import { entryFile } from '../support/places.js';
import type { PairPlan } from './pair-plan.js';
import { payloadOf } from './payload.js';
import { readPlan, reportResult } from './report-result.js';
import { sampleNs } from './sample.js';

/** Messages posted before the event loop gets its turn: posting has no backpressure of its own. */
const POSTS_PER_TURN = 1000;

const plan = readPlan<PairPlan>();
const payload = payloadOf(plan.payload);
const worker = new Worker(entryFile('message-port-partner'), { workerData: { plan } });

/** Posts and is called back, as it is usual: a promise a message would only add to the peer's figure. */
function makeRoundTrips(count: number): Promise<void> {
  return new Promise((resolve) => {
    let left = count;
    worker.on('message', function onAnswer() {
      if (--left > 0) return worker.postMessage(payload);
      worker.off('message', onAnswer);
      resolve();
    });
    worker.postMessage(payload);
  });
}

async function sendBatches(count: number): Promise<void> {
  const { batch = 1 } = plan;
  for (let done = 0; done < count; done++) {
    const received = new Promise((resolve) => worker.once('message', resolve));
    for (let i = 1; i <= batch; i++) {
      worker.postMessage(i);
      if (i % POSTS_PER_TURN === 0) await new Promise(setImmediate);
    }
    await received;
  }
}

const repeat = plan.task === 'round-trip' ? makeRoundTrips : sendBatches;
const nanoseconds = await sampleNs(repeat, plan.warmUpMs, plan.measureMs);
reportResult({ nanoseconds: nanoseconds / (plan.task === 'one-way' ? (plan.batch ?? 1) : 1) });
await worker.terminate();
