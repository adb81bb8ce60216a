import type { Effort, PreparedSuite, Suite } from '../support/case.js';
import { fixed } from '../support/fixed.js';
import { entryFile } from '../support/places.js';
import { runEntry } from '../support/run-child.js';
import { SETTLE_MS } from '../support/settle.js';
import type { IdlePlan, IdleResult } from '../threads/idle-plan.js';

const WORKERS = 4;
/** Before V8 does anything. */
const SETTLE_QUICK_MS = 1000;
const MEASURE_MS = 10_000;
const MEASURE_QUICK_MS = 3000;
const LIMIT_PERCENT = 0.1;
const US_PER_MS = 1000;

async function prepare({ isQuick }: Effort): Promise<PreparedSuite> {
  const measureMs = isQuick ? MEASURE_QUICK_MS : MEASURE_MS;
  const usage = (isAttached: boolean) => async () => {
    const plan: IdlePlan = {
      isAttached,
      workers: WORKERS,
      settleMs: isQuick ? SETTLE_QUICK_MS : SETTLE_MS,
      measureMs,
    };
    const { cpuMicroseconds, elapsedMs } = await runEntry<IdleResult>(entryFile('idle-process'), plan);
    // The clock's resolution stands in for nothing at all.
    return (100 * Math.max(1, cpuMicroseconds)) / (elapsedMs * US_PER_MS);
  };
  const ours = usage(true);
  const base = {
    name: `${WORKERS} idle threads and the main one`,
    unit: '% of a CPU',
    ours,
    direction: 'lower',
  } as const;
  return {
    cases: [
      { ...base, peer: 'limit', theirs: fixed(LIMIT_PERCENT), target: 1 },
      { ...base, peer: 'worker_threads', theirs: usage(false), target: null },
    ],
  };
}

/** What threads use that have nothing to do. */
export const idleSuite: Suite = {
  name: 'idle',
  note: 'user and system time of a process whose attached threads have nothing to do, once V8 has settled',
  rounds: 3,
  prepare,
};
