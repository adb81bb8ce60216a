import { SlotState } from './thread-descriptor.js';

/** What a handler of a `WorkerPool` gets as its second argument. */
export interface TaskContext {
  /**
   * Aborted when the task is cancelled or has timed out. `aborted` looks into shared memory, so a loop that never
   * awaits sees it too; listeners are called when the thread comes back to its event loop, or at such a look.
   */
  readonly signal: AbortSignal;
  /** The same as `signal.aborted`, as cheap as it gets: one load from memory. */
  readonly isCancelled: boolean;
}

/** The context of one running task. */
export class SlotContext implements TaskContext {
  readonly #words: Int32Array;
  readonly #index: number;
  #controller: AbortController | undefined;
  #isOver = false;
  #isAborted = false;
  #reason: unknown;

  /** @param index of the task's word */
  constructor(words: Int32Array, index: number) {
    this.#words = words;
    this.#index = index;
  }

  get isCancelled(): boolean {
    // When the task is over its word belongs to another.
    if (this.#isOver) return this.#isAborted;
    return Atomics.load(this.#words, this.#index) === SlotState.cancelled;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      const { signal } = this.#controller;
      Object.defineProperty(signal, 'aborted', { get: () => this.#look(), configurable: true });
      if (this.#isAborted) this.#controller.abort(this.#reason);
      else this.#look();
    }
    return this.#controller.signal;
  }

  #look(): boolean {
    if (!this.#isAborted && this.isCancelled) this.abort();
    return this.#isAborted;
  }

  /** The pool has cancelled the task. */
  abort(reason?: unknown): void {
    if (this.#isAborted || this.#isOver) return;
    this.#isAborted = true;
    this.#reason = reason;
    this.#controller?.abort(reason);
  }

  /** The task is over. */
  end(): void {
    this.#isOver = true;
  }
}
