import { performance } from 'node:perf_hooks';

/**
 * The monotonic clock in milliseconds. Imported, not taken from `globalThis`: there it is a getter that is looked up
 * anew at each call, and costs more than the clock.
 */
export const nowMs: () => number = performance.now.bind(performance);

const OFFSET_READINGS = 3;

let knownOffsetMs: number | undefined;

/** What the clock of `process.hrtime`, which all threads share, shows when this thread's `nowMs` is 0, in milliseconds. */
export function clockOffsetMs(): number {
  knownOffsetMs ??= readOffsetMs();
  return knownOffsetMs;
}

function readOffsetMs(): number {
  let offsetMs = 0;
  let closestMs = Number.POSITIVE_INFINITY;
  // The thread may lose its CPU between two clocks.
  for (let count = 0; count < OFFSET_READINGS; count++) {
    const beforeMs = nowMs();
    const [seconds, nanoseconds] = process.hrtime();
    const tookMs = nowMs() - beforeMs;
    if (tookMs >= closestMs) continue;
    closestMs = tookMs;
    offsetMs = seconds * 1e3 + nanoseconds / 1e6 - beforeMs - tookMs / 2;
  }
  return offsetMs;
}
