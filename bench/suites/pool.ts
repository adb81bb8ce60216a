import type { Case, Direction, Effort, PreparedSuite, Suite } from '../support/case.js';
import { fixed } from '../support/fixed.js';
import { SETTLE_MS } from '../support/settle.js';
import type { AtomicsMode } from '../threads/pool-plan.js';
import {
  IDLE_THREADS,
  POOL_THREADS,
  percentOf,
  runAfterPause,
  runIdle,
  runOversubscribed,
  runTasks,
  type Side,
} from './pool-runs.js';

const IN_FLIGHT = 1000;
const IDLE_LIMIT_PERCENT = 0.1;
/** Shorter than that of other suites: there are more rows. */
const QUICK_WARM_UP_MS = 400;
/** Enough that what V8 does once is not in the median: it compiles what a pause calls, and collects after 8 s, each for several tasks. */
const TASKS_A_SECOND_APART = 39;
const MIB = 1024 * 1024;
const NS_PER_US = 1000;
const NS_PER_S = 1e9;
const modes: readonly AtomicsMode[] = ['sync', 'async', 'disabled'];

type Measure<Result> = (side: Side) => Promise<Result>;

/** A row: a figure of either pool. */
interface Row {
  readonly name: string;
  readonly unit: string;
  readonly direction: Direction;
  readonly target: number | null;
  /** How Piscina is fastest; a thorough run finds it out anew. */
  readonly atomics: AtomicsMode;
  readonly measure: Measure<number>;
}

const ours: Side = { package: 'wakeline/piscina', atomics: 'sync' };
const theirs = (atomics: AtomicsMode): Side => ({ package: 'piscina', atomics });

/** Two rows of one run: it is made for whichever is asked first, and the other takes its part of it. */
function split<Result>(
  run: Measure<Result>,
  parts: readonly ((result: Result) => number)[],
): Measure<number>[] {
  const made = new Map<string, { readonly by: number; readonly result: Promise<Result> }>();
  return parts.map((part, index) => async (side) => {
    const key = `${side.package} ${side.atomics}`;
    const earlier = made.get(key);
    made.delete(key);
    if (earlier !== undefined && earlier.by !== index) return part(await earlier.result);
    const result = run(side);
    made.set(key, { by: index, result });
    return part(await result);
  });
}

function taskRows(effort: Effort): Row[] {
  const one = { task: 'echo', inFlight: 1 } as const;
  const many = { task: 'echo', inFlight: IN_FLIGHT, payload: 'integer' } as const;
  const work = { task: 'work', inFlight: POOL_THREADS * 2, payload: 'integer' } as const;
  const roundTrip = { unit: 'µs', direction: 'lower' } as const;
  const rate = { unit: 'tasks/s', direction: 'higher' } as const;
  const inMicroseconds = async (nanoseconds: Promise<number>) => (await nanoseconds) / NS_PER_US;
  const perSecond = async (nanoseconds: Promise<number>) => NS_PER_S / (await nanoseconds);
  return [
    {
      ...roundTrip,
      name: 'run(number), one at a time',
      target: 15,
      atomics: 'disabled',
      measure: (side) => inMicroseconds(runTasks(side, { ...one, payload: 'integer' }, effort)),
    },
    {
      ...rate,
      name: `run(number), ${IN_FLIGHT} in flight`,
      target: 15,
      atomics: 'disabled',
      measure: (side) => perSecond(runTasks(side, many, effort)),
    },
    {
      ...roundTrip,
      name: 'a small object both ways',
      target: 5,
      atomics: 'disabled',
      measure: (side) => inMicroseconds(runTasks(side, { ...one, payload: 'object' }, effort)),
    },
    {
      ...roundTrip,
      name: 'a 64 KiB Uint8Array both ways, copied',
      target: 2,
      atomics: 'disabled',
      measure: (side) => inMicroseconds(runTasks(side, { ...one, payload: 'bytes' }, effort)),
    },
    {
      ...rate,
      name: '1 ms of CPU work a task, all CPUs busy',
      target: 0.98,
      atomics: 'sync',
      measure: (side) => perSecond(runTasks(side, work, effort)),
    },
    {
      ...roundTrip,
      name: 'run(number), two busy loops per CPU',
      target: 1,
      atomics: 'disabled',
      measure: (side) => inMicroseconds(runOversubscribed(side, { ...one, payload: 'integer' }, effort)),
    },
  ];
}

