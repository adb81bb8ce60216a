import { AbortError } from '../abort.js';
import type { IoContext, IoResource } from '../io-context.js';
import { monotonicMs } from './clocks.js';
import type { TimerCalls } from './timer-calls.js';

/** Node's timers take no longer time. */
const LONGEST_MS = 2 ** 31 - 1;
/** The wall clock may be set: looked at this often. */
const CLOCK_LOOK_MS = 60_000;

/** Times by Node's timers, for loops that have no ring. */
export class NodeTimerCalls implements TimerCalls {
  readonly #io: IoContext;

  constructor(io: IoContext) {
    this.#io = io;
  }

  untilMonotonic(atMs: number, signal: AbortSignal | undefined, holds: boolean): Promise<void> {
    return this.#until(() => Math.min(atMs - monotonicMs(), LONGEST_MS), signal, holds);
  }

  untilWallClock(atMs: number, signal: AbortSignal | undefined, holds: boolean): Promise<void> {
    return this.#until(() => Math.min(atMs - Date.now(), CLOCK_LOOK_MS), signal, holds);
  }

  #until(leftMs: () => number, signal: AbortSignal | undefined, holds: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#io.assertOpen();
      if (signal?.aborted) throw new AbortError(signal.reason);
      new TimerWait(this.#io, leftMs, signal, holds, resolve, reject);
    });
  }
}

/** One wait, from its beginning to its end. */
class TimerWait implements IoResource {
  readonly #io: IoContext;
  readonly #leftMs: () => number;
  readonly #signal: AbortSignal | undefined;
  readonly #holds: boolean;
  readonly #resolve: () => void;
  readonly #reject: (error: Error) => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    io: IoContext,
    leftMs: () => number,
    signal: AbortSignal | undefined,
    holds: boolean,
    resolve: () => void,
    reject: (error: Error) => void,
  ) {
    this.#io = io;
    this.#leftMs = leftMs;
    this.#signal = signal;
    this.#holds = holds;
    this.#resolve = resolve;
    this.#reject = reject;
    io.resources.add(this);
    signal?.addEventListener('abort', this);
    this.#arm();
  }

  #arm(): void {
    this.#timer = setTimeout(() => this.#onTimer(), Math.max(0, Math.ceil(this.#leftMs())));
    if (!this.#holds) this.#timer.unref();
  }

  /** Node's timers may be early by a part of a millisecond, and long ones are cut into pieces. */
  #onTimer(): void {
    if (this.#leftMs() > 0) return this.#arm();
    this.#end();
    this.#resolve();
  }

  handleEvent(): void {
    this.#end();
    this.#reject(new AbortError(this.#signal?.reason));
  }

  abandon(): void {
    this.#end();
    this.#reject(this.#io.closedError());
  }

  closeNow(): void {}

  #end(): void {
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener('abort', this);
    this.#io.resources.delete(this);
  }
}
