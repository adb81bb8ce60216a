import type { Libraries } from './koffi.js';

/** The system call `io_uring_enter`; all that it is given lies in a block of memory (`EnterDescriptor`). */
export interface RingEnter {
  /**
   * Makes the call; may block.
   * @param blockAddress of `EnterDescriptor.lengthBytes`, off V8's heap
   * @returns as of the system call, or `-errno`
   */
  enter(blockAddress: number): number;
}

/** Declares it. */
export function declareRingEnter({ own }: Libraries): RingEnter {
  return { enter: own.func('wl_ring_enter', 'int', ['uintptr_t']) };
}
