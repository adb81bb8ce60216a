import type { Mailbox } from '../queue/index.js';
import { nowMs } from '../stats/index.js';
import type { WakeLine } from '../wake/index.js';

/** Looks at the wake word between two looks at the other words, and rounds of that between two looks at the clock. */
const LOOKS_PER_ROUND = 4;
const ROUNDS_PER_CLOCK = 4;
/** A gap between two looks at the clock that only the loss of the CPU explains, in milliseconds. */
export const PREEMPTION_MS = 0.2;

/** How a spin ended. */
export const SpinEnd = { expired: 0, changed: 1, preempted: 2 } as const;

/** `Atomics.pause()` where it exists (Node 24 and later): the CPU's spin hint. */
const pause: (() => void) | undefined = (Atomics as { pause?: () => void }).pause;

/**
 * Looks at a wake line a few dozen times without a look at the clock: about half a microsecond.
 * @param tail the completion tail that is no news
 * @param queues looked at as well if given: posters leave the line of a busy loop alone
 * @returns whether there is news
 */
export function glance(line: WakeLine, tail: number, queues?: Mailbox): boolean {
  const { words, wakeIndex, tailIndex, flagsIndex, flagsMask } = line;
  const seen = line.hasWakeWord ? line.seen : tail;
  for (let round = 0; round < ROUNDS_PER_CLOCK; round++) {
    for (let look = 0; look < LOOKS_PER_ROUND; look++) {
      if (Atomics.load(words, wakeIndex) !== seen) return true;
      if (queues?.hasMail()) return true;
      if (pause !== undefined) pause();
    }
    if (Atomics.load(words, tailIndex) !== tail) return true;
    if ((Atomics.load(words, flagsIndex) & flagsMask) !== 0) return true;
  }
  return false;
}

/**
 * Looks at a wake line until it changes.
 * @param tail the completion tail that is no news
 * @param untilMs the deadline, of `nowMs()`
 * @param queues as in `glance`
 * @returns a value of `SpinEnd`
 */
export function spin(line: WakeLine, tail: number, untilMs: number, queues?: Mailbox): number {
  let before = nowMs();
  for (;;) {
    if (glance(line, tail, queues)) return SpinEnd.changed;
    const now = nowMs();
    if (now - before > PREEMPTION_MS) return SpinEnd.preempted;
    if (now >= untilMs) return SpinEnd.expired;
    before = now;
  }
}
