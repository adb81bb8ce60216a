import type { Native } from '../../../ffi/index.js';
import { type HookWaiter, type HookWatcher, UnavailableError } from '../../loop/index.js';
import { AbortError, throwIfAborted } from '../abort.js';
import type { IoContext, IoResource } from '../io-context.js';

const SHORTEST_MS = 1;
const LONGEST_MS = 16;
const ignore = (): void => {};

/** One wait for an fd or for a child without a ring operation that does it: libuv's poll tells when to look. */
export abstract class WatchedWait<Value> implements HookWaiter, IoResource {
  protected readonly native: Native;
  readonly #io: IoContext;
  readonly #watcher: HookWatcher;
  readonly #signal: AbortSignal | undefined;
  #resolve: (value: Value) => void = ignore;
  #reject: (error: unknown) => void = ignore;
  /** Number of the wait for an fd that is under way. */
  #number = -1;
  #timer: NodeJS.Timeout | undefined;

  /** @throws {UnavailableError} that names the method, in backend `portable` */
  constructor(io: IoContext, method: string, signal: AbortSignal | undefined) {
    const { native } = io;
    const { watcher } = io.core;
    if (native === undefined || watcher === undefined)
      throw new UnavailableError(method, 'it needs native code');
    this.native = native;
    this.#io = io;
    this.#watcher = watcher;
    this.#signal = signal;
  }

  /**
   * Looks for what is waited for; may throw the wait's error.
   * @param events what libuv's poll has found of the fd; 0: nothing was found yet
   */
  protected abstract look(events: number): Value | undefined;

  /** A look has found nothing: says what to wait for. May throw. */
  protected abstract arm(): void;

  /** Waits. */
  async run(): Promise<Value> {
    this.#io.assertOpen();
    throwIfAborted(this.#signal);
    const found = this.look(0);
    if (found !== undefined) return found;
    const promise = new Promise<Value>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#io.resources.add(this);
    this.#io.core.keepAlive.acquire();
    this.#signal?.addEventListener('abort', this);
    try {
      this.arm();
    } catch (error) {
      this.#fail(error);
    }
    return promise;
  }

  /** Looks once when one of the events holds of an fd. Returns whether that can be waited for, else `-errno`. */
  protected watchDescriptor(fd: number, events: number): number {
    this.#number = this.#watcher.wait(fd, events, this);
    return Math.min(this.#number, 0);
  }

  /** Looks now, and whenever a child changes. */
  protected watchChildren(): void {
    if (this.#watcher.watchChildren(this) < 0) this.watchClock();
    // A child may have changed between the last look and the watch.
    else this.#settle(0);
  }

  /** Looks again and again, ever more seldom: for what cannot be watched. */
  protected watchClock(pauseMs = SHORTEST_MS): void {
    this.#timer = setTimeout(() => {
      if (!this.#settle(0)) this.watchClock(Math.min(2 * pauseMs, LONGEST_MS));
    }, pauseMs);
    // The loop's own hold counts, so that `loop.unref()` lets go of this too.
    this.#timer.unref();
  }

  onReady(events: number): void {
    if (events !== 0) this.#number = -1;
    if (!this.#settle(events) && events !== 0) this.watchChildren();
  }

  /** Returns whether the wait is over. */
  #settle(events: number): boolean {
    try {
      const value = this.look(events);
      if (value === undefined) return false;
      this.#end();
      this.#resolve(value);
    } catch (error) {
      this.#fail(error);
    }
    return true;
  }

  /** The signal has aborted. */
  handleEvent(): void {
    this.#fail(new AbortError(this.#signal?.reason));
  }

  abandon(): void {
    this.#fail(this.#io.closedError());
  }

  closeNow(): void {}

  #fail(error: unknown): void {
    this.#end();
    this.#reject(error);
  }

  #end(): void {
    if (this.#number >= 0) this.#watcher.endWait(this.#number);
    this.#watcher.ignoreChildren(this);
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener('abort', this);
    this.#io.resources.delete(this);
    this.#io.core.keepAlive.release();
  }
}
