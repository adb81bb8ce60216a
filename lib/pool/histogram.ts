import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

const percentiles = [0.001, 0.01, 0.1, 1, 2.5, 10, 25, 50, 75, 90, 97.5, 99, 99.9, 99.99, 99.999] as const;
type PercentileName =
  | 'p0_001'
  | 'p0_01'
  | 'p0_1'
  | 'p1'
  | 'p2_5'
  | 'p10'
  | 'p25'
  | 'p50'
  | 'p75'
  | 'p90'
  | 'p97_5'
  | 'p99'
  | 'p99_9'
  | 'p99_99'
  | 'p99_999';

/** A histogram in milliseconds, in the form that Piscina has for it. */
export type HistogramSummary = Record<'average' | 'mean' | 'stddev' | 'min' | 'max' | PercentileName, number>;

/** What `pool.histogram` is. */
export interface PoolHistogram {
  /** Time from a task's start to its end. */
  readonly runTime: HistogramSummary;
  /** Time from `run` to a task's start. */
  readonly waitTime: HistogramSummary;
  resetRunTime(): void;
  resetWaitTime(): void;
}

const US_PER_MS = 1000;

/** Records a time; what is less than a microsecond counts as one. */
export function recordMs(histogram: RecordableHistogram, milliseconds: number): void {
  histogram.record(Math.max(1, Math.trunc(milliseconds * US_PER_MS)));
}

/** Sums a histogram of microseconds up. */
export function summarize(histogram: RecordableHistogram): HistogramSummary {
  const { mean, stddev, min, max } = histogram;
  const summary: Record<string, number> = {
    average: mean / US_PER_MS,
    mean: mean / US_PER_MS,
    stddev: stddev / US_PER_MS,
    min: min / US_PER_MS,
    max: max / US_PER_MS,
  };
  for (const percentile of percentiles)
    summary[`p${String(percentile).replace('.', '_')}`] = histogram.percentile(percentile) / US_PER_MS;
  return summary as HistogramSummary;
}

/** The run and wait times of a pool's tasks. */
export class PoolTimes {
  readonly runTime = createHistogram();
  readonly waitTime = createHistogram();

  get runTimeSummary(): HistogramSummary {
    return summarize(this.runTime);
  }

  get waitTimeSummary(): HistogramSummary {
    return summarize(this.waitTime);
  }

  get runTimeCount(): number {
    return this.runTime.count;
  }

  get runTimeMeanMs(): number {
    return this.runTime.mean / US_PER_MS;
  }

  resetRunTime(): void {
    this.runTime.reset();
  }

  resetWaitTime(): void {
    this.waitTime.reset();
  }
}
