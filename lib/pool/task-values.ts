import { ITERATION_WINDOW } from './iteration.js';
import type { Task } from './task.js';

interface Waiting {
  resolve(result: IteratorResult<unknown, unknown>): void;
  reject(error: unknown): void;
}

/** The consumer's side of a task that iterates: its values, in order, with no more than a window of them waiting here. */
export class TaskValues<V> implements AsyncIterableIterator<V> {
  readonly #task: Task;
  readonly #cancel: () => void;
  readonly #values: unknown[] = [];
  readonly #waiting: Waiting[] = [];
  #taken = 0;
  #end: { isError: boolean; value: unknown } | undefined;

  /** @param cancel stops the task */
  constructor(task: Task, cancel: () => void) {
    this.#task = task;
    this.#cancel = cancel;
    task.onValue = (value) => this.#onValue(value);
    task.promise.then(
      (value) => this.#onEnd(false, value),
      (error: unknown) => this.#onEnd(true, error),
    );
  }

  #onValue(value: unknown): void {
    const first = this.#waiting.shift();
    if (first === undefined) this.#values.push(value);
    else {
      this.#take();
      first.resolve({ done: false, value });
    }
  }

  #take(): void {
    if (++this.#taken < ITERATION_WINDOW / 2) return;
    this.#task.workerInfo?.giveCredit(this.#task, this.#taken);
    this.#taken = 0;
  }

  #onEnd(isError: boolean, value: unknown): void {
    this.#end ??= { isError, value };
    for (const waiting of this.#waiting.splice(0)) this.#settle(waiting);
  }

  /** Tells the end once; after it there is nothing. */
  #settle(waiting: Waiting): void {
    const { isError, value } = this.#end!;
    this.#end = { isError: false, value: undefined };
    if (isError) waiting.reject(value);
    else waiting.resolve({ done: true, value });
  }

  /** The next value. Rejects with what the task throws, or with an AbortError. */
  next(): Promise<IteratorResult<V, undefined>> {
    if (this.#values.length > 0) {
      this.#take();
      return Promise.resolve({ done: false, value: this.#values.shift() as V });
    }
    return new Promise((resolve, reject) => {
      const waiting = { resolve, reject } as Waiting;
      if (this.#end === undefined) this.#waiting.push(waiting);
      else this.#settle(waiting);
    });
  }

  /** Leaves early: the task is cancelled. */
  return(): Promise<IteratorResult<V, undefined>> {
    this.#values.length = 0;
    if (this.#end === undefined) {
      this.#end = { isError: false, value: undefined };
      this.#cancel();
    }
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
