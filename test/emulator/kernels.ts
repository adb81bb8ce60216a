import { readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Cache } from './cache.js';
import { DebianArchive } from './debian-archive.js';
import { assertThere, fetchNeeds } from './needs.js';
import { runCommand } from './run-command.js';

/** Kernels that tests run on, and the release of Debian whose kernel each is. */
export const kernels = { '6.1': 'bookworm', '6.12': 'trixie' } as const;

/** Version of a kernel, as it is asked for. */
export type KernelName = keyof typeof kernels;

/** For the package and the list of packages. */
const NEEDS_MIB = 600;

/** The image of Debian's own kernel. The first time, the package is downloaded; it is unpacked, never installed. */
export async function getKernel(
  cache: Cache,
  name: KernelName,
  say: (text: string) => void,
): Promise<string> {
  const make = async (into: string): Promise<void> => {
    assertThere(fetchNeeds);
    say(`downloading kernel ${name} (once)`);
    await download(into, name);
  };
  const folder = await cache.get(`kernel-${name}`, NEEDS_MIB, make, (whole) => imageIn(whole) !== undefined);
  return join(folder, imageIn(folder)!);
}

function imageIn(folder: string): string | undefined {
  return readdirSync(folder).find((entry) => entry.startsWith('vmlinuz-'));
}

async function download(folder: string, name: KernelName): Promise<void> {
  const archive = await DebianArchive.open(folder, kernels[name], 'deb');
  const packageName = await archive.firstDependency('linux-image-amd64');
  if (!packageName.startsWith(`linux-image-${name}.`))
    throw new Error(`Debian ${kernels[name]} has the kernel ${packageName}, not ${name}`);
  await archive.download(packageName);
  const unpack =
    'set -o pipefail; dpkg-deb --fsys-tarfile linux-image-*.deb | tar -x --wildcards "./boot/vmlinuz-*"';
  await runCommand('bash', ['-c', unpack], { folder });
  const boot = join(folder, 'boot');
  for (const image of readdirSync(boot)) renameSync(join(boot, image), join(folder, image));
  for (const entry of readdirSync(folder)) {
    if (!entry.startsWith('vmlinuz-')) rmSync(join(folder, entry), { recursive: true });
  }
}
