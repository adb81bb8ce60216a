import { type LoopHook, type Native, ReadyDescriptor } from '../../ffi/index.js';

/** Most fds that are taken out of the set by one call. */
const MOST_AT_ONCE = 64;
/** Report and end the wait in one. */
const EPOLLONESHOT = 1 << 30;

/**
 * Who waits for an fd or for a child. It is told inside libuv's poll, where nothing of the user's may run: it settles a
 * promise, and does not start another wait for an fd.
 */
export interface HookWaiter {
  /** @param events what holds of the fd; 0 when something may have become of a child */
  onReady(events: number): void;
}

/** Waits of a loop for fds and for children, by libuv's own poll, for want of a ring operation that does. */
export class HookWatcher {
  readonly #native: Native;
  readonly #hook: LoopHook;
  readonly #waiters: (HookWaiter | undefined)[] = [];
  readonly #freeNumbers: number[] = [];
  readonly #childWaiters = new Set<HookWaiter>();
  readonly #ready = new Int32Array(new ArrayBuffer(MOST_AT_ONCE * ReadyDescriptor.words * 4));
  readonly #readyAddress: number;

  constructor(native: Native, hook: LoopHook) {
    this.#native = native;
    this.#hook = hook;
    this.#readyAddress = native.memory.address(this.#ready);
  }

  /**
   * Tells the waiter once that one of the events holds of an fd. The open file is held as long.
   * @returns the number for `endWait`, or `-errno`
   */
  wait(fd: number, events: number, waiter: HookWaiter): number {
    const number = this.#freeNumbers.pop() ?? this.#waiters.length;
    const result = this.#native.hookWaits.wait(this.#hook.address, number, fd, events | EPOLLONESHOT);
    this.#waiters[number] = result < 0 ? undefined : waiter;
    if (result >= 0) return number;
    this.#freeNumbers.push(number);
    return result;
  }

  /** Ends a wait that has not been told of yet. */
  endWait(number: number): void {
    this.#waiters[number] = undefined;
    this.#freeNumbers.push(number);
    this.#native.hookWaits.endWait(this.#hook.address, number);
  }

  /** Tells the waiter of every signal that a child has changed, until `ignoreChildren`. Returns 0 or `-errno`. */
  watchChildren(waiter: HookWaiter): number {
    const result =
      this.#childWaiters.size > 0 ? 0 : this.#native.hookWaits.watchChildren(this.#hook.address, true);
    if (result === 0) this.#childWaiters.add(waiter);
    return result;
  }

  ignoreChildren(waiter: HookWaiter): void {
    if (this.#childWaiters.delete(waiter) && this.#childWaiters.size === 0)
      this.#native.hookWaits.watchChildren(this.#hook.address, false);
  }

  /** The hook has told of fds. What is left over, it tells of again. */
  onDescriptors(): void {
    const count = this.#native.hookWaits.take(this.#hook.address, this.#readyAddress, MOST_AT_ONCE);
    for (let at = 0; at < count * ReadyDescriptor.words; at += ReadyDescriptor.words) {
      const number = this.#ready[at + ReadyDescriptor.number];
      const waiter = this.#waiters[number];
      this.#waiters[number] = undefined;
      this.#freeNumbers.push(number);
      waiter?.onReady(this.#ready[at + ReadyDescriptor.events]);
    }
  }

  /** The hook has told of a child. */
  onChild(): void {
    for (const waiter of [...this.#childWaiters]) waiter.onReady(0);
  }
}
