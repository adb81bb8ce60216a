import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import type { TestContext } from 'vitest';

const MOST_LOOKS = 300;

/** Makes a folder that holds a file system of its own of so many MiB; where it cannot be mounted, the test is skipped. */
export function mountSmall(context: TestContext, folder: string, mib: number): void {
  mkdirSync(folder);
  const given = ['-t', 'tmpfs', '-o', `size=${mib}m`, 'tmpfs', folder];
  const mount = spawnSync('mount', given, { encoding: 'utf8' });
  if (mount.status !== 0) context.skip(`no file system can be mounted here: ${mount.stderr ?? mount.error}`);
}

/** Gives such a file system another size. */
export function resizeSmall(folder: string, mib: number): void {
  execFileSync('mount', ['-o', `remount,size=${mib}m`, folder]);
}

/** Takes it away again, once the last thread has let go of the last file there. */
export function unmountSmall(folder: string): void {
  for (let look = 1; ; look++) {
    const umount = spawnSync('umount', [folder], { encoding: 'utf8' });
    if (umount.status === 0) return;
    if (look === MOST_LOOKS) throw new Error(`${umount.stderr ?? umount.error}`);
    spawnSync('sleep', ['0.02']);
  }
}
