/** First byte of each value in a record of kind `plain`. */
export const PlainTag = {
  int32: 1,
  float64: 2,
  /** Length in one byte, then one byte a character. */
  shortLatin1: 3,
  /** Length in four bytes, then one or two bytes a character. */
  latin1: 4,
  utf16: 5,
  true: 6,
  false: 7,
  null: 8,
  undefined: 9,
  /** Number of elements in four bytes, then the elements. */
  array: 10,
  /** Number of properties in two bytes, then each as its key's number and its value. */
  object: 11,
} as const;

/** Sizes and limits of records of kind `plain`; larger and deeper values are cloned. */
export const Plain = {
  scratchBytes: 32_768,
  /** Most keys that the two ends know by number. */
  keys: 4096,
  /** In place of a key's number: a new key follows, its length in one byte, then one byte a character. */
  newKey: 0xffff,
  maxKeyLength: 255,
  maxShortString: 255,
  /** Longer arrays take longer to look through than V8 takes to clone them. */
  maxArrayLength: 64,
  maxObjects: 64,
  maxDepth: 32,
} as const;
