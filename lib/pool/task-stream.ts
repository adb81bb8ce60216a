/** How a stream of tasks is to run. */
export interface StreamParts<V> {
  /** Begins a task; its promise is the result. */
  begin(input: unknown): RunningTask<V>;
  /** Tasks that are begun and whose results have not been taken, at the most. */
  readonly inFlight: number;
  /** Whether results come in the order of the inputs, or as they are ready. */
  readonly isOrdered: boolean;
}

/** A task of a stream. */
export interface RunningTask<V> {
  readonly result: Promise<V>;
  /** Drops the task if no thread has it yet. */
  drop(): void;
}

interface Place<V> {
  readonly task: RunningTask<V>;
  outcome: { isError: boolean; value: unknown } | undefined;
}

interface Waiting<V> {
  resolve(result: IteratorResult<V, undefined>): void;
  reject(error: unknown): void;
}

/** Runs a task for each of its inputs, a bounded number at a time, and is iterated over for their results. */
export class TaskStream<V> implements AsyncIterableIterator<V> {
  readonly #parts: StreamParts<V>;
  readonly #inputs: AsyncIterator<unknown> | Iterator<unknown>;
  /** In the order of the inputs, or, unordered, in that of the outcomes with the open ones behind. */
  #places: Place<V>[] = [];
  readonly #waiting: Waiting<V>[] = [];
  /** No more inputs come: they are over, have failed, or the consumer has left. */
  #isFed = false;
  #isOver = false;
  #inputError: { readonly error: unknown } | undefined;
  #onRoom: (() => void) | undefined;

  constructor(inputs: Iterable<unknown> | AsyncIterable<unknown>, parts: StreamParts<V>) {
    this.#parts = parts;
    const { [Symbol.asyncIterator]: asynchronous, [Symbol.iterator]: synchronous } =
      inputs as AsyncIterable<unknown> & Iterable<unknown>;
    if (typeof asynchronous !== 'function' && typeof synchronous !== 'function')
      throw Object.assign(new TypeError("'inputs' must be an iterable or an async iterable"), {
        code: 'ERR_INVALID_ARG_TYPE',
      });
    this.#inputs = (asynchronous ?? synchronous).call(inputs);
    void this.#feed();
  }

  async #feed(): Promise<void> {
    try {
      while (!this.#isFed) {
        if (this.#places.length >= this.#parts.inFlight) {
          await new Promise<void>((resolve) => {
            this.#onRoom = resolve;
          });
          continue;
        }
        const { done, value } = await this.#inputs.next();
        if (done || this.#isFed) break;
        this.#begin(value);
      }
    } catch (error) {
      this.#inputError = { error };
    }
    this.#isFed = true;
    this.#deliver();
  }

  #begin(input: unknown): void {
    const place: Place<V> = { task: this.#parts.begin(input), outcome: undefined };
    this.#places.push(place);
    const settle = (isError: boolean, value: unknown): void => {
      place.outcome = { isError, value };
      if (!this.#parts.isOrdered) this.#moveForward(place);
      this.#deliver();
    };
    place.task.result.then(
      (value) => settle(false, value),
      (error: unknown) => settle(true, error),
    );
  }

  #moveForward(place: Place<V>): void {
    const firstOpen = this.#places.findIndex(({ outcome }) => outcome === undefined);
    const at = this.#places.indexOf(place);
    if (firstOpen < 0 || at < firstOpen) return;
    this.#places.splice(at, 1);
    this.#places.splice(firstOpen, 0, place);
  }

  #deliver(): void {
    while (this.#waiting.length > 0) {
      const outcome = this.#places[0]?.outcome;
      if (outcome !== undefined) {
        this.#places.shift();
        this.#onRoom?.();
        if (outcome.isError) return this.#failWith(outcome.value);
        this.#waiting.shift()!.resolve({ done: false, value: outcome.value as V });
      } else if (this.#isOver || (this.#isFed && this.#places.length === 0)) {
        if (this.#inputError !== undefined && !this.#isOver) return this.#failWith(this.#inputError.error);
        this.#isOver = true;
        this.#waiting.shift()!.resolve({ done: true, value: undefined });
      } else return;
    }
  }

  #failWith(error: unknown): void {
    const first = this.#waiting.shift()!;
    this.#leave();
    first.reject(error);
    this.#deliver();
  }

  #leave(): void {
    this.#isFed = true;
    this.#isOver = true;
    for (const { task } of this.#places.splice(0)) task.drop();
    this.#onRoom?.();
    // The inputs' own clean-up; what it throws is not this consumer's affair any more, who has left.
    Promise.resolve(this.#inputs.return?.()).catch(() => {});
  }

  /** The next result. Rejects with the error of a task or of the inputs, and then the stream is over. */
  next(): Promise<IteratorResult<V, undefined>> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#deliver();
    });
  }

  /** Leaves early: tasks that no thread has are dropped. */
  return(): Promise<IteratorResult<V, undefined>> {
    if (!this.#isOver) this.#leave();
    this.#deliver();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
