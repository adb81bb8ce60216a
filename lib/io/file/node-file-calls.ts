import fs from 'node:fs';
import { UnavailableError } from '../../loop/index.js';
import { UringError } from '../../ring/index.js';
import { AbortError } from '../abort.js';
import type { IoContext, IoResource } from '../io-context.js';
import { uringErrorOf } from '../node-error.js';
import type { OperationOwner } from '../promised-operation.js';
import type { Bytes, FileCalls, Path, StatTarget } from './file-calls.js';
import { BigIntFileStats, FileStats } from './file-stats.js';
import { findBound, flagsToReopen } from './native-open-bound.js';
import { pathText } from './path.js';
import { CURRENT_POSITION } from './range.js';
import { lengthOf, restOf } from './vector.js';

type Signal = AbortSignal | undefined;
type Callback<Value> = (error: NodeJS.ErrnoException | null, value: Value) => void;
/** Written at once where space is to be allocated. */
const ZERO_BYTES = 1 << 20;
const SLASH = 0x2f;

/** Moves bytes once, from where `done` bytes have been moved before. */
type Move = (done: number, callback: Callback<number>) => void;

/**
 * The system calls for files through `node:fs`, for loops that have no ring. What runs on libuv's threads cannot be
 * stopped: after an abort it settles when it is done, as an operation on the ring does that was faster than its
 * cancellation. When the loop closes, promises are rejected at once, and Node keeps the buffers until the threads are done.
 */
export class NodeFileCalls implements FileCalls, IoResource {
  readonly #io: IoContext;
  readonly #pending = new Set<(error: Error) => void>();

  constructor(io: IoContext) {
    this.#io = io;
    io.resources.add(this);
  }

  abandon(): void {}

  closeNow(): void {
    for (const reject of this.#pending) reject(this.#io.closedError());
    this.#pending.clear();
  }

  /**
   * Makes a call of `node:fs` a promise.
   * @param onLate takes the value when the promise has been rejected meanwhile
   */
  #call<Value>(
    signal: Signal,
    start: (callback: Callback<Value>) => void,
    onLate?: (value: Value) => void,
  ): Promise<Value> {
    return new Promise((resolve, reject) => {
      const refusal = this.#refusal(signal);
      if (refusal !== undefined) throw refusal;
      this.#pending.add(reject);
      start((error, value) => {
        const isLate = !this.#pending.delete(reject);
        if (error !== null) reject(uringErrorOf(error));
        else if (isLate) onLate?.(value);
        else resolve(value);
      });
    });
  }

