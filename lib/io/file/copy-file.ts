import { constants } from 'node:fs';
import type { File, SignalOptions } from './file.js';
import type { FileSystem } from './file-system.js';
import { checkPath, type PathLike } from './path.js';

/** Options of `EventLoop.copyFile`. */
export interface CopyFileOptions extends SignalOptions {
  /** Whether a file that is there already is an error (EEXIST). Default false: it is overwritten. */
  readonly exclusive?: boolean | undefined;
}

/** Bytes of one piece, and how many pieces are on their way at once. */
const PIECE_BYTES = 262_144;
const LANES = 4;
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
    const flags =
      constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | (exclusive ? constants.O_EXCL : 0);
    const copy = await system.open(target, flags, stats.mode & PERMISSIONS, signal);
    try {
      await copyContents(source, copy, stats.isFile() ? stats.size : 0, signal);
    } finally {
      await copy.close();
    }
  } finally {
    await source.close();
  }
}

/** Copies up to the size in several lanes, and then whatever is behind it: the file may grow, or not tell its size. */
async function copyContents(
  source: File,
  copy: File,
  size: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  let next = 0;
  let end = size;
  const lane = async (): Promise<void> => {
    const buffer = Buffer.allocUnsafeSlow(PIECE_BYTES);
    while (next < end) {
      const position = next;
      next += PIECE_BYTES;
      const length = Math.min(PIECE_BYTES, end - position);
      const bytes = await source.read(buffer, { position, length, signal });
      // The file has shrunk: nothing behind this is of it any more.
      if (bytes < length) end = Math.min(end, position + bytes);
      await copy.write(buffer, { position, length: bytes, signal });
    }
  };
  const lanes = Array.from({ length: Math.min(LANES, Math.ceil(size / PIECE_BYTES)) }, lane);
  for (const outcome of await Promise.allSettled(lanes)) {
    if (outcome.status === 'rejected') throw outcome.reason;
  }
  if (end < size) return copy.truncate(end);
  const rest = copy.writable({ position: end, signal });
  for await (const chunk of source.readable({ position: end, reuse: true, signal })) await rest.write(chunk);
}
