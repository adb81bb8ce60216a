/** Names and values of include/uapi/linux/io_uring.h, with the kernel that brought each. */

/** `IORING_SETUP_*`. */
export const SetupFlag = {
  /** Submit the rest of a batch although one of it failed (5.18). */
  SUBMIT_ALL: 1 << 7,
  /** No interrupt for task work (5.19). */
  COOP_TASKRUN: 1 << 8,
  /** Show pending task work in sq_flags (5.19). */
  TASKRUN_FLAG: 1 << 9,
  /** One thread submits (6.0). */
  SINGLE_ISSUER: 1 << 12,
  /** Task work only runs when the owner asks (6.1). */
  DEFER_TASKRUN: 1 << 13,
  /** Rings and entries in the caller's memory (6.5). */
  NO_MMAP: 1 << 14,
  /** No index array between ring and entries (6.6). */
  NO_SQARRAY: 1 << 16,
  /** Round too large a size down instead of refusing it (5.6). */
  CLAMP: 1 << 4,
  /** An own size for the completion queue (5.5). */
  CQSIZE: 1 << 3,
} as const;

/** Name of a set-up flag. */
export type SetupFlagName = keyof typeof SetupFlag;

/** `IORING_FEAT_*`, with the kernel that brought each. */
export const Feature = {
  /** One mapping holds both queues (5.4). */
  SINGLE_MMAP: 1 << 0,
  /** A full completion queue loses nothing (5.5). */
  NODROP: 1 << 1,
  /** Offset −1 is the file's own position (5.6); came together with OPENAT, CLOSE and READ. */
  RW_CUR_POS: 1 << 3,
  /** `io_uring_enter` takes a time-out (5.11). */
  EXT_ARG: 1 << 8,
} as const;

/** `IORING_SQ_*`: what the kernel says in sq_flags. */
export const SqFlag = { NEED_WAKEUP: 1 << 0, CQ_OVERFLOW: 1 << 1, TASKRUN: 1 << 2 } as const;

/** `IORING_ENTER_*`. */
export const EnterFlag = { GETEVENTS: 1 << 0, EXT_ARG: 1 << 3 } as const;

/** `IORING_CQE_F_*`. */
export const CqeFlag = { BUFFER: 1 << 0, MORE: 1 << 1 } as const;

/** `IOSQE_*`. */
export const SqeFlag = { FIXED_FILE: 1 << 0, IO_LINK: 1 << 2, ASYNC: 1 << 4 } as const;

/** `IORING_OP_*`, as far as the runtime uses them. */
export const Opcode = {
  NOP: 0,
  POLL_ADD: 6,
  POLL_REMOVE: 7,
  TIMEOUT: 11,
  ASYNC_CANCEL: 14,
  OPENAT: 18,
  CLOSE: 19,
  READ: 22,
} as const;

/** `IORING_POLL_ADD_MULTI` (5.13), in the length of a POLL_ADD. */
export const POLL_ADD_MULTI = 1;

/** `POLLIN`, in poll32_events. */
export const POLLIN = 1;

/** `IORING_REGISTER_SYNC_CANCEL` (6.0). */
export const REGISTER_SYNC_CANCEL = 24;
