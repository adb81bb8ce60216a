import type { EventEmitter } from 'node:events';
import type { ThreadSet } from './thread-set.js';

const settled = Promise.resolve();

/**
 * Tells users when the pool is full (`needsDrain`) and when it has room again (`drain`). Looks in a microtask after
 * each change, as Piscina does. While nobody listens, the looks of one moment share a microtask.
 */
export class DrainSignal {
  /** Whether the pool was full at the last look. */
  isNeeded = false;
  readonly #emitter: EventEmitter;
  readonly #capacity: number;
  readonly #threads: ThreadSet;
  #isLooking = false;
  readonly #look = (): void => this.#lookNow();
  readonly #lookForAll = (): void => {
    this.#isLooking = false;
    this.#lookNow();
  };

  /** For listeners that came within a microtask; as a rule there is none. What one of them throws is an uncaught exception, too. */
  readonly #emitLate = (): void => {
    if (this.#emitter.listenerCount('drain') > 0) queueMicrotask(() => this.#emitter.emit('drain'));
  };

  /** @param capacity tasks that all threads together can have */
  constructor(emitter: EventEmitter, capacity: number, threads: ThreadSet) {
    this.#emitter = emitter;
    this.#capacity = capacity;
    this.#threads = threads;
  }

  /** Looks soon. */
  check(): void {
    // A promise, not `queueMicrotask`, which makes an asynchronous resource for each call.
    if (this.#emitter.listenerCount('needsDrain') > 0 || this.#emitter.listenerCount('drain') > 0)
      void settled.then(this.#look);
    else if (!this.#isLooking) {
      this.#isLooking = true;
      void settled.then(this.#lookForAll);
    }
  }

  #lookNow(): void {
    const usage = this.#threads.currentUsage;
    if (usage === this.#capacity) {
      this.isNeeded = true;
      if (this.#emitter.listenerCount('needsDrain') === 0) return;
      // As a callback of its own: what a listener throws is an uncaught exception, not a rejection.
      queueMicrotask(() => this.#emitter.emit('needsDrain'));
    } else if (usage < this.#capacity && this.isNeeded) {
      this.isNeeded = false;
      if (this.#emitter.listenerCount('drain') > 0) queueMicrotask(() => this.#emitter.emit('drain'));
      else void settled.then(this.#emitLate);
    }
  }
}
