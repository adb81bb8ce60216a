import type { OperationOwner } from '../promised-operation.js';
import type { BigIntFileStats, FileStats } from './file-stats.js';

/** A path as `node:fs` takes it, checked: without NUL, and no URL any more. */
export type Path = string | Buffer;

/** A buffer of the caller's. */
export type Bytes = NodeJS.ArrayBufferView;

/** What is looked at: an open file, or a path with or without the symbolic link at its end. */
export type StatTarget = number | { readonly path: Path; readonly follows: boolean };

/**
 * The system calls for files, as promises: on the ring, or through `node:fs`. Both reject with the same `UringError`s; a
 * call with a signal rejects with `AbortError` when that ended it.
 */
export interface FileCalls {
  /**
   * What to name as the position of the next byte of a file that is read or written from its beginning on.
   * @param doneBytes how many came before it
   * @returns that many, or −1 where the system counts
   */
  ownPosition(doneBytes: number): number;
  /** @returns the fd, close-on-exec */
  open(path: Path, flags: number, mode: number, signal: AbortSignal | undefined): Promise<number>;
  /**
   * The same, relative to an open directory, or to the current one (−100), and bound by rules (openat2).
   * @param resolve `RESOLVE_*`
   */
  openBound(
    directoryFd: number,
    path: Path,
    flags: number,
    mode: number,
    resolve: number,
    signal: AbortSignal | undefined,
  ): Promise<number>;
  close(fd: number): Promise<void>;
  /**
   * Reads until all of the length is there, or the file ends.
   * @param start offset in the buffer, in bytes
   * @param position offset in the file, in bytes; −1 reads at the file's own position
   * @param owner told at the end
   * @returns bytes read
   */
  read(
    fd: number,
    buffer: Bytes,
    start: number,
    lengthBytes: number,
    position: number,
    signal: AbortSignal | undefined,
    owner: OperationOwner,
  ): Promise<number>;
  /** Reads once, as much as there is. */
  readSome(
    fd: number,
    buffer: Bytes,
    start: number,
    lengthBytes: number,
    position: number,
    signal: AbortSignal | undefined,
    owner: OperationOwner,
  ): Promise<number>;
  /** Writes all of the length; parameters as for `read`. */
  write(
    fd: number,
    buffer: Bytes,
    start: number,
    lengthBytes: number,
    position: number,
    signal: AbortSignal | undefined,
    owner: OperationOwner,
  ): Promise<number>;
  /** Reads into one buffer after the other; the rest as for `read`. */
  readv(
    fd: number,
    buffers: readonly Bytes[],
    position: number,
    signal: AbortSignal | undefined,
    owner: OperationOwner,
  ): Promise<number>;
  /** Writes one buffer after the other. */
  writev(
    fd: number,
    buffers: readonly Bytes[],
    position: number,
    signal: AbortSignal | undefined,
    owner: OperationOwner,
  ): Promise<number>;
  stat(target: StatTarget, signal: AbortSignal | undefined): Promise<FileStats>;
  statBigInt(target: StatTarget, signal: AbortSignal | undefined): Promise<BigIntFileStats>;
  sync(fd: number, signal: AbortSignal | undefined): Promise<void>;
  datasync(fd: number, signal: AbortSignal | undefined): Promise<void>;
  truncate(fd: number, lengthBytes: number, signal: AbortSignal | undefined): Promise<void>;
  /** Makes sure that a range has blocks, and grows the file to its end. */
  allocate(fd: number, position: number, lengthBytes: number, signal: AbortSignal | undefined): Promise<void>;
  rename(from: Path, to: Path, signal: AbortSignal | undefined): Promise<void>;
  unlink(path: Path, signal: AbortSignal | undefined): Promise<void>;
  rmdir(path: Path, signal: AbortSignal | undefined): Promise<void>;
  mkdir(path: Path, mode: number, signal: AbortSignal | undefined): Promise<void>;
  link(existing: Path, path: Path, signal: AbortSignal | undefined): Promise<void>;
  symlink(target: Path, path: Path, signal: AbortSignal | undefined): Promise<void>;
}
