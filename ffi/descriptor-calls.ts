import type { Libraries } from './koffi.js';

/** fcntl.h. */
const O_CLOEXEC = 0o2000000;
const F_SETPIPE_SZ = 1031;

/** Calls on descriptors of every kind that do not block; each returns a number ≥ 0, or `-errno`, and none throws. */
export interface DescriptorCalls {
  /** Makes a pipe, close-on-exec: two fds of 32 bits each go to the address. */
  pipe(fdsAddress: number): number;
  /** Gives a pipe room for so many bytes or more; returns how many. `-EPERM` when the user's pipes hold too much already. */
  setPipeSize(fd: number, lengthBytes: number): number;
}

/** Declares the calls. */
export function declareDescriptorCalls({ koffi, host }: Libraries): DescriptorCalls {
  const pipe = host.func('pipe2', 'int', ['uintptr_t', 'int']);
  const control = host.func('fcntl', 'int', ['int', 'int', 'int']);
  const checked = (result: number): number => (result < 0 ? -koffi.errno() : result);
  return {
    pipe: (fdsAddress) => checked(pipe(fdsAddress, O_CLOEXEC)),
    setPipeSize: (fd, lengthBytes) => checked(control(fd, F_SETPIPE_SZ, lengthBytes)),
  };
}
