import fs from 'node:fs';
import { throwIfAborted } from '../abort.js';
import { uringErrorOf } from '../node-error.js';
import type { OperationOwner } from '../promised-operation.js';
import type { Bytes, FileCalls, Path, StatTarget } from './file-calls.js';
import { BigIntFileStats, FileStats } from './file-stats.js';

type Signal = AbortSignal | undefined;
type Callback<Value> = (error: NodeJS.ErrnoException | null, value: Value) => void;
type Move = (
  fd: number,
  buffer: Bytes,
  offset: number,
  length: number,
  position: number | null,
  callback: Callback<number>,
) => void;

/**
 * Makes a call of `node:fs` a promise. What runs on libuv's threads cannot be stopped any more: it settles when it is
 * done, as an operation on the ring does that was faster than its cancellation.
 */
function promised<Value>(signal: Signal, start: (callback: Callback<Value>) => void): Promise<Value> {
  return new Promise((resolve, reject) => {
    throwIfAborted(signal);
    start((error, value) => {
      if (error === null) resolve(value);
      else reject(uringErrorOf(error));
    });
  });
}

/** The system calls for files through `node:fs`, for loops that have no ring. */
export class NodeFileCalls implements FileCalls {
  async open(path: Path, flags: number, mode: number, signal: Signal): Promise<number> {
    return promised(signal, (callback) => fs.open(path, flags, mode, callback));
  }

  close(fd: number): Promise<void> {
    return promised(undefined, (callback: Callback<void>) => fs.close(fd, callback as fs.NoParamCallback));
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
    return transfer(fs.read as Move, fd, buffer, start, lengthBytes, position, signal, owner);
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
    return transfer(fs.write as Move, fd, buffer, start, lengthBytes, position, signal, owner);
  }

  async stat(target: StatTarget, signal: Signal): Promise<FileStats> {
    const numbers = await promised<fs.Stats>(signal, (callback) => {
      if (typeof target === 'number') fs.fstat(target, callback);
      else if (target.follows) fs.stat(target.path, callback);
      else fs.lstat(target.path, callback);
    });
    return new FileStats(numbers);
  }

  async statBigInt(target: StatTarget, signal: Signal): Promise<BigIntFileStats> {
    const numbers = await promised<fs.BigIntStats>(signal, (callback) => {
      if (typeof target === 'number') fs.fstat(target, { bigint: true }, callback);
      else if (target.follows) fs.stat(target.path, { bigint: true }, callback);
      else fs.lstat(target.path, { bigint: true }, callback);
    });
    return new BigIntFileStats(numbers);
  }

  sync(fd: number, signal: Signal): Promise<void> {
    return simple(signal, (callback) => fs.fsync(fd, callback));
  }

  datasync(fd: number, signal: Signal): Promise<void> {
    return simple(signal, (callback) => fs.fdatasync(fd, callback));
  }

  truncate(fd: number, lengthBytes: number, signal: Signal): Promise<void> {
    return simple(signal, (callback) => fs.ftruncate(fd, lengthBytes, callback));
  }

  /** Node has no fallocate: the file grows to the end of the range, but blocks are only promised to it by its size. */
  async allocate(fd: number, position: number, lengthBytes: number, signal: Signal): Promise<void> {
    const { size } = await this.stat(fd, signal);
    if (size < position + lengthBytes) await this.truncate(fd, position + lengthBytes, signal);
  }

  unlink(path: Path, signal: Signal): Promise<void> {
    return simple(signal, (callback) => fs.unlink(path, callback));
  }

  rmdir(path: Path, signal: Signal): Promise<void> {
    return simple(signal, (callback) => fs.rmdir(path, callback));
  }

  mkdir(path: Path, mode: number, signal: Signal): Promise<void> {
    return simple(signal, (callback) => fs.mkdir(path, mode, callback));
  }

  rename(from: Path, to: Path, signal: Signal): Promise<void> {
    return simple(signal, (callback) => fs.rename(from, to, callback));
  }

  link(existing: Path, path: Path, signal: Signal): Promise<void> {
    return simple(signal, (callback) => fs.link(existing, path, callback));
  }

  symlink(target: Path, path: Path, signal: Signal): Promise<void> {
    return simple(signal, (callback) => fs.symlink(target, path, callback));
  }
}

function simple(signal: Signal, start: (callback: fs.NoParamCallback) => void): Promise<void> {
  return promised(signal, start as (callback: Callback<void>) => void);
}

async function transfer(
  move: Move,
  fd: number,
  buffer: Bytes,
  start: number,
  lengthBytes: number,
  position: number,
  signal: Signal,
  owner: OperationOwner,
): Promise<number> {
  let done = 0;
  try {
    while (done < lengthBytes) {
      const at = position < 0 ? null : position + done;
      const moved = await promised<number>(signal, (callback) =>
        move(fd, buffer, start + done, lengthBytes - done, at, callback),
      );
      if (moved === 0) break;
      done += moved;
    }
    return done;
  } finally {
    owner.onOperationEnd();
  }
}
