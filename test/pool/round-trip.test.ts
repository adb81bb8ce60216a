import { once } from 'node:events';
import { createRequire } from 'node:module';
import { MessageChannel } from 'node:worker_threads';
import { expect, test } from 'vitest';
import Piscina, * as dropIn from 'wakeline/piscina';
import { makePool } from './make-pool.js';

test('values go to a thread and come back', async () => {
  const pool = makePool();
  const values = [
    ...[0, -0, 1.5, -7, 2 ** 40, Number.NaN, true, false, null, undefined, '', 'text', 'ü€😀', 12n],
    ...[{ id: 1, name: 'n', values: [1, 2, 3] }, [undefined, null], new Map([[{ a: 1 }, new Set([2])]])],
    ...[new Date(5), /x/gi, new Uint8Array([1, 2, 3]), new Float64Array([0.5]), new Error('as a value')],
  ];
  for (const value of values) expect(await pool.run(value)).toStrictEqual(value);
});

test('results belong to their tasks when thousands are under way', async () => {
  const pool = makePool({ threads: 2 });
  const results = await Promise.all(Array.from({ length: 5000 }, (_, i) => pool.run(i)));
  expect(results).toEqual(Array.from({ length: 5000 }, (_, i) => i));
  expect(pool.completed).toBe(5000);
});

test('payloads of many megabytes arrive', async () => {
  const pool = makePool();
  const bytes = new Uint8Array(20_000_000).map((_, i) => i * 7);
  const text = 'wakeline '.repeat(500_000);
  const [gotBytes, gotText, gotObject] = await Promise.all([
    pool.run(bytes),
    pool.run(text),
    pool.run({ text, list: Array.from({ length: 100_000 }, (_, i) => i) }),
  ]);
  expect(Buffer.compare(gotBytes, bytes)).toBe(0);
  expect(gotText === text).toBe(true);
  expect(gotObject.text.length + gotObject.list.length).toBe(text.length + 100_000);
});

test('what only a MessagePort carries arrives with its task, both ways', async () => {
  const pool = makePool();
  const shared = new Int32Array(new SharedArrayBuffer(8));
  const buffer = new ArrayBuffer(16);
  const { port1, port2 } = new MessageChannel();
  const answered = once(port1, 'message');
  const [sharedLength, movedLength, , numbers, nested, moved] = await Promise.all([
    pool.run(shared, { name: 'markShared' }),
    pool.run(buffer, { name: 'lengthOf', transferList: [buffer] }),
    pool.run({ port: port2, text: 'hello' }, { name: 'answer', transferList: [port2 as never] }),
    pool.run(5),
    pool.run({ inner: shared }),
    pool.run(24, { name: 'makeBuffer' }),
  ]);
  expect([sharedLength, movedLength, numbers]).toEqual([2, 16, 5]);
  expect(moved).toBeInstanceOf(ArrayBuffer);
  expect(moved.byteLength).toBe(24);
  nested.inner[0] = 9;
  expect(shared[0]).toBe(9);
  expect(buffer.byteLength).toBe(0);
  expect((await answered)[0]).toBe('hello');
  port1.close();
});

test('errors arrive with name, message, stack, cause and own properties', async () => {
  const pool = makePool();
  const error = await pool.run('bad', { name: 'fail' }).catch((one: unknown) => one);
  expect(error).toBeInstanceOf(RangeError);
  expect(error).toMatchObject({ message: 'bad', code: 'E_TEST', details: { depth: [1, 2] } });
  expect((error as Error).stack).toContain('pool-handlers');
  expect((error as Error).cause).toBeInstanceOf(TypeError);
  expect((error as Error).cause).toMatchObject({ message: 'why' });
  await expect(pool.run('text', { name: 'throwValue' })).rejects.toBe('text');
  await expect(pool.run({ a: 1 }, { name: 'throwValue' })).rejects.toEqual({ a: 1 });
});

test('a thread that exits fails its own task only, and is replaced', async () => {
  const pool = makePool({ threads: 2 });
  const [exited, ...others] = await Promise.allSettled([
    pool.run(3, { name: 'exit' }),
    ...Array.from({ length: 100 }, (_, i) => pool.run(i)),
  ]);
  expect(exited).toMatchObject({ reason: { message: 'worker exited with code: 3' } });
  expect(others.map((one) => (one as PromiseFulfilledResult<number>).value)).toEqual(
    Array.from({ length: 100 }, (_, i) => i),
  );
  expect(pool.threads.length).toBe(2);
});

test('an abort ends a running task and drops a waiting one', async () => {
  const pool = makePool({ abortGraceMs: 0 });
  const [running, waiting] = [new AbortController(), new AbortController()];
  const first = pool.run(60_000, { name: 'slowly', signal: running.signal });
  const second = pool.run(1, { signal: waiting.signal });
  const third = pool.run(3);
  waiting.abort('not needed');
  running.abort();
  await expect(first).rejects.toMatchObject({ name: 'AbortError', message: 'The task has been aborted' });
  await expect(second).rejects.toMatchObject({ name: 'AbortError', cause: 'not needed' });
  expect(await third).toBe(3);
});

test('the drop-in is the same class by import and by require', () => {
  expect(createRequire(import.meta.url)('wakeline/piscina')).toBe(Piscina);
  expect(dropIn.Piscina).toBe(Piscina);
  expect(Piscina.Piscina).toBe(Piscina);
  expect(Object.keys(dropIn).sort()).toEqual(
    expect.arrayContaining([
      'ArrayTaskQueue',
      'FixedQueue',
      'isWorkerThread',
      'move',
      'version',
      'workerData',
    ]),
  );
});
