import type { Native } from '../../ffi/index.js';
import { type KernelWait, KernelWaitEnd, type RingPoller } from '../scheduler/index.js';
import { CounterIndex, type Counters } from '../stats/index.js';

/** libuv's events do not show on the wake line here; a stage in user mode looks for them this often. */
const SLICE_NS = 25_000;

/**
 * Leaves the blocking to libuv's own poll: its epoll set holds the loop's eventfd and, if there is a ring, the ring's
 * fd. For threads that a service owns, and for backend `epoll`.
 */
export class LibuvWait implements KernelWait {
  readonly sliceNs = SLICE_NS;
  readonly showsLibuv = false;
  readonly isArmed = true;
  readonly #native: Native;
  readonly #counters: Counters;
  readonly #poller: RingPoller | undefined;

  constructor(native: Native, poller: RingPoller | undefined, counters: Counters) {
    this.#native = native;
    this.#counters = counters;
    this.#poller = poller;
  }

  beforeIdle(): void {
    this.#poller?.submit();
  }

  isLibuvDue(): boolean {
    this.#counters[CounterIndex.callsLook]++;
    return this.#native.system.isReadable(this.#native.uv.backendFd) > 0;
  }

  wasLibuvDue(): boolean {
    return false;
  }

  /** Entries that the kernel has refused are offered again, since no event would remind of them. */
  block(): number {
    const isSubmitted = this.#poller === undefined || this.#poller.isSubmitted;
    return isSubmitted ? KernelWaitEnd.leftToLibuv : KernelWaitEnd.woken;
  }
}
