import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { TaskTimeoutError, WorkerPool, type WorkerPoolOptions } from 'wakeline';
import { makePool } from './make-pool.js';
import { poolFile, runPoolFile } from './run-process.js';

const file = poolFile('own-tasks');

function openPool(options: WorkerPoolOptions = {}): WorkerPool {
  const pool = new WorkerPool({ filename: file, threads: 1, ...options });
  onTestFinished(() => pool.destroy());
  return pool;
}

const makeWords = (): Int32Array => new Int32Array(new SharedArrayBuffer(12));

/** Waits until so many tasks have arrived. */
async function arrived(words: Int32Array, count = 1): Promise<void> {
  while (Atomics.load(words, 0) < count) await sleep(1);
}

function release(words: Int32Array): void {
  Atomics.store(words, 2, 1);
  Atomics.notify(words, 2);
}

for (const name of ['computeUntilCancelled', 'pollUntilCancelled', 'sleepUntilCancelled']) {
  test(`an aborted task that looks at its signal stops, and its thread lives on (${name})`, async () => {
    const pool = openPool({ abortGraceMs: 15_000 });
    const thread = await pool.run(0, { name: 'where' });
    const words = makeWords();
    const controller = new AbortController();
    const task = pool.run(words, { name, signal: controller.signal });
    await arrived(words);
    controller.abort('the reason');
    await expect(task).rejects.toMatchObject({ name: 'AbortError', cause: 'the reason' });
    expect(await pool.run(0, { name: 'where' })).toBe(thread);
    expect(words[1]).toBe(1);
  });
}

test('a task that does not stop in the time of grace is ended with its thread', async () => {
  const pool = openPool({ abortGraceMs: 50 });
  const thread = await pool.run(0, { name: 'where' });
  const words = makeWords();
  const controller = new AbortController();
  const task = pool.run(words, { name: 'ignoreEverything', signal: controller.signal });
  await arrived(words);
  controller.abort();
  await expect(task).rejects.toMatchObject({ name: 'AbortError' });
  expect(await pool.run(0, { name: 'where' })).not.toBe(thread);
});

test('without grace the thread is replaced at once', async () => {
  const pool = openPool({ abortGraceMs: 0 });
  const thread = await pool.run(0, { name: 'where' });
  const words = makeWords();
  const controller = new AbortController();
  const task = pool.run(words, { name: 'computeUntilCancelled', signal: controller.signal });
  await arrived(words);
  controller.abort();
  await expect(task).rejects.toMatchObject({ name: 'AbortError' });
  expect(await pool.run(0, { name: 'where' })).not.toBe(thread);
});

test('an aborted task that waits never runs', async () => {
  const pool = openPool();
  const [words, never] = [makeWords(), makeWords()];
  const held = pool.run({ words }, { name: 'holdAt' });
  await arrived(words);
  const controller = new AbortController();
  const task = pool.run(never, { name: 'computeUntilCancelled', signal: controller.signal });
  controller.abort();
  await expect(task).rejects.toMatchObject({ name: 'AbortError' });
  release(words);
  await held;
  expect(await pool.run(1)).toBe(1);
  expect(never[0]).toBe(0);
});

test('a signal that nobody aborts says so', async () => {
  const seen = await openPool().run(0, { name: 'look', signal: new AbortController().signal });
  expect(seen).toEqual({ aborted: false, isCancelled: false, isSignal: true });
  expect(await openPool().run(0, { name: 'look' })).toEqual(seen);
});

test('a task that takes longer than its time-out is cancelled', async () => {
  const pool = openPool({ abortGraceMs: 15_000 });
  const thread = await pool.run(0, { name: 'where' });
  const words = makeWords();
  const task = pool.run(words, { name: 'computeUntilCancelled', timeoutMs: 60 });
  await expect(task).rejects.toBeInstanceOf(TaskTimeoutError);
  await expect(task).rejects.toMatchObject({ name: 'TimeoutError', code: 'ERR_WAKELINE_TASK_TIMEOUT' });
  expect(await pool.run(0, { name: 'where' })).toBe(thread);
  expect(words[1]).toBe(1);
});

