import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import type { TestContext } from 'vitest';

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

/** Takes it away again. */
export function unmountSmall(folder: string): void {
  execFileSync('umount', [folder]);
}
