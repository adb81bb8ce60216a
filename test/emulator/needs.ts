import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { HarnessError } from './harness-error.js';

/** Something of the machine's that a step uses: a command, or a file by its whole path, and Debian's package of it. */
export type Need = readonly [what: string, debianPackage: string];

function isThere(what: string): boolean {
  const folders = what.startsWith('/') ? [''] : (process.env.PATH ?? '').split(delimiter);
  const mode = what.startsWith('/') ? constants.R_OK : constants.X_OK;
  return folders.some((folder) => {
    try {
      accessSync(join(folder, what), mode);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * Checks that everything is there.
 * @throws {HarnessError} that names what is missing and the packages to install
 */
export function assertThere(needs: readonly Need[]): void {
  const missing = needs.filter(([what]) => !isThere(what));
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map(([, name]) => name))].join(' ');
  throw new HarnessError(
    `missing: ${missing.map(([what]) => what).join(', ')}. On Debian: apt-get install --no-install-recommends ${packages}`,
  );
}

/** For every boot. */
export const bootNeeds: readonly Need[] = [
  ['/usr/share/bochs/BIOS-bochs-latest', 'bochsbios'],
  ['/usr/share/vgabios/vgabios.bin', 'vgabios'],
  ['busybox', 'busybox-static'],
  ['as', 'binutils'],
  ['ld', 'binutils'],
  ['strip', 'binutils'],
  ['ldd', 'libc-bin'],
  ['xz', 'xz-utils'],
  ['zstd', 'zstd'],
  ['cc', 'gcc'],
  ['/usr/include/liburing.h', 'liburing-dev'],
];

/** To fetch something from Debian. */
export const fetchNeeds: readonly Need[] = [
  ['apt-get', 'apt'],
  ['dpkg-deb', 'dpkg'],
  ['tar', 'tar'],
  ['xz', 'xz-utils'],
  ['/usr/share/keyrings/debian-archive-keyring.gpg', 'debian-archive-keyring'],
];

/** To build the emulator. */
export const buildNeeds: readonly Need[] = [
  ['g++', 'g++'],
  ['make', 'make'],
];
