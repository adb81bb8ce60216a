/** One run of the stress. */
export interface StressPlan {
  /** Whose pool, by what a user imports. */
  readonly module: 'piscina' | 'wakeline/piscina' | 'wakeline';
  readonly tasks: number;
  readonly threads: number;
  readonly concurrentTasksPerWorker: number;
  /** Calls of `run` that are pending at a time. */
  readonly inFlight: number;
  readonly seed: number;
}

/** What is left of a process's means. */
export interface Means {
  readonly threads: number;
  readonly descriptors: number;
  readonly residentMiB: number;
}

/** What a run found. */
export interface StressResult {
  /** How many tasks there were of each kind. */
  readonly kinds: Readonly<Record<string, number>>;
  readonly resolved: number;
  readonly rejected: number;
  /** The first few tasks that ended otherwise than they should have, in words. */
  readonly wrong: readonly string[];
  readonly wrongCount: number;
  /** Tasks that were rejected because another one ended their thread. */
  readonly fellWithOthers: number;
  /** Tasks that ran more than once, or ran although they never should have. */
  readonly ranTwice: number;
  readonly before: Means;
  /** After half of the tasks, with no thread left. */
  readonly between: Means;
  readonly after: Means;
}

/** What the threads are given. */
export interface StressData {
  /** How often each task has begun. */
  readonly begun: Int32Array;
}
