import { randomBytes } from 'node:crypto';
import { bytesOfData, type Data } from './data.js';
import type { SignalOptions } from './file.js';
import type { Path } from './file-calls.js';
import type { FileSystem } from './file-system.js';
import { checkOpen, type OpenFlags } from './open-flags.js';
import { checkPath, type PathLike } from './path.js';

/** Options of `EventLoop.writeFile`. */
export interface WriteFileOptions extends SignalOptions {
  /** Encoding of a text. Default 'utf8'. */
  readonly encoding?: BufferEncoding | undefined;
  /** Permissions of a file that is created. Default 0o666. */
  readonly mode?: number | undefined;
  /** How to open the file. Default 'w'. */
  readonly flag?: OpenFlags | undefined;
  /**
   * Whether the file is replaced at once when the new contents are there: they are written to a file beside it, which is
   * then renamed. Whoever opens the path sees the old contents or the new ones, never a part. Default false.
   */
  readonly atomic?: boolean | undefined;
  /** Whether to wait until the contents are on the disk; before the rename, where there is one. Default false. */
  readonly flush?: boolean | undefined;
}

/** Writes a whole file; see `EventLoop.writeFile`. */
export async function writeFile(
  system: FileSystem,
  path: PathLike,
  data: Data,
  options: WriteFileOptions,
): Promise<void> {
  const { calls } = system;
  const target = checkPath(path);
  if (options.atomic !== true) return writeTo(system, target, data, options.flag ?? 'w', options);
  const aside = besides(target);
  try {
    await writeTo(system, aside, data, 'wx', options);
    await calls.rename(aside, target, options.signal);
  } catch (error) {
    // The first failure is the one to tell; the file may not even be there.
    await calls.unlink(aside, undefined).catch(() => {});
    throw error;
  }
}

async function writeTo(
  system: FileSystem,
  path: Path,
  data: Data,
  flag: OpenFlags,
  { encoding, mode = 0o666, signal, flush }: WriteFileOptions,
): Promise<void> {
  const bytes = bytesOfData(data, encoding);
  const file = await system.open(path, checkOpen(flag), mode, signal);
  try {
    await file.write(bytes, { signal });
    if (flush === true) await file.sync({ signal });
  } catch (error) {
    await file.close();
    throw error;
  }
  // The disk may turn out to be full only now.
  await file.close();
}

/** A name in the same folder that nobody has. */
function besides(path: Path): Path {
  const suffix = `.${randomBytes(6).toString('hex')}.tmp`;
  return typeof path === 'string' ? path + suffix : Buffer.concat([path, Buffer.from(suffix)]);
}
