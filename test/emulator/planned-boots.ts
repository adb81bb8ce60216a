import { slowFiles } from './guest-tests.js';
import { type KernelName, kernels } from './kernels.js';
import type { ModelName } from './machine.js';
import type { HarnessOptions } from './options.js';
import { apart, defaultGroups, type Group, quickGroups } from './plan.js';

/** One boot of a machine, and what it runs. */
export interface PlannedBoot {
  /** What distinguishes it from the others, as it is printed. */
  readonly label: string;
  readonly kernel: KernelName;
  readonly model: ModelName;
  readonly cpus: number;
  readonly groups: readonly Group[];
}

/** For a file that has no line in `slowFiles`. */
const MOST_FILES_S = 10;

const secondsOf = (group: Group): number =>
  group.reduce((sum, file) => sum + (slowFiles[file] ?? MOST_FILES_S), 0);

/**
 * Spreads groups over so many boots, or fewer if there are fewer groups: what takes longest first, each to the boot that
 * has the least to do.
 */
export function spread(groups: readonly Group[], boots: number): Group[][] {
  const parts = Array.from({ length: Math.min(boots, groups.length) }, () => ({
    groups: [] as Group[],
    seconds: 0,
  }));
  for (const group of [...groups].sort((a, b) => secondsOf(b) - secondsOf(a))) {
    const part = parts.reduce((least, other) => (other.seconds < least.seconds ? other : least));
    part.groups.push(group);
    part.seconds += secondsOf(group);
  }
  return parts.map((part) => part.groups);
}

/** What the boots of one kernel with so many CPUs run; several boots at once where one would take an hour. */
function partsFor(options: HarnessOptions, cpus: number, jobsPerKernel: number): (readonly Group[])[] {
  if (options.files.length > 0) return [apart(options.files)];
  // One of several boots of a kernel is enough for much of it.
  const isChosen = cpus > 1 || options.cpus !== undefined;
  const groups = defaultGroups(options.model, isChosen);
  if (!options.all || !isChosen) return [groups];
  return spread([...groups, ...quickGroups(options.model)], Math.max(1, jobsPerKernel));
}

/** The boots that were asked for, with so many at a time. */
export function planBoots(options: HarnessOptions, jobs: number): PlannedBoot[] {
  const { model } = options;
  const chosenKernels =
    options.kernel === undefined ? (Object.keys(kernels) as KernelName[]) : [options.kernel];
  // Two CPUs take longer: they begin.
  const chosenCpus = options.cpus === undefined ? [2, 1] : [options.cpus];
  const jobsPerKernel = Math.floor(jobs / chosenKernels.length);
  return chosenCpus.flatMap((cpus) =>
    chosenKernels.flatMap((kernel) =>
      partsFor(options, cpus, jobsPerKernel).map((groups, index, { length }) => {
        const part = length === 1 ? '' : `, part ${index + 1} of ${length}`;
        return {
          label: `${kernel}, ${cpus} CPU${cpus === 1 ? '' : 's'}, ${model}${part}`,
          kernel,
          model,
          cpus,
          groups,
        };
      }),
    ),
  );
}
