import { readFileSync } from 'node:fs';

/** Linux 6.6 and later, and some older kernels of distributions. */
const SYSCTL = '/proc/sys/kernel/io_uring_disabled';

/** What the usual answers of `io_uring_setup` mean. */
const refusals: Readonly<Record<string, string>> = {
  EACCES: 'forbidden here by a security module',
  ENOSYS: 'unknown to this kernel or sandbox',
  ENOMEM: 'refused for lack of memory: RLIMIT_MEMLOCK or the memory cgroup',
  EINVAL: 'too old on this kernel, or refuses these options',
};

/** What the administrator's switch says: '2' forbids io_uring, '1' keeps it for a group; undefined: there is none. */
function readSysctl(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    // A kernel without the switch, or a sandbox that hides it: neither forbids anything by it.
    return undefined;
  }
}

/**
 * Why the kernel gives no ring, in words for `loop.reason`.
 * @param code the name of its errno
 * @param sysctlPath where to read `kernel.io_uring_disabled`
 */
export function describeRefusal(code: string, sysctlPath: string = SYSCTL): string {
  if (code !== 'EPERM') return refusals[code] ?? 'refused';
  const value = readSysctl(sysctlPath);
  if (value === '2') return 'forbidden here: kernel.io_uring_disabled is 2';
  if (value === '1')
    return 'forbidden here: kernel.io_uring_disabled is 1, and the process is not in kernel.io_uring_group';
  return 'forbidden here: by a seccomp filter, as in default containers';
}
