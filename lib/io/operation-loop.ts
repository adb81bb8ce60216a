import { type LoopCore, ThreadLoop } from '../loop/index.js';
import { LentBuffer } from './buffer-arena.js';
import { PollEvent, poll } from './descriptor/poll.js';
import { type ChildState, type WaitOptions, type WaitTarget, waitId } from './descriptor/wait-id.js';
import type { SignalOptions } from './file/file.js';
import { IoContext } from './io-context.js';
import { RingAccess } from './ring-access.js';
import { type TimerOptions, Timers } from './timer/timers.js';

/** The part of a loop that starts operations: timers, and the ring for whatever has no method of its own. */
export abstract class OperationLoop extends ThreadLoop {
  protected readonly io: IoContext;
  readonly #ring: RingAccess | undefined;
  readonly #timers: Timers;

  protected constructor(core: LoopCore) {
    super(core);
    this.io = new IoContext(core);
    this.#timers = new Timers(this.io);
    const { ring } = this.io;
    if (core.ring !== undefined && ring !== undefined) this.#ring = new RingAccess(this.io, core.ring, ring);
  }

  /** The loop's io_uring instance, in backend `uring`: `loop.ring?.submit(…)` for any operation of the kernel's. */
  get ring(): RingAccess | undefined {
    return this.#ring;
  }

  /**
   * Lends a block of 128 KiB of the loop's own memory, which the kernel knows already where there is a ring: reads and
   * writes of it are a little cheaper, above all with O_DIRECT. It begins at a page. Give it back by `release()`.
   */
  lendBuffer(): LentBuffer {
    this.io.assertOpen();
    return new LentBuffer(this.io.arena, this.io.arena.take());
  }

  /** Blocks of the loop's memory that are lent now, to `lendBuffer` and to operations. */
  get buffersLent(): number {
    return this.io.arena.lent;
  }

  /**
   * Resolves after a time.
   * @param ms milliseconds, with fractions: the kernel's timer is as precise as the machine's
   */
  sleep(ms: number, options: TimerOptions = {}): Promise<void> {
    return this.#timers.sleep(ms, options);
  }

  /**
   * Resolves when the wall clock shows a time, at once when it has shown it before. It follows the clock when that is set.
   * @param at a Date, or milliseconds since 1970
   */
  deadline(at: Date | number, options: TimerOptions = {}): Promise<void> {
    return this.#timers.deadline(at, options);
  }

  /**
   * Ticks at a steady pace, however long the consumer takes: ticks that it was too slow for are left out.
   * @param periodMs milliseconds between two ticks, with fractions
   * @returns the number of each tick, the first is 1
   */
  interval(periodMs: number, options: TimerOptions = {}): AsyncGenerator<number, void, void> {
    return this.#timers.interval(periodMs, options);
  }

  /**
   * Waits until something holds of an fd: that it can be read, for example. The open file is held as long, so closing the fd
   * does not end the wait. In backend `epoll` the wait has a copy of the fd, in an epoll set that libuv watches; backend
   * `portable` cannot wait: `ERR_WAKELINE_UNAVAILABLE`.
   * @param events bits of `PollEvent`; errors, hang-up and the other end's half-close are waited for in any case
   * @returns what holds. What is always ready, like a regular file, can only be polled for reading and writing: EINVAL
   */
  poll(fd: number, events: number = PollEvent.readable, options: SignalOptions = {}): Promise<number> {
    return poll(this.io, fd, events, options);
  }

  /**
   * Waits until something becomes of a child. Node reaps the children that it has started itself: wait for those with
   * `leave`. Without WAITID (Linux 6.7) an fd of the child's process tells of its end, and SIGCHLD of everything else, or where
   * there is no pidfd_open (5.3). Backend `portable` cannot wait: `ERR_WAKELINE_UNAVAILABLE`.
   * @param target 'pid', 'pidfd', 'group' or 'all'
   * @param id the pid, the fd, or the group's number; 0 for 'all'
   */
  waitid(target: WaitTarget, id: number, options: WaitOptions = {}): Promise<ChildState> {
    return waitId(this.io, target, id, options);
  }

  protected override onClosing(): void {
    this.io.abandon();
  }

  protected override onClosed(): void {
    this.io.release();
  }
}
