import { spawnSync } from 'node:child_process';
import { availableParallelism, cpus, release } from 'node:os';
import { measureFreeCpus } from './free-cpus.js';
import { packageFolder } from './places.js';

/** Where and when figures were measured. */
export interface Machine {
  readonly cpuModel: string;
  readonly cpuCount: number;
  /** CPUs that nobody used just before the run. */
  readonly freeCpuCount: number;
  readonly kernel: string;
  readonly node: string;
  readonly date: string;
  readonly commit: string;
}

/** Describes the machine; takes the half second for which it looks at the CPUs. */
export async function describeMachine(): Promise<Machine> {
  return {
    cpuModel: cpus()[0]?.model.trim() ?? 'unknown',
    cpuCount: availableParallelism(),
    freeCpuCount: await measureFreeCpus(),
    kernel: release(),
    node: process.version,
    date: new Date().toISOString().slice(0, 16).replace('T', ' '),
    commit: commitOf(packageFolder),
  };
}

function commitOf(folder: string): string {
  const git = spawnSync('git', ['describe', '--always', '--dirty'], { cwd: folder, encoding: 'utf8' });
  return git.status === 0 ? git.stdout.trim() : 'unknown';
}

/** The machine in one line. */
export function machineLine(machine: Machine): string {
  const { cpuModel, cpuCount, freeCpuCount, kernel, node, date, commit } = machine;
  const free = `${freeCpuCount.toFixed(2)} of ${cpuCount} CPUs free`;
  return `${free}; ${cpuModel}; Linux ${kernel}; Node ${node}; ${date} UTC; commit ${commit}`;
}
