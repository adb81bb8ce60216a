import { expect, test } from 'vitest';
import { makePool, sharedWords, until } from './make-pool.js';

/** On a busy machine a thread may get no CPU for a second. */
const patient = { abortGraceMs: 15_000 };

test('an abort stops a loop that never awaits, and its thread lives on', async () => {
  const pool = makePool(patient);
  const thread = await pool.run(0, { name: 'whichThread' });
  const words = sharedWords();
  const controller = new AbortController();
  const task = pool.run(words, { name: 'spinUntilCancelled', signal: controller.signal });
  await until(words, 1);
  controller.abort('enough');
  await expect(task).rejects.toMatchObject({ name: 'AbortError', cause: 'enough' });
  expect(await pool.run(0, { name: 'whichThread' })).toBe(thread);
  expect(words[0]).toBe(1);
});

test('an abort tells a task that waits, with the reason', async () => {
  const pool = makePool(patient);
  const words = sharedWords();
  const controller = new AbortController();
  const task = pool.run(words, { name: 'waitUntilCancelled', signal: controller.signal });
  await until(words, 1);
  controller.abort('told');
  await expect(task).rejects.toMatchObject({ name: 'AbortError' });
  await until(words, 0);
  expect(words[0]).toBe(7);
});

test('a task that does not stop in time costs its thread, and no other task', async () => {
  const pool = makePool({ abortGraceMs: 50 });
  const thread = await pool.run(0, { name: 'whichThread' });
  const words = sharedWords();
  const controller = new AbortController();
  const task = pool.run(words, { name: 'spinForEver', signal: controller.signal });
  const others = [1, 2, 3].map((value) => pool.run(value));
  const keyed = pool.run(4, { key: 'k' });
  await until(words, 1);
  controller.abort();
  await expect(task).rejects.toMatchObject({ name: 'AbortError' });
  expect(await Promise.all([...others, keyed])).toEqual([1, 2, 3, 4]);
  expect(await pool.run(0, { name: 'whichThread' })).not.toBe(thread);
});

test('a task that takes too long is cancelled, and one that waits too long never begins', async () => {
  const pool = makePool(patient);
  const words = sharedWords();
  const running = pool.run(words, { name: 'spinUntilCancelled', timeoutMs: 30 });
  const waiting = pool.run({ words: sharedWords(4), value: 1 }, { name: 'note', timeoutMs: 10 });
  await expect(waiting).rejects.toMatchObject({ name: 'TimeoutError', code: 'ERR_WAKELINE_TASK_TIMEOUT' });
  await expect(running).rejects.toMatchObject({ name: 'TimeoutError' });
  expect(await pool.run('in time', { timeoutMs: 10_000 })).toBe('in time');
  expect(words[0]).toBe(1);
});

test('a result that cannot be cloned fails its task alone', async () => {
  const pool = makePool();
  const [thread, failed] = [await pool.run(0, { name: 'whichThread' }), pool.run(() => {})];
  await expect(failed).rejects.toMatchObject({ name: 'DataCloneError' });
  await expect(pool.run(0, { name: 'makeFunction' })).rejects.toMatchObject({ name: 'DataCloneError' });
  expect(await pool.run(0, { name: 'whichThread' })).toBe(thread);
});
