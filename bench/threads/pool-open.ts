import { fileURLToPath } from 'node:url';
import type { Piscina } from 'piscina';
import { entryFile } from '../support/places.js';
import type { PoolPlan } from './pool-plan.js';

/** A pool of either package: the same class to a user. */
export type Pool = Piscina;

const handlersFile = fileURLToPath(entryFile('pool-tasks'));

/** Opens a pool with a fixed number of threads, each of which has run a task. */
export async function openPool(
  plan: PoolPlan,
  threads = plan.threads,
  filename = handlersFile,
): Promise<Pool> {
  const { Piscina } = (await import(plan.package)) as typeof import('piscina');
  const pool = new Piscina({
    filename,
    name: 'echo',
    minThreads: threads,
    maxThreads: threads,
    atomics: plan.atomics,
  });
  const words = new Int32Array(new SharedArrayBuffer(4));
  const meeting = Array.from({ length: threads }, () =>
    pool.run({ count: threads, words }, { name: 'meet' }),
  );
  await Promise.all(meeting);
  return pool;
}
