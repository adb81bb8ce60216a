/** Waiting for a time: on the ring, or by Node's timers. Both reject with `AbortError` when a signal ends the wait. */
export interface TimerCalls {
  /**
   * @param atMs when, by CLOCK_MONOTONIC, in milliseconds with fractions
   * @param holds whether the wait keeps the process alive
   */
  untilMonotonic(atMs: number, signal: AbortSignal | undefined, holds: boolean): Promise<void>;
  /** @param atMs when, in milliseconds since 1970; follows the clock when that is set */
  untilWallClock(atMs: number, signal: AbortSignal | undefined, holds: boolean): Promise<void>;
}
