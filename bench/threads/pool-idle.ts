// One process: threads of a pool that have nothing to do; what they use of the CPU and of memory.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openPool } from './pool-open.js';
import type { PoolIdlePlan, PoolIdleResult } from './pool-plan.js';
import { echo, meet } from './pool-tasks.js';
import { readPlan, reportResult } from './report-result.js';

const plan = readPlan<PoolIdlePlan>();
const folder = mkdtempSync(join(tmpdir(), 'wakeline-bench-'));
const commonJs = join(folder, 'handlers.cjs');
// The same functions as in pool-tasks.ts, in a file of the other kind.
writeFileSync(commonJs, `exports.echo = ${echo};\nexports.meet = ${meet};\n`);
const filename = plan.handlers === 'commonjs' ? commonJs : undefined;
// What only the first thread of a process costs is not counted.
const first = await openPool(plan, 1, filename);
const before = process.memoryUsage.rss();
const pool = await openPool(plan, plan.threads, filename);
const bytesPerThread = (process.memoryUsage.rss() - before) / plan.threads;
rmSync(folder, { recursive: true });
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
