// npm run test:emulated: boots Debian's kernels in an emulator whose CPU has UMWAIT, and runs test files in there.
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { getBochs } from './bochs.js';
import { writeBootImage } from './boot-image.js';
import { Cache, cacheFolder } from './cache.js';
import { EntryType, writeCpio } from './cpio.js';
import { guestFiles } from './guest-files.js';
import { HarnessError } from './harness-error.js';
import { type KernelImage, readKernelImage } from './kernel-image.js';
import { getKernel, type KernelName } from './kernels.js';
import { type BootEnd, type BootLimits, boot, kernelArguments } from './machine.js';
import { assertThere, bootNeeds } from './needs.js';
import { type HarnessOptions, readOptions, usage } from './options.js';
import { planText } from './plan.js';
import { type PlannedBoot, planBoots } from './planned-boots.js';
import { GuestReport, type Totals } from './report.js';

/** How much longer a boot may take in real time: others may have the CPU, or a measurement may stop the emulator. */
const REAL_TO_CPU_TIME = 10;

const print = (line: string): boolean => process.stdout.write(`${line}\n`);

/** Everything that the boots share. */
interface Supplies {
  readonly bochs: string;
  readonly images: ReadonlyMap<KernelName, KernelImage>;
  readonly initramfs: readonly [path: string, bytes: number];
  readonly folder: string;
  readonly limits: BootLimits;
}

async function getSupplies(
  options: HarnessOptions,
  boots: readonly PlannedBoot[],
  folder: string,
): Promise<Supplies> {
  assertThere(bootNeeds);
  const cache = new Cache(cacheFolder(options.cache));
  const images = new Map<KernelName, KernelImage>();
  for (const { kernel } of boots) {
    if (!images.has(kernel)) images.set(kernel, readKernelImage(await getKernel(cache, kernel, print)));
  }
  const bochs = await getBochs(cache, print);
  const path = join(folder, 'initramfs.cpio');
  return {
    bochs,
    images,
    initramfs: [path, writeCpio(path, await guestFiles())],
    folder,
    limits: { cpuS: options.limitS, realS: options.limitS * REAL_TO_CPU_TIME },
  };
}

async function runBoot(supplies: Supplies, planned: PlannedBoot): Promise<Totals> {
  const { kernel, model, cpus, groups } = planned;
  const label = `[${planned.label}]`;
  const folder = join(supplies.folder, planned.label.replaceAll(/[^\w.]+/g, '-'));
  const plan = `${folder}.cpio`;
  const content = Buffer.from(planText(groups));
  const planBytes = writeCpio(plan, [{ path: 'plan', mode: EntryType.file | 0o644, content }]);
  const initramfsBytes = supplies.initramfs[1] + planBytes;
  writeBootImage(folder, {
    kernel: supplies.images.get(kernel)!,
    initramfsBytes,
    commandLine: kernelArguments,
  });
  const { bochs, limits } = supplies;
  const archives = [supplies.initramfs, [plan, planBytes] as const];
  const report = new GuestReport(label, groups.flat(), print);
  const begin = performance.now();
  const end = await boot({ bochs, folder, model, cpus, archives, limits }, (line, cpuS) =>
    report.onLine(line, cpuS),
  );
  report.end(reasonOf(end, limits));
  const tookS = Math.round((performance.now() - begin) / 1000);
  print(`${label} took ${tookS} s, and ${Math.round(end.usedCpuS)} s of CPU time`);
  return report.totals;
}

/** What the report says of a guest that did not come to its end. */
function reasonOf({ late, lastWords }: BootEnd, limits: BootLimits): string {
  if (late === undefined) return `it ended early: ${lastWords}`;
  return `its limit of ${limits[late]} s of ${late === 'cpuS' ? 'CPU' : 'real'} time was over`;
}

async function runBoots(supplies: Supplies, boots: readonly PlannedBoot[], jobs: number): Promise<Totals> {
  const totals: Totals = { passed: 0, failed: 0, skipped: 0 };
  const left = [...boots];
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const { passed, failed, skipped } = await runBoot(supplies, next);
      totals.passed += passed;
      totals.failed += failed;
      totals.skipped += skipped;
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return totals;
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    print(usage);
    return 0;
  }
  const jobs = options.jobs ?? availableParallelism();
  const boots = planBoots(options, jobs);
  const folder = mkdtempSync(join(tmpdir(), 'wakeline-emulated-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  const supplies = await getSupplies(options, boots, folder);
  const { passed, failed, skipped } = await runBoots(supplies, boots, jobs);
  print(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof HarnessError)) throw error;
  console.error(`test:emulated: ${error.message}`);
  process.exitCode = 1;
}
