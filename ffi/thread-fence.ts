import type { Libraries } from './koffi.js';

/** `MEMBARRIER_CMD_PRIVATE_EXPEDITED` (linux/membarrier.h); the system call's number differs by architecture. */
const PRIVATE_EXPEDITED = 8;
const MEMBARRIER_NUMBER: Partial<Record<string, number>> = { x64: 324, arm64: 283, riscv64: 283 };

/** The fence that one thread makes for all others: `membarrier(2)`. */
export interface ThreadFence {
  /** A full memory fence on every running thread of this process; `-errno` where the kernel refuses, or it is not registered. */
  all(): number;
  /** Registers the process for it. Returns 0 or `-errno`. The first time takes 10 to 30 ms. */
  register(): number;
  /** The same, on a thread of its own: the registry's word `canFence` becomes 1 when it is done. */
  prepare(): void;
}

/** Declares the fence. */
export function declareThreadFence({ koffi, host, own }: Libraries): ThreadFence {
  const membarrier = host.func('syscall', 'int', ['long', 'int', 'uint32_t', 'int']);
  const register = own.func('int wl_fence_register()');
  const number = MEMBARRIER_NUMBER[process.arch] ?? -1;
  const orErrno = (result: number): number => (result < 0 ? -koffi.errno() : result);
  return {
    all: () => orErrno(membarrier(number, PRIVATE_EXPEDITED, 0, 0)),
    register: () => orErrno(register()),
    prepare: own.func('void wl_fence_prepare()'),
  };
}
