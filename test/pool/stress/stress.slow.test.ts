import { expect, test } from 'vitest';
import { runPoolFile } from '../run-process.js';
import type { StressPlan, StressResult } from './stress-plan.js';

const base = { tasks: 100_000, threads: 3, inFlight: 100, seed: 1 };
/** What a process may grow by while it forgets 50,000 tasks and some hundred threads. */
const GROWTH_MIB = 64;

const runs: readonly (readonly [what: string, plan: StressPlan])[] = [
  ['the drop-in', { ...base, module: 'wakeline/piscina', concurrentTasksPerWorker: 1 }],
  ['WorkerPool', { ...base, module: 'wakeline', concurrentTasksPerWorker: 1 }],
  [
    'the drop-in with four tasks a thread',
    { ...base, module: 'wakeline/piscina', concurrentTasksPerWorker: 4 },
  ],
];

for (const [what, plan] of runs) {
  test(`100,000 tasks with crashes, aborts and time-outs end as they should and leave nothing behind (${what})`, async () => {
    const found = await runPoolFile<StressResult>('stress/stress-process', {
      nodeFlags: ['--expose-gc'],
      // glibc gives freed memory back, instead of raising its thresholds: what is resident is what is held.
      environment: { MALLOC_TRIM_THRESHOLD_: '131072' },
      arguments: [JSON.stringify(plan)],
      limitMs: 220_000,
    });
    expect(found.wrong).toEqual([]);
    expect(found).toMatchObject({ wrongCount: 0, ranTwice: 0 });
    expect(found.resolved + found.rejected).toBe(plan.tasks);
    // Without these there would have been nothing to survive.
    for (const kind of ['crash', 'exit', 'abort', 'time-out', 'abort or result', 'megabytes', 'fail'])
      expect(found.kinds[kind], kind).toBeGreaterThan(plan.tasks / 20_000);
    if (plan.concurrentTasksPerWorker === 1) expect(found.fellWithOthers).toBe(0);
    expect(found.after.threads).toBe(found.before.threads);
    expect(found.after.descriptors).toBe(found.before.descriptors);
    expect(found.after.residentMiB).toBeLessThan(found.between.residentMiB + GROWTH_MIB);
  });
}