function pauseRows(pauseMs: number, runs: number, processes: number): Row[] {
  const [latency, cost] = split(
    (side) => runAfterPause(side, pauseMs, runs, processes),
    [({ nanoseconds }) => nanoseconds / NS_PER_US, ({ cpuNanoseconds }) => cpuNanoseconds / NS_PER_US],
  );
  const row = { unit: 'µs', direction: 'lower', target: 1, atomics: 'disabled' } as const;
  return [
    { ...row, name: `run after ${pauseMs} ms idle`, measure: latency },
    { ...row, name: `CPU time of that, with the ${pauseMs} ms`, measure: cost },
  ];
}

function idleRows({ isQuick }: Effort): Row[] {
  const [percent, memory] = split(
    (side) => (isQuick ? runIdle(side, 200, 500) : runIdle(side, SETTLE_MS, 5000)),
    [percentOf, ({ bytesPerThread }) => bytesPerThread / MIB],
  );
  const row = { direction: 'lower', atomics: 'disabled' } as const;
  const inMib = { unit: 'MiB', target: 1 / 1.1 } as const;
  return [
    {
      ...row,
      name: `${IDLE_THREADS} idle threads and the main one`,
      unit: '% of a CPU',
      target: null,
      measure: percent,
    },
    { ...row, ...inMib, name: 'memory of an idle thread', measure: memory },
    {
      ...row,
      ...inMib,
      name: 'the same, handlers as CommonJS',
      measure: async (side) => (await runIdle(side, 0, 0, 'commonjs')).bytesPerThread / MIB,
    },
  ];
}

/** Piscina's best mode for a row: that of one run each. */
async function bestModeOf({ measure, direction }: Row): Promise<AtomicsMode> {
  let best: readonly [AtomicsMode, number] | undefined;
  for (const mode of modes) {
    const figure = await measure(theirs(mode));
    if (best === undefined || (direction === 'lower' ? figure < best[1] : figure > best[1]))
      best = [mode, figure];
  }
  return best![0];
}

async function prepare(given: Effort): Promise<PreparedSuite> {
  const effort = given.isQuick ? { ...given, warmUpMs: QUICK_WARM_UP_MS } : given;
  const rows = [
    ...taskRows(effort),
    ...pauseRows(10, effort.isQuick ? 30 : 200, effort.isQuick ? 1 : 5),
    ...pauseRows(1000, effort.isQuick ? 1 : TASKS_A_SECOND_APART, 1),
    ...idleRows(effort),
  ];
  const cases: Case[] = [];
  for (const row of rows) {
    const { name, unit, direction, target, measure } = row;
    const side = theirs(effort.isQuick ? row.atomics : await bestModeOf(row));
    const base = { name, unit, direction, ours: () => measure(ours) };
    cases.push({ ...base, target, peer: `Piscina, '${side.atomics}'`, theirs: () => measure(side) });
    if (unit === '% of a CPU')
      cases.push({ ...base, target: 1, peer: 'limit', theirs: fixed(IDLE_LIMIT_PERCENT) });
  }
  return { cases };
}

/** The worker pool beside Piscina. */
export const poolSuite: Suite = {
  name: 'pool',
  note: `${POOL_THREADS} threads on both sides; the drop-in 'wakeline/piscina', and Piscina with the mode of its option atomics that is best for the row`,
  rounds: 7,
  prepare,
};
