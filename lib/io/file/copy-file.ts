import { constants } from 'node:fs';
import { copyPieces } from './copy-pieces.js';
import type { File, SignalOptions } from './file.js';
import type { Path } from './file-calls.js';
import type { FileStats } from './file-stats.js';
import type { FileSystem } from './file-system.js';
import { checkPath, type PathLike } from './path.js';

/** Options of `EventLoop.copyFile`. */
export interface CopyFileOptions extends SignalOptions {
  /** Whether a file that is there already is an error (EEXIST). Default false: it is overwritten. */
  readonly exclusive?: boolean | undefined;
}

const PERMISSIONS = 0o7777;

/** Copies a file; see `EventLoop.copyFile`. */
export async function copyFile(
  system: FileSystem,
  from: PathLike,
  to: PathLike,
  { exclusive = false, signal }: CopyFileOptions,
): Promise<void> {
  const target = checkPath(to, 'to');
  const source = await system.open(checkPath(from, 'from'), constants.O_RDONLY, 0, signal);
  try {
    const stats = await source.stat({ signal });
    // Cut off only when it is known not to be the source itself, under this name or another.
    const flags = constants.O_WRONLY | constants.O_CREAT | (exclusive ? constants.O_EXCL : 0);
    const copy = await system.open(target, flags, stats.mode & PERMISSIONS, signal);
    let isBegun = false;
    try {
      if (await isSame(stats, copy)) return;
      isBegun = true;
      await copyContents(system, source, copy, stats, signal);
      // The disk may turn out to be full only now.
      await copy.close();
    } catch (error) {
      if (isBegun) await removePart(system, copy, target);
      throw error;
    } finally {
      // Told above, if it fails.
      await copy.close().catch(() => {});
    }
  } finally {
    await source.close();
  }
}

/** Not to be aborted: what may be the source must stay, and what is none must not. */
async function isSame(stats: FileStats, copy: File): Promise<boolean> {
  const { dev, ino } = await copy.stat();
  return dev === stats.dev && ino === stats.ino;
}

/** Copies up to the size in pieces, and then whatever is behind it: the file may grow, or not tell its size. */
async function copyContents(
  system: FileSystem,
  source: File,
  copy: File,
  stats: FileStats,
  signal: AbortSignal | undefined,
): Promise<void> {
  if ((await copy.stat({ signal })).size > 0) await copy.truncate(0, { signal });
  const size = stats.isFile() ? stats.size : 0;
  const end = await copyPieces(system, source, copy, size, signal);
  if (end < size) return copy.truncate(end);
  const rest = copy.writable({ position: end, signal });
  for await (const chunk of source.readable({ position: end, signal })) await rest.write(chunk);
}

/** A part of a copy is none, as in Node; but a device or a pipe stays. The copy's own failure is the one to tell. */
async function removePart({ calls }: FileSystem, copy: File, target: Path): Promise<void> {
  try {
    const stats = await copy.stat();
    await copy.close();
    if (stats.isFile()) await calls.unlink(target, undefined);
  } catch {
    await copy.close().catch(() => {});
  }
}
