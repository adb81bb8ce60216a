import { expect, test } from 'vitest';
import { makePool, sharedWords, until } from './make-pool.js';

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

test('a stream runs a task for each input and keeps their order', async () => {
  const pool = makePool({ threads: 2 });
  async function* inputs(): AsyncGenerator<number> {
    for (const i of numbers(500)) yield i;
  }
  expect(await collect(pool.stream(inputs()))).toEqual(numbers(500));
  expect(await collect(pool.stream(numbers(5)))).toEqual(numbers(5));
  expect(await collect(pool.stream([]))).toEqual([]);
});

test('a stream without order gives results as they are ready', async () => {
  const pool = makePool({ threads: 1, concurrentTasksPerWorker: 3 });
  const results = await collect(pool.stream([500, 1, 2], { name: 'slowly', ordered: false }));
  expect(results.at(-1)).toBe(500);
  expect(results.sort((a, b) => a - b)).toEqual([1, 2, 500]);
});

test('a stream takes no more inputs than may be in flight', async () => {
  const pool = makePool();
  let taken = 0;
  function* inputs(): Generator<number> {
    for (const i of numbers(100)) {
      taken++;
      yield i;
    }
  }
  const stream = pool.stream(inputs(), { inFlight: 4 });
  expect(await stream.next()).toEqual({ done: false, value: 0 });
  await pool.run(1);
  expect(taken).toBeLessThanOrEqual(5);
  await stream.return?.();
  expect(taken).toBeLessThanOrEqual(6);
});

test('a stream ends with the error of a task, in its place', async () => {
  const pool = makePool();
  const seen: unknown[] = [];
  const stream = pool.stream(['a', 'b'], { name: 'throwValue' });
  await expect(stream.next()).rejects.toBe('a');
  for await (const value of stream) seen.push(value);
  expect(seen).toEqual([]);
});

test('an iteration brings the values of a generator', async () => {
  const pool = makePool();
  const words = sharedWords();
  expect(await collect(pool.iterate({ to: 1000, words }, { name: 'count' }))).toEqual(numbers(1000));
  expect(words[1]).toBe(1);
  expect(await collect(pool.iterate([1, 'b', { c: 3 }]))).toEqual([1, 'b', { c: 3 }]);
});

test('an iteration waits for its consumer, and ends when that leaves', async () => {
  const pool = makePool({ abortGraceMs: 15_000 });
  const words = sharedWords();
  const values = pool.iterate<number>({ to: 1_000_000, words }, { name: 'count' });
  expect(await values.next()).toEqual({ done: false, value: 0 });
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(words[0]).toBeLessThan(100);
  await values.return?.();
  await until(words, 1);
  expect(words[0]).toBeLessThan(200);
  expect(await pool.run('next')).toBe('next');
});

test('an iteration over what is no iterable fails', async () => {
  const pool = makePool();
  await expect(collect(pool.iterate(5))).rejects.toBeInstanceOf(TypeError);
  await expect(collect(pool.iterate('x', { name: 'throwValue' }))).rejects.toBe('x');
});
