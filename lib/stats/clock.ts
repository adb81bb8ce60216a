import { performance } from 'node:perf_hooks';

/**
 * The monotonic clock in milliseconds. Imported, not taken from `globalThis`: there it is a getter that is looked up
 * anew at each call, and costs more than the clock.
 */
export const nowMs: () => number = performance.now.bind(performance);
