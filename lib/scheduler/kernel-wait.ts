/** Where an idle loop blocks, and what it must do around it. */
export interface KernelWait {
  /** Longest stretch in user mode without a look at libuv, in nanoseconds; Infinity where the line shows libuv's events. */
  readonly sliceNs: number;
  /** Whether the line shows libuv's events: then turns may run in the hook, one after another, until libuv is due. */
  readonly showsLibuv: boolean;
  /**
   * The loop is about to idle: whatever shall end the idling is prepared.
   * @param inUserMode the loop will wait in user mode first, so it must be armed now, not only when it blocks
   */
  beforeIdle(inUserMode: boolean): void;
  /** libuv has something to do that does not show on the line. May make a system call. */
  isLibuvDue(): boolean;
  /** libuv has something to do, as far as was seen already. Makes no system call. */
  wasLibuvDue(): boolean;
  /** Whether everything that shall end a sleep is armed, so that the hook may sleep by itself. */
  readonly isArmed: boolean;
  /**
   * Blocks, where this thread blocks itself, or returns at once where libuv will.
   * @param timeoutMs longest wait, −1 without limit
   * @returns a value of `KernelWaitEnd`
   */
  block(timeoutMs: number): number;
}

/** How `KernelWait.block` ended. */
export const KernelWaitEnd = {
  /** Something came, or may have: let the turn look. */
  woken: 0,
  /** The time is over. */
  timedOut: 1,
  /** libuv blocks after the hook; the wake-up is told to the scheduler. */
  leftToLibuv: 2,
} as const;
