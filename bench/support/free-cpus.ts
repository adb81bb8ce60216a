import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** Columns of the first line of /proc/stat. */
const IDLE_COLUMNS = [3, 4];
const GUEST_COLUMN = 8;

interface CpuTimes {
  readonly idle: number;
  readonly total: number;
}

function readCpuTimes(): CpuTimes {
  const line = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0];
  // Guest time is part of user time already; steal, in column 7, is time that another machine had.
  const ticks = line.trim().split(/\s+/).slice(1).map(Number).slice(0, GUEST_COLUMN);
  const idle = IDLE_COLUMNS.reduce((sum, column) => sum + ticks[column], 0);
  return { idle, total: ticks.reduce((sum, one) => sum + one, 0) };
}

/** How many CPUs were free: all of them, less what others used and what the host took away. */
export async function measureFreeCpus(sampleMs = 500): Promise<number> {
  const before = readCpuTimes();
  await sleep(sampleMs);
  const after = readCpuTimes();
  const total = after.total - before.total;
  return total <= 0 ? 0 : (availableParallelism() * (after.idle - before.idle)) / total;
}
