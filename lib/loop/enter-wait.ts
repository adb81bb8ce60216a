import type { Native } from '../../ffi/index.js';
import { type CompletionHandler, type Operations, type Ring, writeAddress } from '../ring/index.js';
import { type KernelWait, KernelWaitEnd, type RingPoller } from '../scheduler/index.js';
import { CounterIndex, type Counters, nowMs } from '../stats/index.js';

const CQE_MORE = 2;
const EINVAL = -22;
const ETIME = -62;

/**
 * Blocks in `io_uring_enter`. The ring polls libuv's epoll fd and the loop's eventfd, so that libuv's events and
 * kernel wakes are completions, and show on the wake line like every other.
 */
export class EnterWait implements KernelWait {
  readonly sliceNs = Number.POSITIVE_INFINITY;
  readonly showsLibuv = true;
  isArmed = false;
  readonly #native: Native;
  readonly #ring: Ring;
  readonly #operations: Operations;
  readonly #poller: RingPoller;
  readonly #counters: Counters;
  readonly #eventFd: number;
  #libuvIsArmed = false;
  #libuvIsDue = false;
  #eventIsArmed = false;
  /** Until the kernel says that it cannot (before 5.13): one poll that completes for each kernel wake. */
  #isMultishot = true;
  /** For kernels whose `io_uring_enter` takes no time-out (before 5.11). */
  readonly #timespec = new Int32Array(new ArrayBuffer(16));
  #timeoutEndsMs = Number.POSITIVE_INFINITY;
  #eventData: Int32Array = new Int32Array(2);

  readonly #onLibuv: CompletionHandler = {
    onCompletion: () => {
      this.#poller.internal++;
      this.#ring.watching--;
      this.isArmed = false;
      this.#libuvIsArmed = false;
      this.#libuvIsDue = true;
    },
  };

  readonly #onEvent: CompletionHandler = {
    onCompletion: (result, flags) => {
      this.#poller.internal++;
      if (flags & CQE_MORE) return;
      this.#ring.watching--;
      this.isArmed = false;
      this.#eventIsArmed = false;
      if (result === EINVAL) this.#isMultishot = false;
      // A multishot poll reports each new write; a single one would report the same count again.
      else if (!this.#isMultishot) this.#drain();
    },
  };

  readonly #onTimeout: CompletionHandler = {
    onCompletion: () => {
      this.#poller.internal++;
      this.#ring.watching--;
      this.#timeoutEndsMs = Number.POSITIVE_INFINITY;
    },
  };

  constructor(
    native: Native,
    ring: Ring,
    operations: Operations,
    poller: RingPoller,
    eventFd: number,
    counters: Counters,
  ) {
    this.#native = native;
    this.#ring = ring;
    this.#operations = operations;
    this.#poller = poller;
    this.#eventFd = eventFd;
    this.#counters = counters;
  }

  #drain(): void {
    this.#counters[CounterIndex.callsDrain]++;
    this.#native.system.eventfdDrain(this.#eventFd);
  }

  /** Says where to write the user data of the eventfd's watch: two words. */
  tellEventData(words: Int32Array): void {
    this.#eventData = words;
  }

  beforeIdle(inUserMode: boolean): void {
    this.#libuvIsDue = false;
    if (!this.#libuvIsArmed) {
      this.#ring.watching++;
      this.#libuvIsArmed = true;
      // Single: each arming looks at the fd once more, so events that libuv left over are found again.
      this.#operations.pollReadable(this.#onLibuv, this.#native.uv.backendFd, false);
    }
    if (!this.#eventIsArmed) {
      this.#ring.watching++;
      this.#eventIsArmed = true;
      const slot = this.#operations.pollReadable(this.#onEvent, this.#eventFd, this.#isMultishot);
      writeAddress(this.#eventData, 0, this.#operations.userDataOf(slot));
    }
    this.isArmed = this.#ring.hasWaitTimeout;
    if (inUserMode) this.#poller.submit();
  }

  isLibuvDue(): boolean {
    return this.#libuvIsDue;
  }

  wasLibuvDue(): boolean {
    return this.#libuvIsDue;
  }

  block(timeoutMs: number): number {
    if (timeoutMs >= 0 && !this.#ring.hasWaitTimeout) return this.#blockWithOperation(timeoutMs);
    return this.#ring.wait(timeoutMs) === ETIME ? KernelWaitEnd.timedOut : KernelWaitEnd.woken;
  }

  #blockWithOperation(timeoutMs: number): number {
    const endMs = nowMs() + timeoutMs;
    // An earlier one that is still in flight wakes early, which is no harm; the hook then comes here again.
    if (this.#timeoutEndsMs > endMs) {
      const seconds = Math.floor(timeoutMs / 1000);
      this.#timespec[0] = seconds;
      this.#timespec[2] = Math.round((timeoutMs - seconds * 1000) * 1e6);
      this.#ring.watching++;
      this.#timeoutEndsMs = endMs;
      this.#operations.timeout(this.#onTimeout, this.#timespec, this.#native.memory.address(this.#timespec));
      // The kernel copies the time at submission, so the next one may write over it.
      this.#ring.submit();
    }
    this.#ring.wait(-1);
    return KernelWaitEnd.woken;
  }
}
