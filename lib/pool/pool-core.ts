import type { EventEmitter } from 'node:events';
import type { TaskQueue } from 'piscina';
import { EventLoop } from '../io/index.js';
import { nowMs } from '../stats/index.js';
import type { AbortSignalAny } from './abort.js';
import { Dispatcher } from './dispatch.js';
import { DrainSignal } from './drain-signal.js';
import { AbortError, PoolErrors } from './errors.js';
import { PoolTimes } from './histogram.js';
import { HostedThread } from './host.js';
import { type FilledOptions, fillOptions, type PiscinaOptions, type RunOptions, toPath } from './options.js';
import { hostPiscina } from './piscina-module.js';
import { PoolThread, type ThreadOwner } from './pool-thread.js';
import { Task, type TaskAsyncOptions, type TaskOwner } from './task.js';
import { ThreadSet } from './thread-set.js';
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
  readonly threads = new ThreadSet();
  readonly times: PoolTimes | null;
  readonly startMs = nowMs();
  readonly drain: DrainSignal;
  readonly dispatcher: Dispatcher;
  readonly emitter: EventEmitter;
  readonly loop: EventLoop;
  readonly taskDoneListeners: ((thread: PoolThread) => void)[] = [];
  completed = 0;
  isClosing = false;
  isDestroying = false;
  readonly #policy: PoolPolicy;
  readonly #asyncOptions: TaskAsyncOptions;
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
    this.loop = EventLoop.current ?? EventLoop.attach();
    const capacity = this.options.maxThreads * this.options.concurrentTasksPerWorker;
    this.drain = new DrainSignal(emitter, capacity, this.threads);
    this.dispatcher = new Dispatcher({
      options: this.options,
      taskQueue: this.taskQueue,
      threads: this.threads,
      times: this.times,
      drain: this.drain,
      // With a queue or a balancer of the user's, each task must be theirs until its thread has room.
      isPipelined: options.taskQueue === undefined && options.loadBalancer === undefined,
      addThread: () => this.addThread(),
    });
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
      concurrentTasks: options.concurrentTasksPerWorker,
      waitsForOutput: options.atomics === 'sync' && !this.#policy.writesOutputDirectly,
      writesOutputDirectly: this.#policy.writesOutputDirectly,
      crashesOnUnclonable: this.#policy.crashesOnUnclonable,
      backend: loop.backend === 'portable' ? 'portable' : 'auto',
    });
    const thread = new PoolThread(
      this,
      hosted,
      loop,
      options.concurrentTasksPerWorker,
      options.workerHistogram,
    );
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
    thread.settleFinished();
    const isReclaimed = this.dispatcher.reclaim(thread);
    const tasks = thread.takeAll();
    this.removeThread(thread);
    if (thread.isReady && !this.#failsDuringBootstrap) this.ensureMinimumThreads();
    // A thread that fails before it is up would fail again.
    else this.#failsDuringBootstrap = true;
    if (isReclaimed) this.dispatcher.handOut();
    if (tasks.length > 0) for (const task of tasks) task.done(error);
    else if (!onlyUnfinishedTasks) this.emitter.emit('error', error);
  }

  onThreadDestroyed(thread: PoolThread): void {
    this.emitter.emit('workerDestroy', thread.interface);
  }

  /** Ends a thread; its tasks fail. */
  removeThread(thread: PoolThread): void {
    const isReclaimed = this.dispatcher.reclaim(thread);
    thread.destroy();
    this.threads.delete(thread);
    if (isReclaimed && !this.isDestroying) this.dispatcher.handOut();
  }

  onTaskEnd(thread: PoolThread, task: Task, error: unknown, result: unknown): void {
    const now = nowMs();
    task.ended = now;
    thread.progressMs = now;
    thread.isStuck = false;
    this.dispatcher.pipeline.noteTaken(now - task.started);
    if (!this.dispatcher.advance(thread, now)) this.#onAvailable(thread);
    const listeners = this.taskDoneListeners;
    for (let i = 0; i < listeners.length; i++) listeners[i](thread);
    task.done(error, result);
  }

  onTaskOver(task: Task): void {
    this.completed++;
    if (task.started !== 0) this.times?.recordRun((task.ended || nowMs()) - task.started);
  }

  onTaskSettled(): void {
    this.drain.check();
  }

  /** A thread may have room: it gets what waits, or, if it is one too many, is let go. */
  #onAvailable(thread: PoolThread): void {
    this.dispatcher.handOut(thread);
    const { idleTimeout, minThreads } = this.options;
    if (idleTimeout === Number.POSITIVE_INFINITY) return;
    if (thread.slots.size !== 0 || this.threads.size <= minThreads) return;
    thread.setIdleTimeout(() => {
      if (thread.currentUsage === 0 && this.threads.size > this.options.minThreads) this.removeThread(thread);
    }, idleTimeout);
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
    this.dispatcher.accept(task);
    return task.promise;
  }

  #onAbort(task: Task, signal: AbortSignalAny): void {
    // First, so that it is this error and not that of the thread's end.
    task.reject(new AbortError(signal.reason));
    if (task.workerInfo === null) return this.dispatcher.remove(task);
    this.removeThread(task.workerInfo);
    this.ensureMinimumThreads();
  }
}
