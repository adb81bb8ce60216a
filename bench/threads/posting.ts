// One process: the main thread posts to a worker that is always in one stage, and counts its own system calls.
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { Channel, EventLoop } from 'wakeline';
import { entryFile } from '../support/places.js';
import { loopStages, type PostingPlan, type PostingResult, type PostingWorkerData } from './posting-plan.js';
import { readPlan, reportResult } from './report-result.js';

/** Time for the worker to become idle again and reach its stage. */
const SETTLE_MS = 3;

const plan = readPlan<PostingPlan>();
const loop = EventLoop.attach({ kernelWait: 'enter' });
const channel = new Channel<number>();
const sender = loop.sender(channel.sender);
const wakes = new Int32Array(new SharedArrayBuffer((loopStages.length + 1) * Int32Array.BYTES_PER_ELEMENT));
const workerData: PostingWorkerData = { plan, inbox: channel.receiver, wakes };
const worker = new Worker(entryFile('posting-receiver'), { workerData });

/** Posts one message; returns the system calls that took, or undefined if the loop was not in the stage. */
async function post(sequence: number): Promise<number | undefined> {
  const stage = loopStages.indexOf(plan.stage);
  const wakesBefore = Atomics.load(wakes, stage);
  const callsBefore = loop.stats().counters.callsKernelWake;
  sender.send(sequence);
  const calls = loop.stats().counters.callsKernelWake - callsBefore;
  while (Atomics.load(wakes, loopStages.length) !== sequence) await sleep(1);
  await sleep(SETTLE_MS);
  return Atomics.load(wakes, stage) === wakesBefore + 1 ? calls : undefined;
}

async function measure(): Promise<PostingResult> {
  let messages = 0;
  let calls = 0;
  await post(1);
  await sleep(100);
  for (let sequence = 2; sequence < plan.messages + 2; sequence++) {
    const made = await post(sequence);
    if (made === undefined) continue;
    messages++;
    calls += made;
  }
  if (messages < plan.messages / 2)
    throw new Error(`only ${messages} messages found the loop in '${plan.stage}'`);
  return { messages, calls };
}

reportResult(await measure());
await worker.terminate();
await loop.close();
