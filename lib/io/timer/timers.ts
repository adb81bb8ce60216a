import { checkNumber, outOfRange, wrongType } from '../../loop/index.js';
import type { IoContext } from '../io-context.js';
import { monotonicMs } from './clocks.js';
import { NodeTimerCalls } from './node-timer-calls.js';
import { RingTimerCalls } from './ring-timer-calls.js';
import type { TimerCalls } from './timer-calls.js';

/** Options of timers. */
export interface TimerOptions {
  /** Cancels. */
  readonly signal?: AbortSignal | undefined;
  /** Whether the wait keeps the process alive. Default true. */
  readonly ref?: boolean | undefined;
}

/** A few thousand years: what still fits into a Number of nanoseconds is not asked for. */
const LONGEST_MS = 1e14;
/** A microsecond. */
const SHORTEST_PERIOD_MS = 1e-3;

/** The timers of one loop. */
export class Timers {
  readonly #calls: TimerCalls;

  constructor(io: IoContext) {
    const { ring } = io;
    this.#calls = ring === undefined ? new NodeTimerCalls(io) : new RingTimerCalls(ring, io.core.keepAlive);
  }

  /** See `EventLoop.sleep`. */
  async sleep(ms: number, { signal, ref = true }: TimerOptions): Promise<void> {
    const atMs = monotonicMs() + checkTime('ms', ms, 0);
    return this.#calls.untilMonotonic(atMs, signal, ref);
  }

  /** See `EventLoop.deadline`. */
  async deadline(at: Date | number, { signal, ref = true }: TimerOptions): Promise<void> {
    const atMs = checkTime('at', at instanceof Date ? at.getTime() : at, -LONGEST_MS);
    return this.#calls.untilWallClock(atMs, signal, ref);
  }

  /** See `EventLoop.interval`. */
  interval(periodMs: number, options: TimerOptions): AsyncGenerator<number, void, void> {
    return this.#tick(checkTime('periodMs', periodMs, SHORTEST_PERIOD_MS), options);
  }

  async *#tick(periodMs: number, { signal, ref = true }: TimerOptions): AsyncGenerator<number, void, void> {
    const startMs = monotonicMs();
    let tick = 0;
    for (;;) {
      // Ticks that the consumer was too slow for are left out; the others stay where they were.
      tick = Math.max(tick + 1, Math.floor((monotonicMs() - startMs) / periodMs));
      await this.#calls.untilMonotonic(startMs + tick * periodMs, signal, ref);
      yield tick;
    }
  }
}

function checkTime(name: string, value: number, min: number): number {
  if (value === undefined) throw wrongType(name, 'a number', value);
  if (Number.isNaN(value)) throw outOfRange(name, `from ${min} to ${LONGEST_MS}`, value);
  return checkNumber(name, value, min, LONGEST_MS, 0);
}
