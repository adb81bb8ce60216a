import type { Worker } from 'node:worker_threads';
import { Boot, ThreadWord } from './thread-descriptor.js';

/** Longest wait at the process's end for a thread that loads native code, in milliseconds. */
const EXIT_LIMIT_MS = 2000;

type WaitAsync = (
  words: Int32Array,
  index: number,
  value: number,
) => { async: boolean; value: Promise<string> | string };
const waitAsync = (Atomics as unknown as { waitAsync: WaitAsync }).waitAsync;

/** Threads that have not come up yet. */
const booting = new Set<Int32Array<SharedArrayBuffer>>();
let isWatching = false;

/**
 * Makes sure that the process does not end while a thread loads native code: koffi cannot throw into a thread that is
 * being terminated, and aborts.
 */
export function watchBoot(words: Int32Array<SharedArrayBuffer>, worker: Worker): void {
  booting.add(words);
  const forget = (): void => void booting.delete(words);
  worker.once('exit', forget);
  if (isWatching) return;
  isWatching = true;
  process.on('exit', () => {
    for (const each of booting) {
      const wasAt = Atomics.compareExchange(each, ThreadWord.boot, Boot.begun, Boot.doomed);
      if (wasAt === Boot.loading) Atomics.wait(each, ThreadWord.boot, Boot.loading, EXIT_LIMIT_MS);
    }
  });
}

/** Calls back at once, or, while the thread loads native code, when it has. */
export function endSafely(words: Int32Array<SharedArrayBuffer>, end: () => void): void {
  const { begun, loading, doomed } = Boot;
  Atomics.compareExchange(words, ThreadWord.boot, begun, doomed);
  if (Atomics.compareExchange(words, ThreadWord.boot, loading, doomed) !== loading) return end();
  // The thread stores `up` over `doomed` when it has loaded, and goes no further.
  const wait = waitAsync(words, ThreadWord.boot, doomed);
  if (wait.async) void (wait.value as Promise<string>).then(end);
  else end();
}
