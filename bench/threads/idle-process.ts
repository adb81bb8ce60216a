// One process with idle threads, which looks at how much CPU time it uses.
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { Channel, EventLoop } from 'wakeline';
import { entryFile } from '../support/places.js';
import type { IdlePlan, IdleResult, IdleWorkerData } from './idle-plan.js';
import { readPlan, reportResult } from './report-result.js';

const plan = readPlan<IdlePlan>();
const workers: Worker[] = [];
const loop = plan.isAttached ? EventLoop.attach() : undefined;
for (let i = 0; i < plan.workers; i++) {
  const channel = plan.isAttached ? new Channel() : undefined;
  // The other end stays open on the main thread.
  if (loop !== undefined && channel !== undefined) loop.sender(channel.sender);
  const workerData: IdleWorkerData = { inbox: channel?.receiver };
  const worker = new Worker(entryFile('idle-worker'), { workerData });
  workers.push(worker);
  await once(worker, 'message');
}
await sleep(plan.settleMs);
const beginMs = performance.now();
const before = process.cpuUsage();
await sleep(plan.measureMs);
const { user, system } = process.cpuUsage(before);
const result: IdleResult = { cpuMicroseconds: user + system, elapsedMs: performance.now() - beginMs };
reportResult(result);
for (const worker of workers) await worker.terminate();
await loop?.close();
