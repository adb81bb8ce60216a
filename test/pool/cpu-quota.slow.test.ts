import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { type CpuGroup, cpuGroupOrSkip } from '../support/cpu-group.js';
import { fixturePath } from '../support/project.js';

/** @param inside the group that the process is in; @param statistics where the pool looks for its waits for CPU time */
function runIn(inside: CpuGroup, statistics?: string): Record<string, unknown> {
  const command = `${inside.enter} && exec "$0" "$@"`;
  const given = [process.execPath, fixturePath('pool-in-group'), ...(statistics ? [statistics] : [])];
  const run = spawnSync('sh', ['-c', command, ...given], { encoding: 'utf8', timeout: 200_000 });
  expect(run.stderr).toBe('');
  return JSON.parse(run.stdout) as Record<string, unknown>;
}

test('a pool has as many threads as its cgroup has CPUs by its quota, a part of one counted as one', (context) => {
  const group = cpuGroupOrSkip(context);
  for (const [quotaUs, threads] of [
    [100_000, 1],
    [150_000, Math.min(2, availableParallelism())],
  ] as const) {
    group.limit(quotaUs);
    expect([quotaUs, runIn(group)]).toEqual([quotaUs, { threads, first: true }]);
  }
});

test('a pool that has to wait for CPU time does its work, and an idle one does not use up its quota', (context) => {
  const group = cpuGroupOrSkip(context);
  // The quota of a group further up counts too.
  const inner = group.nested();
  group.limit(30_000);
  const { threads, first, second, busy, whileIdle } = runIn(inner, group.statistics);
  expect({ threads, first, second }).toEqual({ threads: 1, first: true, second: true });
  // Else nothing was shown: the quota was never used up.
  expect(busy).toBeGreaterThan(0);
  // Garbage collection may come in between, once.
  expect(whileIdle).toBeLessThanOrEqual(1);
});
