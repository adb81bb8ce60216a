import { PerformanceObserver } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

/** Flags for a process that measures allocation: no collection comes in between. */
export const allocationFlags = [
  '--expose-gc',
  // Else a compiler thread that gets no CPU leaves code to be measured that is not optimised yet.
  '--no-concurrent-recompilation',
  '--min-semi-space-size=128',
  '--max-semi-space-size=128',
] as const;

/** What was measured. */
export interface Allocation {
  /** Bytes of V8's heap that one call allocated, on average. */
  readonly bytesPerCall: number;
  /** Collections while measuring; the number above means nothing unless this is 0. */
  readonly collections: number;
}

const WARM_UP_CALLS = 50_000;

/** Measures what a function allocates on V8's heap, once it is compiled. */
export async function measureAllocation(work: () => void, calls: number): Promise<Allocation> {
  const startsMs: number[] = [];
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) startsMs.push(entry.startTime);
  });
  for (let call = 0; call < WARM_UP_CALLS; call++) work();
  globalThis.gc!();
  observer.observe({ entryTypes: ['gc'] });
  const beginMs = performance.now();
  const before = process.memoryUsage().heapUsed;
  for (let call = 0; call < calls; call++) work();
  const after = process.memoryUsage().heapUsed;
  const endMs = performance.now();
  await sleep(20);
  observer.disconnect();
  const collections = startsMs.filter((startMs) => startMs >= beginMs && startMs <= endMs).length;
  return { bytesPerCall: (after - before) / calls, collections };
}