test('a task that waits longer than its time-out never runs', async () => {
  const pool = openPool();
  const [words, never] = [makeWords(), makeWords()];
  const held = pool.run({ words }, { name: 'holdAt' });
  await arrived(words);
  await expect(pool.run(never, { name: 'computeUntilCancelled', timeoutMs: 20 })).rejects.toThrow(
    TaskTimeoutError,
  );
  release(words);
  await held;
  expect(await pool.run(1, { timeoutMs: 60_000 })).toBe(1);
  expect(never[0]).toBe(0);
});

test('ready resolves when every thread has loaded its file', async () => {
  const pool = openPool({ threads: 3 });
  await pool.ready();
  expect(pool.idleThreads).toBe(3);
  expect(pool.threads.length).toBe(3);
});

test('ready rejects when a file cannot be loaded', async () => {
  const pool = openPool({ filename: '/nowhere/at-all.js' });
  pool.on('error', () => {});
  await expect(pool.ready()).rejects.toThrow();
});

test('the threads are as many as the process has CPUs, and stay', async () => {
  const pool = new WorkerPool({ filename: new URL(`file://${file}`) });
  onTestFinished(() => pool.destroy());
  const count = pool.threads.length;
  expect(count).toBe(pool.options.maxThreads);
  expect(count).toBeGreaterThan(0);
  await Promise.all(Array.from({ length: 50 }, (_, value) => pool.run(value)));
  await sleep(100);
  expect(pool.threads.length).toBe(count);
});

test('tasks with one key run on one thread', async () => {
  const pool = openPool({ threads: 3 });
  await pool.ready();
  const keys = Array.from({ length: 30 }, (_, index) => `key ${index % 6}`);
  const threads = await Promise.all(keys.map((key) => pool.run(0, { name: 'where', key })));
  const byKey = new Map(keys.map((key, index) => [key, threads[index]]));
  expect(threads).toEqual(keys.map((key) => byKey.get(key)));
  expect(new Set(threads).size).toBeGreaterThan(1);
  // Also later, and although others are idle.
  expect(await Promise.all(keys.map((key) => pool.run(0, { name: 'where', key })))).toEqual(threads);
});

test('tasks with one key run in the order in which they were given', async () => {
  const pool = openPool({ threads: 2 });
  const order: number[] = [];
  const tasks = Array.from({ length: 20 }, (_, index) =>
    pool
      .run({ milliseconds: index % 3, value: index }, { name: 'rest', key: 'one' })
      .then((value) => order.push(value)),
  );
  await Promise.all(tasks);
  expect(order).toEqual(order.map((_, index) => index));
});

test('a key outlives its thread', async () => {
  const pool = openPool({ threads: 2, abortGraceMs: 0 });
  const thread = await pool.run(0, { name: 'where', key: 'one' });
  const words = makeWords();
  const controller = new AbortController();
  const { signal } = controller;
  const ended = pool.run(words, { name: 'ignoreEverything', key: 'one', signal });
  const behind = pool.run('behind', { key: 'one' });
  await arrived(words);
  controller.abort();
  await expect(ended).rejects.toMatchObject({ name: 'AbortError' });
  expect(await behind).toBe('behind');
  expect(await pool.run(0, { name: 'where', key: 'one' })).not.toBe(thread);
});

test('tasks of higher priority leave the queue first', async () => {
  const pool = openPool();
  const words = makeWords();
  const held = pool.run({ words }, { name: 'holdAt' });
  await arrived(words);
  const order: unknown[] = [];
  const priorities = [0, 5, -1, 5, 10, 0];
  const tasks = priorities.map((priority, index) =>
    pool.run(index, { priority }).then((value) => order.push([priority, value])),
  );
  release(words);
  await Promise.all([held, ...tasks]);
  expect(order).toEqual([
    [10, 4],
    [5, 1],
    [5, 3],
    [0, 0],
    [0, 5],
    [-1, 2],
  ]);
});

