import type { EventEmitter } from 'node:events';
import type { TaskQueue } from 'piscina';
import { EventLoop } from '../io/index.js';
import { nowMs } from '../stats/index.js';
import { type AbortSignalAny, type TimedSignal, withTimeout } from './abort.js';
import { Dispatcher } from './dispatch.js';
import { DrainSignal } from './drain-signal.js';
import { AbortError, PoolErrors, TaskTimeoutError } from './errors.js';
import { PoolTimes, recordMs } from './histogram.js';
import { HostedThread } from './host.js';
import {
  type FilledOptions,
  fillOptions,
  type PiscinaOptions,
  type RunOptions,
  toPath,
  type WorkerRunOptions,
} from './options.js';
import { hostPiscina } from './piscina-module.js';
import type { PoolPolicy } from './policy.js';
import { PoolThread, type ThreadOwner } from './pool-thread.js';
import { Task, TaskKind, type TaskOwner } from './task.js';
import { ThreadSet } from './thread-set.js';
import { watchThread } from './watch-thread.js';

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
  /** Called when a task or a thread has come to its end, while the pool closes. */
  onEnded: (() => void) | undefined;
  completed = 0;
  isClosing = false;
  isDestroying = false;
  readonly policy: PoolPolicy;
  readonly #taskKind: TaskKind;
  #isStartingUp = false;
  #failsDuringBootstrap = false;

  /**
   * @param emitter where the pool's events go
   * @param asyncId of the pool's asynchronous resource
   */
  constructor(emitter: EventEmitter, asyncId: number, options: PiscinaOptions, policy: PoolPolicy) {
    this.emitter = emitter;
    this.policy = policy;
    this.#taskKind = new TaskKind(this, asyncId);
    this.taskQueue = options.taskQueue ?? policy.makeQueue?.() ?? new (hostPiscina().FixedQueue)();
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
    if (!this.#mayAddThread || this.isDestroying) return;
    while (this.threads.size < this.options.minThreads) this.addThread();
  }

  /** A pool that closes starts no thread, unless it does every task first and one of them has taken its thread along. */
  get #mayAddThread(): boolean {
    return !this.isClosing || (this.policy.finishesAllTasks && this.dispatcher.waiting > 0);
  }

  /** Starts one more thread. Returns false when the pool closes: then none is started. */
  addThread(): boolean {
    if (!this.#mayAddThread) return false;
    const { options, loop } = this;
    const settings = {
      filename: options.filename,
      name: options.name,
      concurrentTasks: options.concurrentTasksPerWorker,
      waitsForOutput: options.atomics === 'sync' && !this.policy.writesOutputDirectly,
      writesOutputDirectly: this.policy.writesOutputDirectly,
      crashesOnUnclonable: this.policy.crashesOnUnclonable,
      hasContext: this.policy.hasContext,
      backend: loop.backend === 'portable' ? ('portable' as const) : ('auto' as const),
    };
    const thread = new PoolThread(
      this,
      new HostedThread(options, settings, this.policy.entry),
      loop,
      this.threads.freePosition(),
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
    return true;
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
    thread.tellUp(error);
    thread.settleFinished();
    const isReclaimed = this.dispatcher.reclaim(thread);
    const tasks = thread.takeAll();
    const reserved = this.dispatcher.takeReserved(thread);
    this.removeThread(thread);
    if (thread.isReady && !this.#failsDuringBootstrap) this.ensureMinimumThreads();
    // A thread that fails before it is up would fail again.
    else this.#failsDuringBootstrap = true;
    if (isReclaimed) this.dispatcher.handOut();
    for (const task of tasks) task.done(error);
    this.#rehome(reserved, error);
    const isHopeless = this.#failsDuringBootstrap && this.threads.size === 0 && !this.isDestroying;
    if (isHopeless) for (const task of this.dispatcher.takeWaiting()) task.done(error);
    if (tasks.length === 0 && !onlyUnfinishedTasks) this.emitter.emit('error', error);
  }

  /** Tasks whose thread has ended go to the one that their key stands for now; those without a key fail. */
  #rehome(tasks: readonly Task[], error: unknown): void {
    for (const task of tasks) {
      const thread =
        typeof task.key === 'string' || typeof task.key === 'number' ? this.threadOf(task.key) : undefined;
      if (thread === undefined) task.done(error);
      else this.dispatcher.acceptOn(thread, task);
    }
  }

  /** The thread on which tasks with this key run, if there is any thread. */
  threadOf(key: string | number): PoolThread | undefined {
    if (this.threads.size === 0) this.addThread();
    return this.threads.byKey(key, Math.max(1, this.options.minThreads));
  }

  onThreadDestroyed(thread: PoolThread): void {
    this.emitter.emit('workerDestroy', thread.interface);
  }

  /** Ends a thread; its tasks fail. */
  removeThread(thread: PoolThread): void {
    thread.tellUp(PoolErrors.threadTermination());
    const isReclaimed = this.dispatcher.reclaim(thread);
    thread.destroy();
    this.threads.delete(thread);
    if (isReclaimed && !this.isDestroying) this.dispatcher.handOut();
    this.onEnded?.();
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
    this.onEnded?.();
  }

  onTaskOver(task: Task): void {
    this.completed++;
    const { times } = this;
    if (task.started !== 0 && times !== null) recordMs(times.runTime, (task.ended || nowMs()) - task.started);
  }

  onTaskSettled(task: Task): void {
    if ((this.completed & (this.completed - 1)) === 0) this.#taskKind.keep(task);
    this.drain.check();
    this.onEnded?.();
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

  /** Ends a thread whose task does not stop, and starts another in its place. */
  replaceThread(thread: PoolThread): void {
    const reserved = this.dispatcher.takeReserved(thread);
    this.removeThread(thread);
    this.ensureMinimumThreads();
    this.#rehome(reserved, PoolErrors.threadTermination());
  }

  /** Makes a task of a call of `run`; undefined: without a file to run it from. */
  makeTask(value: unknown, options: WorkerRunOptions): Task | undefined {
    const filename = options.filename ?? this.options.filename;
    if (typeof filename !== 'string') return undefined;
    const isEnding = this.isClosing || this.isDestroying;
    let signal = isEnding ? AbortSignal.abort('queue is being terminated') : (options.signal ?? null);
    let timed: TimedSignal | undefined;
    if (options.timeoutMs !== undefined) {
      timed = withTimeout(signal, options.timeoutMs);
      signal = timed.signal;
    }
    const task = new Task(
      this.#taskKind,
      value,
      options.transferList ?? NO_TRANSFER,
      options.filename === undefined ? filename : toPath(filename),
      options.name ?? this.options.name,
      signal,
    );
    if (options.priority !== undefined) task.priority = options.priority;
    task.key = options.key;
    if (signal === null) return task;
    if (signal.aborted) {
      timed?.stop();
      task.aborted = true;
      task.reject(new AbortError(signal.reason));
    } else task.listen(signal, () => this.#onAbort(task, signal), timed?.stop);
    return task;
  }

  /** Runs one task. */
  run(value: unknown, options: WorkerRunOptions): Promise<unknown> {
    const task = this.makeTask(value, options);
    if (task === undefined) return Promise.reject(PoolErrors.filenameNotProvided());
    this.begin(task);
    return task.promise;
  }

  /** Lets a task take its way, unless it is aborted already. */
  begin(task: Task): void {
    if (task.aborted) return;
    const { key } = task;
    const thread = key === undefined || key === null ? undefined : this.threadOf(key);
    if (thread === undefined) this.dispatcher.accept(task);
    else this.dispatcher.acceptOn(thread, task);
  }

  /** Drops a task if no thread has it. */
  drop(task: Task): void {
    if (task.workerInfo !== null || task.aborted || task.ended !== 0) return;
    task.aborted = true;
    task.reject(new AbortError());
    this.dispatcher.remove(task);
  }

  #onAbort(task: Task, signal: AbortSignalAny): void {
    const { reason } = signal;
    // First, so that it is this error and not that of the thread's end.
    task.reject(reason instanceof TaskTimeoutError ? reason : new AbortError(reason));
    const thread = task.workerInfo;
    if (thread === null) return this.dispatcher.remove(task);
    const { abortGraceMs } = this.policy;
    if (abortGraceMs === 0) return this.replaceThread(thread);
    thread.cancel(task, reason);
    setTimeout(() => {
      if (thread.slots.at(task.slot) === task) this.replaceThread(thread);
    }, abortGraceMs).unref();
  }
}
