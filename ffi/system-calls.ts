import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';
import type { Libraries } from './koffi.js';

/** Numbers of the io_uring system calls: the same on x86-64, arm64 and riscv64 (asm-generic/unistd.h). */
const Syscall = { ioUringSetup: 425, ioUringRegister: 427 } as const;

/** `struct pollfd`'s second word: `events` in its low half, `revents` in its high half. */
const POLLIN = 1;

const PROT_READ_WRITE = 3;
const MAP_SHARED_POPULATE = 0x01 | 0x8000;

/**
 * The system calls that the runtime makes itself. Each returns a number ≥ 0, or `-errno`; none throws.
 * Pointers are addresses as Numbers, so that no call allocates.
 */
export interface SystemCalls {
  ioUringSetup(entries: number, paramsAddress: number): number;
  /** May block. All that it is given lies in a block of memory, of `EnterDescriptor.lengthBytes`, off V8's heap. */
  ioUringEnter(blockAddress: number): number;
  ioUringRegister(fd: number, opcode: number, address: number, count: number): number;
  /** Maps a ring's memory, shared and populated. Returns the address, or `-errno`. */
  mapRing(fd: number, lengthBytes: number, offset: number): number;
  unmap(address: number, lengthBytes: number): number;
  close(fd: number): number;
  /** Adds 1 to the eventfd of the loop in a slot, and writes the time there: the kernel wake. */
  kernelWake(slot: number): number;
  /** Takes an eventfd back to 0. `-EAGAIN` when it was 0. */
  eventfdDrain(fd: number): number;
  /** Does the fd have something to read? Returns 1, 0 or `-errno`, at once. */
  isReadable(fd: number): number;
  /** What of `events` (`POLL*`) holds of an fd now, with errors and hang-up. Returns a mask or `-errno`, at once. */
  pollNow(fd: number, events: number): number;
  /** `waitid(2)`. May block, unless the options say otherwise; the information goes to a `siginfo_t`. */
  waitId(idType: number, id: number, infoAddress: number, options: number): number;
  /** Lets another thread run that waits for this CPU, if there is one. */
  yieldCpu(): number;
}

/** Declares the system calls. */
export function declareSystemCalls({ koffi, host, own }: Libraries): SystemCalls {
  const errnoOf = (): number => -koffi.errno();
  // One declaration a signature: libc's syscall() takes what its number says.
  const syscall2 = host.func('syscall', 'int64_t', ['long', 'uint32_t', 'uintptr_t']);
  const syscall4 = host.func('syscall', 'int64_t', ['long', 'int', 'uint32_t', 'uintptr_t', 'uint32_t']);
  const mmap = host.func('mmap', 'int64_t', ['uintptr_t', 'size_t', 'int', 'int', 'int', 'int64_t']);
  const munmap = host.func('munmap', 'int', ['uintptr_t', 'size_t']);
  const close = host.func('close', 'int', ['int']);
  const drain = host.func('eventfd_read', 'int', ['int', 'uintptr_t']);
  const poll = host.func('poll', 'int', ['uintptr_t', 'uint64_t', 'int']);
  const waitId = host.func('waitid', 'int', ['int', 'uint32_t', 'uintptr_t', 'int']);
  const yieldCpu = host.func('sched_yield', 'int', []);

  // Words 0 – 1: struct pollfd; words 2 – 3: where eventfd_read puts the count. Its own ArrayBuffer keeps it off
  // V8's heap, where the collector would move it.
  const scratch = new Int32Array(new ArrayBuffer(16));
  const scratchAddress = Number(koffi.address(scratch));
  const pollNow = (fd: number, events: number): number => {
    scratch[0] = fd;
    scratch[1] = events & 0xffff;
    const result: number = poll(scratchAddress, 1, 0);
    return result < 0 ? errnoOf() : scratch[1] >>> 16;
  };

  return {
    ioUringSetup(entries, paramsAddress) {
      const result: number = syscall2(Syscall.ioUringSetup, entries, paramsAddress);
      return result < 0 ? errnoOf() : result;
    },
    ioUringEnter: own.func('wl_ring_enter', 'int', ['uintptr_t']),
    ioUringRegister(fd, opcode, address, count) {
      const result: number = syscall4(Syscall.ioUringRegister, fd, opcode, address, count);
      return result < 0 ? errnoOf() : result;
    },
    mapRing(fd, lengthBytes, offset) {
      const result: number = mmap(0, lengthBytes, PROT_READ_WRITE, MAP_SHARED_POPULATE, fd, offset);
      return result < 0 ? errnoOf() : result;
    },
    unmap: (address, lengthBytes) => (munmap(address, lengthBytes) < 0 ? errnoOf() : 0),
    close: (fd) => (close(fd) < 0 ? errnoOf() : 0),
    kernelWake: own.func('wl_kernel_wake', 'int', ['int']),
    eventfdDrain: (fd) => (drain(fd, scratchAddress + 8) < 0 ? errnoOf() : 0),
    isReadable: (fd) => Math.min(1, pollNow(fd, POLLIN)),
    pollNow,
    waitId: (idType, id, infoAddress, options) =>
      waitId(idType, id, infoAddress, options) < 0 ? errnoOf() : 0,
    yieldCpu,
  };
}

/** Made at the first error: each thread would pay for it. */
let errnoNames: Map<number, string> | undefined;

/** The name of an errno, as Node writes it: 2 → 'ENOENT'. */
export function errnoName(errno: number): string {
  // Two names can have one number (EAGAIN, EWOULDBLOCK): Node's choice first, then those that Node has no error for.
  errnoNames ??= new Map(Object.entries(constants.errno).map(([name, value]) => [value, name]));
  return getSystemErrorMap().get(-errno)?.[0] ?? errnoNames.get(errno) ?? `E${errno}`;
}