test('occupancy is known at once', async () => {
  const pool = openPool({ threads: 2 });
  await pool.ready();
  const words = makeWords();
  expect(pool.occupancy).toEqual({ running: 0, waiting: 0, capacity: 2, isFull: false });
  const tasks = [pool.run({ words }, { name: 'holdAt' })];
  expect(pool.occupancy).toEqual({ running: 1, waiting: 0, capacity: 2, isFull: false });
  for (let i = 0; i < 4; i++) tasks.push(pool.run({ words }, { name: 'holdAt' }));
  expect(pool.occupancy).toEqual({ running: 2, waiting: 3, capacity: 2, isFull: true });
  release(words);
  await Promise.all(tasks);
  expect(pool.occupancy).toEqual({ running: 0, waiting: 0, capacity: 2, isFull: false });
});

test('broadcast runs on every thread', async () => {
  const pool = openPool({ threads: 3 });
  await pool.ready();
  const threads = await pool.broadcast(0, { name: 'where' });
  expect(threads).toEqual(pool.threads.map(({ threadId }) => threadId));
  expect(new Set(threads).size).toBe(3);
});

test('broadcast reaches threads that have work', async () => {
  const pool = openPool({ threads: 2 });
  const words = makeWords();
  const held = [0, 1].map(() => pool.run({ words }, { name: 'holdAt' }));
  await arrived(words, 2);
  const broadcast = pool.broadcast('to all');
  release(words);
  expect(await broadcast).toEqual(['to all', 'to all']);
  await Promise.all(held);
});

test('broadcast rejects with the error of a thread', async () => {
  await expect(openPool({ threads: 2 }).broadcast(0, { name: 'no such export' })).rejects.toThrow(
    'No handler',
  );
});

test('wrong options are named', async () => {
  const pool = openPool();
  await expect(pool.run(1, { priority: 'high' as never })).rejects.toThrow("'priority'");
  await expect(pool.run(1, { timeoutMs: -1 })).rejects.toThrow("'timeoutMs'");
  await expect(pool.run(1, { key: {} as never })).rejects.toThrow("'key'");
  expect(() => new WorkerPool({ abortGraceMs: -1 })).toThrow("'abortGraceMs'");
  expect(() => new WorkerPool({ threads: 0 })).toThrow("'threads'");
  expect(() => new WorkerPool({ filename: 5 as never })).toThrow("'filename'");
});

test('a result that cannot be sent fails its task, and the thread lives on', async () => {
  const pool = openPool({ filename: poolFile('compat/tasks') });
  const thread = await pool.run(0, { name: 'where' });
  await expect(pool.run(0, { name: 'returnUncloneable' })).rejects.toMatchObject({ name: 'DataCloneError' });
  expect(await pool.run(0, { name: 'where' })).toBe(thread);
});

test('await using closes the pool when its tasks have ended', async () => {
  // `using` is syntax of Node 24: what it calls is called here.
  const pool = openPool();
  const task = pool.run({ milliseconds: 30, value: 'done' }, { name: 'rest' });
  await pool[Symbol.asyncDispose]();
  expect(await task).toBe('done');
  expect(pool.threads.length).toBe(0);
});

test('a thread writes its output while the main thread is blocked', async () => {
  const { isWrittenBefore, output } = await runPoolFile<{ isWrittenBefore: boolean; output: string }>(
    'output-process',
  );
  expect({ isWrittenBefore, output }).toEqual({ isWrittenBefore: true, output: 'from the thread\n' });
});

test('close waits for every task, also for those that others outlive', async () => {
  const pool = makePool({ threads: 2 });
  const tasks = [50, 300, 1, 1, 400].map((milliseconds) => pool.run(milliseconds, { name: 'slowly' }));
  await Promise.all([pool.close(), pool.close()]);
  expect((await Promise.allSettled(tasks)).map(({ status }) => status)).toEqual(tasks.map(() => 'fulfilled'));
});

test('close waits for a task that does not stop in time, and for the tasks behind one that takes its thread along', async () => {
  const pool = makePool({ threads: 1, abortGraceMs: 50 });
  const stuck = pool.run(60_000, { name: 'slowly', timeoutMs: 20 });
  const exits = pool.run(3, { name: 'exit' });
  const last = pool.run(7);
  const closed = pool.close();
  await expect(stuck).rejects.toMatchObject({ name: 'TimeoutError' });
  await expect(exits).rejects.toThrow('worker exited with code: 3');
  expect(await last).toBe(7);
  await closed;
  expect(pool.threads.length).toBe(0);
});
