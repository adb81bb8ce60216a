// One process: threads of a pool that have nothing to do; what they use of the CPU and of memory.
import { setTimeout as sleep } from 'node:timers/promises';
import { openPool } from './pool-open.js';
import type { PoolIdlePlan, PoolIdleResult } from './pool-plan.js';
import { readPlan, reportResult } from './report-result.js';

const plan = readPlan<PoolIdlePlan>();
// What only the first thread of a process costs is not counted.
const first = await openPool(plan, 1);
const before = process.memoryUsage.rss();
const pool = await openPool(plan);
const bytesPerThread = (process.memoryUsage.rss() - before) / plan.threads;
await first.destroy();
await sleep(plan.settleMs);
const beginMs = performance.now();
const used = process.cpuUsage();
await sleep(plan.measureMs);
const { user, system } = process.cpuUsage(used);
const result: PoolIdleResult = {
  cpuMicroseconds: user + system,
  elapsedMs: performance.now() - beginMs,
  bytesPerThread,
};
reportResult(result);
await pool.destroy();
