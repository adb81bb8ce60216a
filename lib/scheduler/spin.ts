import type { WakeLine } from '../wake/index.js';

/** Looks at the line between two looks at the clock; the clock costs about as much as five looks. */
const LOOKS_PER_CLOCK = 16;
/** A gap between two looks at the clock that only the loss of the CPU explains, in milliseconds. */
const PREEMPTION_MS = 0.2;

/** How a spin ended. */
export const SpinEnd = { expired: 0, changed: 1, preempted: 2 } as const;

/** `Atomics.pause()` where it exists (Node 24 and later): the CPU's spin hint. */
const pause: (() => void) | undefined = (Atomics as { pause?: () => void }).pause;

/**
 * Looks at a wake line until it changes.
 * @param tail the completion tail that is no news
 * @param untilMs the deadline, of `performance.now()`
 * @returns a value of `SpinEnd`
 */
export function spin(line: WakeLine, tail: number, untilMs: number): number {
  const { words, wakeIndex, tailIndex, flagsIndex, flagsMask } = line;
  const seen = line.hasWakeWord ? line.seen : tail;
  let before = performance.now();
  for (;;) {
    for (let look = 0; look < LOOKS_PER_CLOCK; look++) {
      if (Atomics.load(words, wakeIndex) !== seen) return SpinEnd.changed;
      if (Atomics.load(words, tailIndex) !== tail) return SpinEnd.changed;
      if ((Atomics.load(words, flagsIndex) & flagsMask) !== 0) return SpinEnd.changed;
      if (pause !== undefined) pause();
    }
    const now = performance.now();
    if (now - before > PREEMPTION_MS) return SpinEnd.preempted;
    if (now >= untilMs) return SpinEnd.expired;
    before = now;
  }
}
