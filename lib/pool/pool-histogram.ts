import type { PoolHistogram, PoolTimes } from './histogram.js';

/** What `pool.histogram` is: without `recordTiming`, its summaries are undefined. */
export function histogramOf(times: PoolTimes | null): PoolHistogram {
  const histogram = {
    get runTime() {
      return times?.runTimeSummary;
    },
    get waitTime() {
      return times?.waitTimeSummary;
    },
    resetRunTime() {
      times?.resetRunTime();
    },
    resetWaitTime() {
      times?.resetWaitTime();
    },
  };
  return histogram as PoolHistogram;
}
