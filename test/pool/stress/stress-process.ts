// One process: gives a pool very many tasks of every kind, and prints how they ended and what is left.
import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Piscina } from 'piscina';
import { SeededRandom } from '../../support/random.js';
import { poolFile } from '../run-process.js';
import type { Means, StressPlan, StressResult } from './stress-plan.js';
import { type End, makeTask, type StressTask } from './stress-tasks.js';

const WRONG_SHOWN = 10;
const MIB = 1 << 20;
const LOOKS = 100;

const plan = JSON.parse(process.argv[2]) as StressPlan;
const random = new SeededRandom(plan.seed);
const begun = new Int32Array(new SharedArrayBuffer(plan.tasks * 4));
const result = { resolved: 0, rejected: 0, wrongCount: 0, fellWithOthers: 0, ranTwice: 0 };
const kinds: Record<string, number> = {};
const wrong: string[] = [];
let next = 0;

const loaded = await import(plan.module);
const Pool = (plan.module === 'wakeline' ? loaded.WorkerPool : loaded.Piscina) as typeof Piscina;

function openPool(): Piscina {
  const pool = new Pool({
    filename: poolFile('stress/stress-worker'),
    minThreads: plan.threads,
    maxThreads: plan.threads,
    concurrentTasksPerWorker: plan.concurrentTasksPerWorker,
    workerData: { begun },
  });
  pool.on('error', (error) => {
    throw error;
  });
  return pool;
}

const fatal = /^(worker exited with code: 3|task \d+ crashes)$/;

/** Whether it was another task that ended this one, which only threads with several tasks allow. */
function fellWithOther(end: End): boolean {
  return plan.concurrentTasksPerWorker > 1 && 'error' in end && fatal.test(end.error.message);
}

function judge(id: number, task: StressTask, end: End): void {
  if ('value' in end) result.resolved++;
  else result.rejected++;
  const times = Atomics.load(begun, id);
  const isRight = task.isRight(end) && (times === 1 || !task.mustRun);
  if (times > 1) result.ranTwice++;
  if (isRight && times <= 1) return;
  if (fellWithOther(end)) {
    result.fellWithOthers++;
    return;
  }
  if (++result.wrongCount <= WRONG_SHOWN)
    wrong.push(
      `${task.kind} ${id}, begun ${times} times: ${'value' in end ? String(end.value).slice(0, 80) : end.error}`,
    );
}

async function runTasks(pool: Piscina, until: number): Promise<void> {
  while (next < until) {
    const id = next++;
    const task = makeTask(id, random);
    kinds[task.kind] = (kinds[task.kind] ?? 0) + 1;
    const options = { name: task.name, ...(task.signal === undefined ? {} : { signal: task.signal }) };
    const end = await pool.run(task.value, options).then(
      (value): End => ({ value }),
      (error): End => ({ error }),
    );
    judge(id, task, end);
  }
}

/** Threads, descriptors and memory of this process, once they no longer fall. */
async function means(): Promise<Means> {
  let fewest = { threads: Number.POSITIVE_INFINITY, descriptors: Number.POSITIVE_INFINITY };
  for (let look = 0; look < LOOKS; look++) {
    const threads = readdirSync('/proc/self/task').length;
    const descriptors = readdirSync('/proc/self/fd').length;
    if (threads < fewest.threads || descriptors < fewest.descriptors) look = 0;
    fewest = {
      threads: Math.min(threads, fewest.threads),
      descriptors: Math.min(descriptors, fewest.descriptors),
    };
    await sleep(5);
  }
  (globalThis as { gc?: () => void }).gc?.();
  await sleep(5);
  (globalThis as { gc?: () => void }).gc?.();
  return { ...fewest, residentMiB: process.memoryUsage.rss() / MIB };
}

/** Runs tasks up to a number on a pool of their own. */
async function runUntil(until: number): Promise<void> {
  const pool = openPool();
  await Promise.all(Array.from({ length: plan.inFlight }, () => runTasks(pool, until)));
  await pool.destroy();
}

// What the first pool of a process leaves behind once and for all is no leak.
await openPool().destroy();
const warmUp = openPool();
await warmUp.run(0, { name: 'number' });
await warmUp.destroy();
begun.fill(0);
const before = await means();
await runUntil(plan.tasks / 2);
const between = await means();
await runUntil(plan.tasks);
const after = await means();
const found: StressResult = { kinds, ...result, wrong, before, between, after };
process.stdout.write(JSON.stringify(found));
