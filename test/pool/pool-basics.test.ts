import { expect, onTestFinished, test } from 'vitest';
import { WorkerPool } from 'wakeline';
import { poolFile } from './run-process.js';

// The least that a pool must do, in the least time: these also run on emulated CPUs.

function openPool(): WorkerPool {
  const pool = new WorkerPool({ filename: poolFile('basic-tasks'), minThreads: 1, maxThreads: 1 });
  onTestFinished(() => pool.destroy());
  return pool;
}

test('a task makes the round trip to a thread and back', async () => {
  const pool = openPool();
  expect(await pool.run(20, { name: 'double' })).toBe(40);
  expect(await Promise.all([1, 2, 3].map((value) => pool.run(value, { name: 'double' })))).toEqual([2, 4, 6]);
});

test('an aborted task is rejected, and the pool goes on', async () => {
  const pool = openPool();
  const begun = new Int32Array(new SharedArrayBuffer(4));
  const controller = new AbortController();
  const task = pool.run(begun, { name: 'wait', signal: controller.signal });
  while (Atomics.load(begun, 0) === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  controller.abort();
  await expect(task).rejects.toMatchObject({ name: 'AbortError' });
  expect(await pool.run(1, { name: 'double' })).toBe(2);
});

test('a task whose thread crashes is rejected with the cause, and the pool goes on', async () => {
  const pool = openPool();
  await expect(pool.run('the cause', { name: 'crash' })).rejects.toThrow('the cause');
  expect(await pool.run(1, { name: 'double' })).toBe(2);
});
