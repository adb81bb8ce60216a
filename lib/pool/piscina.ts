import { EventEmitterAsyncResource } from 'node:events';
import type { Worker } from 'node:worker_threads';
import type { ArrayTaskQueue, FixedQueue } from 'piscina';
import { nowMs } from '../stats/index.js';
import { closePool, destroyPool } from './close.js';
import type { PoolHistogram } from './histogram.js';
import { queueOptionsSymbol, transferableSymbol, valueSymbol } from './movable.js';
import {
  type CloseOptions,
  type FilledOptions,
  type PiscinaOptions,
  type RunOptions,
  withNullPrototype,
} from './options.js';
import { type AnyValue, type HostPiscina, hostPiscina } from './piscina-module.js';
import { PoolPolicy, piscinaPolicy } from './policy.js';
import { PoolCore } from './pool-core.js';
import { histogramOf } from './pool-histogram.js';
import { faultOfRun, validateOptions } from './validate-options.js';

const defaultRunOptions: RunOptions = Object.freeze({});

/** The inside of a pool. */
export let coreOf: (pool: Piscina) => PoolCore;

/**
 * A pool of worker threads with the API of Piscina 5. Its threads are started by Piscina; tasks and results travel
 * through Wakeline's channels.
 */
export class Piscina<T = AnyValue, R = AnyValue> extends EventEmitterAsyncResource {
  static {
    coreOf = (pool) => pool.#core;
  }

  readonly #core: PoolCore;
  #histogram: PoolHistogram | undefined;

  /**
   * @param policy for `WorkerPool` alone
   * @throws {TypeError | RangeError} for wrong options, in Piscina's words
   */
  constructor(options: PiscinaOptions = {}, policy?: PoolPolicy) {
    const given = withNullPrototype(options);
    super({ ...given, name: 'Piscina' } as { name: string });
    validateOptions(given);
    this.#core = new PoolCore(
      this,
      this.asyncResource.asyncId(),
      given,
      policy instanceof PoolPolicy ? policy : piscinaPolicy,
    );
  }

  /**
   * Runs a task on one of the threads.
   * @param task what the handler gets: AnyValuething that can be cloned, or is moved
   * @returns what the handler returns; rejects with what it throws
   */
  run(task: T, options: RunOptions = defaultRunOptions): Promise<R> {
    if (options === defaultRunOptions) return this.#core.run(task, options) as Promise<R>;
    if (options === null || typeof options !== 'object')
      return Promise.reject(new TypeError('options must be an object'));
    const given = withNullPrototype(options);
    const fault = faultOfRun(given);
    if (fault !== undefined) return Promise.reject(fault);
    // These alone: what else a caller gives is nobody's business here.
    const { transferList, filename, name, signal } = given;
    return this.#core.run(task, { transferList, filename, name, signal }) as Promise<R>;
  }

  /** Lets the tasks come to their end, at most `closeTimeout` long, then ends the threads. */
  async close(options: CloseOptions = {}): Promise<void> {
    if (options === null || typeof options !== 'object') throw TypeError('options must be an object');
    const { force } = withNullPrototype(options);
    if (force !== undefined && typeof force !== 'boolean')
      throw new TypeError('force argument must be a boolean');
    return closePool(this.#core, force ?? false);
  }

  /** Ends the threads at once. Tasks under way are rejected, and so are those that wait. */
  destroy(): Promise<void> {
    return destroyPool(this.#core);
  }

  [Symbol.dispose](): void {
    void this.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  get maxThreads(): number {
    return this.#core.options.maxThreads;
  }

  get minThreads(): number {
    return this.#core.options.minThreads;
  }

  /** The options in use. */
  get options(): FilledOptions {
    return this.#core.options;
  }

  /** The Workers. */
  get threads(): Worker[] {
    return this.#core.threads.all().map((thread) => thread.worker);
  }

  /** How many threads are ready and have no task. */
  get idleThreads(): number {
    return this.#core.threads.ready.filter((thread) => thread.usage === 0).length;
  }

  /** How many tasks wait for a thread. */
  get queueSize(): number {
    const { waiting, pendingCapacity } = this.#core.dispatcher;
    return Math.max(waiting - pendingCapacity, 0);
  }

  /** How many tasks have come to their end. */
  get completed(): number {
    return this.#core.completed;
  }

  /** Run and wait times of the tasks, in milliseconds. */
  get histogram(): PoolHistogram {
    this.#histogram ??= histogramOf(this.#core.times);
    return this.#histogram;
  }

  /** Which share of the time that all threads could have worked tasks have run; in thousandths, as Piscina has it. */
  get utilization(): number {
    const { times } = this.#core;
    if (times === null || times.runTimeCount === 0) return 0;
    return (
      ((times.runTimeMeanMs / 1000) * times.runTimeCount) / (this.duration * this.#core.options.maxThreads)
    );
  }

  /** Milliseconds since the pool was made. */
  get duration(): number {
    return nowMs() - this.#core.startMs;
  }

  /** Whether the threads have all the tasks that they can have. */
  get needsDrain(): boolean {
    return this.#core.drain.isNeeded;
  }

  static get isWorkerThread(): boolean {
    return hostPiscina().isWorkerThread;
  }

  static get workerData(): AnyValue {
    return hostPiscina().workerData;
  }

  /** The version of Piscina whose API this is. */
  static get version(): string {
    return hostPiscina().version;
  }

  static get Piscina(): typeof Piscina {
    return itself();
  }

  static get FixedQueue(): typeof FixedQueue {
    return hostPiscina().FixedQueue;
  }

  static get ArrayTaskQueue(): typeof ArrayTaskQueue {
    return hostPiscina().ArrayTaskQueue;
  }

  /** Marks a value, so that a task or a result that it is gets moved instead of cloned. */
  static move(value: Parameters<HostPiscina['move']>[0]): ReturnType<HostPiscina['move']> {
    return hostPiscina().move(value);
  }

  static get transferableSymbol(): typeof transferableSymbol {
    return transferableSymbol;
  }

  static get valueSymbol(): typeof valueSymbol {
    return valueSymbol;
  }

  static get queueOptionsSymbol(): typeof queueOptionsSymbol {
    return queueOptionsSymbol;
  }
}

/** Apart, since esbuild renames a class whose body names it, and its name is part of the API. */
function itself(): typeof Piscina {
  return Piscina;
}
