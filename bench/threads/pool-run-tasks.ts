// One process: a pool runs tasks, one after the other or many at a time.
import { payloadOf } from './payload.js';
import { openPool } from './pool-open.js';
import type { PoolTasksPlan, PoolTasksResult } from './pool-plan.js';
import { readPlan, reportResult } from './report-result.js';
import { sampleNs } from './sample.js';

const plan = readPlan<PoolTasksPlan>();
const pool = await openPool(plan);
const payload = payloadOf(plan.payload);
const options = { name: plan.task };
let left = 0;

/** Keeps one call pending. */
async function runTasks(): Promise<void> {
  while (left-- > 0) await pool.run(payload, options);
}

async function repeat(count: number): Promise<void> {
  left = count * plan.inFlight;
  if (plan.inFlight === 1) return runTasks();
  await Promise.all(Array.from({ length: plan.inFlight }, runTasks));
}

const result: PoolTasksResult = {
  nanoseconds: (await sampleNs(repeat, plan.warmUpMs, plan.measureMs)) / plan.inFlight,
};
reportResult(result);
await pool.destroy();
