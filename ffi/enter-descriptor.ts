/** Layout of `struct wl_enter` in ring-enter.h, as indices into an Int32Array: one call of `io_uring_enter`. */
export const EnterDescriptor = {
  fd: 0,
  toSubmit: 1,
  minComplete: 2,
  flags: 3,
  /** Longest wait, in effect where the flags have `EXT_ARG` and the address that of `seconds`. */
  timespecAddress: 8,
  seconds: 10,
  nanoseconds: 12,
  lengthBytes: 56,
} as const;
