import type { LoopCore } from '../loop/index.js';
import { type Advice, type AdviseOptions, advise } from './descriptor/advise.js';
import { type SpliceOptions, splice } from './descriptor/splice.js';
import { type CopyFileOptions, copyFile } from './file/copy-file.js';
import type { Data } from './file/data.js';
import type { File, SignalOptions, StatOptions } from './file/file.js';
import type { BigIntFileStats, FileStats } from './file/file-stats.js';
import { FileSystem, type OpenOptions } from './file/file-system.js';
import { type MkdirOptions, makeDirectory } from './file/make-directory.js';
import { checkOpen, type OpenFlags } from './file/open-flags.js';
import { checkPath, type PathLike } from './file/path.js';
import { type ReadFileOptions, readFile } from './file/read-file.js';
import { type WriteFileOptions, writeFile } from './file/write-file.js';
import { OperationLoop } from './operation-loop.js';

/**
 * The part of a loop that works with files. Everything rejects as `node:fs` would: with a `UringError` that has `code`,
 * `errno`, `syscall` and `path`, with a `TypeError` or `RangeError` for wrong arguments, and with an `AbortError` when a
 * signal ended it.
 */
export abstract class FileLoop extends OperationLoop {
  readonly #files: FileSystem;

  protected constructor(core: LoopCore) {
    super(core);
    this.#files = new FileSystem(this.io);
  }

  /**
   * Opens a file, close-on-exec.
   * @param flags as in `node:fs`: 'r', 'w+', 'ax', or a number of `fs.constants`. Default 'r'
   * @param mode permissions of a file that is created, before the umask. Default 0o666
   */
  async open(path: PathLike, flags: OpenFlags = 'r', mode = 0o666, options: OpenOptions = {}): Promise<File> {
    const { at, resolve } = options;
    if (at !== undefined || resolve !== undefined)
      return this.#files.openBound(checkPath(path), checkOpen(flags), mode, options);
    return this.#files.open(checkPath(path), checkOpen(flags), mode, options.signal);
  }

  /** Reads a whole file: as a Buffer, or with an encoding as a text. */
  readFile(
    path: PathLike,
    options?: ReadFileOptions & { readonly encoding?: null | undefined },
  ): Promise<Buffer>;
  readFile(
    path: PathLike,
    options: (ReadFileOptions & { readonly encoding: BufferEncoding }) | BufferEncoding,
  ): Promise<string>;
  readFile(path: PathLike, options: ReadFileOptions | BufferEncoding = {}): Promise<Buffer | string> {
    return readFile(this.#files, path, typeof options === 'string' ? { encoding: options } : options);
  }

  /** Writes a whole file; with `atomic`, whoever opens it sees the old contents or the new ones, never a part. */
  writeFile(path: PathLike, data: Data, options: WriteFileOptions = {}): Promise<void> {
    return writeFile(this.#files, path, data, options);
  }

  /** Copies a file with its permissions. */
  copyFile(from: PathLike, to: PathLike, options: CopyFileOptions = {}): Promise<void> {
    return copyFile(this.#files, from, to, options);
  }

  /** What is known of a file: the fields of `fs.Stats`, or of `fs.BigIntStats`. Symbolic links are followed. */
  stat(path: PathLike, options?: StatOptions & { readonly bigint?: false | undefined }): Promise<FileStats>;
  stat(path: PathLike, options: StatOptions & { readonly bigint: true }): Promise<BigIntFileStats>;
  async stat(path: PathLike, options: StatOptions = {}): Promise<FileStats | BigIntFileStats> {
    return this.#files.stat({ path: checkPath(path), follows: true }, options);
  }

  /** The same, but of a symbolic link itself. */
  lstat(path: PathLike, options?: StatOptions & { readonly bigint?: false | undefined }): Promise<FileStats>;
  lstat(path: PathLike, options: StatOptions & { readonly bigint: true }): Promise<BigIntFileStats>;
  async lstat(path: PathLike, options: StatOptions = {}): Promise<FileStats | BigIntFileStats> {
    return this.#files.stat({ path: checkPath(path), follows: false }, options);
  }

  /**
   * Moves bytes from one fd to another, one of which is a pipe, without a copy in user space.
   * @returns how many, at most `lengthBytes`; 0 at the end
   */
  splice(fromFd: number, toFd: number, lengthBytes: number, options: SpliceOptions = {}): Promise<number> {
    return splice(this.io, this.#files, fromFd, toFd, lengthBytes, options);
  }

  /** Tells the kernel how a range of a file will be used: 'sequential', 'random', 'willNeed', 'dontNeed' ... */
  fadvise(fd: number, advice: Advice, options: AdviseOptions = {}): Promise<void> {
    return advise(this.io, fd, advice, options);
  }

  /** Renames a file or a directory; what had the new name is replaced. */
  async rename(from: PathLike, to: PathLike, { signal }: SignalOptions = {}): Promise<void> {
    return this.#files.calls.rename(checkPath(from, 'from'), checkPath(to, 'to'), signal);
  }

  /** Removes a file's name, and the file with its last name. */
  async unlink(path: PathLike, { signal }: SignalOptions = {}): Promise<void> {
    return this.#files.calls.unlink(checkPath(path), signal);
  }

  /**
   * Makes a directory.
   * @returns with `recursive`, the first directory that was made, if any was
   */
  mkdir(path: PathLike, options: MkdirOptions = {}): Promise<string | undefined> {
    return makeDirectory(this.#files, path, options);
  }

  /** Removes an empty directory. */
  async rmdir(path: PathLike, { signal }: SignalOptions = {}): Promise<void> {
    return this.#files.calls.rmdir(checkPath(path), signal);
  }

  /** Gives a file another name. */
  async link(existing: PathLike, path: PathLike, { signal }: SignalOptions = {}): Promise<void> {
    return this.#files.calls.link(checkPath(existing, 'existing'), checkPath(path), signal);
  }

  /** Makes a symbolic link to a target, which need not exist. */
  async symlink(target: PathLike, path: PathLike, { signal }: SignalOptions = {}): Promise<void> {
    return this.#files.calls.symlink(checkPath(target, 'target'), checkPath(path), signal);
  }
}
