import assert from 'node:assert';
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { MessagePort, Worker } from 'node:worker_threads';
import type { EventLoop } from '../io/index.js';
import { reviveError } from './error-codec.js';
import { PoolErrors } from './errors.js';
import { recordMs } from './histogram.js';
import type { HostedThread } from './host.js';
import { Link, type LinkHandler } from './link.js';
import { Slots } from './slots.js';
import type { Task } from './task.js';
import { Header, SLOTS, ToPool, ToThread } from './thread-descriptor.js';
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
  readonly #owner: ThreadOwner;
  readonly #hosted: HostedThread;
  readonly #link: Link;
  readonly #handlers = new HandlerNumbers();
  readonly #runKind: number;
  #abortableTasks = 0;
  #isEnding = false;
  #idleTimer: NodeJS.Timeout | undefined;

  /** @param hasHistogram whether the thread measures its tasks' time */
  constructor(owner: ThreadOwner, hosted: HostedThread, loop: EventLoop, hasHistogram: boolean) {
    this.#owner = owner;
    this.#hosted = hosted;
    this.worker = hosted.worker;
    this.histogram = hasHistogram ? createHistogram() : null;
    this.#runKind = hasHistogram ? ToThread.runTimed : ToThread.run;
    this.interface = viewOf(this);
    this.#link = new Link(loop, hosted.ends, this);
  }

  /** A task that can be aborted is alone on its thread. */
  get isRunningAbortableTask(): boolean {
    return this.slots.size === 1 && this.#abortableTasks === 1;
  }

  /** Tasks here, or Infinity while one of them can be aborted. */
  get currentUsage(): number {
    return this.isRunningAbortableTask ? Number.POSITIVE_INFINITY : this.slots.size;
  }

  /** Sends a task to the thread. What cannot be cloned fails the task at once. */
  post(task: Task): void {
    assert(!this.terminating && !this.destroyed, 'tasks are only posted to living threads');
    const slot = this.slots.add(task);
    if (slot < 0) return task.done(new RangeError(`a thread holds at most ${SLOTS} tasks at a time`));
    const handler = this.#handlers.numberOf(task.filename, task.name, this.#link);
    const header =
      this.#runKind | (slot << Header.kindBits) | (handler << (Header.kindBits + Header.slotBits));
    try {
      this.#link.send(header, task.releaseTask(), task.transferList);
    } catch (error) {
      this.slots.take(slot);
      return task.done(error);
    }
    task.workerInfo = this;
    task.slot = slot;
    if (task.abortSignal !== null) this.#abortableTasks++;
    if (this.#idleTimer !== undefined) this.clearIdleTimeout();
    if (this.slots.size === 1) this.#link.ref();
  }

  onRecord(kind: number, header: number, payload: unknown): void {
    if (kind === ToPool.time) return recordMs(this.histogram!, payload as number);
    const task = this.#take((header >>> Header.kindBits) & Header.slotMask);
    let error: unknown = null;
    if (kind === ToPool.error) error = reviveError(payload);
    else if (kind === ToPool.thrown) error = payload;
    const result = kind === ToPool.result ? payload : null;
    if (this.#isEnding) task.done(error, result);
    else this.#owner.onTaskEnd(this, task, error, result);
    if (this.slots.size === 0) this.#link.unref();
  }

  #take(slot: number): Task {
    const task = this.slots.take(slot);
    assert(task !== undefined, 'a result belongs to a task');
    if (task.abortSignal !== null) this.#abortableTasks--;
    return task;
  }

  openPort(): MessagePort {
    return this.#hosted.openPort();
  }

  /** The port by which the thread sends what channels cannot carry. */
  setPort(port: MessagePort): void {
    this.#link.setPort(port);
  }

  /** The thread has died: settles what it had finished, and returns the tasks that it had not. */
  takeUnfinished(): Task[] {
    this.#isEnding = true;
    if (!this.destroyed) this.#link.drain();
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
    this.#abortableTasks = 0;
    for (const task of this.slots.takeAll()) task.done(PoolErrors.threadTermination());
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

/** Numbers by which one thread knows handlers; a new one is told to the thread before its first task. */
class HandlerNumbers {
  readonly #numbers = new Map<string, Map<string, number>>();
  #count = 0;
  #lastFilename = '';
  #lastName = '';
  #lastNumber = -1;

  numberOf(filename: string, name: string, link: Link): number {
    if (filename === this.#lastFilename && name === this.#lastName && this.#lastNumber >= 0)
      return this.#lastNumber;
    let ofFile = this.#numbers.get(filename);
    if (ofFile === undefined) {
      ofFile = new Map();
      this.#numbers.set(filename, ofFile);
    }
    const number = ofFile.get(name) ?? this.#tell(filename, name, link);
    // After a restart of the count the map is another one.
    this.#numbers.get(filename)?.set(name, number);
    this.#lastFilename = filename;
    this.#lastName = name;
    this.#lastNumber = number;
    return number;
  }

  #tell(filename: string, name: string, link: Link): number {
    if (this.#count === Header.handlers) {
      // Records arrive in order, so a number may be given to another handler.
      this.#numbers.clear();
      this.#numbers.set(filename, new Map());
      this.#count = 0;
    }
    const number = this.#count++;
    link.send(ToThread.handler | (number << Header.handlerShift), [filename, name]);
    return number;
  }
}
