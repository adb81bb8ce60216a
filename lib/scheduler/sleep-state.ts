import type { Native } from '../../ffi/index.js';
import { CounterIndex, type Counters, clockOffsetMs, nowMs } from '../stats/index.js';
import { Fence, LoopState, Registry, registryWords, Slot, slotBase } from '../wake/index.js';
import type { MailboxPoller } from './mailbox-poller.js';
import type { Poller } from './poller.js';

/**
 * Items of work since the last sleep that make a loop busy. A fence of the owner's costs about 0.5 µs and interrupts the
 * process's other running threads, one of a poster's 10 to 25 ns.
 */
const BUSY_ITEMS = 256;

/**
 * The way into the kernel and back: says SLEEPING, fences, and asks every source of work once more. A post that was
 * made before the fence is found by that look; one that is made after it finds SLEEPING and wakes the kernel.
 */
export class SleepState {
  readonly #registry: Int32Array;
  readonly #stateIndex: number;
  readonly #registryDoubles: Float64Array;
  readonly #rungIndex: number;
  /** What the clock of kernel wakes shows at 0 of this thread's. */
  readonly #clockOffsetMs = clockOffsetMs();
  readonly #fence: number;
  readonly #threadFence: Native['fence'];
  readonly #pollers: readonly Poller[];
  readonly #mailbox: MailboxPoller;
  readonly #counters: Counters;
  #itemsAtSleep = 0;

  /** @param fence who fences; written to the loop's slot, where its posters read it */
  constructor(
    native: Native,
    slot: number,
    fence: number,
    pollers: readonly Poller[],
    mailbox: MailboxPoller,
    counters: Counters,
  ) {
    this.#registry = registryWords(native);
    this.#stateIndex = slotBase(slot) + Slot.state;
    this.#registry[slotBase(slot) + Slot.fence] = fence;
    this.#registryDoubles = new Float64Array(this.#registry.buffer, this.#registry.byteOffset);
    this.#rungIndex = (slotBase(slot) + Slot.rungMs) / 2;
    this.#fence = fence;
    this.#threadFence = native.fence;
    this.#pollers = pollers;
    this.#mailbox = mailbox;
    this.#counters = counters;
  }

  /** The loop runs: posters need no system call. */
  run(): void {
    // Late visibility only costs a poster a kernel wake that was not needed.
    this.#registry[this.#stateIndex] = this.#mailbox.isBusy ? LoopState.busy : LoopState.running;
  }

  /** Looks how much work there was since the last sleep. Much of it makes the loop busy: it looks at its queues by itself. */
  noteWork(): void {
    const mailbox = this.#mailbox;
    const counters = this.#counters;
    const items = counters[CounterIndex.messagesReceived] + counters[CounterIndex.completions];
    if (mailbox.isBusy || items - this.#itemsAtSleep < BUSY_ITEMS) return;
    if (!this.#mayLeaveFenceToOwner() || !mailbox.canBeBusy) return;
    mailbox.isBusy = true;
    this.run();
  }

  #mayLeaveFenceToOwner(): boolean {
    // Plain: it only ever changes to 1, and the kernel had registered the process before that.
    if (this.#fence === Fence.adaptive) return this.#registry[Registry.canFence] === 1;
    return this.#fence === Fence.none;
  }

  #items(): number {
    return this.#counters[CounterIndex.messagesReceived] + this.#counters[CounterIndex.completions];
  }

  #fenceForPosters(): void {
    if (this.#fence !== Fence.owner && !this.#mailbox.isBusy) return;
    // Every poster's plain stores are ordered against its later loads at this point, or come after the state's change.
    this.#mailbox.isBusy = false;
    this.#itemsAtSleep = this.#items();
    if (this.#fence === Fence.none) return;
    this.#counters[CounterIndex.callsMembarrier]++;
    this.#threadFence.all();
  }

  /** The loop waits in user mode; to a poster the same as running, or busy. */
  wait(): void {
    this.#registry[this.#stateIndex] = this.#mailbox.isBusy ? LoopState.busy : LoopState.waiting;
  }

  /** From now on posters store the wake word. Returns whether they had left a message before that. */
  findMailOnLeavingBusy(): boolean {
    if (!this.#mailbox.isBusy) return false;
    this.#registry[this.#stateIndex] = LoopState.waiting;
    this.#fenceForPosters();
    return this.#mailbox.look();
  }

  /** Goes to sleep, unless there is work. Returns whether the loop may block in the kernel now. */
  tryEnter(): boolean {
    if (this.#fence === Fence.none) this.#registry[this.#stateIndex] = LoopState.sleeping;
    else Atomics.store(this.#registry, this.#stateIndex, LoopState.sleeping);
    this.#itemsAtSleep = this.#items();
    this.#fenceForPosters();
    const pollers = this.#pollers;
    for (let i = 0; i < pollers.length; i++) {
      if (pollers[i].tryEnterSleep()) continue;
      for (let entered = i - 1; entered >= 0; entered--) pollers[entered].exitSleep();
      this.run();
      return false;
    }
    this.#counters[CounterIndex.sleeps]++;
    return true;
  }

  /**
   * The hook has slept by itself, which counts as a sleep; where libuv did the blocking, the loop still says so. It was not busy.
   * What this does is spelled out: after a halt of the CPU each function that is called has its price.
   */
  noteNap(): void {
    const counters = this.#counters;
    this.#registry[this.#stateIndex] = LoopState.running;
    this.#itemsAtSleep = counters[CounterIndex.messagesReceived] + counters[CounterIndex.completions];
  }

  /**
   * The loop is back from the kernel.
   * @param sinceMs when it went there
   * @returns how long it slept until a doorbell rang, in milliseconds, or in all if none did
   */
  exit(sinceMs: number): number {
    this.run();
    const pollers = this.#pollers;
    for (let i = pollers.length - 1; i >= 0; i--) pollers[i].exitSleep();
    const sleptMs = nowMs() - sinceMs;
    const untilRungMs = this.#registryDoubles[this.#rungIndex] - this.#clockOffsetMs - sinceMs;
    return untilRungMs > 0 && untilRungMs < sleptMs ? untilRungMs : sleptMs;
  }
}
