import { onAbort } from './abort.js';
import { PoolErrors } from './errors.js';
import type { RunOptions, WorkerRunOptions } from './options.js';
import { coreOf, Piscina } from './piscina.js';
import type { AnyValue } from './piscina-module.js';
import { PoolPolicy } from './policy.js';
import { PriorityQueue } from './priority-queue.js';
import { TaskStream } from './task-stream.js';
import { TaskValues } from './task-values.js';
import { faultOfRun } from './validate-options.js';
import { faultOfOwnOptions, resolvePoolOptions, type WorkerPoolOptions } from './worker-pool-options.js';

/** How full a pool is, now. */
export interface Occupancy {
  /** Tasks that threads have begun. */
  readonly running: number;
  /** Tasks that wait for a thread. */
  readonly waiting: number;
  /** Tasks that all threads together can have. */
  readonly capacity: number;
  /** Whether a task that is given now has to wait. */
  readonly isFull: boolean;
}

/** Options of `stream`. */
export interface StreamOptions extends WorkerRunOptions {
  /** Tasks that are begun and whose results have not been taken, at the most. Default: 4 for each that can run, or 32. */
  inFlight?: number;
  /** Whether results come in the order of the inputs (the default), or as they are ready. */
  ordered?: boolean;
}

const defaultRunOptions: WorkerRunOptions = Object.freeze({});
const LEAST_IN_FLIGHT = 32;

/**
 * A pool of worker threads: the API of Piscina, with as many threads as the process has CPUs, started at once and kept;
 * handlers that can be cancelled; streams, iterations, priorities, keys and time limits.
 */
export class WorkerPool<T = AnyValue, R = AnyValue> extends Piscina<T, R> {
  /** @throws {TypeError | RangeError} for wrong options, naming the option */
  constructor(options: WorkerPoolOptions = {}) {
    const { piscina, abortGraceMs, entry } = resolvePoolOptions(options);
    const policy = new PoolPolicy({
      writesOutputDirectly: true,
      crashesOnUnclonable: false,
      hasContext: true,
      abortGraceMs,
      finishesAllTasks: true,
      entry,
      makeQueue: () => new PriorityQueue(),
    });
    super(piscina, policy);
  }

  /**
   * Runs a task on one of the threads.
   * @param task what the handler gets as its first argument; the second one is a `TaskContext`
   * @returns what the handler returns; rejects with what it throws
   */
  override run(task: T, options: WorkerRunOptions = defaultRunOptions): Promise<R> {
    if (options !== defaultRunOptions) {
      const fault = faultOf(options);
      if (fault !== undefined) return Promise.reject(fault);
    }
    return coreOf(this).run(task, options) as Promise<R>;
  }

  /** Resolves when all threads are up and have loaded their file; rejects when one of them cannot. */
  async ready(): Promise<void> {
    await Promise.all(
      coreOf(this)
        .threads.all()
        .map((thread) => thread.up),
    );
  }

  /** How full the pool is. */
  get occupancy(): Occupancy {
    const { threads, dispatcher, options } = coreOf(this);
    const capacity = options.maxThreads * options.concurrentTasksPerWorker;
    const running = threads.all().reduce((sum, thread) => sum + thread.usage, 0);
    const { waiting } = dispatcher;
    return { running, waiting, capacity, isFull: waiting > 0 || running >= capacity };
  }

  /**
   * Runs a task for each input, a bounded number at a time.
   * @returns their results; leaving the loop early drops the tasks that no thread has
   * @throws {TypeError | RangeError} for wrong options
   */
  stream(inputs: Iterable<T> | AsyncIterable<T>, options: StreamOptions = {}): AsyncIterableIterator<R> {
    const { inFlight, ordered = true, ...runOptions } = options;
    throwFault(runOptions);
    const core = coreOf(this);
    const least = 4 * this.occupancy.capacity;
    return new TaskStream<R>(inputs, {
      isOrdered: ordered,
      inFlight: Math.max(1, inFlight ?? Math.max(LEAST_IN_FLIGHT, least)),
      begin: (input) => {
        const task = core.makeTask(input, runOptions);
        if (task === undefined) throw PoolErrors.filenameNotProvided();
        core.begin(task);
        return { result: task.promise as Promise<R>, drop: () => core.drop(task) };
      },
    });
  }

  /**
   * Runs a handler that returns an iterable: an array, a generator, an async generator. Its values come as they are
   * taken: the handler is at most a few dozen ahead. The task is alone on its thread.
   * @returns the values; leaving the loop early cancels the task
   */
  iterate<V = AnyValue>(task: T, options: WorkerRunOptions = {}): AsyncIterableIterator<V> {
    throwFault(options);
    const core = coreOf(this);
    const controller = new AbortController();
    const { signal } = options;
    if (signal?.aborted) controller.abort(signal.reason);
    const made = core.makeTask(task, { ...options, signal: controller.signal });
    if (made === undefined) throw PoolErrors.filenameNotProvided();
    const values = new TaskValues<V>(made, () => controller.abort());
    if (signal && !signal.aborted) {
      const stop = onAbort(signal, () => controller.abort(signal.reason));
      made.promise.then(stop, stop);
    }
    core.begin(made);
    return values;
  }

  /**
   * Runs a task on every thread.
   * @returns the results, one for each thread, in the order of `threads`; rejects with the first error
   */
  async broadcast(task: T, options: RunOptions = {}): Promise<R[]> {
    throwFault(options);
    const core = coreOf(this);
    const tasks = core.threads.all().map((thread) => {
      const made = core.makeTask(task, options);
      if (made === undefined) throw PoolErrors.filenameNotProvided();
      made.key = null;
      if (!made.aborted) core.dispatcher.acceptOn(thread, made);
      return made.promise;
    });
    return (await Promise.all(tasks)) as R[];
  }
}

function faultOf(options: WorkerRunOptions): Error | undefined {
  if (options === null || typeof options !== 'object') return new TypeError('options must be an object');
  return faultOfRun(options) ?? faultOfOwnOptions(options);
}

function throwFault(options: WorkerRunOptions): void {
  const fault = faultOf(options);
  if (fault !== undefined) throw fault;
}
