import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { WorkerPool, type WorkerPoolOptions } from 'wakeline';
import { poolFile } from './run-process.js';

function openPool(options: WorkerPoolOptions = {}): WorkerPool {
  const pool = new WorkerPool({ filename: poolFile('own-tasks'), threads: 2, ...options });
  onTestFinished(() => pool.destroy());
  return pool;
}

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

const makeWords = (): Int32Array => new Int32Array(new SharedArrayBuffer(12));
/** Lets the task go that is held there. */
function release(words: Int32Array): void {
  Atomics.store(words, 2, 1);
  Atomics.notify(words, 2);
}

const numbers = (end: number): number[] => Array.from({ length: end }, (_, index) => index);

/** Counts what is asked of it, and whether it was closed. */
class Source implements Iterable<number> {
  asked = 0;
  isClosed = false;
  readonly #end: number;

  constructor(end: number) {
    this.#end = end;
  }

  *[Symbol.iterator](): Generator<number> {
    try {
      while (this.asked < this.#end) yield this.asked++;
    } finally {
      this.isClosed = true;
    }
  }
}

test('a stream gives the results in the order of its inputs', async () => {
  const inputs = numbers(300).map((value) => ({ milliseconds: value % 7, value }));
  expect(await collect(openPool().stream(inputs, { name: 'rest' }))).toEqual(numbers(300));
});

test('a stream that is not ordered gives each result when it is there', async () => {
  const [held, open] = [makeWords(), makeWords()];
  release(open);
  const inputs = [{ words: held, value: 'slow' }, ...numbers(20).map((value) => ({ words: open, value }))];
  const results: unknown[] = [];
  for await (const value of openPool().stream(inputs, { name: 'holdAt', ordered: false }))
    if (results.push(value) === 20) release(held);
  expect(results.at(-1)).toBe('slow');
  expect(new Set(results)).toEqual(new Set(['slow', ...numbers(20)]));
});

for (const ordered of [true, false]) {
  test(`a stream has no more in flight than it was told (ordered: ${ordered})`, async () => {
    const source = new Source(200);
    let taken = 0;
    for await (const _ of openPool().stream(source, { inFlight: 5, ordered })) {
      taken++;
      expect(source.asked - taken).toBeLessThanOrEqual(5);
      if (taken % 50 === 0) await sleep(10);
    }
    expect(taken).toBe(200);
  });
}

test('a stream takes asynchronous inputs as they come', async () => {
  async function* inputs(): AsyncGenerator<number> {
    for (const value of numbers(20)) {
      await sleep(1);
      yield value;
    }
  }
  expect(await collect(openPool().stream(inputs()))).toEqual(numbers(20));
});

test('a stream without inputs ends', async () => {
  expect(await collect(openPool().stream([]))).toEqual([]);
});

test('an error of a task ends the stream in its place, and closes the inputs', async () => {
  const pool = openPool({ filename: poolFile('payload-tasks') });
  const source = new Source(100);
  const stream = pool.stream(source, { name: 'failWith', inFlight: 4 });
  await expect(collect(stream)).rejects.toBe(0);
  await sleep(5);
  expect(source.isClosed).toBe(true);
  expect(source.asked).toBeLessThan(10);
  expect(await pool.run('next')).toBe('next');
});

test('an error of the inputs comes after the results before it', async () => {
  function* inputs(): Generator<number> {
    yield* [1, 2];
    throw new RangeError('of the inputs');
  }
  const results: unknown[] = [];
  const read = async (): Promise<void> => {
    for await (const value of openPool().stream(inputs())) results.push(value);
  };
  await expect(read()).rejects.toThrow('of the inputs');
  expect(results).toEqual([1, 2]);
});

test('a consumer that leaves early closes the inputs, and no task is begun any more', async () => {
  const pool = openPool();
  const source = new Source(1_000_000);
  for await (const value of pool.stream(source, { inFlight: 8 })) if (value === 20) break;
  await sleep(5);
  expect(source.isClosed).toBe(true);
  const { asked } = source;
  expect(asked).toBeLessThan(40);
  await sleep(20);
  expect(source.asked).toBe(asked);
  await expect.poll(() => pool.occupancy.waiting).toBe(0);
});

test('ten thousand inputs go through a stream', async () => {
  expect(await collect(openPool().stream(numbers(10_000)))).toEqual(numbers(10_000));
});

test('a generator’s values come in order', async () => {
  const words = makeWords();
  expect(await collect(openPool().iterate({ words, end: 2000 }, { name: 'count' }))).toEqual(numbers(2000));
  expect(await collect(openPool().iterate(500, { name: 'countAtOnce' }))).toEqual(numbers(500));
});

test('a generator’s values may be of every kind', async () => {
  expect(await collect(openPool().iterate(0, { name: 'various' }))).toEqual([
    ...[1, 'two', { three: [3] }, null, undefined],
    ...[Uint8Array.of(4), new Map([[5, 5]])],
  ]);
});

test('a generator waits for its consumer', async () => {
  const words = makeWords();
  let taken = 0;
  for await (const _ of openPool().iterate({ words, end: 5000 }, { name: 'count' })) {
    if (++taken % 500 !== 0) continue;
    await sleep(20);
    expect(words[0] - taken).toBeLessThan(200);
  }
  expect(taken).toBe(5000);
});

test('a consumer that leaves early ends the generator, and the thread lives on', async () => {
  const pool = openPool({ threads: 1, abortGraceMs: 15_000 });
  const thread = await pool.run(0, { name: 'where' });
  const words = makeWords();
  for await (const value of pool.iterate<number>({ words, end: 1_000_000 }, { name: 'count' }))
    if (value === 10) break;
  expect(await pool.run(0, { name: 'where' })).toBe(thread);
  expect([words[0] < 1000, words[1]]).toEqual([true, 1]);
});

test('an error of a generator comes after its values', async () => {
  const values: unknown[] = [];
  const read = async (): Promise<void> => {
    for await (const value of openPool().iterate(0, { name: 'countAndFail' })) values.push(value);
  };
  await expect(read()).rejects.toThrow('no fourth');
  expect(values).toEqual([0, 1, 2]);
});

test('an abort ends a generator', async () => {
  const pool = openPool({ abortGraceMs: 15_000 });
  const controller = new AbortController();
  const words = makeWords();
  const read = async (): Promise<void> => {
    const values = pool.iterate<number>(
      { words, end: 1_000_000 },
      { name: 'count', signal: controller.signal },
    );
    for await (const value of values) if (value === 10) controller.abort();
  };
  await expect(read()).rejects.toMatchObject({ name: 'AbortError' });
  expect(await pool.run('next')).toBe('next');
});
