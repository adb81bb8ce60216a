/**
 * One source of work, after Seastar's `pollfn` (core/internal/poll.hh). Going to sleep asks every source in turn; when
 * one refuses, those before it are taken back in reverse order.
 */
export interface Poller {
  /**
   * Does what is to be done now.
   * @returns how many items of the user's it did: messages delivered, operations completed
   */
  poll(): number;
  /** The loop is about to sleep in the kernel: makes sure that news of this source will wake it; false refuses. */
  tryEnterSleep(): boolean;
  /** The loop is awake again, or another source refused. */
  exitSleep(): void;
}
