import type { Operations, Ring } from '../ring/index.js';
import type { WaiterName } from '../scheduler/index.js';
import { type CounterSnapshot, snapshot, systemCallsOf } from '../stats/index.js';
import { type ChannelHandle, memoryOf } from './channel.js';
import { createCore } from './choose-backend.js';
import { WakelineError } from './errors.js';
import type { LoopCore } from './loop-core.js';
import { type BackendName, type EventLoopOptions, type KernelWaitName, resolveOptions } from './options.js';
import { Receiver } from './receiver.js';
import { Sender } from './sender.js';
import { checkFunction } from './validate.js';

/** What `EventLoop.stats` returns. */
export interface LoopStats {
  readonly backend: BackendName;
  readonly waiter: WaiterName;
  /** In which stage work found the loop. */
  readonly wakes: {
    readonly awake: number;
    readonly spin: number;
    readonly umwait: number;
    readonly kernel: number;
  };
  /** System calls that the runtime made on this thread; libuv's and the user's own are not counted. */
  readonly syscalls: number;
  /** Every counter, since the loop was attached. */
  readonly counters: CounterSnapshot;
}

/** What the loop does with the ends of channels that it holds. */
interface ChannelEnd {
  /** A thread has ended: was it the one at the other end? */
  checkPeer(): void;
  /** The loop closes now. */
  abandon(): void;
}

/**
 * The event loop of one Node thread, beside libuv's: it waits for messages of other threads, for io_uring's completions
 * and for libuv's own events on one cache line.
 */
export class EventLoop {
  static #current: EventLoop | undefined;
  readonly #core: LoopCore;
  readonly #ends = new Set<ChannelEnd>();
  #closing: Promise<void> | undefined;

  /** The loop attached to this thread, if there is one. */
  static get current(): EventLoop | undefined {
    return EventLoop.#current;
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
    const resolved = resolveOptions(options);
    if (EventLoop.#current !== undefined) {
      throw new WakelineError(
        'ERR_WAKELINE_ATTACHED',
        'this thread has a loop already: use EventLoop.current',
      );
    }
    EventLoop.#current = new EventLoop(createCore(resolved));
    return EventLoop.#current;
  }

  private constructor(core: LoopCore) {
    this.#core = core;
    core.onPeerDeath(() => {
      for (const end of [...this.#ends]) end.checkPeer();
    });
  }

  /** How the loop is driven: `uring`, `epoll` or `portable`. */
  get backend(): BackendName {
    return this.#core.backend;
  }

  /** How it waits in user mode: `umwait`, `mwaitx`, `pause` or `none`. */
  get waiter(): WaiterName {
    return this.#core.waiter;
  }

  /** Where it blocks. */
  get kernelWait(): KernelWaitName {
    return this.#core.kernelWait;
  }

  /** Why backend and waiter are what they are. */
  get reason(): string {
    return this.#core.reason;
  }

  /** The loop's io_uring instance, in backend `uring`. */
  get ring(): Ring | undefined {
    return this.#core.ring;
  }

  /** Operations on the ring, in backend `uring`. What is started is submitted at the end of the turn, all by one call. */
  get operations(): Operations | undefined {
    return this.#core.operations;
  }

  /**
   * Opens the sending end of a channel on this loop.
   * @throws {TypeError} when it is no such handle
   * @throws {WakelineError} when this end was opened before
   */
  sender<T>(handle: ChannelHandle<'sender', T>): Sender<T> {
    this.#assertOpen();
    const memory = memoryOf('sender', handle);
    const sender: Sender<T> = new Sender<T>(this.#core, memory, () => this.#ends.delete(sender));
    this.#ends.add(sender);
    return sender;
  }

  /**
   * Opens the receiving end of a channel on this loop.
   * @param onMessage the same as calling the receiver's `onMessage`; without it use `receive` or `for await`
   * @throws {TypeError} when it is no such handle
   * @throws {WakelineError} when this end was opened before
   */
  receiver<T>(handle: ChannelHandle<'receiver', T>, onMessage?: (value: T) => void): Receiver<T> {
    this.#assertOpen();
    checkFunction('onMessage', onMessage);
    const memory = memoryOf('receiver', handle);
    const receiver: Receiver<T> = new Receiver<T>(this.#core, memory, () => this.#ends.delete(receiver));
    this.#ends.add(receiver);
    return onMessage === undefined ? receiver : receiver.onMessage(onMessage);
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw new WakelineError('ERR_WAKELINE_CLOSED', 'the loop is closed');
  }

  /** Lets pending work keep the thread alive (the default). */
  ref(): this {
    this.#core.keepAlive.isWanted = true;
    this.#core.keepAlive.update();
    return this;
  }

  /** Lets the thread end although work is pending. */
  unref(): this {
    this.#core.keepAlive.isWanted = false;
    this.#core.keepAlive.sync();
    return this;
  }

  /** What the loop has done so far. */
  stats(): LoopStats {
    const counters = snapshot(this.#core.counters);
    return {
      backend: this.backend,
      waiter: this.waiter,
      wakes: {
        awake: counters.wakesAwake,
        spin: counters.wakesSpin,
        umwait: counters.wakesUmwait,
        kernel: counters.wakesKernel,
      },
      syscalls: systemCallsOf(counters),
      counters,
    };
  }

  /**
   * Detaches the loop: closes its channels, cancels its operations and waits for them, and gives everything back. Other
   * threads see their ends close.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const end of [...this.#ends]) end.abandon();
    await this.#core.close();
    EventLoop.#current = undefined;
  }

  /** The same as `close`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