  #simple(signal: Signal, start: (callback: fs.NoParamCallback) => void): Promise<void> {
    return this.#call(signal, start as (callback: Callback<void>) => void);
  }

  ownPosition(): number {
    return CURRENT_POSITION;
  }

  open(path: Path, flags: number, mode: number, signal: Signal): Promise<number> {
    return this.#call(
      signal,
      (callback) => fs.open(path, flags, mode, callback),
      (fd) => fs.close(fd),
    );
  }

  async openBound(
    directoryFd: number,
    path: Path,
    flags: number,
    mode: number,
    resolve: number,
    signal: Signal,
  ): Promise<number> {
    const isAbsolute = Buffer.from(path)[0] === SLASH;
    if (resolve === 0 && (isAbsolute || directoryFd < 0)) return this.open(path, flags, mode, signal);
    if (resolve === 0) return this.#openAt(`/proc/self/fd/${directoryFd}/`, path, flags, mode, signal);
    const { native } = this.#io;
    if (native === undefined)
      throw new UnavailableError('options.resolve', 'it needs openat2, and so native code');
    const refusal = this.#refusal(signal);
    if (refusal !== undefined) throw refusal;
    const { fd, isCreated } = findBound(native, directoryFd, path, flags, mode, resolve);
    if (isCreated) return fd;
    try {
      return await this.open(`/proc/self/fd/${fd}`, flagsToReopen(flags), mode, signal);
    } catch (error) {
      throw named(error, path);
    } finally {
      native.system.close(fd);
    }
  }

  async #openAt(folder: string, path: Path, flags: number, mode: number, signal: Signal): Promise<number> {
    try {
      return await this.open(Buffer.concat([Buffer.from(folder), Buffer.from(path)]), flags, mode, signal);
    } catch (error) {
      throw named(error, path);
    }
  }

  close(fd: number): Promise<void> {
    return this.#simple(undefined, (callback) => fs.close(fd, callback));
  }

  read(
    fd: number,
    buffer: Bytes,
    start: number,
    lengthBytes: number,
    position: number,
    signal: Signal,
    owner: OperationOwner,
  ): Promise<number> {
    const move: Move = (done, callback) =>
      fs.read(fd, buffer, start + done, lengthBytes - done, at(position, done), callback);
    return this.#transfer(move, lengthBytes, signal, owner);
  }

  readSome(
    fd: number,
    buffer: Bytes,
    start: number,
    lengthBytes: number,
    position: number,
    signal: Signal,
    owner: OperationOwner,
  ): Promise<number> {
    const move: Move = (_done, callback) =>
      fs.read(fd, buffer, start, lengthBytes, at(position, 0), callback);
    return this.#transfer(move, lengthBytes, signal, owner, true);
  }

  write(
    fd: number,
    buffer: Bytes,
    start: number,
    lengthBytes: number,
    position: number,
    signal: Signal,
    owner: OperationOwner,
  ): Promise<number> {
    const move: Move = (done, callback) =>
      fs.write(fd, buffer, start + done, lengthBytes - done, at(position, done), callback);
    return this.#transfer(move, lengthBytes, signal, owner);
  }

  readv(
    fd: number,
    buffers: readonly Bytes[],
    position: number,
    signal: Signal,
    owner: OperationOwner,
  ): Promise<number> {
    const move: Move = (done, callback) => fs.readv(fd, restOf(buffers, done), at(position, done), callback);
    return this.#transfer(move, lengthOf(buffers), signal, owner);
  }

  writev(
    fd: number,
    buffers: readonly Bytes[],
    position: number,
    signal: Signal,
    owner: OperationOwner,
  ): Promise<number> {
    const move: Move = (done, callback) =>
      fs.writev(fd, restOf(buffers, done), at(position, done)!, callback);
    return this.#transfer(move, lengthOf(buffers), signal, owner);
  }

  #transfer(
    move: Move,
    lengthBytes: number,
    signal: Signal,
    owner: OperationOwner,
    isOnce = false,
  ): Promise<number> {
    const refusal = this.#refusal(signal);
    if (refusal !== undefined || lengthBytes === 0) {
      owner.onOperationEnd(lengthBytes);
      return refusal === undefined ? Promise.resolve(0) : Promise.reject(refusal);
    }
    return this.#call(signal, (callback) => {
      let done = 0;
      const onMoved: Callback<number> = (error, bytes) => {
        done += error === null ? bytes : 0;
        const isEnd = isOnce || error !== null || bytes === 0 || done === lengthBytes;
        const failure = isEnd ? error : (this.#refusal(signal) ?? null);
        if (!isEnd && failure === null) return move(done, onMoved);
        owner.onOperationEnd(lengthBytes - done);
        callback(failure, done);
      };
      move(0, onMoved);
    });
  }

  /** Why nothing may be started any more. */
  #refusal(signal: Signal): Error | undefined {
    if (this.#io.isClosed) return this.#io.closedError();
    return signal?.aborted ? new AbortError(signal.reason) : undefined;
  }

  async stat(target: StatTarget, signal: Signal): Promise<FileStats> {
    const numbers = await this.#call<fs.Stats>(signal, (callback) => {
      if (typeof target === 'number') fs.fstat(target, callback);
      else if (target.follows) fs.stat(target.path, callback);
      else fs.lstat(target.path, callback);
    });
    return new FileStats(numbers);
  }

  async statBigInt(target: StatTarget, signal: Signal): Promise<BigIntFileStats> {
    const numbers = await this.#call<fs.BigIntStats>(signal, (callback) => {
      if (typeof target === 'number') fs.fstat(target, { bigint: true }, callback);
      else if (target.follows) fs.stat(target.path, { bigint: true }, callback);
      else fs.lstat(target.path, { bigint: true }, callback);
    });
    return new BigIntFileStats(numbers);
  }

  sync(fd: number, signal: Signal): Promise<void> {
    return this.#simple(signal, (callback) => fs.fsync(fd, callback));
  }

  datasync(fd: number, signal: Signal): Promise<void> {
    return this.#simple(signal, (callback) => fs.fdatasync(fd, callback));
  }

  /** Node has no fallocate: what lies behind the file's end is written, holes before it stay. */
  async allocate(fd: number, position: number, lengthBytes: number, signal: Signal): Promise<void> {
    const { size } = await this.stat(fd, signal);
    const end = position + lengthBytes;
    const zeros = Buffer.alloc(Math.min(ZERO_BYTES, Math.max(0, end - size)));
    const owner = { onOperationEnd: () => {} };
    try {
      for (let at = Math.max(position, size); at < end; at += zeros.length) {
        await this.write(fd, zeros, 0, Math.min(zeros.length, end - at), at, signal, owner);
      }
    } catch (error) {
      throw error instanceof UringError ? new UringError(error.errno, 'fallocate') : error;
    }
  }

  truncate(fd: number, lengthBytes: number, signal: Signal): Promise<void> {
    return this.#simple(signal, (callback) => fs.ftruncate(fd, lengthBytes, callback));
  }

  unlink(path: Path, signal: Signal): Promise<void> {
    return this.#simple(signal, (callback) => fs.unlink(path, callback));
  }

  rmdir(path: Path, signal: Signal): Promise<void> {
    return this.#simple(signal, (callback) => fs.rmdir(path, callback));
  }

  mkdir(path: Path, mode: number, signal: Signal): Promise<void> {
    return this.#simple(signal, (callback) => fs.mkdir(path, mode, callback));
  }

  rename(from: Path, to: Path, signal: Signal): Promise<void> {
    return this.#simple(signal, (callback) => fs.rename(from, to, callback));
  }

  link(existing: Path, path: Path, signal: Signal): Promise<void> {
    return this.#simple(signal, (callback) => fs.link(existing, path, callback));
  }

  symlink(target: Path, path: Path, signal: Signal): Promise<void> {
    return this.#simple(signal, (callback) => fs.symlink(target, path, callback));
  }
}

/** The position as `node:fs` takes it. */
function at(position: number, done: number): number | null {
  return position < 0 ? null : position + done;
}

/** The error with the path that the caller gave. */
function named(error: unknown, path: Path): unknown {
  return error instanceof UringError ? new UringError(error.errno, 'open', pathText(path)) : error;
}
