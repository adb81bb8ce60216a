import type { EventEmitter } from 'node:events';
import type { TaskQueue } from 'piscina';
import { EventLoop } from '../io/index.js';
import { nowMs } from '../stats/index.js';
import type { AbortSignalAny } from './abort.js';
import { DrainSignal } from './drain-signal.js';
import { AbortError, PoolErrors } from './errors.js';
import { PoolTimes } from './histogram.js';
import { HostedThread } from './host.js';
import { type FilledOptions, fillOptions, type PiscinaOptions, type RunOptions, toPath } from './options.js';
import { hostPiscina } from './piscina-module.js';
import { PoolThread, type ThreadOwner } from './pool-thread.js';
import { Task, type TaskAsyncOptions, type TaskOwner } from './task.js';
import { leastBusy, ThreadSet } from './thread-set.js';
import { kThread, type ThreadView } from './thread-view.js';
import { watchThread } from './watch-thread.js';

/** Ways in which a pool differs from Piscina's. */
export interface PoolPolicy {
  /** Whether a thread writes its output itself, instead of sending it through the main thread. */
  readonly writesOutputDirectly: boolean;
  /** Whether a result that cannot be cloned ends the thread, as in Piscina, or only fails its task. */
  readonly crashesOnUnclonable: boolean;
}

const NO_TRANSFER: RunOptions['transferList'] & object = [];

/**
 * The pool behind both classes: which thread gets which task, when threads come and go. Step by step it does what
 * Piscina's pool does, in the same order, since that order is part of its API.
 */
export class PoolCore implements TaskOwner, ThreadOwner {
  readonly options: FilledOptions;
  readonly taskQueue: TaskQueue;
  /** Tasks that were shifted off the queue and found no thread; they come before it. */
  readonly skipQueue: Task[] = [];
  readonly threads = new ThreadSet();
  readonly times: PoolTimes | null;
  readonly startMs = nowMs();
  readonly drain: DrainSignal;
  readonly emitter: EventEmitter;
  readonly loop: EventLoop;
  readonly taskDoneListeners: ((thread: PoolThread) => void)[] = [];
  completed = 0;
  isClosing = false;
  isDestroying = false;
  readonly #policy: PoolPolicy;
  readonly #asyncOptions: TaskAsyncOptions;
  readonly #maximumUsage: number;
  #isStartingUp = false;
  #failsDuringBootstrap = false;

  /**
   * @param emitter where the pool's events go
   * @param asyncId of the pool's asynchronous resource
   */
  constructor(emitter: EventEmitter, asyncId: number, options: PiscinaOptions, policy: PoolPolicy) {
    this.emitter = emitter;
    this.#policy = policy;
    this.#asyncOptions = { requireManualDestroy: true, triggerAsyncId: asyncId };
    this.taskQueue = options.taskQueue ?? new (hostPiscina().FixedQueue)();
    this.options = fillOptions(options);
    this.times = this.options.recordTiming ? new PoolTimes() : null;
    this.#maximumUsage = this.options.concurrentTasksPerWorker;
    this.loop = EventLoop.current ?? EventLoop.attach();
    const capacity = this.options.maxThreads * this.options.concurrentTasksPerWorker;
    this.drain = new DrainSignal(emitter, capacity, this.threads);
    this.#isStartingUp = true;
    this.ensureMinimumThreads();
    this.#isStartingUp = false;
  }

  /** Starts threads until there are `minThreads`. */
  ensureMinimumThreads(): void {
    if (this.isClosing || this.isDestroying) return;
    while (this.threads.size < this.options.minThreads) this.addThread();
  }

  /** Starts one more thread. */
  addThread(): void {
    if (this.isClosing) return;
    const { options, loop } = this;
    const hosted = new HostedThread(options, {
      filename: options.filename,
      name: options.name,
      waitsForOutput: options.atomics === 'sync' && !this.#policy.writesOutputDirectly,
      writesOutputDirectly: this.#policy.writesOutputDirectly,
      crashesOnUnclonable: this.#policy.crashesOnUnclonable,
      backend: loop.backend === 'portable' ? 'portable' : 'auto',
    });
    const thread = new PoolThread(this, hosted, loop, options.workerHistogram);
    // The first threads count as ready from the start: tasks wait for them in their own queues.
    if (this.#isStartingUp) {
      thread.isReady = true;
      // Later, so that the user can listen first.
      queueMicrotask(() => this.#announce(thread));
    }
    this.threads.add(thread);
    watchThread(this, thread);
  }

  #announce(thread: PoolThread): void {
    this.emitter.emit('workerCreate', thread.interface);
    this.#onAvailable(thread);
  }

  /** A thread says that it is up. */
  onThreadReady(thread: PoolThread): void {
    if (thread.isReady || thread.destroyed) return;
    thread.isReady = true;
    this.#announce(thread);
    this.threads.markAsReady(thread);
  }

