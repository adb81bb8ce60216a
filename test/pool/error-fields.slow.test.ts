import { expect, onTestFinished, test } from 'vitest';
import { WorkerPool } from 'wakeline';
import { poolFile } from './run-process.js';

// What Piscina loses of an error arrives here; what it keeps is compared in compat/errors.slow.test.ts.

async function thrownBy(name: string, task?: unknown): Promise<Error & Record<string, unknown>> {
  const pool = new WorkerPool({ filename: poolFile('payload-tasks'), minThreads: 1, maxThreads: 1 });
  onTestFinished(() => pool.destroy());
  const thrown = await pool.run(task, { name }).then(
    () => expect.unreachable('it did not throw'),
    (error) => error,
  );
  expect(await pool.run('next')).toBe('next');
  return thrown;
}

test('an error keeps its name, its message and where it was thrown', async () => {
  const error = await thrownBy('failWithFields', 5);
  expect(error).toBeInstanceOf(RangeError);
  expect(error).toMatchObject({ name: 'OrderError', message: 'an order failed' });
  expect(error.stack).toContain('an order failed');
  expect(error.stack).toContain('failWithFields');
  expect(error.stack).toContain('payload-tasks');
});

test('an error keeps its own properties', async () => {
  const error = await thrownBy('failWithFields', 5);
  expect(error.code).toBe('ERR_ORDER');
  expect(error.order).toEqual({ id: 5, items: ['a', 'b'] });
});

test('an error keeps its cause, with what that has', async () => {
  const { cause } = (await thrownBy('failWithFields', 5)) as { cause: Error & Record<string, unknown> };
  expect(cause).toBeInstanceOf(Error);
  expect(cause.message).toBe('the second cause');
  const first = cause.cause as Error & Record<string, unknown>;
  expect(first).toBeInstanceOf(TypeError);
  expect(first).toMatchObject({ message: 'the first cause', code: 'ERR_FIRST', at: new Date(5) });
});

test('errors in an AggregateError arrive', async () => {
  const error = await thrownBy('failWithSeveral');
  expect(error.message).toBe('several');
  expect((error.errors as Error[]).map(({ name, message }) => [name, message])).toEqual([
    ['RangeError', 'one'],
    ['TypeError', 'two'],
  ]);
});

test('the error of a system call keeps code, errno, syscall and path', async () => {
  const error = await thrownBy('failToOpen', '/nowhere/at-all');
  expect(error).toMatchObject({ code: 'ENOENT', errno: -2, syscall: 'open', path: '/nowhere/at-all' });
});

test('an error that leads to itself does so on the other side', async () => {
  const error = await thrownBy('failInACircle');
  expect(error.message).toBe('in a circle');
  expect(error.cause === error && error.self === error).toBe(true);
});

test('a property that cannot be sent takes nothing else with it', async () => {
  const error = await thrownBy('failWithFunction');
  expect(error).toMatchObject({ message: 'with a function', code: 'ERR_KEPT' });
  expect(error.report).toBeUndefined();
});

test('an error without a stack arrives', async () => {
  expect(await thrownBy('failWithoutStack')).toMatchObject({ name: 'Error', message: 'without a stack' });
});

for (const value of [0, '', 'text', false, undefined, { a: [1] }, 10n, new Map([[1, 2]])]) {
  test(`a task may throw ${typeof value} ${String(value)}`, async () => {
    expect(await thrownBy('failWith', value)).toEqual(value);
  });
}
