import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished, type TestContext } from 'vitest';

const MOUNT = '/sys/fs/cgroup';
/** Of both versions of cgroups. */
const PERIOD_US = 100_000;

/** A cgroup whose processes get so much CPU time. */
export interface CpuGroup {
  /** What a shell runs to be in the group. */
  readonly enter: string;
  /** CPU time in each 100 ms, in microseconds; undefined: as much as there is. */
  limit(quotaUs: number | undefined): void;
  /** The file that counts, as `nr_throttled`, how often its processes had to wait for the next period. */
  readonly statistics: string;
  /** A group inside this one. */
  nested(): CpuGroup;
}

/** The folder that groups are made in, and whether it is of cgroups' version 2, or in words why there is none. */
function findRoot(): { folder: string; isV2: boolean } | string {
  const controllers = readOr(join(MOUNT, 'cgroup.controllers'));
  if (controllers !== undefined) {
    if (!controllers.split(/\s/).includes('cpu'))
      return 'the cgroups of this system (v2) have no cpu controller';
    return { folder: MOUNT, isV2: true };
  }
  if (
    readOr(join(MOUNT, 'cpu', 'cpu.cfs_quota_us')) === undefined &&
    readOr(join(MOUNT, 'cpu', 'tasks')) === undefined
  )
    return `no cgroups with a cpu controller are mounted below ${MOUNT}`;
  return { folder: join(MOUNT, 'cpu'), isV2: false };
}

function readOr(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** Makes a group that is removed when the test is over; skips the test where none can be made. */
export function cpuGroupOrSkip(context: TestContext): CpuGroup {
  const root = findRoot();
  if (typeof root === 'string') context.skip(root);
  const { folder, isV2 } = root as Exclude<typeof root, string>;
  try {
    return makeGroup(join(folder, `wakeline-${process.pid}`), folder, isV2);
  } catch (error) {
    return context.skip(`no cgroup can be made: ${(error as Error).message}`);
  }
}

function makeGroup(folder: string, parent: string, isV2: boolean): CpuGroup {
  if (isV2) writeFileSync(join(parent, 'cgroup.subtree_control'), '+cpu');
  mkdirSync(folder);
  onTestFinished(() => remove(folder));
  return {
    enter: `echo $$ > ${folder}/cgroup.procs`,
    limit(quotaUs) {
      if (isV2) writeFileSync(join(folder, 'cpu.max'), `${quotaUs ?? 'max'} ${PERIOD_US}`);
      else writeFileSync(join(folder, 'cpu.cfs_quota_us'), `${quotaUs ?? -1}`);
    },
    statistics: join(folder, 'cpu.stat'),
    nested: () => makeGroup(join(folder, 'inner'), folder, isV2),
  };
}

/** A group is in use until the kernel has let go of the last of its processes. */
async function remove(folder: string): Promise<void> {
  for (let look = 0; ; look++) {
    try {
      return rmdirSync(folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EBUSY' || look === 100) throw error;
      await sleep(10);
    }
  }
}
