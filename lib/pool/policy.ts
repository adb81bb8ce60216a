import type { TaskQueue } from 'piscina';

/** Ways in which a pool differs from Piscina's. */
export class PoolPolicy {
  /** Whether a thread writes its output itself, instead of sending it through the main thread. */
  readonly writesOutputDirectly: boolean;
  /** Whether a result that cannot be cloned ends the thread, as in Piscina, or only fails its task. */
  readonly crashesOnUnclonable: boolean;
  /** Whether handlers get a context as their second argument. */
  readonly hasContext: boolean;
  /**
   * How long a running task may take to stop when it is aborted, before its thread is replaced, in milliseconds. 0: the
   * thread is replaced at once, as in Piscina.
   */
  readonly abortGraceMs: number;
  /** Whether `close` waits for every task; Piscina's may end threads that still have one. */
  readonly finishesAllTasks: boolean;
  /** Entry file of the threads; default: our own. */
  readonly entry: string | undefined;
  /** The queue of a pool that was given none. */
  readonly makeQueue: (() => TaskQueue) | undefined;

  constructor(policy: PoolPolicy) {
    this.writesOutputDirectly = policy.writesOutputDirectly;
    this.crashesOnUnclonable = policy.crashesOnUnclonable;
    this.hasContext = policy.hasContext;
    this.abortGraceMs = policy.abortGraceMs;
    this.finishesAllTasks = policy.finishesAllTasks;
    this.entry = policy.entry;
    this.makeQueue = policy.makeQueue;
  }
}

/** What Piscina does. */
export const piscinaPolicy = new PoolPolicy({
  writesOutputDirectly: false,
  crashesOnUnclonable: true,
  hasContext: false,
  abortGraceMs: 0,
  finishesAllTasks: false,
  entry: undefined,
  makeQueue: undefined,
});
