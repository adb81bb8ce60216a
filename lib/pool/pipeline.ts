import type { TaskQueue } from 'piscina';
import { type PoolTimes, recordMs } from './histogram.js';
import type { PoolThread } from './pool-thread.js';
import type { Task } from './task.js';
import type { ThreadSet } from './thread-set.js';

/** Work that a thread may hold ahead, and the most tasks of it (docs/decisions/010). */
const AHEAD_MS = 0.1;
const DEEPEST = 64;
/** Of longer tasks one is sent ahead, up to this length; those that are longer still need not save the way. */
const LONGEST_MS = 5;
/** A thread that has ended no task for this long, or for so many times a task's time, gives its tasks ahead back. */
const STUCK_MS = 1;
const STUCK_TASKS = 4;
/** Weight of the newest task in the mean of how long a task takes. */
const NEWEST = 1 / 8;

/**
 * Tasks that are sent to a thread before it has room for them, so that it needs not wait for the next one. To everybody
 * else they still wait in the queue: whatever has not begun can be taken back, by a compare-and-swap in shared memory.
 * A thread gets little more than `AHEAD_MS` of work ahead, and gives it back to others that are idle or when it is stuck.
 */
export class Pipeline {
  /** How many tasks are ahead on all threads, and held back behind them. */
  size = 0;
  readonly #threads: ThreadSet;
  readonly #times: PoolTimes | null;
  readonly #isOn: boolean;
  readonly #rotates: boolean;
  readonly #skipQueue: readonly Task[];
  #depth = 0;
  #taskMs = -1;
  #stuckMs = STUCK_MS;
  #lookedMs = 0;

  /**
   * @param rotates whether each end of a task moves one that waits to the tail of the queue, as in Piscina
   * @param skipQueue tasks that come before the queue: where order is kept, none is sent ahead of them
   */
  constructor(
    threads: ThreadSet,
    times: PoolTimes | null,
    isOn: boolean,
    rotates: boolean,
    skipQueue: readonly Task[],
  ) {
    this.#threads = threads;
    this.#times = times;
    this.#isOn = isOn;
    this.#rotates = rotates;
    this.#skipQueue = skipQueue;
  }

  /** A task has taken this long. */
  noteTaken(milliseconds: number): void {
    if (this.#taskMs < 0) this.#taskMs = milliseconds;
    else this.#taskMs += (milliseconds - this.#taskMs) * NEWEST;
    const least = this.#taskMs <= LONGEST_MS ? 1 : 0;
    this.#depth = Math.max(least, Math.min(DEEPEST, (AHEAD_MS / this.#taskMs) | 0));
    this.#stuckMs = Math.max(STUCK_MS, STUCK_TASKS * this.#taskMs);
  }

  /** A task of a thread has ended, and its next one, which was sent ahead, begins. */
  advance(thread: PoolThread, nowMs: number, queue: TaskQueue): void {
    const task = thread.ahead.shift()!;
    this.size--;
    task.started = nowMs;
    if (this.#times !== null) recordMs(this.#times.waitTime, nowMs - task.created);
    if (task.held !== undefined) {
      queue.push(task.held as never);
      task.held = undefined;
      this.size--;
    } else if (this.#rotates && queue.size > 0) queue.push(queue.shift() as never);
    this.#fill(thread, queue);
  }

  /** Sends tasks of the queue ahead, to every thread that may have more. */
  topUp(queue: TaskQueue): void {
    if (!this.#isOn || queue.size === 0) return;
    const { ready } = this.#threads;
    for (let i = 0; i < ready.length; i++) {
      const thread = ready[i];
      if (thread.ahead.length < this.#depth && !thread.isStuck && thread.isFull) this.#fill(thread, queue);
      if (queue.size === 0) return;
    }
  }

  #fill(thread: PoolThread, queue: TaskQueue): void {
    if (thread.hasAbortable || thread.reserved.length > 0) return;
    if (!this.#rotates && this.#skipQueue.length > 0) return;
    const { ahead } = thread;
    while (ahead.length < this.#depth) {
      if (this.#rotates && ahead.length > 0) this.#hold(ahead[ahead.length - 1], queue);
      if (queue.size === 0) return;
      const task = queue.shift() as unknown as Task;
      const length = ahead.length;
      // One that can be aborted is alone on its thread; what was moved could not be taken back.
      if (task.abortSignal !== null || task.transferList.length > 0 || !thread.postAhead(task)) {
        queue.unshift!(task as never);
        return;
      }
      this.size += ahead.length - length;
    }
  }

  /** The task behind one that is ahead goes to the tail of the queue when that one begins, behind all that came till then. */
  #hold(task: Task, queue: TaskQueue): void {
    if (task.held !== undefined || queue.size === 0) return;
    task.held = queue.shift() as unknown as Task;
    this.size++;
  }

  /** Takes tasks back that others could run sooner: a thread has ended a task, or is idle. */
  rebalance(thread: PoolThread, nowMs: number, queue: TaskQueue): void {
    if (nowMs - this.#lookedMs > STUCK_MS) {
      this.#lookedMs = nowMs;
      for (const other of this.#threads.ready) {
        if (other === thread || nowMs - other.progressMs < this.#stuckMs) continue;
        this.withdraw(other, other.ahead.length, nowMs, queue);
        other.isStuck = true;
      }
    }
    // A thread that has tasks ahead has begun the next one, or is about to.
    if (thread.usage > 0 || thread.ahead.length > 0 || queue.size > 0 || this.size === 0) return;
    let victim = thread;
    for (const other of this.#threads.ready) if (other.ahead.length > victim.ahead.length) victim = other;
    this.withdraw(victim, (victim.ahead.length + 1) >> 1, nowMs, queue);
  }

  /** Puts tasks that a thread has ahead back to the head of the queue, but for those that it has begun meanwhile. */
  withdraw(thread: PoolThread, count: number, nowMs: number, queue: TaskQueue): void {
    const length = thread.ahead.length;
    if (length === 0) return;
    const out = thread.ahead.slice(0, count);
    const back = thread.withdraw(count, nowMs);
    this.size -= length - thread.ahead.length;
    this.#putBack(out, back, queue);
  }

  /** The thread is ending: puts everything that it has not begun back to the head of the queue. */
  reclaim(thread: PoolThread, queue: TaskQueue): boolean {
    const out = [...thread.ahead];
    this.size -= out.length;
    const back = thread.reclaim();
    this.#putBack(out, back, queue);
    return queue.size > 0 && (back.length > 0 || out.length > 0);
  }

  /** Puts back what was taken back, each in its place, and what was held behind it; behind one that has begun that goes to the tail. */
  #putBack(out: readonly Task[], back: readonly Task[], queue: TaskQueue): void {
    const tasks = [...back.filter((task) => !out.includes(task))];
    for (const task of out) {
      const { held } = task;
      const isBack = back.includes(task);
      if (isBack) tasks.push(task);
      if (held === undefined) continue;
      if (isBack) tasks.push(held);
      else queue.push(held as never);
      task.held = undefined;
      this.size--;
    }
    for (let i = tasks.length - 1; i >= 0; i--) queue.unshift!(tasks[i] as never);
  }
}
