import type { WaiterName } from '../scheduler/index.js';
import { type CounterSnapshot, snapshot, systemCallsOf } from '../stats/index.js';
import { Bell } from './bell.js';
import { type ChannelHandle, memoryOf } from './channel.js';
import { EndPlace } from './channel-descriptor.js';
import { createCore } from './choose-backend.js';
import { WakelineError } from './errors.js';
import type { LoopCore } from './loop-core.js';
import { type BackendName, type EventLoopOptions, type KernelWaitName, resolveOptions } from './options.js';
import { Receiver } from './receiver.js';
import { Sender } from './sender.js';
import { checkFunction } from './validate.js';

/** What `ThreadLoop.stats` returns. */
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
 * The loop of one Node thread, beside libuv's: it waits for messages of other threads, for io_uring's completions and for
 * libuv's own events on one cache line. This class holds channels and the loop's life; `EventLoop` of lib/io, which
 * users see, adds the operations.
 */
export abstract class ThreadLoop {
  static #current: ThreadLoop | undefined;
  protected readonly core: LoopCore;
  #ends = new Set<ChannelEnd>();
  #closing: Promise<void> | undefined;

  /** The loop attached to this thread, if there is one. */
  static get current(): ThreadLoop | undefined {
    return ThreadLoop.#current;
  }

  /** Makes the calling thread's loop; see `EventLoop.attach`. */
  protected static attachAs<Loop extends ThreadLoop>(
    options: EventLoopOptions,
    create: (core: LoopCore) => Loop,
  ): Loop {
    const resolved = resolveOptions(options);
    if (ThreadLoop.#current !== undefined) {
      throw new WakelineError(
        'ERR_WAKELINE_ATTACHED',
        'this thread has a loop already: use EventLoop.current',
      );
    }
    const loop = create(createCore(resolved));
    ThreadLoop.#current = loop;
    return loop;
  }

  /** Gives the calling thread's loop more methods: makes another one over the same core, which takes its place. */
  protected static extendAs<Loop extends ThreadLoop>(
    plain: ThreadLoop,
    create: (core: LoopCore) => Loop,
  ): Loop {
    const loop = create(plain.core);
    loop.#ends = plain.#ends;
    ThreadLoop.#current = loop;
    return loop;
  }

  protected constructor(core: LoopCore) {
    this.core = core;
    core.onPeerDeath(() => {
      for (const end of [...this.#ends]) end.checkPeer();
    });
  }

  /** How the loop is driven: `uring`, `epoll` or `portable`. */
  get backend(): BackendName {
    return this.core.backend;
  }

  /** How it waits in user mode: `umwait`, `mwaitx`, `pause` or `none`. */
  get waiter(): WaiterName {
    return this.core.waiter;
  }

  /** Where it blocks. */
  get kernelWait(): KernelWaitName {
    return this.core.kernelWait;
  }

  /** Why backend and waiter are what they are. */
  get reason(): string {
    return this.core.reason;
  }

  /** Whether `close` was called. */
  get isClosed(): boolean {
    return this.#closing !== undefined;
  }

  /**
   * Opens the sending end of a channel on this loop.
   * @param options.clones whether objects with a class, or otherwise not plain, are cloned (the default); if not, `send`
   * throws a DataCloneError for them, for those who have a MessagePort at hand that carries more
   * @throws {TypeError} when it is no such handle
   * @throws {WakelineError} when this end was opened before
   */
  sender<T>(handle: ChannelHandle<'sender', T>, options: { clones?: boolean } = {}): Sender<T> {
    this.#assertOpen();
    const memory = memoryOf('sender', handle);
    const sender: Sender<T> = new Sender<T>(
      this.core,
      memory,
      () => this.#ends.delete(sender),
      options.clones,
    );
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
    const receiver: Receiver<T> = new Receiver<T>(this.core, memory, () => this.#ends.delete(receiver));
    this.#ends.add(receiver);
    return onMessage === undefined ? receiver : receiver.onMessage(onMessage);
  }

  /**
   * Makes what `sender` needs to wake the other end's loop, if a thread holds that end already, as `sender` itself does. It is the
   * one step of a first message in which koffi cannot stand that its thread is terminated: for threads that open the sender
   * later than they may be.
   * @throws {TypeError} when it is no such handle
   * @throws {WakelineError} when the loops of the two ends cannot wake each other
   */
  prepareToSend(handle: ChannelHandle<'sender'>): void {
    new Bell(this.core, new Int32Array(memoryOf('sender', handle)), EndPlace.receiver).prepare();
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw new WakelineError('ERR_WAKELINE_CLOSED', 'the loop is closed');
  }

  /** Lets pending work keep the thread alive (the default). */
  ref(): this {
    this.core.keepAlive.isWanted = true;
    this.core.keepAlive.update();
    return this;
  }

  /** Lets the thread end although work is pending. */
  unref(): this {
    this.core.keepAlive.isWanted = false;
    this.core.keepAlive.sync();
    return this;
  }

  /** What the loop has done so far. */
  stats(): LoopStats {
    this.core.settleCounters();
    const counters = snapshot(this.core.counters);
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
   * threads see their ends close. Where the kernel had started workers for its ring, a descriptor stays that keeps them for the
   * thread's next one (docs/decisions/024).
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const end of [...this.#ends]) end.abandon();
    this.onClosing();
    await this.core.close();
    this.onClosed();
    ThreadLoop.#current = undefined;
  }

  /** The loop begins to close: nothing new may start. What is in flight is cancelled next, and then completes. */
  protected onClosing(): void {}

  /** Nothing is in flight any more. */
  protected onClosed(): void {}

  /** The same as `close`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
