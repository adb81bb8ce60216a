import type { EventLoopOptions } from 'wakeline';
import type { Effort } from '../support/case.js';
import { entryFile } from '../support/places.js';
import { runEntry } from '../support/run-child.js';
import type { PairPlan, PairResult, PayloadName } from '../threads/pair-plan.js';

/** Messages between two acknowledgements of a one-way measurement: many turns' worth for each side. */
const WAKELINE_BATCH = 100_000;
const MESSAGE_PORT_BATCH = 20_000;

type Run = () => Promise<number>;

/** Runs between two threads, as a suite's cases need them. Figures are nanoseconds, or messages a second. */
export interface PairRuns {
  readonly wakelineRoundTrip: (options: EventLoopOptions, payload?: PayloadName) => Run;
  readonly wakelineOneWay: (options: EventLoopOptions) => Run;
  readonly messagePortRoundTrip: (payload?: PayloadName) => Run;
  readonly messagePortOneWay: () => Run;
}

/** Makes runs of the given length. */
export function pairRuns({ warmUpMs, measureMs }: Effort): PairRuns {
  const run = (entry: string, plan: Omit<PairPlan, 'warmUpMs' | 'measureMs'>): Run => {
    return async () => {
      const { nanoseconds } = await runEntry<PairResult>(entryFile(entry), { ...plan, warmUpMs, measureMs });
      return plan.task === 'one-way' ? 1e9 / nanoseconds : nanoseconds;
    };
  };
  return {
    wakelineRoundTrip: (options, payload = 'integer') =>
      run('wakeline-pair', { task: 'round-trip', payload, options }),
    wakelineOneWay: (options) =>
      run('wakeline-pair', { task: 'one-way', payload: 'integer', options, batch: WAKELINE_BATCH }),
    messagePortRoundTrip: (payload = 'integer') => run('message-port-pair', { task: 'round-trip', payload }),
    messagePortOneWay: () =>
      run('message-port-pair', { task: 'one-way', payload: 'integer', batch: MESSAGE_PORT_BATCH }),
  };
}
