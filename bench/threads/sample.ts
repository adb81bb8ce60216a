import { Bench } from 'tinybench';

/** Long enough that the clock costs nothing, short enough that a preemption spoils few samples. */
const SAMPLE_MS = 4;
const FEWEST_SAMPLES = 5;
const NS_PER_MS = 1e6;

/**
 * Measures an operation that is too short for the clock in samples of many.
 * @param repeat does the operation a number of times
 * @returns the median time of one, in nanoseconds
 */
export async function sampleNs(
  repeat: (count: number) => Promise<void>,
  warmUpMs: number,
  measureMs: number,
) {
  const count = await warmUp(repeat, warmUpMs);
  const bench = new Bench({ time: measureMs, iterations: FEWEST_SAMPLES, warmup: false, throws: true });
  bench.add('sample', () => repeat(count), { async: true });
  const [task] = await bench.run();
  const { result } = task;
  if (result.state !== 'completed') throw new Error(`the measurement ended as '${result.state}'`);
  return (result.latency.p50 * NS_PER_MS) / count;
}

/** Warms up, and finds how many operations fill a sample. */
async function warmUp(repeat: (count: number) => Promise<void>, warmUpMs: number): Promise<number> {
  const endMs = performance.now() + warmUpMs;
  let count = 1;
  for (;;) {
    const beginMs = performance.now();
    await repeat(count);
    const nowMs = performance.now();
    const tookMs = nowMs - beginMs;
    if (nowMs >= endMs) return Math.max(1, Math.round((count * SAMPLE_MS) / tookMs));
    if (tookMs < SAMPLE_MS) count *= 2;
  }
}
