/** Layout of the registry and of a loop's slot in it: ffi/loop-slot.h, as indices of 32-bit words. */
export const Registry = {
  /** Counts ended loops. */
  deaths: 0,
  /** 1 once `membarrier` may be called. */
  canFence: 1,
  slots: 64,
  slotWords: 64,
  slotCount: 1024,
  lengthBytes: 256 + 1024 * 256,
} as const;

/** Words of one slot. Four lines: loop state; wake line; constants; the thread as a poster. */
export const Slot = {
  state: 0,
  /** Odd while a loop lives in the slot. */
  generation: 1,
  /** Operations in flight on the loop's ring, for the clean-up. */
  inFlight: 2,
  /** Those of them that only watch, and write to no memory. The ring writes both words: this one follows `inFlight`. */
  watching: 3,
  /** When the last kernel wake was sent, in milliseconds by the clock of `process.hrtime`: two words, a double. */
  rungMs: 4,
  /** The wake word of loops that have no ring, or whose ring has no free word. */
  wakeWord: 16,
  /** Never written; watched in place of the words that a loop does not have. */
  neverChanges: 17,
  /** Address of the loop's wake word, two words; 0: it has none, and every post is a kernel wake. */
  wakeWordAddress: 32,
  eventFd: 34,
  /** Who fences: a value of `Fence`. */
  fence: 35,
  /** The slot index + 1 of the loop whose doorbell this thread is ringing right now; 0: none. */
  ringing: 48,
  /** 1: the hook may sleep by itself; whoever gives the loop something to do before it sleeps takes it back. */
  atRest: 49,
  /** What the hook may do about the handle that keeps libuv's loop alive: a value of `Hold`. */
  hold: 50,
} as const;

/** Whether the hook may let go of libuv's loop. JavaScript offers it when nothing is pending, and takes that back when something is. */
export const Hold = {
  isJavaScripts: 0,
  /** The hook lets go, as soon as nothing else keeps libuv's loop alive ... */
  isOffered: 1,
  /** ... and has done so. */
  isOver: 2,
} as const;

/** Index of a slot's first word. */
export function slotBase(slot: number): number {
  return Registry.slots + slot * Registry.slotWords;
}
