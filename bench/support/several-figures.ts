/**
 * One measurement that gives several figures, where a suite's case takes one: each figure is a run of its own to the
 * suite, and the first that is asked for in a round measures for all.
 */
export class SeveralFigures<T> {
  readonly #measure: () => Promise<T>;
  readonly #taken = new Set<(result: T) => number>();
  #last: Promise<T> | undefined;

  constructor(measure: () => Promise<T>) {
    this.#measure = measure;
  }

  /** A run that gives one of the figures. */
  figure(pick: (result: T) => number): () => Promise<number> {
    return async () => {
      if (this.#last === undefined || this.#taken.has(pick)) {
        this.#taken.clear();
        this.#last = this.#measure();
      }
      this.#taken.add(pick);
      return pick(await this.#last);
    };
  }
}
