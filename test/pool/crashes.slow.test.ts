import { expect, onTestFinished, test } from 'vitest';
import { WorkerPool } from 'wakeline';
import { poolFile } from './run-process.js';

const endings = [
  ['an exception', 'crash', undefined, /nobody catches this/],
  ['process.exit', 'exit', 9, /worker exited with code: 9/],
  ['a rejection', 'rejectUnhandled', undefined, /nobody handles this/],
] as const;

function openPool(options: object = {}): WorkerPool {
  const pool = new WorkerPool({
    filename: poolFile('compat/tasks'),
    minThreads: 2,
    maxThreads: 2,
    ...options,
  });
  onTestFinished(() => pool.destroy());
  return pool;
}

for (const [what, name, task, message] of endings) {
  test(`${what} rejects its task alone while hundreds are pending`, async () => {
    const pool = openPool();
    const before = Array.from({ length: 300 }, (_, value) => pool.run(value));
    const ended = pool.run(task, { name });
    const behind = Array.from({ length: 300 }, (_, value) => pool.run(value));
    await expect(ended).rejects.toThrow(message);
    expect(await Promise.all(before)).toEqual(before.map((_, value) => value));
    expect(await Promise.all(behind)).toEqual(behind.map((_, value) => value));
    expect(pool.threads.length).toBe(2);
  });
}

test('ends of threads one after the other reject one task each', async () => {
  const pool = openPool();
  const tasks = Array.from({ length: 60 }, (_, index) =>
    index % 3 === 0 ? pool.run(7, { name: 'exit' }) : pool.run(index),
  );
  const ends = await Promise.allSettled(tasks);
  expect(ends.map(({ status }) => status)).toEqual(
    ends.map((_, index) => (index % 3 === 0 ? 'rejected' : 'fulfilled')),
  );
});

test('out of memory rejects its task alone, with the cause', async () => {
  const pool = openPool({ resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 4 } });
  const ended = pool.run(null, { name: 'exhaustMemory' });
  const others = Array.from({ length: 20 }, (_, value) => pool.run(value));
  await expect(ended).rejects.toMatchObject({ code: 'ERR_WORKER_OUT_OF_MEMORY' });
  expect(await Promise.all(others)).toEqual(others.map((_, value) => value));
});

test('a thread that dies while it starts does not hang the pool', async () => {
  const pool = openPool({
    minThreads: 0,
    maxThreads: 1,
    filename: null,
    execArgv: ['--require', '/nowhere/file.cjs'],
  });
  const errors: Error[] = [];
  pool.on('error', (error) => errors.push(error));
  const task = pool.run(1, { filename: poolFile('compat/tasks') });
  const end = await Promise.race([
    task.catch((error: Error) => error),
    new Promise<Error>((resolve) => pool.once('error', resolve)),
  ]);
  expect(end).toBeInstanceOf(Error);
  task.catch(() => {});
});

test('an abort of one of many tasks on a thread loses none of the others', async () => {
  const pool = openPool();
  const controllers = Array.from({ length: 40 }, () => new AbortController());
  const tasks = controllers.map(({ signal }, index) =>
    index % 4 === 0 ? pool.run(undefined, { name: 'spin', signal }) : pool.run(index),
  );
  const timer = setInterval(() => {
    for (const controller of controllers) controller.abort();
  }, 50);
  const ends = await Promise.allSettled(tasks);
  clearInterval(timer);
  expect(ends.map(({ status }) => status)).toEqual(
    ends.map((_, index) => (index % 4 === 0 ? 'rejected' : 'fulfilled')),
  );
});
