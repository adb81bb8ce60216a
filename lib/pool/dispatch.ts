import type { TaskQueue } from 'piscina';
import { nowMs } from '../stats/index.js';
import type { DrainSignal } from './drain-signal.js';
import { PoolErrors } from './errors.js';
import { type PoolTimes, recordMs } from './histogram.js';
import type { FilledOptions } from './options.js';
import { Pipeline } from './pipeline.js';
import type { PoolThread } from './pool-thread.js';
import type { Task } from './task.js';
import { leastBusy, type ThreadSet } from './thread-set.js';
import { kThread, type ThreadView } from './thread-view.js';

/** What a dispatcher works with. */
export interface DispatchParts {
  readonly options: FilledOptions;
  readonly taskQueue: TaskQueue;
  readonly threads: ThreadSet;
  readonly times: PoolTimes | null;
  readonly drain: DrainSignal;
  /** Whether tasks may be sent to a thread before it has room for them. */
  readonly isPipelined: boolean;
  /** Starts one more thread, unless the pool closes. */
  readonly addThread: () => boolean;
}

/** Decides which thread gets which task. Step by step as Piscina does it, in the same order. */
export class Dispatcher {
  /** Tasks that were shifted off the queue and found no thread; they come before it. */
  readonly skipQueue: Task[] = [];
  readonly pipeline: Pipeline;
  readonly #parts: DispatchParts;
  readonly #maximumUsage: number;
  /** Tasks that wait for a thread of their own. */
  #reserved = 0;

  constructor(parts: DispatchParts) {
    this.#parts = parts;
    this.#maximumUsage = parts.options.concurrentTasksPerWorker;
    const { threads, times, isPipelined, options } = parts;
    this.pipeline = new Pipeline(threads, times, isPipelined, !options.stricterFIFO, this.skipQueue);
  }

  /** How many tasks wait for a thread. */
  get waiting(): number {
    return this.#parts.taskQueue.size + this.skipQueue.length + this.pipeline.size + this.#reserved;
  }

  /** Tasks that the threads which are still starting will take. */
  get pendingCapacity(): number {
    return this.#parts.threads.pending.length * this.#maximumUsage;
  }

  /** A new task: it goes to a thread that has room, or into the queue, or is rejected. */
  accept(task: Task): void {
    if (this.#parts.taskQueue.size > 0 || this.pipeline.size > 0) this.#enqueue(task);
    else this.#runAtOnce(task);
    this.#parts.drain.check();
  }

  #enqueue(task: Task): void {
    const { options, taskQueue, threads } = this.#parts;
    const { maxQueue, maxThreads } = options;
    if (taskQueue.size + this.pipeline.size >= maxQueue + this.pendingCapacity) {
      task.reject(maxQueue === 0 ? PoolErrors.noTaskQueueAvailable() : PoolErrors.taskQueueAtLimit());
      return;
    }
    taskQueue.push(task as never);
    if (threads.size < maxThreads) this.#parts.addThread();
    this.pipeline.topUp(taskQueue);
  }

  #runAtOnce(task: Task): void {
    const { options, threads, taskQueue } = this.#parts;
    if (this.#distribute(task, threads.ready, undefined)) return;
    if (threads.size < options.maxThreads) this.#parts.addThread();
    if (options.maxQueue <= 0 && this.pendingCapacity === 0) task.reject(PoolErrors.noTaskQueueAvailable());
    else this.pipeline.topUp(taskQueue);
  }

  /** A task for one thread: it begins there when there is room. */
  acceptOn(thread: PoolThread, task: Task): void {
    const { options, drain } = this.#parts;
    task.home = thread;
    if (this.#canBegin(thread, task)) this.#give(thread, task);
    else if (this.waiting >= options.maxQueue + this.pendingCapacity)
      task.reject(options.maxQueue === 0 ? PoolErrors.noTaskQueueAvailable() : PoolErrors.taskQueueAtLimit());
    else {
      thread.reserved.push(task);
      this.#reserved++;
    }
    drain.check();
  }

  #canBegin(thread: PoolThread, task: Task): boolean {
    const isFirst = thread.reserved.length === 0 || thread.reserved[0] === task;
    return isFirst && thread.isReady && thread.ahead.length === 0 && thread.hasRoomFor(task);
  }

