/**
 * Layouts of include/uapi/linux/io_uring.h for rings of provided buffers. Indices of 32-bit words, unless they say half-words or bytes; a 64-bit field is two words, low half first.
 */

/** `struct io_uring_buf_reg`. */
export const BufferRegistration = {
  ringAddress: 0,
  ringEntries: 2,
  /** Low half: the group; high half: `IOU_PBUF_RING_*` flags. */
  groupAndFlags: 3,
  lengthBytes: 40,
} as const;

/** `struct io_uring_buf`. */
export const BufferEntry = {
  address: 0,
  length: 2,
  /** Low half: the buffer's id. The high half of entry 0 is the ring's tail, so the low one alone is written. */
  idHalfWord: 6,
  words: 4,
  halfWords: 8,
  lengthBytes: 16,
} as const;

/** The ring's tail, as an index of 16-bit half-words: it lies over the last field of entry 0. */
export const BUFFER_RING_TAIL_HALF_WORD = 7;

/** In a completion with `IORING_CQE_F_BUFFER`, the buffer's id is in the flags from this bit on. */
export const CQE_BUFFER_SHIFT = 16;
