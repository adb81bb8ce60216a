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
  /** Out: how long the last sleep was, in milliseconds: an index into a Float64Array. */
  sleptMs: 14,
  lengthBytes: 120,
} as const;
