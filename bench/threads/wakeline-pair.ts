// One process: the main thread sends through a Wakeline channel, a worker answers.
import { Worker } from 'node:worker_threads';
import { Channel, EventLoop } from 'wakeline';
import { entryFile } from '../support/places.js';
import type { PairPlan } from './pair-plan.js';
import { payloadOf } from './payload.js';
import { readPlan, reportResult } from './report-result.js';
import { sampleNs } from './sample.js';

const plan = readPlan<PairPlan>();
const payload = payloadOf(plan.payload);
const loop = EventLoop.attach(plan.options);
const there = new Channel();
const back = new Channel();
const sender = loop.sender(there.sender);
const receiver = loop.receiver(back.receiver);
new Worker(entryFile('wakeline-partner'), {
  workerData: { plan, inbox: there.receiver, outbox: back.sender },
});

/** Each end awaits a value, then answers. */
async function makeRoundTrips(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    sender.send(payload);
    await receiver.receive();
  }
}

/** Sends whole batches as fast as there is room; the other end acknowledges each. */
async function sendBatches(count: number): Promise<void> {
  const { batch = 1 } = plan;
  for (let done = 0; done < count; done++) {
    for (let i = 0; i < batch; i++) {
      while (!sender.send(i)) await sender.ready();
    }
    await receiver.receive();
  }
}

await receiver.receive();
const repeat = plan.task === 'round-trip' ? makeRoundTrips : sendBatches;
const nanoseconds = await sampleNs(repeat, plan.warmUpMs, plan.measureMs);
reportResult({ nanoseconds: nanoseconds / (plan.task === 'one-way' ? (plan.batch ?? 1) : 1) });
await loop.close();
