import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import type { Effort } from '../support/case.js';
import { median } from '../support/median.js';
import { entryFile } from '../support/places.js';
import { runEntry } from '../support/run-child.js';
import type {
  HandlerKind,
  PoolIdlePlan,
  PoolIdleResult,
  PoolPausePlan,
  PoolPauseResult,
  PoolPlan,
  PoolTasksPlan,
  PoolTasksResult,
} from '../threads/pool-plan.js';

/** Threads of the pools that work. */
export const POOL_THREADS = availableParallelism();
/** Threads of the pools that idle. */
export const IDLE_THREADS = 4;
/** Busy loops beside the pool for each CPU, where the machine is to be oversubscribed. */
const LOOPS_PER_CPU = 2;
/** Warm-up and measurement take so many times as long, as the process gets that share of a CPU. */
const SHARE_OF_CPU = LOOPS_PER_CPU + 1;
const US_PER_MS = 1000;

/** Which pool, and how it waits. */
export type Side = Pick<PoolPlan, 'package' | 'atomics'>;

type Tasks = Pick<PoolTasksPlan, 'task' | 'payload' | 'inFlight'>;

/** Nanoseconds a task. */
export async function runTasks(side: Side, tasks: Tasks, { warmUpMs, measureMs }: Effort): Promise<number> {
  const plan: PoolTasksPlan = { ...side, ...tasks, threads: POOL_THREADS, warmUpMs, measureMs };
  const { nanoseconds } = await runEntry<PoolTasksResult>(entryFile('pool-run-tasks'), plan);
  return nanoseconds;
}

/** The same, while other processes want every CPU twice. */
export async function runOversubscribed(side: Side, tasks: Tasks, effort: Effort): Promise<number> {
  const { warmUpMs, measureMs } = effort;
  const longer = { ...effort, warmUpMs: warmUpMs * SHARE_OF_CPU, measureMs: measureMs * SHARE_OF_CPU };
  const loops = Array.from({ length: LOOPS_PER_CPU * availableParallelism() }, () =>
    spawn(process.execPath, ['--eval', 'for (;;);'], { stdio: 'ignore' }),
  );
  try {
    return await runTasks(side, tasks, longer);
  } finally {
    for (const loop of loops) loop.kill('SIGKILL');
  }
}

/**
 * Latency of a run after a pause, and what both cost.
 * @param processes how many are asked; on which CPU Linux wakes a thread is soon settled in each, and doubles what a run takes
 */
export async function runAfterPause(
  side: Side,
  pauseMs: number,
  runs: number,
  processes: number,
): Promise<PoolPauseResult> {
  const plan: PoolPausePlan = { ...side, threads: POOL_THREADS, pauseMs, runs };
  const results: PoolPauseResult[] = [];
  while (results.length < processes)
    results.push(await runEntry<PoolPauseResult>(entryFile('pool-pause'), plan));
  return {
    nanoseconds: median(results.map(({ nanoseconds }) => nanoseconds)),
    cpuNanoseconds: median(results.map(({ cpuNanoseconds }) => cpuNanoseconds)),
  };
}

/** What idle threads use. */
export function runIdle(
  side: Side,
  settleMs: number,
  measureMs: number,
  handlers: HandlerKind = 'module',
): Promise<PoolIdleResult> {
  const plan: PoolIdlePlan = { ...side, threads: IDLE_THREADS, settleMs, measureMs, handlers };
  return runEntry<PoolIdleResult>(entryFile('pool-idle'), plan);
}

/** A share of one CPU, in percent; the clock's resolution stands in for nothing at all. */
export function percentOf({ cpuMicroseconds, elapsedMs }: PoolIdleResult): number {
  return (100 * Math.max(1, cpuMicroseconds)) / (elapsedMs * US_PER_MS);
}
