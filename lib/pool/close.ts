import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { AbortError, PoolErrors } from './errors.js';
import type { PoolCore } from './pool-core.js';
import type { PoolThread } from './pool-thread.js';
import type { Task } from './task.js';

/** Ends every thread at once; all tasks fail. Resolves when the threads have exited. */
export async function destroyPool(pool: PoolCore): Promise<void> {
  pool.isDestroying = true;
  const { dispatcher } = pool;
  for (const thread of pool.threads.all()) dispatcher.reclaim(thread);
  for (const task of dispatcher.takeWaiting()) task.done(PoolErrors.threadTermination());
  for (const thread of pool.threads.all())
    for (const task of dispatcher.takeReserved(thread)) task.done(PoolErrors.threadTermination());

  const exits: Promise<unknown>[] = [];
  while (pool.threads.size > 0) {
    const [thread] = pool.threads.all();
    exits.push(once(thread.worker, 'exit'));
    pool.removeThread(thread);
  }
  await Promise.allSettled(exits);
  pool.isDestroying = false;
}

/** Rejects the tasks of a queue that wait. */
function rejectWaiting(size: number, shift: () => Task, keep: (task: Task) => void): void {
  for (let i = 0; i < size; i++) {
    const task = shift();
    if (task.workerInfo === null) task.done(new AbortError('pool is closed'));
    else keep(task);
  }
}

/** Resolves when as many threads as there are now have been without tasks, each counted when a task of it ends. */
function flushed(pool: PoolCore): Promise<void> {
  return new Promise((resolve) => {
    const threads = pool.threads.all();
    if (threads.length === 0) return resolve();
    let done = 0;
    const look = (thread: PoolThread): void => {
      if (thread.slots.size === 0) done++;
      if (done === threads.length) resolve();
    };
    // Piscina listens once and then once more for each thread.
    pool.taskDoneListeners.push(look);
    for (const thread of threads) {
      look(thread);
      pool.taskDoneListeners.push(look);
    }
  });
}

/** Resolves when there is no task any more, neither in a thread nor waiting for one. */
function finished(pool: PoolCore): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (pool.dispatcher.waiting > 0 || pool.threads.all().some((thread) => thread.slots.size > 0)) return;
      pool.onEnded = undefined;
      resolve();
    };
    const others = pool.onEnded;
    pool.onEnded = () => {
      others?.();
      look();
    };
    look();
  });
}

async function failAfter(milliseconds: number): Promise<never> {
  await sleep(milliseconds, null, { ref: false });
  throw PoolErrors.closeTimeout();
}

/** Lets the tasks come to their end, then ends the threads. */
export async function closePool(pool: PoolCore, force: boolean): Promise<void> {
  pool.isClosing = true;
  const { taskQueue, dispatcher } = pool;
  const { skipQueue } = dispatcher;
  if (force) {
    dispatcher.withdrawAll();
    rejectWaiting(
      skipQueue.length,
      () => skipQueue.shift()!,
      (task) => skipQueue.push(task),
    );
    rejectWaiting(
      taskQueue.size,
      () => taskQueue.shift() as unknown as Task,
      (task) => taskQueue.push(task as never),
    );
    for (const thread of pool.threads.all())
      for (const task of dispatcher.takeReserved(thread)) task.done(new AbortError('pool is closed'));
  }
  const ended = pool.policy.finishesAllTasks ? finished : flushed;
  try {
    await Promise.race([ended(pool), failAfter(pool.options.closeTimeout)]);
  } catch (error) {
    pool.emitter.emit('error', error);
  } finally {
    await destroyPool(pool);
    pool.emitter.emit('close');
    pool.isClosing = false;
  }
}