  #serveReserved(thread: PoolThread): void {
    const { reserved } = thread;
    while (reserved.length > 0 && this.#canBegin(thread, reserved[0])) {
      this.#reserved--;
      this.#give(thread, reserved.shift()!);
    }
  }

  /** Takes all tasks out that wait for a thread alone. */
  takeReserved(thread: PoolThread): Task[] {
    this.#reserved -= thread.reserved.length;
    return thread.reserved.splice(0);
  }

  /** A task of a thread has ended: the thread gets its next one. Returns false when there is none for it. */
  advance(thread: PoolThread, now: number): boolean {
    const { taskQueue, drain } = this.#parts;
    const { pipeline } = this;
    if (pipeline.size > thread.ahead.length) pipeline.rebalance(thread, now, taskQueue);
    if (thread.ahead.length === 0) return false;
    pipeline.advance(thread, now, taskQueue);
    drain.check();
    return true;
  }

  /**
   * Hands out what waits.
   * @param thread one that may have room, if it is known which
   */
  handOut(thread?: PoolThread): void {
    const { options, threads, taskQueue } = this.#parts;
    if (thread !== undefined && this.#reserved > 0) this.#serveReserved(thread);
    if (thread !== undefined && this.pipeline.size > 0) this.pipeline.rebalance(thread, nowMs(), taskQueue);
    if (taskQueue.size === 0 && this.skipQueue.length === 0) return;
    const all = threads.pending.length === 0 ? threads.ready : threads.all();
    const views = options.loadBalancer === undefined ? undefined : all.map((thread) => thread.interface);
    while (taskQueue.size > 0 || this.skipQueue.length > 0) {
      const task = (this.skipQueue.shift() ?? taskQueue.shift()) as unknown as Task;
      if (this.#distribute(task, all, views)) continue;
      if (threads.size >= options.maxThreads || !this.#parts.addThread()) break;
    }
    this.pipeline.topUp(taskQueue);
  }

  /** Gives a task to a thread, or back to the queue. Returns whether it is off the queue. */
  #distribute(task: Task, threads: readonly PoolThread[], views: ThreadView[] | undefined): boolean {
    if (task.aborted) return true;
    const { loadBalancer } = this.#parts.options;
    const thread =
      loadBalancer === undefined
        ? leastBusy(threads, task.abortSignal !== null, this.#maximumUsage)
        : loadBalancer(task.interface, views ?? threads.map((thread) => thread.interface))?.[kThread];
    if (thread === undefined || thread === null) {
      this.#giveBack(task);
      return false;
    }
    this.#give(thread, task);
    return true;
  }

  #give(thread: PoolThread, task: Task): void {
    const { times, drain } = this.#parts;
    const now = nowMs();
    if (times !== null) recordMs(times.waitTime, now - task.created);
    task.started = now;
    thread.post(task);
    drain.check();
  }

  #giveBack(task: Task): void {
    const { options, taskQueue } = this.#parts;
    const toTail = !options.stricterFIFO;
    if (task.abortSignal !== null) {
      if (toTail) this.skipQueue.push(task);
      else this.skipQueue.unshift(task);
    } else if (toTail || taskQueue.unshift === undefined) taskQueue.push(task as never);
    else taskQueue.unshift(task as never);
  }

  /** Takes back whatever threads have ahead: the queue is to be emptied. */
  withdrawAll(): void {
    const { threads, taskQueue } = this.#parts;
    for (const thread of threads.ready)
      this.pipeline.withdraw(thread, thread.ahead.length, nowMs(), taskQueue);
  }

  /** A thread is ending: takes back what it has not begun. Returns whether there was such a task. */
  reclaim(thread: PoolThread): boolean {
    return this.pipeline.reclaim(thread, this.#parts.taskQueue);
  }

  /** Takes all tasks out that wait for any thread. */
  takeWaiting(): Task[] {
    const { taskQueue } = this.#parts;
    const tasks = this.skipQueue.splice(0);
    while (taskQueue.size > 0) tasks.push(taskQueue.shift() as unknown as Task);
    return tasks;
  }

  /** Drops a task that waits. */
  remove(task: Task): void {
    const reservedAt = task.home?.reserved.indexOf(task) ?? -1;
    if (reservedAt !== -1) {
      task.home!.reserved.splice(reservedAt, 1);
      this.#reserved--;
      return;
    }
    const at = this.skipQueue.indexOf(task);
    if (at !== -1) this.skipQueue.splice(at, 1);
    else this.#parts.taskQueue.remove(task as never);
  }
}
