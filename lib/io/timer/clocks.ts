import { nowMs } from '../../stats/index.js';

const NS_PER_MS = 1e6;
const LOOKS = 20;

/**
 * `performance.now()` when CLOCK_MONOTONIC was 0, in milliseconds: both are libuv's clock, from different beginnings. A
 * thread may lose its CPU between two looks; of several, the shortest counts, and it is late rather than early.
 */
function measureOffsetMs(): number {
  let shortestMs = Number.POSITIVE_INFINITY;
  let offsetMs = 0;
  for (let look = 0; look < LOOKS; look++) {
    const beforeMs = nowMs();
    const monotonicNs = process.hrtime.bigint();
    const tookMs = nowMs() - beforeMs;
    if (tookMs >= shortestMs) continue;
    shortestMs = tookMs;
    offsetMs = Number(monotonicNs) / NS_PER_MS - beforeMs;
  }
  return offsetMs;
}

const offsetMs = measureOffsetMs();

/** CLOCK_MONOTONIC in milliseconds. */
export function monotonicMs(): number {
  return nowMs() + offsetMs;
}
