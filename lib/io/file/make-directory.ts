import { dirname } from 'node:path';
import { UringError } from '../../ring/index.js';
import type { SignalOptions } from './file.js';
import type { Path } from './file-calls.js';
import type { FileSystem } from './file-system.js';
import { checkPath, type PathLike } from './path.js';

/** Options of `EventLoop.mkdir`. */
export interface MkdirOptions extends SignalOptions {
  /** Permissions, before the umask. Default 0o777. */
  readonly mode?: number | undefined;
  /** Whether missing directories above are made too, and one that is there already is no error. Default false. */
  readonly recursive?: boolean | undefined;
}

/**
 * Makes a directory; see `EventLoop.mkdir`.
 * @returns with `recursive`, the first directory that was made, if any was
 */
export async function makeDirectory(
  { calls }: FileSystem,
  path: PathLike,
  { mode = 0o777, recursive = false, signal }: MkdirOptions,
): Promise<string | undefined> {
  const target = checkPath(path);
  if (recursive) return makeAll(target);
  await calls.mkdir(target, mode, signal);
  return undefined;

  async function makeAll(at: Path): Promise<string | undefined> {
    try {
      await calls.mkdir(at, mode, signal);
      return String(at);
    } catch (error) {
      if (!(error instanceof UringError)) throw error;
      if (error.code === 'ENOENT') {
        const above = parentOf(at);
        if (String(above) === String(at)) throw error;
        const first = await makeAll(above);
        return (await makeAll(at)) === undefined ? first : (first ?? String(at));
      }
      if (error.code !== 'EEXIST') throw error;
      const stats = await calls.stat({ path: at, follows: true }, signal);
      if (stats.isDirectory()) return undefined;
      throw error;
    }
  }
}

function parentOf(path: Path): Path {
  // Bytes as characters, so that nothing is lost of a name that is no text.
  return typeof path === 'string' ? dirname(path) : Buffer.from(dirname(path.toString('latin1')), 'latin1');
}
