import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Channel, WorkerPool } from 'wakeline';
import { fixturePath } from '../support/project.js';
import { makePool, sharedWords } from './make-pool.js';

test('all threads are started at once, as many as there are CPUs to use', async () => {
  const pool = makePool();
  const wide = new WorkerPool({ filename: fixturePath('pool-handlers') });
  expect(wide.threads.length).toBeGreaterThanOrEqual(1);
  expect(wide.threads.length).toBeLessThanOrEqual(availableParallelism());
  await Promise.all([pool.ready(), wide.ready()]);
  expect(wide.idleThreads).toBe(wide.threads.length);
  await wide.destroy();
});

test('ready rejects when the file cannot be loaded, and tasks do not hang', async () => {
  const pool = makePool({ filename: '/nowhere/handlers.js' });
  const errors: unknown[] = [];
  pool.on('error', (error) => errors.push(error));
  const tasks = await Promise.allSettled([pool.ready(), pool.run(1), pool.run(2)]);
  expect(tasks.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(tasks[1]).toMatchObject({ reason: { code: 'ERR_MODULE_NOT_FOUND' } });
});

test('tasks with one key run on one thread, and in order', async () => {
  const pool = makePool({ threads: 3 });
  const ids = await Promise.all(
    Array.from({ length: 60 }, (_, i) => pool.run(0, { name: 'whichThread', key: `k${i % 4}` })),
  );
  for (let key = 0; key < 4; key++) expect(new Set(ids.filter((_, i) => i % 4 === key)).size).toBe(1);
  const words = sharedWords(40);
  await Promise.all(
    Array.from({ length: 30 }, (_, value) => pool.run({ words, value }, { name: 'note', key: 1 })),
  );
  expect([...words.subarray(1, 31)]).toEqual(Array.from({ length: 30 }, (_, i) => i));
});

test('higher priorities leave the queue first', async () => {
  const pool = makePool();
  const words = sharedWords(8);
  const blocked = pool.run(30, { name: 'block' });
  const tasks = [0, 5, -1, 5, 9].map((priority, index) =>
    pool.run({ words, value: index }, { name: 'note', priority }),
  );
  await Promise.all([blocked, ...tasks]);
  expect([...words.subarray(1, 6)]).toEqual([4, 1, 3, 0, 2]);
});

test('a broadcast runs on every thread once', async () => {
  const pool = makePool({ threads: 3 });
  const ids = await pool.broadcast(0, { name: 'whichThread' });
  expect(new Set(ids).size).toBe(3);
  expect(ids.sort()).toEqual(pool.threads.map((thread) => thread.threadId).sort());
});

test('the occupancy is known at once', async () => {
  const pool = makePool({ threads: 2 });
  expect(pool.occupancy).toEqual({ running: 0, waiting: 0, capacity: 2, isFull: false });
  const tasks = [pool.run(20, { name: 'block' }), pool.run(20, { name: 'block' }), pool.run(1)];
  expect(pool.occupancy).toEqual({ running: 2, waiting: 1, capacity: 2, isFull: true });
  await Promise.all(tasks);
  expect(pool.occupancy).toMatchObject({ running: 0, waiting: 0, isFull: false });
});

test('one slow task does not hold others behind it', async () => {
  const pool = makePool({ threads: 2 });
  await pool.ready();
  for (let i = 0; i < 200; i++) await pool.run(i);
  const released = sharedWords();
  const slow = pool.run(released, { name: 'blockUntil' });
  const quick = Array.from({ length: 500 }, (_, i) => pool.run(i));
  // Otherwise this never comes to its end.
  expect(await Promise.all(quick)).toEqual(quick.map((_, i) => i));
  Atomics.store(released, 0, 1);
  Atomics.notify(released, 0);
  await slow;
});

test('threads of a pool talk to each other over channels', async () => {
  const pool = makePool({ threads: 2 });
  const channel = new Channel<number>();
  const [received] = await Promise.all([
    pool.run(channel.receiver, { name: 'receiveOver', key: 0 }),
    pool.run(channel.sender, { name: 'sendOver', key: 1 }),
  ]);
  const ids = pool.threads.map((thread) => thread.threadId);
  expect(received.sort()).toEqual(ids.sort());
});

test('a task can use all operations of its thread’s loop', async () => {
  const pool = makePool();
  expect(await pool.run(0, { name: 'useOperations' })).toBe(true);
  expect(await pool.run('after')).toBe('after');
});

test('output is written although the main thread is busy', () => {
  const program = `
    import { WorkerPool } from 'wakeline';
    import { fstatSync, writeSync } from 'node:fs';
    const pool = new WorkerPool({ filename: ${JSON.stringify(fixturePath('pool-handlers'))}, threads: 1 });
    await pool.ready();
    const printed = pool.run('from the thread', { name: 'print' });
    const endMs = performance.now() + 10_000;
    while (performance.now() < endMs && fstatSync(1).size === 0);
    writeSync(1, 'from the main thread\\n');
    await printed;
    await pool.close();
  `;
  const file = join(mkdtempSync(join(tmpdir(), 'wakeline-output-')), 'output');
  const stdout = openSync(file, 'w');
  const given = ['--input-type=module', '--eval', program];
  const run = spawnSync(process.execPath, given, { encoding: 'utf8', stdio: ['ignore', stdout, 'pipe'] });
  closeSync(stdout);
  expect(run).toMatchObject({ status: 0, stderr: '' });
  expect(readFileSync(file, 'utf8')).toBe('from the thread\nfrom the main thread\n');
});

test('wrong options of its own are named', async () => {
  expect(() => new WorkerPool({ threads: 0 })).toThrow(/'threads'.*received 0/);
  expect(() => new WorkerPool({ abortGraceMs: -1 })).toThrow(/'abortGraceMs'/);
  expect(() => new WorkerPool({ filename: 5 as never })).toThrow(/'filename'/);
  const pool = makePool();
  await expect(pool.run(1, { timeoutMs: -5 })).rejects.toThrow(/'timeoutMs'/);
  await expect(pool.run(1, { key: {} as never })).rejects.toThrow(/'key'/);
  await expect(pool.run(1, { priority: 'high' as never })).rejects.toThrow(/'priority'/);
  expect(() => pool.stream(5 as never)).toThrow(/'inputs'/);
});
