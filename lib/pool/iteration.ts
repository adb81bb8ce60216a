/** Values that a consumer lets come before it has taken any; it gives more credit as it takes them. */
export const ITERATION_WINDOW = 32;

/** The thread's side of a task whose values go to the pool one by one, as fast as its consumer takes them. */
export class Iteration {
  readonly #send: (value: unknown) => void;
  #credit = ITERATION_WINDOW;
  #isStopped = false;
  #wake: (() => void) | undefined;

  constructor(send: (value: unknown) => void) {
    this.#send = send;
  }

  /** The consumer takes so many values more. */
  add(values: number): void {
    this.#credit += values;
    this.#wake?.();
  }

  /** The consumer wants no more. */
  stop(): void {
    this.#isStopped = true;
    this.#wake?.();
  }

  /**
   * Sends what a handler iterates over.
   * @param result of the handler: an iterable, an async iterable, or a promise of one
   * @returns what the iterator returns at its end
   * @throws {TypeError} when it is neither, and whatever the iterator throws
   */
  async run(result: unknown): Promise<unknown> {
    const iterator = iteratorOf(await result);
    for (;;) {
      while (this.#credit === 0 && !this.#isStopped) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
      if (this.#isStopped) {
        await iterator.return?.();
        return undefined;
      }
      const { done, value } = await iterator.next();
      if (done) return value;
      this.#credit--;
      this.#send(await value);
    }
  }
}

type AnyIterator = Iterator<unknown, unknown> | AsyncIterator<unknown, unknown>;

function iteratorOf(value: unknown): AnyIterator {
  const iterable = value as Partial<AsyncIterable<unknown> & Iterable<unknown>> | null | undefined;
  const iterator = iterable?.[Symbol.asyncIterator]?.() ?? iterable?.[Symbol.iterator]?.();
  if (iterator !== undefined) return iterator as AnyIterator;
  throw new TypeError('the handler of an iteration must return an iterable or an async iterable');
}
