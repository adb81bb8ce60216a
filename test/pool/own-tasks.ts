// What the tests of WorkerPool's own features run.
import { setTimeout as sleep } from 'node:timers/promises';
import { threadId } from 'node:worker_threads';
import type { TaskContext } from 'wakeline';

/** Words that a task shares with the test. */
type Words = Int32Array;

/** Returns its task. */
export default function echo(task: unknown): unknown {
  return task;
}

function arrive(words: Words): void {
  Atomics.add(words, 0, 1);
  Atomics.notify(words, 0);
}

/** Computes without ever awaiting until it is cancelled; says in the second word that it saw it. */
export function computeUntilCancelled(words: Words, { signal }: TaskContext): string {
  arrive(words);
  while (!signal.aborted);
  Atomics.store(words, 1, 1);
  return 'cancelled';
}

/** The same by `isCancelled`. */
export function pollUntilCancelled(words: Words, context: TaskContext): string {
  arrive(words);
  while (!context.isCancelled);
  Atomics.store(words, 1, 1);
  return 'cancelled';
}

/** Awaits something that the signal ends. */
export async function sleepUntilCancelled(words: Words, { signal }: TaskContext): Promise<void> {
  arrive(words);
  try {
    await sleep(60_000, undefined, { signal });
  } finally {
    Atomics.store(words, 1, 1);
  }
}

/** Hears of nothing. */
export function ignoreEverything(words: Words): never {
  arrive(words);
  for (;;);
}

/** Blocks its thread until the third word is set, and returns what it was given. */
export function holdAt({ words, value }: { words: Words; value?: unknown }): unknown {
  arrive(words);
  Atomics.wait(words, 2, 0);
  return value;
}

/** The thread it runs on. */
export function where(): number {
  return threadId;
}

/** How long a task takes is its own affair. */
export async function rest({
  milliseconds,
  value,
}: {
  milliseconds: number;
  value: unknown;
}): Promise<unknown> {
  await sleep(milliseconds);
  return value;
}

/** How far `signal` says that the task may go on. */
export function look(_task: unknown, { signal, isCancelled }: TaskContext): unknown {
  return { aborted: signal.aborted, isCancelled, isSignal: signal instanceof AbortSignal };
}

/** Numbers, each counted in the first word as it is made. */
export async function* count({ words, end }: { words: Words; end: number }): AsyncGenerator<number> {
  try {
    for (let i = 0; i < end; i++) {
      Atomics.add(words, 0, 1);
      yield i;
    }
  } finally {
    Atomics.store(words, 1, 1);
  }
}

/** The same, not asynchronous. */
export function* countAtOnce(end: number): Generator<number> {
  for (let i = 0; i < end; i++) yield i;
}

/** Three numbers, and then an error. */
export async function* countAndFail(): AsyncGenerator<number> {
  yield* [0, 1, 2];
  throw new RangeError('no fourth');
}

/** Values of several kinds. */
export async function* various(): AsyncGenerator<unknown> {
  yield* [1, 'two', { three: [3] }, null, undefined, Uint8Array.of(4), new Map([[5, 5]])];
}
