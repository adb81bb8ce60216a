import type { Mailbox } from '../queue/index.js';
import type { OpcodeName, Operations, Ring } from '../ring/index.js';
import type { Inflow, WaiterName } from '../scheduler/index.js';
import type { Counters } from '../stats/index.js';
import type { Poster } from '../wake/index.js';
import type { HookWatcher } from './hook-watcher.js';
import type { KeepAlive } from './keep-alive.js';
import type { BackendName, KernelWaitName } from './options.js';

/** What a loop of any backend is to the rest of the package. */
export interface LoopCore {
  readonly backend: BackendName;
  readonly waiter: WaiterName;
  readonly kernelWait: KernelWaitName;
  /** Why backend and waiter are what they are, in words. */
  readonly reason: string;
  readonly counters: Counters;
  readonly mailbox: Mailbox;
  readonly keepAlive: KeepAlive;
  /** What sockets on the ring bring, which the loop's sleeps look at; undefined in backend `portable`. */
  readonly inflow: Inflow | undefined;
  /** This thread as a poster; undefined in backend `portable`. */
  readonly poster: Poster | undefined;
  /** Slot and generation of the loop; −1 in backend `portable`. */
  readonly slot: number;
  readonly generation: number;
  /** The ring and its operations, in backend `uring`. */
  readonly ring: Ring | undefined;
  readonly operations: Operations | undefined;
  /** Waits by libuv's poll; undefined in backend `portable`. */
  readonly watcher: HookWatcher | undefined;
  /** Operations of the ring that are not to be used. */
  readonly withoutOpcodes: readonly OpcodeName[];
  /** Adds to the counters what the loop's hook has done without JavaScript. */
  settleCounters(): void;
  /** Runs a turn soon that looks at all ports. */
  requestLook(): void;
  /** Calls back in a turn after any thread with a loop has ended. */
  onPeerDeath(callback: () => void): void;
  /** In backend `portable`: waits for the end's bell as well. No-op elsewhere: the wake line covers all. */
  watchBell(words: Int32Array, end: number, hasMail: () => boolean): void;
  unwatchBell(words: Int32Array, end: number): void;
  /** Cancels and awaits what is in flight, then gives everything back. */
  close(): Promise<void>;
}
