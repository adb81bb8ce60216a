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
  /** It may wait a while for more completions than one (6.12). */
  MIN_TIMEOUT: 1 << 15,
} as const;

/** `IORING_SQ_*`: what the kernel says in sq_flags. */
export const SqFlag = { NEED_WAKEUP: 1 << 0, CQ_OVERFLOW: 1 << 1, TASKRUN: 1 << 2 } as const;

/** `IORING_ENTER_*`. */
export const EnterFlag = { GETEVENTS: 1 << 0, EXT_ARG: 1 << 3 } as const;

/** `IORING_CQE_F_*`. */
export const CqeFlag = { BUFFER: 1 << 0, MORE: 1 << 1, NOTIF: 1 << 3 } as const;

/** `IOSQE_*`. */
export const SqeFlag = {
  FIXED_FILE: 1 << 0,
  IO_DRAIN: 1 << 1,
  IO_LINK: 1 << 2,
  IO_HARDLINK: 1 << 3,
  ASYNC: 1 << 4,
  BUFFER_SELECT: 1 << 5,
  CQE_SKIP_SUCCESS: 1 << 6,
} as const;

/** `IORING_OP_*`: every opcode up to Linux 6.18, whether the running kernel has it or not. */
export const Opcode = {
  NOP: 0,
  READV: 1,
  WRITEV: 2,
  FSYNC: 3,
  READ_FIXED: 4,
  WRITE_FIXED: 5,
  POLL_ADD: 6,
  POLL_REMOVE: 7,
  SYNC_FILE_RANGE: 8,
  SENDMSG: 9,
  RECVMSG: 10,
  TIMEOUT: 11,
  TIMEOUT_REMOVE: 12,
  ACCEPT: 13,
  ASYNC_CANCEL: 14,
  LINK_TIMEOUT: 15,
  CONNECT: 16,
  FALLOCATE: 17,
  OPENAT: 18,
  CLOSE: 19,
  FILES_UPDATE: 20,
  STATX: 21,
  READ: 22,
  WRITE: 23,
  FADVISE: 24,
  MADVISE: 25,
  SEND: 26,
  RECV: 27,
  OPENAT2: 28,
  EPOLL_CTL: 29,
  SPLICE: 30,
  PROVIDE_BUFFERS: 31,
  REMOVE_BUFFERS: 32,
  TEE: 33,
  SHUTDOWN: 34,
  RENAMEAT: 35,
  UNLINKAT: 36,
  MKDIRAT: 37,
  SYMLINKAT: 38,
  LINKAT: 39,
  MSG_RING: 40,
  FSETXATTR: 41,
  SETXATTR: 42,
  FGETXATTR: 43,
  GETXATTR: 44,
  SOCKET: 45,
  URING_CMD: 46,
  SEND_ZC: 47,
  SENDMSG_ZC: 48,
  READ_MULTISHOT: 49,
  WAITID: 50,
  FUTEX_WAIT: 51,
  FUTEX_WAKE: 52,
  FUTEX_WAITV: 53,
  FIXED_FD_INSTALL: 54,
  FTRUNCATE: 55,
  BIND: 56,
  LISTEN: 57,
  RECV_ZC: 58,
  EPOLL_WAIT: 59,
  READV_FIXED: 60,
  WRITEV_FIXED: 61,
  PIPE: 62,
} as const;

/** Name of an opcode. */
export type OpcodeName = keyof typeof Opcode;

/** `IORING_POLL_ADD_MULTI` (5.13), in the length of a POLL_ADD. */
export const POLL_ADD_MULTI = 1;

/** `POLLIN`, in poll32_events. */
export const POLLIN = 1;

/** `IORING_REGISTER_BUFFERS` (5.1): an array of `struct iovec`. */
export const REGISTER_BUFFERS = 0;

/** `IORING_REGISTER_PROBE` (5.6). */
export const REGISTER_PROBE = 8;

/** `IORING_REGISTER_PBUF_RING` (5.19). */
export const REGISTER_PBUF_RING = 22;

/** `IORING_UNREGISTER_PBUF_RING` (5.19). */
export const UNREGISTER_PBUF_RING = 23;

/** `IORING_REGISTER_SYNC_CANCEL` (6.0). */
export const REGISTER_SYNC_CANCEL = 24;
