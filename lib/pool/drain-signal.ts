import type { EventEmitter } from 'node:events';
import type { ThreadSet } from './thread-set.js';

const settled = Promise.resolve();

/**
 * Tells users when the pool is full (`needsDrain`) and when it has room again (`drain`). Looks in a microtask after
 * each change, as often as Piscina does; the looks of one moment share a microtask.
 */
export class DrainSignal {
  /** Whether the pool was full at the last look. */
  isNeeded = false;
  readonly #emitter: EventEmitter;
  readonly #capacity: number;
  readonly #threads: ThreadSet;
  #looks = 0;
  readonly #look = (): void => this.#runLooks();

  /** @param capacity tasks that all threads together can have */
  constructor(emitter: EventEmitter, capacity: number, threads: ThreadSet) {
    this.#emitter = emitter;
    this.#capacity = capacity;
    this.#threads = threads;
  }

  /** Looks soon. */
  check(): void {
    // Not `queueMicrotask`, which makes an asynchronous resource for each call.
    if (this.#looks++ === 0) void settled.then(this.#look);
  }

  #runLooks(): void {
    const looks = this.#looks;
    this.#looks = 0;
    const usage = this.#threads.currentUsage;
    if (usage === this.#capacity) {
      this.isNeeded = true;
      if (this.#emitter.listenerCount('needsDrain') === 0) return;
      for (let i = 0; i < looks; i++) queueMicrotask(() => this.#emitter.emit('needsDrain'));
    } else if (usage < this.#capacity && this.isNeeded) {
      this.isNeeded = false;
      queueMicrotask(() => this.#emitter.emit('drain'));
    }
  }
}
