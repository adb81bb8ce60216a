import type { Operations, Ring } from '../ring/index.js';
import { CounterIndex, type Counters } from '../stats/index.js';
import type { Poller } from './poller.js';

/** Completions handed out in one turn: enough to be cheap, few enough that messages get their turn. */
const BATCH = 256;
/** One enter runs about 20 items of deferred task work; this bounds a turn against a flood of it. */
const LONGEST_FLUSH = 64;

/** The ring as a source of work: submits what was prepared, and hands completions to their operations. */
export class RingPoller implements Poller {
  /** Completions of the loop's own watches, which are no work of the user's; those who reap them count them here. */
  internal = 0;
  readonly #ring: Ring;
  readonly #operations: Operations;
  readonly #counters: Counters;

  constructor(ring: Ring, operations: Operations, counters: Counters) {
    this.#ring = ring;
    this.#operations = operations;
    this.#counters = counters;
  }

  poll(): number {
    const ring = this.#ring;
    if (!ring.hasWork()) return 0;
    const internalBefore = this.internal;
    let reaped = ring.reap(this.#operations, BATCH);
    // After the reaping: overflowed completions need the room that it made.
    for (let flush = 0; flush < LONGEST_FLUSH && ring.needsEnter(); flush++) {
      ring.flush();
      reaped += ring.reap(this.#operations, BATCH);
    }
    if (reaped === 0) return 0;
    this.#noteEnters();
    const ofUser = reaped - (this.internal - internalBefore);
    this.#counters[CounterIndex.completions] += ofUser;
    return ofUser;
  }

  /** Hands what was prepared to the kernel. */
  submit(): void {
    const operations = this.#operations;
    if (operations.hasDeferred) operations.retryDeferred();
    if (this.#ring.pending === 0) return;
    const submitted = this.#ring.submit();
    this.#noteEnters();
    if (submitted > 0) this.#counters[CounterIndex.submissions] += submitted;
  }

  /** Whether the kernel has been given everything that was prepared. */
  get isSubmitted(): boolean {
    return this.#ring.pending === 0 && !this.#operations.hasDeferred;
  }

  #noteEnters(): void {
    this.#counters[CounterIndex.callsEnter] = this.#ring.enters;
  }

  tryEnterSleep(): boolean {
    return !this.#operations.hasDeferred && !this.#ring.hasWork();
  }

  exitSleep(): void {
    this.#noteEnters();
  }
}