  /** A thread has failed or exited. */
  onThreadError(thread: PoolThread, error: unknown, onlyUnfinishedTasks: boolean): void {
    const tasks = thread.takeUnfinished();
    this.removeThread(thread);
    if (thread.isReady && !this.#failsDuringBootstrap) this.ensureMinimumThreads();
    // A thread that fails before it is up would fail again.
    else this.#failsDuringBootstrap = true;
    if (tasks.length > 0) for (const task of tasks) task.done(error);
    else if (!onlyUnfinishedTasks) this.emitter.emit('error', error);
  }

  onThreadDestroyed(thread: PoolThread): void {
    this.emitter.emit('workerDestroy', thread.interface);
  }

  /** Ends a thread; its tasks fail. */
  removeThread(thread: PoolThread): void {
    thread.destroy();
    this.threads.delete(thread);
  }

  onTaskEnd(thread: PoolThread, task: Task, error: unknown, result: unknown): void {
    this.#onAvailable(thread);
    const listeners = this.taskDoneListeners;
    for (let i = 0; i < listeners.length; i++) listeners[i](thread);
    task.done(error, result);
  }

  onTaskOver(task: Task): void {
    this.completed++;
    if (task.started !== 0) this.times?.recordRun(nowMs() - task.started);
    this.drain.check();
  }

  /** A thread may have room: hands out what waits, and lets surplus threads go. */
  #onAvailable(thread: PoolThread): void {
    if (this.taskQueue.size > 0 || this.skipQueue.length > 0) this.#handOut();
    const { idleTimeout, minThreads } = this.options;
    if (idleTimeout === Number.POSITIVE_INFINITY) return;
    if (thread.slots.size !== 0 || this.threads.size <= minThreads) return;
    thread.setIdleTimeout(() => {
      if (thread.currentUsage === 0 && this.threads.size > this.options.minThreads) this.removeThread(thread);
    }, idleTimeout);
  }

  #handOut(): void {
    const threads = this.threads.all();
    const views =
      this.options.loadBalancer === undefined ? undefined : threads.map((thread) => thread.interface);
    while (this.taskQueue.size > 0 || this.skipQueue.length > 0) {
      const task = this.skipQueue.shift() ?? (this.taskQueue.shift() as Task | null);
      if (this.#distribute(task!, threads, views)) continue;
      if (this.threads.size >= this.options.maxThreads) break;
      this.addThread();
    }
  }

  /** Gives a task to a thread, or back to the queue. Returns whether it is off the queue. */
  #distribute(task: Task, threads: readonly PoolThread[], views: ThreadView[] | undefined): boolean {
    if (task.aborted) return true;
    const thread = this.#choose(task, threads, views);
    if (thread !== undefined && thread !== null) {
      const now = nowMs();
      this.times?.recordWait(now - task.created);
      task.started = now;
      thread.post(task);
      this.drain.check();
      return true;
    }
    this.#giveBack(task);
    return false;
  }

  #choose(
    task: Task,
    threads: readonly PoolThread[],
    views: ThreadView[] | undefined,
  ): PoolThread | null | undefined {
    const { loadBalancer } = this.options;
    if (loadBalancer === undefined) return leastBusy(threads, task.abortSignal !== null, this.#maximumUsage);
    return loadBalancer(task.interface, views ?? threads.map((thread) => thread.interface))?.[kThread];
  }

  #giveBack(task: Task): void {
    const { taskQueue, skipQueue } = this;
    const toTail = !this.options.stricterFIFO;
    if (task.abortSignal !== null) {
      if (toTail) skipQueue.push(task);
      else skipQueue.unshift(task);
    } else if (toTail || taskQueue.unshift === undefined) taskQueue.push(task);
    else taskQueue.unshift(task);
  }

  /** Tasks that the threads which are still starting will take. */
  get pendingCapacity(): number {
    return this.threads.pending.length * this.options.concurrentTasksPerWorker;
  }

  /** Runs one task. */
  run(value: unknown, options: RunOptions): Promise<unknown> {
    const filename = options.filename ?? this.options.filename;
    if (typeof filename !== 'string') return Promise.reject(PoolErrors.filenameNotProvided());
    const isEnding = this.isClosing || this.isDestroying;
    const signal = isEnding ? AbortSignal.abort('queue is being terminated') : (options.signal ?? null);
    const task = new Task(
      this,
      value,
      options.transferList ?? NO_TRANSFER,
      toPath(filename),
      options.name ?? this.options.name,
      signal,
      this.#asyncOptions,
    );
    if (signal !== null) {
      if (signal.aborted) {
        task.reject(new AbortError(signal.reason));
        return task.promise;
      }
      task.listen(signal, () => this.#onAbort(task, signal));
    }
    if (this.taskQueue.size > 0) this.#enqueue(task);
    else this.#runAtOnce(task);
    this.drain.check();
    return task.promise;
  }

  #onAbort(task: Task, signal: AbortSignalAny): void {
    // First, so that it is this error and not that of the thread's end.
    task.reject(new AbortError(signal.reason));
    if (task.workerInfo === null) return this.#removeFromQueue(task);
    this.removeThread(task.workerInfo);
    this.ensureMinimumThreads();
  }

  #removeFromQueue(task: Task): void {
    this.taskQueue.remove(task);
    const at = this.skipQueue.indexOf(task);
    if (at !== -1) this.skipQueue.splice(at, 1);
  }

  #enqueue(task: Task): void {
    const { maxQueue, maxThreads } = this.options;
    if (this.taskQueue.size >= maxQueue + this.pendingCapacity) {
      task.reject(maxQueue === 0 ? PoolErrors.noTaskQueueAvailable() : PoolErrors.taskQueueAtLimit());
      return;
    }
    this.taskQueue.push(task);
    if (this.threads.size < maxThreads) this.addThread();
  }

  #runAtOnce(task: Task): void {
    if (this.#distribute(task, this.threads.ready, undefined)) return;
    const { maxQueue, maxThreads } = this.options;
    if (this.threads.size < maxThreads) this.addThread();
    if (maxQueue <= 0 && this.pendingCapacity === 0) task.reject(PoolErrors.noTaskQueueAvailable());
  }
}
