/** Layout of `siginfo_t` as `waitid` fills it in, on 64-bit machines: indices of 32-bit words. */
export const SigInfo = { signal: 0, code: 2, pid: 4, uid: 5, status: 6, lengthBytes: 128 } as const;

/** `P_*` of `waitid`. */
export const IdType = { all: 0, pid: 1, group: 2, pidfd: 3 } as const;

/** `W*` of `waitid`: what is waited for. */
export const WaitOption = {
  NOHANG: 0x1,
  STOPPED: 0x2,
  EXITED: 0x4,
  CONTINUED: 0x8,
  NOWAIT: 0x0100_0000,
} as const;

/** `CLD_*`: what became of a child, by its number. */
export const childStates = ['', 'exited', 'killed', 'dumped', 'trapped', 'stopped', 'continued'] as const;
