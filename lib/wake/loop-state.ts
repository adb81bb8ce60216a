import type { Native } from '../../ffi/index.js';

/**
 * What a loop is doing, as its posters need to know it.
 *
 * - `running`: in a turn, or in JavaScript; it looks at its wake word before it idles.
 * - `waiting`: in the spin or umwait stage; a store to the wake word wakes it.
 * - `sleeping`: in the kernel; only a system call wakes it. The one poster that takes the state back makes it.
 * - `busy`: running or spinning, with many messages since its last sleep; it looks at its queues themselves, so posters
 *   need not store anything. Before it stops doing so it fences for them.
 */
export const LoopState = { running: 0, waiting: 1, sleeping: 2, busy: 3 } as const;

/**
 * Which side has the full fence between "store, then look at what the other side stored". Both sides do: the poster
 * stores the wake word and looks at the state, the owner stores the state and looks at the wake word; with no fence,
 * each CPU may do its load first, and the wake-up is lost.
 *
 * - `poster`: each post is an atomic store (on x86 an XCHG, which is a fence).
 * - `owner`: the owner fences all threads by `membarrier` once a sleep; each post is a plain store.
 * - `adaptive`: the poster, unless it sees the loop `busy`, and then the owner: when it stops being busy it fences all threads
 *   once and looks at its queues. A poster that read `busy` had published its message before that fence. A loop that sleeps
 *   often never becomes busy, and never pays for `membarrier`.
 * - `none`: nobody. Loses wake-ups; it exists so that the stress test can show that it would notice.
 */
export const Fence = { poster: 0, owner: 1, none: 2, adaptive: 3 } as const;

/** Name of a fence. */
export type FenceName = keyof typeof Fence;

/**
 * Prepares a loop's fence: that of the owner must be registered for.
 * @returns a value of `Fence`: the one that was asked for, or the poster's where the kernel refuses the owner's
 */
export function chooseFence({ fence }: Native, asked: FenceName): number {
  // Until that is done, `adaptive` leaves the fence to the posters.
  if (asked === 'adaptive') fence.prepare();
  return asked === 'owner' && fence.register() < 0 ? Fence.poster : Fence[asked];
}
