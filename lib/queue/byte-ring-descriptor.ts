/**
 * Layout of a byte ring in its SharedArrayBuffer, as indices of 32-bit words. One line each for what hardly changes,
 * what the producer writes and what the consumer writes; the fourth line belongs to the channel that uses the ring.
 */
export const ByteRing = {
  /** Tells a handle of this version of the layout from anything else. */
  magic: 0,
  capacityBytes: 1,
  /** 1: the producer will send no more. The flags lie here, in a line that hardly ever changes: each send and each turn reads one. */
  producerClosed: 2,
  /** 1: the consumer will read no more. */
  consumerClosed: 3,
  /** 1: the producer waits for room and wants its doorbell rung. */
  producerWaiting: 4,
  /** Bytes published so far, modulo 2^32. */
  tail: 16,
  /** Bytes consumed so far, modulo 2^32. */
  head: 32,
  /** First of 16 words for the owner of the ring. */
  user: 48,
  data: 64,
  headerBytes: 256,
} as const;

/** Value of the magic word; the last digits are the layout's version. */
export const BYTE_RING_MAGIC = 0x57414b31;

/** A record: one header word (kind below, payload length above), one word of inline value, then the payload. */
export const Record = {
  kindBits: 8,
  kindMask: 0xff,
  headerBytes: 8,
  alignmentBytes: 8,
  /** What the header word has room for. */
  maxPayloadBytes: 0xff_ffff,
} as const;

/** Kinds of record. */
export const RecordKind = {
  /** Fills the end of the ring up; carries nothing. */
  padding: 1,
  int32: 2,
  float64: 3,
  true: 4,
  false: 5,
  null: 6,
  undefined: 7,
  /** One byte a character, up to U+00FF. */
  latin1: 8,
  utf16: 9,
  /** A Uint8Array. */
  bytes: 10,
  /** Anything else: v8's structured clone format. */
  clone: 11,
  /** First piece of a large record; the inline word has its whole length, the first payload word its kind. */
  firstFragment: 12,
  fragment: 13,
  /** A plain object or array: plain-descriptor.ts. */
  plain: 14,
  /** A number that goes with the value of the record behind it. */
  tag: 15,
} as const;
