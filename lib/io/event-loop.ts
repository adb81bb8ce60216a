import { type EventLoopOptions, type LoopCore, ThreadLoop } from '../loop/index.js';
import { NetLoop } from './net/net-loop.js';

/**
 * The event loop of one Node thread, beside libuv's: messages between threads, files, sockets and timers, waited for on
 * one cache line. Its methods are inherited, one class a theme.
 */
export class EventLoop extends NetLoop {
  /** The loop attached to this thread, if there is one. */
  static override get current(): EventLoop | undefined {
    const { current } = ThreadLoop;
    if (current === undefined || current instanceof EventLoop) return current;
    // A thread of a pool has a loop without operations until its tasks want them.
    return ThreadLoop.extendAs(current, (core: LoopCore) => new EventLoop(core));
  }

  /**
   * Attaches a loop to the calling thread, main thread or Worker. An idle loop does not keep the process alive; what is
   * pending on it does.
   * @throws {TypeError | RangeError} for wrong options, naming the option and the value
   * @throws {UnavailableError} when an option or WAKELINE_BACKEND demands what cannot be had; never for lack of a
   * feature otherwise
   * @throws {WakelineError} `ERR_WAKELINE_ATTACHED` when this thread has a loop: use `EventLoop.current`
   */
  static attach(options: EventLoopOptions = {}): EventLoop {
    return ThreadLoop.attachAs(options, (core: LoopCore) => new EventLoop(core));
  }
}
