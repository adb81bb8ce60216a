import { onTestFinished } from 'vitest';
import { WorkerPool, type WorkerPoolOptions } from 'wakeline';
import { fixturePath } from '../support/project.js';

/** A pool of one thread, unless the options say more, that is destroyed after the test. */
export function makePool(options: WorkerPoolOptions = {}): WorkerPool {
  const pool = new WorkerPool({ filename: fixturePath('pool-handlers'), threads: 1, ...options });
  onTestFinished(() => pool.destroy());
  return pool;
}

/** Waits until a word of shared memory is set. */
export async function until(words: Int32Array, index: number): Promise<void> {
  while (Atomics.load(words, index) === 0) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** Words of shared memory, all 0. */
export const sharedWords = (count = 2): Int32Array<SharedArrayBuffer> =>
  new Int32Array(new SharedArrayBuffer(count * 4));
