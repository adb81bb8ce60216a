import assert from 'node:assert';
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { MessagePort, Worker } from 'node:worker_threads';
import type { ThreadLoop } from '../loop/index.js';
import { reviveError } from './error-codec.js';
import { PoolErrors } from './errors.js';
import { HandlerNumbers } from './handler-numbers.js';
import { recordMs } from './histogram.js';
import type { HostedThread } from './host.js';
import { Link, type LinkHandler } from './link.js';
import { Slots } from './slots.js';
import type { Task } from './task.js';
import { Header, SLOTS, SlotState, ThreadWord, ToPool, ToThread } from './thread-descriptor.js';
import { type ThreadView, viewOf } from './thread-view.js';

/** What a thread tells its pool. */
export interface ThreadOwner {
  /** A task has come to its end and has left the thread's slots. */
  onTaskEnd(thread: PoolThread, task: Task, error: unknown, result: unknown): void;
  onThreadDestroyed(thread: PoolThread): void;
}

/** A thread of a pool, with the tasks that it has. */
export class PoolThread implements LinkHandler {
  readonly worker: Worker;
  readonly slots = new Slots();
  readonly histogram: RecordableHistogram | null;
  readonly interface: ThreadView;
  terminating = false;
  destroyed = false;
  isReady = false;
  /** Tasks that were sent before there was room for them, in the order in which they begin. */
  readonly ahead: Task[] = [];
  /** Tasks that wait for this thread and no other. */
  readonly reserved: Task[] = [];
  /** Its place in the pool: the lowest number that no other living thread has. */
  readonly position: number;
  /** Resolves when the thread is up; rejects when it ends before. */
  readonly up: Promise<void>;
  /** When a task last ended or began here, of `performance.now()`. */
  progressMs = 0;
  /** It gave its tasks ahead back and has ended none since. */
  isStuck = false;
  readonly #owner: ThreadOwner;
  readonly #hosted: HostedThread;
  readonly #link: Link;
  readonly #handlers = new HandlerNumbers();
  readonly #maximumUsage: number;
  readonly #runKind: number;
  readonly #aheadKind: number;
  #settleUp!: { resolve(): void; reject(error: unknown): void };
  #abortableTasks = 0;
  #isEnding = false;
  #idleTimer: NodeJS.Timeout | undefined;

  /**
   * @param maximumUsage tasks that it may have at a time
   * @param hasHistogram whether the thread measures its tasks' time
   */
  constructor(
    owner: ThreadOwner,
    hosted: HostedThread,
    loop: ThreadLoop,
    position: number,
    maximumUsage: number,
    hasHistogram: boolean,
  ) {
    this.position = position;
    this.up = new Promise((resolve, reject) => {
      this.#settleUp = { resolve, reject };
    });
    // Whoever asks `ready()` gets the error; nobody need ask.
    this.up.catch(() => {});
    this.#owner = owner;
    this.#hosted = hosted;
    this.worker = hosted.worker;
    this.histogram = hasHistogram ? createHistogram() : null;
    this.#maximumUsage = maximumUsage;
    this.#runKind = hasHistogram ? ToThread.runTimed : ToThread.run;
    this.#aheadKind = hasHistogram ? ToThread.runAheadTimed : ToThread.runAhead;
    this.interface = viewOf(this);
    this.#link = new Link(loop, hosted.ends, this);
  }

  /** Tasks that have begun here, as far as the pool knows. */
  get usage(): number {
    return this.slots.size - this.ahead.length;
  }

  /** Whether it has as many tasks as it may have. */
  get isFull(): boolean {
    return this.usage >= this.#maximumUsage;
  }

  get hasAbortable(): boolean {
    return this.#abortableTasks > 0;
  }

  /** A task that can be aborted is alone on its thread. */
  get isRunningAbortableTask(): boolean {
    return this.#abortableTasks === 1 && this.usage === 1;
  }

  /** Tasks that have begun here, or Infinity while one of them can be aborted. */
  get currentUsage(): number {
    return this.isRunningAbortableTask ? Number.POSITIVE_INFINITY : this.usage;
  }

