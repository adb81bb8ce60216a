import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';

const MOUNT = '/sys/fs/cgroup';

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    // No such file: another version of cgroups, another system, or no limit at this level.
    return undefined;
  }
}

/** CPUs that `quota` microseconds in each period are worth; `max` and −1 are no limit. */
function cpusOf(quota: string | undefined, period: string | undefined): number {
  const [time, whole] = [Number(quota), Number(period)];
  return time > 0 && whole > 0 ? time / whole : Number.POSITIVE_INFINITY;
}

/** The smallest limit from a group up to the root. */
function smallest(path: string, limitAt: (folder: string) => number): number {
  let limit = limitAt(MOUNT);
  for (let group = path; group !== '/' && group !== '.'; group = dirname(group))
    limit = Math.min(limit, limitAt(join(MOUNT, group)));
  return limit;
}

function quotaCpus(): number {
  let limit = Number.POSITIVE_INFINITY;
  for (const line of read('/proc/self/cgroup')?.split('\n') ?? []) {
    const [, controllers, path] = line.split(':');
    if (controllers === '') {
      const ofGroup = smallest(path, (folder) => {
        const [quota, period] = read(join(folder, 'cpu.max'))?.split(' ') ?? [];
        return cpusOf(quota, period);
      });
      limit = Math.min(limit, ofGroup);
    } else if (controllers?.split(',').includes('cpu')) {
      const ofGroup = smallest(join('/', controllers, path), (folder) =>
        cpusOf(read(join(folder, 'cpu.cfs_quota_us')), read(join(folder, 'cpu.cfs_period_us'))),
      );
      limit = Math.min(limit, ofGroup);
    }
  }
  return limit;
}

/** CPUs that this thread may run on. Not Node's own count, which from libuv 1.49 on takes the quota in, rounded down. */
function allowedCpus(): number {
  const status = read('/proc/thread-self/status') ?? '';
  const ranges = /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1];
  if (ranges === undefined) return availableParallelism();
  return ranges
    .split(',')
    .map((range) => range.split('-').map(Number))
    .reduce((count, [first, last = first]) => count + last - first + 1, 0);
}

/**
 * How many threads can run at once here: the CPUs that the process may use, or fewer where a cgroup (a container's CPU
 * limit) gives it less time than that; a part of a CPU counts as one. At least 1.
 */
export function usableCpus(): number {
  return Math.max(1, Math.min(allowedCpus(), Math.ceil(quotaCpus())));
}
