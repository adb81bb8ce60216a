/** Layout of `struct open_how` (linux/openat2.h), in bytes: three 64-bit words, the upper halves of which stay 0. */
export const OpenHow = { flags: 0, mode: 8, resolve: 16, lengthBytes: 24 } as const;
