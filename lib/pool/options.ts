import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { ResourceLimits, Transferable as TransferItem, WorkerOptions } from 'node:worker_threads';
import type { TaskQueue } from 'piscina';
import type { AbortSignalAny } from './abort.js';
import { type AnyValue, hostPiscina } from './piscina-module.js';
import type { LoadBalancer } from './thread-view.js';

/** Options of a pool; those of Piscina 5, by its names. All are optional. */
export interface PiscinaOptions {
  /** File of the handlers: an absolute path or a `file:` URL as a string. `run` may name another. */
  filename?: string | null;
  /** Which export of the file is the handler. Default `'default'`: the default export, or `module.exports`. */
  name?: string;
  /** Threads that are always there. Default: half of the CPUs. */
  minThreads?: number;
  /** Default: 1.5 times the CPUs. */
  maxThreads?: number;
  /** After how many milliseconds without a task a thread above `minThreads` ends. Default 0; Infinity: never. */
  idleTimeout?: number;
  /** Tasks that may wait; `'auto'`: the square of `maxThreads`. Default Infinity. */
  maxQueue?: number | 'auto';
  /** Tasks that a thread may have at a time. Default 1. */
  concurrentTasksPerWorker?: number;
  /**
   * Accepted. Threads wait in Wakeline's loop whatever is said here, and their own timers and sockets go on meanwhile;
   * with `'sync'`, the default, a task's result waits until its output has been written.
   */
  atomics?: 'sync' | 'async' | 'disabled';
  resourceLimits?: ResourceLimits;
  argv?: string[];
  execArgv?: string[];
  env?: WorkerOptions['env'];
  /** What `workerData` of `node:worker_threads` is in the threads. */
  workerData?: AnyValue;
  /** Where tasks wait. Default: a `FixedQueue`. */
  taskQueue?: TaskQueue;
  /** By how much the threads' priority is lowered; needs `@napi-rs/nice`. Default 0. */
  niceIncrement?: number;
  /** Whether a thread's open files are closed when it ends. Default true. */
  trackUnmanagedFds?: boolean;
  /** Longest wait of `close` for tasks under way, in milliseconds. Default 30,000. */
  closeTimeout?: number;
  /** Whether run and wait times are recorded. Default true. */
  recordTiming?: boolean;
  /** Whether a task that no thread could take goes back to the head of the queue. Default false: to its tail. */
  stricterFIFO?: boolean;
  /** Chooses the thread of each task. Default: the least busy one. */
  loadBalancer?: LoadBalancer;
  /** Whether each thread measures its tasks' times on its own. Default false. */
  workerHistogram?: boolean;
}

/** Options with every default filled in; what `pool.options` is. */
export interface FilledOptions extends PiscinaOptions {
  filename: string | null;
  name: string;
  minThreads: number;
  maxThreads: number;
  idleTimeout: number;
  maxQueue: number;
  concurrentTasksPerWorker: number;
  taskQueue: TaskQueue;
  niceIncrement: number;
  closeTimeout: number;
  recordTiming: boolean;
  stricterFIFO: boolean;
  workerHistogram: boolean;
}

/** Options of `run`. */
export interface RunOptions {
  /** Objects that are moved to the thread instead of being cloned. */
  transferList?: readonly TransferItem[] | undefined;
  filename?: string | null | undefined;
  name?: string | null | undefined;
  /** Aborts the task. */
  signal?: AbortSignalAny | null | undefined;
}

/** What a `WorkerPool` adds to the options of `run`. */
export interface WorkerRunOptions extends RunOptions {
  /** Tasks with the same key run on the same thread, one after the other or as its room allows, as long as it lives. */
  key?: string | number | undefined;
  /** Tasks with a higher number leave the queue first. Default 0. */
  priority?: number | undefined;
  /** The task is cancelled when it is not over so many milliseconds after the call. */
  timeoutMs?: number | undefined;
}

/** Options of `close`. */
export interface CloseOptions {
  /** Rejects the tasks that wait. Default false. */
  force?: boolean;
}

const parallelism = availableParallelism();

let defaults: FilledOptions | undefined;

/** Piscina's defaults; all pools share the default `taskQueue` that `pool.options` shows, and none uses it. */
const makeDefaults = (): FilledOptions => ({
  filename: null,
  name: 'default',
  minThreads: Math.max(Math.floor(parallelism / 2), 1),
  maxThreads: parallelism * 1.5,
  idleTimeout: 0,
  maxQueue: Number.POSITIVE_INFINITY,
  concurrentTasksPerWorker: 1,
  atomics: 'sync',
  taskQueue: new (hostPiscina().ArrayTaskQueue)(),
  niceIncrement: 0,
  trackUnmanagedFds: true,
  closeTimeout: 30_000,
  recordTiming: true,
  stricterFIFO: false,
  workerHistogram: false,
});

/** A copy without a prototype: what a polluted `Object.prototype` holds is no option. */
export function withNullPrototype<T extends object>(source: T): T {
  return Object.assign(Object.create(null), source);
}

/** A path of what may be a `file:` URL. The pool's own file is one already (`fillOptions`). */
export function toPath(filename: string): string {
  return filename.startsWith('file:') ? fileURLToPath(filename) : filename;
}

/** Fills the defaults in, as Piscina does. */
export function fillOptions(options: PiscinaOptions): FilledOptions {
  const { minThreads, maxThreads, maxQueue } = options;
  defaults ??= makeDefaults();
  const filled: FilledOptions = Object.assign(Object.create(null), defaults, options, {
    filename: options.filename ? toPath(options.filename) : null,
    maxQueue: 0,
  });
  if (maxThreads !== undefined && filled.minThreads >= maxThreads) filled.minThreads = maxThreads;
  if (minThreads !== undefined && filled.maxThreads <= minThreads) filled.maxThreads = minThreads;
  filled.maxQueue = maxQueue === 'auto' ? filled.maxThreads ** 2 : (maxQueue ?? defaults.maxQueue);
  return filled;
}
