/** Layout of `struct wl_ring` in wakeline.c, as indices into an Int32Array over the hook: what the clean-up must close. */
export const HookDescriptor = {
  /** The ring's fd; −1 for a loop without a ring. */
  fd: 0,
  cqMask: 1,
  /** Addresses take two words each, low half first. */
  cqHeadAddress: 2,
  cqTailAddress: 4,
  cqesAddress: 6,
  /** Up to three mappings to unmap: addresses, then lengths in bytes. */
  mapped: 8,
  mappedBytes: 14,
  mappings: 3,
  lengthBytes: 80,
} as const;
