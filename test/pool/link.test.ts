import { beforeAll, expect, test } from 'vitest';
import { EventLoop } from 'wakeline';
import { makePool, sharedWords } from './make-pool.js';

// The pool's loop, which has its turn before libuv's poll, where Node looks at its ports.
beforeAll(() => void EventLoop.attach({ kernelWait: 'enter' }));

/** Lets the thread go on and blocks this one, outside of any turn, until all is sent that the thread sends. */
async function blockUntilSent(words: Int32Array): Promise<void> {
  await new Promise(setImmediate);
  Atomics.store(words, 1, 1);
  Atomics.notify(words, 1);
  Atomics.wait(words, 0, 0, 10_000);
  // The last record follows the word.
  Atomics.wait(words, 2, 0, 50);
}

test('values that follow one by a port that has not come yet wait for it', async () => {
  const pool = makePool();
  await pool.run('up');
  const words = sharedWords(3);
  const seen: unknown[] = [];
  const reading = (async () => {
    for await (const value of pool.iterate(words, { name: 'mixed' })) seen.push(value);
  })();
  await blockUntilSent(words);
  await reading;
  expect(seen).toEqual(['text', new Map([[1, 2]]), 3]);
});

test('a pool may be destroyed before the port has come that a result needs', async () => {
  const pool = makePool({ concurrentTasksPerWorker: 2 });
  await pool.run('up');
  const words = sharedWords(3);
  const first = pool.run(words, { name: 'waitForWord' }).then(() => pool.destroy());
  const second = pool.run(words, { name: 'tellAndReturnMap' });
  const outcome = expect(second).rejects.toThrow('Terminating worker thread');
  await blockUntilSent(words);
  await first;
  await outcome;
});
