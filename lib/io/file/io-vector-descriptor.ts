/** Layout of `struct iovec` (linux/uio.h): indices of 64-bit words. */
export const IoVector = { address: 0, length: 1, words: 2, lengthBytes: 16 } as const;
