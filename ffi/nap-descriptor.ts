/** Layout of `struct wl_nap` in nap.h, as indices into an Int32Array: a sleep that the hook makes by itself, and what came of it. */
export const NapDescriptor = {
  /** What the loop has seen of its wake line: a `WaitDescriptor`. */
  line: 0,
  /** The registry's count of ended loops. */
  seenDeaths: 24,
  /** Out, in total: times the hook went to sleep ... */
  sleeps: 25,
  /** ... and its calls of `io_uring_enter`. */
  enters: 26,
  /** Out, in total: sleeps that libuv's next timer ended. */
  expired: 27,
  /** Out, of loops that libuv blocks: 1 while libuv's polls need no JavaScript before them. */
  isAsleep: 28,
  /** Out, in total: completions of the eventfd's watch that were taken off the ring. */
  heard: 29,
  /** Out: how long the last sleep was, until a doorbell rang if one did, in milliseconds: an index into a Float64Array, like the next ... */
  sleptMs: 15,
  /** ... and the longest since this was taken back to 0. */
  longestMs: 16,
  /** The user data of the eventfd's watch in the ring: slot and generation. */
  eventData: 36,
  /** Out: when the last sleep ended, of the clock of `process.hrtime`, in milliseconds: an index into a Float64Array. */
  wokenMs: 19,
  /** How long the next sleep goes on although something has come, in microseconds (6.12); 0: it ends at once ... */
  gatherUs: 40,
  /** ... and how many completions end it sooner. */
  gatheredCompletions: 41,
  lengthBytes: 168,
} as const;
