import type { Worker } from 'node:worker_threads';
import { Boot, ThreadWord } from './thread-descriptor.js';

/** Longest wait at the process's end for a thread that loads native code, in milliseconds. */
const LOADING_LIMIT_MS = 2000;
/**
 * Longest wait for a thread that requires a file of the user's, in milliseconds. What may not be broken off takes Node some
 * microseconds; the rest is the user's code, which may run without end.
 */
const REQUIRING_LIMIT_MS = 500;

type WaitAsync = (
  words: Int32Array,
  index: number,
  value: number,
  timeoutMs: number,
) => { async: boolean; value: Promise<string> | string };
const waitAsync = (Atomics as unknown as { waitAsync: WaitAsync }).waitAsync;

/** Threads that have not ended yet. */
const alive = new Set<Int32Array<SharedArrayBuffer>>();
let isWatching = false;

/** How long to wait at the process's end for a thread that was at that `Boot`. */
function limitMsOf(boot: number): number {
  if (boot === Boot.loading) return LOADING_LIMIT_MS;
  return boot === Boot.requiring ? REQUIRING_LIMIT_MS : 0;
}

/** Makes sure that a thread begins nothing more that its end may not break off; returns the `Boot` that it was in. */
function doom(words: Int32Array<SharedArrayBuffer>): number {
  for (;;) {
    const was = Atomics.load(words, ThreadWord.boot);
    if (Atomics.compareExchange(words, ThreadWord.boot, was, Boot.doomed) === was) return was;
  }
}

/**
 * Makes sure that the process does not end while a thread loads native code, or requires an ES module: koffi cannot throw
 * into a thread that is being terminated, nor can Node 20, and aborts.
 */
export function watchBoot(words: Int32Array<SharedArrayBuffer>, worker: Worker): void {
  alive.add(words);
  const forget = (): void => void alive.delete(words);
  worker.once('exit', forget);
  if (isWatching) return;
  isWatching = true;
  process.on('exit', () => {
    const waits = [...alive].map((words) => ({ words, limitMs: limitMsOf(doom(words)) }));
    const beginMs = performance.now();
    for (const { words, limitMs } of waits) {
      const leftMs = Math.max(0, beginMs + limitMs - performance.now());
      if (limitMs > 0) Atomics.wait(words, ThreadWord.boot, Boot.doomed, leftMs);
    }
  });
}

/** Calls back at once, or, while the thread does what may not be broken off, when it has. */
export function endSafely(words: Int32Array<SharedArrayBuffer>, end: () => void): void {
  const was = doom(words);
  if (limitMsOf(was) === 0) return end();
  // The thread stores `up` over `doomed` when it is through, and goes no further.
  const limitMs = was === Boot.loading ? Number.POSITIVE_INFINITY : limitMsOf(was);
  const wait = waitAsync(words, ThreadWord.boot, Boot.doomed, limitMs);
  if (wait.async) void (wait.value as Promise<string>).then(end);
  else end();
}
