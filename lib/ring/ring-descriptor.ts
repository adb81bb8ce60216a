/**
 * Layouts of include/uapi/linux/io_uring.h. All are indices of 32-bit words, unless they say bytes; a 64-bit field is
 * two words, low half first (the kernel's own layout on little-endian machines, the only ones that Node runs on here).
 */

/** `struct io_uring_params`. */
export const Params = {
  sqEntries: 0,
  cqEntries: 1,
  flags: 2,
  sqThreadCpu: 3,
  sqThreadIdle: 4,
  features: 5,
  sqOff: 10,
  cqOff: 20,
  lengthBytes: 120,
} as const;

/** `struct io_sqring_offsets`, relative to `Params.sqOff`. */
export const SqOffsets = {
  head: 0,
  tail: 1,
  ringMask: 2,
  ringEntries: 3,
  flags: 4,
  dropped: 5,
  array: 6,
  userAddr: 8,
} as const;

/** `struct io_cqring_offsets`, relative to `Params.cqOff`. */
export const CqOffsets = {
  head: 0,
  tail: 1,
  ringMask: 2,
  ringEntries: 3,
  overflow: 4,
  cqes: 5,
  flags: 6,
  userAddr: 8,
} as const;

/** `struct io_uring_sqe`: 64 bytes. */
export const Sqe = {
  /** Byte 0 opcode, byte 1 flags, bytes 2 – 3 ioprio. */
  opcodeFlagsPriority: 0,
  fd: 1,
  offset: 2,
  address: 4,
  length: 6,
  operationFlags: 7,
  userData: 8,
  /** Bytes 0 – 1 buffer index or group, bytes 2 – 3 personality. */
  bufferPersonality: 10,
  fileIndex: 11,
  address3: 12,
  padding: 14,
  words: 16,
  lengthBytes: 64,
} as const;

/** `struct io_uring_cqe`: 16 bytes. */
export const Cqe = { userData: 0, result: 2, flags: 3, words: 4, lengthBytes: 16 } as const;

/** `struct io_uring_probe`, in bytes: a header, then one entry for each opcode. */
export const Probe = {
  count: 1,
  opcodes: 16,
  opcodeBytes: 8,
  maxOpcodes: 256,
  /** In an entry: byte 0 is the opcode, then flags, of which this is one. */
  flags: 2,
  supported: 1,
  lengthBytes: 16 + 256 * 8,
} as const;

/** Offsets at which `mmap` finds a ring's three areas. */
export const MmapOffset = { sqRing: 0, cqRing: 0x8000000, sqes: 0x10000000 } as const;

/** Memory that io_uring may need before the entries: liburing's bound (src/setup.c, KRING_SIZE). */
export const RING_HEADER_BYTES = 320;

/** Size of a page, and so of the alignment of a ring's memory, on every machine that this runs on. */
export const PAGE_BYTES = 4096;

/** Size of a cache line, and of the line that a CPU monitors. */
export const CACHE_LINE_BYTES = 64;
