import { type CounterName, counterNames } from './counters-descriptor.js';

/**
 * A loop's counters: doubles in shared memory, written by their loop alone. Another thread may read them at any time;
 * an aligned double is never torn, and a count that is a moment old is good enough, so nothing here is atomic.
 */
export type Counters = Float64Array<SharedArrayBuffer>;

/** New counters, all 0. */
export function createCounters(): Counters {
  return new Float64Array(new SharedArrayBuffer(counterNames.length * Float64Array.BYTES_PER_ELEMENT));
}

/** The counters as an object of plain numbers. */
export type CounterSnapshot = Readonly<Record<CounterName, number>>;

/** Reads all counters. */
export function snapshot(counters: Counters): CounterSnapshot {
  return Object.fromEntries(counterNames.map((name, index) => [name, counters[index]])) as Record<
    CounterName,
    number
  >;
}

const callNames = counterNames.filter((name) => name.startsWith('calls'));

/** All system calls that the runtime made on the loop's thread (libuv's own are not its). */
export function systemCallsOf(counters: CounterSnapshot): number {
  return callNames.reduce((sum, name) => sum + counters[name], 0);
}
