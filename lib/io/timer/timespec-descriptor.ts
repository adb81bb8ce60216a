/** Layout of `struct __kernel_timespec`, in bytes. */
export const Timespec = { seconds: 0, nanoseconds: 8 } as const;

/** `IORING_TIMEOUT_*`: what a time is relative to. */
export const TimeoutFlag = { ABSOLUTE: 1 << 0, REALTIME: 1 << 3 } as const;