  /** Sends a task to the thread. What cannot be cloned fails the task at once. */
  post(task: Task): void {
    if (this.terminating || this.destroyed) assert.fail('tasks are only posted to living threads');
    const slot = this.slots.add(task);
    if (slot < 0) return task.done(new RangeError(`a thread holds at most ${SLOTS} tasks at a time`));
    // Plain, as for `postAhead`: a task that is cancelled later must not find the word of the one before.
    if (task.abortSignal !== null) this.#hosted.words[ThreadWord.slots + slot] = SlotState.taken;
    const kind = task.onValue === undefined ? this.#runKind : ToThread.iterate;
    if (!this.#send(kind, slot, task, task.releaseTask())) return;
    if (task.abortSignal !== null) this.#abortableTasks++;
    if (this.#idleTimer !== undefined) this.clearIdleTimeout();
    if (this.slots.size === 1) this.progressMs = task.started;
  }

  /**
   * Sends a task that is to begin when the thread has room.
   * @returns false when the thread can have no more tasks
   */
  postAhead(task: Task): boolean {
    const slot = this.slots.add(task);
    if (slot < 0) return false;
    // Plain: the record that tells the thread of the slot is published after this store.
    this.#hosted.words[ThreadWord.slots + slot] = SlotState.queued;
    // The task keeps its value: it may come back.
    if (this.#send(this.#aheadKind, slot, task, task.task)) this.ahead.push(task);
    return true;
  }

  #send(kind: number, slot: number, task: Task, value: unknown): boolean {
    const handler = this.#handlers.numberOf(task.filename, task.name, this.#link);
    try {
      this.#link.send(
        kind | (slot << Header.kindBits) | (handler << Header.handlerShift),
        value,
        task.transferList,
      );
    } catch (error) {
      this.slots.take(slot);
      task.done(error);
      return false;
    }
    task.workerInfo = this;
    task.slot = slot;
    if (this.slots.size === 1) this.#link.ref();
    return true;
  }

  /** Whether there is room for a task. One that can be aborted shares a thread with no other. */
  hasRoomFor(task: Task): boolean {
    if (task.abortSignal !== null) return this.usage === 0;
    return !this.isFull && !this.isRunningAbortableTask;
  }

  /** Says in shared memory, and by a record, that a running task is cancelled. */
  cancel(task: Task, reason: unknown): void {
    Atomics.store(this.#hosted.words, ThreadWord.slots + task.slot, SlotState.cancelled);
    const header = ToThread.cancel | (task.slot << Header.kindBits);
    try {
      this.#link.send(header, reason);
    } catch {
      // A reason that cannot be cloned stays here; that the task is cancelled arrives.
      this.#link.send(header, undefined);
    }
  }

  /** Lets the iteration of a task send so many values more. */
  giveCredit(task: Task, values: number): void {
    if (this.slots.at(task.slot) === task)
      this.#link.send(ToThread.credit | (task.slot << Header.kindBits), values);
  }

  /** The Worker is up, or has failed with an error. */
  tellUp(error?: unknown): void {
    if (error === undefined) this.#settleUp.resolve();
    else this.#settleUp.reject(error);
  }

  /** Takes back up to `count` of the tasks that are ahead, but for those that have begun meanwhile. */
  withdraw(count: number, nowMs: number): Task[] {
    return this.ahead.splice(0, count).filter((task) => {
      if (this.#takeBack(task)) return true;
      task.started = nowMs;
      return false;
    });
  }

  /** The thread is ending: takes back every task that it has not begun. */
  reclaim(): Task[] {
    this.ahead.length = 0;
    return this.slots.all().filter((task) => this.#takeBack(task));
  }

  #takeBack(task: Task): boolean {
    const { queued, withdrawn } = SlotState;
    const word = ThreadWord.slots + task.slot;
    if (Atomics.compareExchange(this.#hosted.words, word, queued, withdrawn) !== queued) return false;
    this.slots.vacate(task.slot);
    task.workerInfo = null;
    return true;
  }

  onRecord(kind: number, header: number, payload: unknown): void {
    const slot = (header >>> Header.kindBits) & Header.slotMask;
    if (kind === ToPool.time) return recordMs(this.histogram!, payload as number);
    if (kind === ToPool.passed) return this.slots.free(slot);
    if (kind === ToPool.value) return this.slots.at(slot)!.onValue!(payload);
    const task = this.slots.take(slot);
    if (task === undefined) assert.fail('a result belongs to a task');
    if (task.abortSignal !== null) this.#abortableTasks--;
    let error: unknown = null;
    if (kind === ToPool.error) error = reviveError(payload);
    else if (kind === ToPool.thrown) error = payload;
    const result = kind === ToPool.result ? payload : null;
    if (this.#isEnding) task.done(error, result);
    else this.#owner.onTaskEnd(this, task, error, result);
    if (this.slots.size === 0) this.#link.unref();
  }

  openPort(): MessagePort {
    return this.#hosted.openPort();
  }

  /** The port by which the thread sends what channels cannot carry. */
  setPort(port: MessagePort): void {
    this.#link.setPort(port);
  }

  /** The thread has died: settles the tasks that it had finished. */
  settleFinished(): void {
    this.#isEnding = true;
    if (!this.destroyed) this.#link.drain();
  }

  /** Takes all tasks out, in the order in which `run` was called. */
  takeAll(): Task[] {
    this.#abortableTasks = 0;
    return this.slots.takeAll();
  }

  /** Ends the thread; its tasks fail. */
  destroy(): void {
    if (this.terminating || this.destroyed) return;
    this.terminating = true;
    this.clearIdleTimeout();
    this.#hosted.terminate();
    this.#link.close();
    for (const task of this.takeAll()) task.done(PoolErrors.threadTermination());
    this.terminating = false;
    this.destroyed = true;
    this.#owner.onThreadDestroyed(this);
  }

  /** Calls back when the thread has got no task for this long. Does not hold the process. */
  setIdleTimeout(callback: () => void, milliseconds: number): void {
    this.#idleTimer = setTimeout(callback, milliseconds).unref();
  }

  /** Takes `setIdleTimeout` back. */
  clearIdleTimeout(): void {
    clearTimeout(this.#idleTimer);
    this.#idleTimer = undefined;
  }
}
