// One process: a pool is given a task each time it has been idle for a while.
import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '../support/median.js';
import { openPool } from './pool-open.js';
import type { PoolPausePlan, PoolPauseResult } from './pool-plan.js';
import { readPlan, reportResult } from './report-result.js';

const NS_PER_MS = 1e6;
const NS_PER_US = 1000;
const WARM_UP_RUNS = 2000;

const plan = readPlan<PoolPausePlan>();
const pool = await openPool(plan);
for (let i = 0; i < WARM_UP_RUNS; i++) await pool.run(i);

const latencies: number[] = [];
const costs: number[] = [];
for (let i = 0; i < plan.runs; i++) {
  const before = process.cpuUsage();
  await sleep(plan.pauseMs);
  const beginMs = performance.now();
  await pool.run(i);
  latencies.push((performance.now() - beginMs) * NS_PER_MS);
  const { user, system } = process.cpuUsage(before);
  costs.push((user + system) * NS_PER_US);
}
const result: PoolPauseResult = { nanoseconds: median(latencies), cpuNanoseconds: median(costs) };
reportResult(result);
await pool.destroy();
