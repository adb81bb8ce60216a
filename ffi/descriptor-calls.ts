import type { Libraries } from './koffi.js';

/** fcntl.h. */
const O_CLOEXEC = 0o2000000;
const F_SETPIPE_SZ = 1031;

/** The same numbers on every architecture (asm-generic/unistd.h). */
const OPENAT2 = 437;
const PIDFD_OPEN = 434;

/** Calls on descriptors of every kind that do not block; each returns a number ≥ 0, or `-errno`, and none throws. */
export interface DescriptorCalls {
  /** Makes a pipe, close-on-exec: two fds of 32 bits each go to the address. */
  pipe(fdsAddress: number): number;
  /** Gives a pipe room for so many bytes or more; returns how many. `-EPERM` when the user's pipes hold too much already. */
  setPipeSize(fd: number, lengthBytes: number): number;
  /** Says how a range of a file will be used: a value of `POSIX_FADV_*`. */
  advise(fd: number, position: number, lengthBytes: number, advice: number): number;
  /** An fd that can be read once the process has ended; `-ENOSYS` before Linux 5.3. */
  openProcess(pid: number): number;
  /** `openat2(2)`, by the address of a path and of a `struct open_how`. A FIFO without another end may block. */
  openBound(directoryFd: number, pathAddress: number, howAddress: number, howBytes: number): number;
}

/** Declares the calls. */
export function declareDescriptorCalls({ koffi, host }: Libraries): DescriptorCalls {
  const pipe = host.func('pipe2', 'int', ['uintptr_t', 'int']);
  const control = host.func('fcntl', 'int', ['int', 'int', 'int']);
  const advise = host.func('posix_fadvise', 'int', ['int', 'int64_t', 'int64_t', 'int']);
  const openat2 = host.func('syscall', 'int', ['long', 'int', 'uintptr_t', 'uintptr_t', 'size_t']);
  const pidfdOpen = host.func('syscall', 'int', ['long', 'int', 'uint32_t']);
  const checked = (result: number): number => (result < 0 ? -koffi.errno() : result);
  return {
    pipe: (fdsAddress) => checked(pipe(fdsAddress, O_CLOEXEC)),
    setPipeSize: (fd, lengthBytes) => checked(control(fd, F_SETPIPE_SZ, lengthBytes)),
    // It returns its errno.
    advise: (fd, position, lengthBytes, advice) => -advise(fd, position, lengthBytes, advice),
    openProcess: (pid) => checked(pidfdOpen(PIDFD_OPEN, pid, 0)),
    openBound: (directoryFd, path, how, howBytes) =>
      checked(openat2(OPENAT2, directoryFd, path, how, howBytes)),
  };
}
