import { closeSync, constants } from 'node:fs';
import type { Duplex } from 'node:stream';
import { wrongType } from '../../loop/index.js';
import { UringError } from '../../ring/index.js';
import type { IoContext, IoResource } from '../io-context.js';
import type { OperationOwner } from '../promised-operation.js';
import type { Bytes, FileCalls } from './file-calls.js';
import { FileReadable, type ReadableOptions } from './file-readable.js';
import type { BigIntFileStats, FileStats } from './file-stats.js';
import { FileStream, type FileStreamOptions } from './file-stream.js';
import { FileWritable, type WritableOptions } from './file-writable.js';
import { checkPosition, checkRange, checkWhole } from './range.js';
import { lengthOf } from './vector.js';

/** Options of operations that have no others. */
export interface SignalOptions {
  /** Cancels. */
  readonly signal?: AbortSignal | undefined;
}

/** Which part of a buffer goes to, or comes from, which part of a file. */
export interface TransferOptions extends SignalOptions {
  /** Where in the buffer, in bytes. Default 0. */
  readonly offset?: number | undefined;
  /** How much, in bytes. Default: the rest of the buffer. */
  readonly length?: number | undefined;
  /** Where in the file, in bytes; null or −1 is the file's own position, which then moves on. Default null. */
  readonly position?: number | bigint | null | undefined;
}

/** Options of reads and writes of several buffers. */
export type VectorOptions = Pick<TransferOptions, 'position' | 'signal'>;

/** Options of `stat`. */
export interface StatOptions extends SignalOptions {
  /** Whether numbers come as bigints, and times in nanoseconds as well. Default false. */
  readonly bigint?: boolean | undefined;
}

const EBADF = -9;
const ACCESS_MODE = constants.O_RDONLY | constants.O_WRONLY | constants.O_RDWR;

/**
 * An open file. Close it, or declare it with `await using`; the loop's end closes it as well. What is in flight on it
 * holds the process, the file itself does not.
 */
export class File implements OperationOwner, IoResource {
  readonly #io: IoContext;
  readonly #calls: FileCalls;
  readonly #fd: number;
  readonly #flags: number;
  #inFlight = 0;
  /** The file's own position, where it is not left to the system. */
  #position = 0;
  readonly #atOwnPosition: OperationOwner = {
    onOperationEnd: (leftBytes) => {
      this.#position -= leftBytes;
      this.onOperationEnd();
    },
  };
  #isOpen = true;
  #closing: Promise<void> | undefined;
  #onIdle: (() => void) | undefined;

  /** Use `EventLoop.open`. */
  constructor(io: IoContext, calls: FileCalls, fd: number, flags: number) {
    this.#io = io;
    this.#calls = calls;
    this.#fd = fd;
    this.#flags = flags;
    io.resources.add(this);
  }

  /** The file's descriptor. It is the file's: do not close it. */
  get fd(): number {
    return this.#fd;
  }

  /** Whether it was opened for reading. */
  get isReadable(): boolean {
    return (this.#flags & ACCESS_MODE) !== constants.O_WRONLY;
  }

  /** Whether it was opened for writing. */
  get isWritable(): boolean {
    return (this.#flags & ACCESS_MODE) !== constants.O_RDONLY;
  }

  /**
   * Reads into a buffer until the length is there, or the file ends. The buffer is the kernel's until then: do not
   * transfer it to another thread.
   * @returns how many bytes
   */
  read(buffer: Bytes, options: TransferOptions = {}): Promise<number> {
    try {
      const { offset = 0, length = buffer.byteLength - offset, signal } = options;
      const position = checkPosition(options.position);
      checkRange(buffer, offset, length);
      this.#begin('read');
      if (position >= 0) return this.#calls.read(this.#fd, buffer, offset, length, position, signal, this);
      const own = this.#takePosition(length);
      return this.#calls.read(this.#fd, buffer, offset, length, own, signal, this.#atOwnPosition);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Reads once, as much as there is now up to the length: what a pipe or a terminal is read by. Otherwise like `read`. */
  readSome(buffer: Bytes, options: TransferOptions = {}): Promise<number> {
    try {
      const { offset = 0, length = buffer.byteLength - offset, signal } = options;
      const position = checkPosition(options.position);
      checkRange(buffer, offset, length);
      this.#begin('read');
      if (position >= 0)
        return this.#calls.readSome(this.#fd, buffer, offset, length, position, signal, this);
      const own = this.#takePosition(length);
      return this.#calls.readSome(this.#fd, buffer, offset, length, own, signal, this.#atOwnPosition);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Writes all of a buffer, or of a part of it.
   * @returns how many bytes
   */
  write(buffer: Bytes, options: TransferOptions = {}): Promise<number> {
    try {
      const { offset = 0, length = buffer.byteLength - offset, signal } = options;
      const position = checkPosition(options.position);
      checkRange(buffer, offset, length);
      this.#begin('write');
      if (position >= 0) return this.#calls.write(this.#fd, buffer, offset, length, position, signal, this);
      const own = this.#takePosition(length);
      return this.#calls.write(this.#fd, buffer, offset, length, own, signal, this.#atOwnPosition);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Reads into one buffer after the other, until all are full or the file ends; returns how many bytes. */
  async readv(buffers: readonly Bytes[], { position, signal }: VectorOptions = {}): Promise<number> {
    checkBuffers(buffers);
    const at = checkPosition(position);
    this.#begin('read');
    if (at >= 0) return this.#calls.readv(this.#fd, buffers, at, signal, this);
    const own = this.#takePosition(lengthOf(buffers));
    return this.#calls.readv(this.#fd, buffers, own, signal, this.#atOwnPosition);
  }

  /** Writes one buffer after the other; returns how many bytes. */
  async writev(buffers: readonly Bytes[], { position, signal }: VectorOptions = {}): Promise<number> {
    checkBuffers(buffers);
    const at = checkPosition(position);
    this.#begin('write');
    if (at >= 0) return this.#calls.writev(this.#fd, buffers, at, signal, this);
    const own = this.#takePosition(lengthOf(buffers));
    return this.#calls.writev(this.#fd, buffers, own, signal, this.#atOwnPosition);
  }

  /** What is known of the file: the fields of `fs.Stats`, or of `fs.BigIntStats`. */
  stat(options?: StatOptions & { readonly bigint?: false | undefined }): Promise<FileStats>;
  stat(options: StatOptions & { readonly bigint: true }): Promise<BigIntFileStats>;
  stat({ bigint, signal }: StatOptions = {}): Promise<FileStats | BigIntFileStats> {
    return this.#run<FileStats | BigIntFileStats>('fstat', () =>
      bigint === true ? this.#calls.statBigInt(this.#fd, signal) : this.#calls.stat(this.#fd, signal),
    );
  }

  /** Resolves when contents and attributes are on the disk (fsync). */
  sync({ signal }: SignalOptions = {}): Promise<void> {
    return this.#run('fsync', () => this.#calls.sync(this.#fd, signal));
  }

  /** Resolves when the contents are on the disk, and as much else as it takes to find them (fdatasync). */
  datasync({ signal }: SignalOptions = {}): Promise<void> {
    return this.#run('fdatasync', () => this.#calls.datasync(this.#fd, signal));
  }

  /** Cuts the file off at a length in bytes, or fills it up with zeros. */
  async truncate(lengthBytes = 0, { signal }: SignalOptions = {}): Promise<void> {
    checkWhole('lengthBytes', lengthBytes);
    return this.#run('ftruncate', () => this.#calls.truncate(this.#fd, lengthBytes, signal));
  }

  /** Makes sure that a range of the file has space on the disk; the file grows to its end. */
  async allocate(position: number, lengthBytes: number, { signal }: SignalOptions = {}): Promise<void> {
    checkWhole('position', position);
    checkWhole('lengthBytes', lengthBytes);
    return this.#run('fallocate', () => this.#calls.allocate(this.#fd, position, lengthBytes, signal));
  }

  /** The file's contents as chunks, read ahead. */
  readable(options: ReadableOptions = {}): FileReadable {
    return new FileReadable(this, this.#io.arena, options);
  }

  /** The end to which contents are written, piece by piece. */
  writable(options: WritableOptions = {}): FileWritable {
    return new FileWritable(this, options);
  }

  /** The file as a stream of Node's, for what expects one; it closes the file at its end unless told otherwise. */
  toNodeStream(options: FileStreamOptions = {}): Duplex {
    return new FileStream(this, options);
  }

  async #run<Value>(syscall: string, start: () => Promise<Value>): Promise<Value> {
    this.#begin(syscall);
    try {
      return await start();
    } finally {
      this.onOperationEnd();
    }
  }

  /** Moves the own position over what is now asked for; what does not come is taken back at the end. */
  #takePosition(lengthBytes: number): number {
    const position = this.#calls.ownPosition(this.#position);
    this.#position += lengthBytes;
    return position;
  }

  #begin(syscall: string): void {
    if (!this.#isOpen) throw this.#io.isClosed ? this.#io.closedError() : new UringError(EBADF, syscall);
    this.#inFlight++;
  }

  /** Part of an operation on the file. */
  onOperationEnd(): void {
    this.#inFlight--;
    if (this.#inFlight === 0) this.#onIdle?.();
  }

  /** Closes the file when what is in flight on it is done. Once is enough, more often does no harm. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#isOpen = false;
    if (this.#inFlight > 0) {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
      });
    }
    // The loop's end may have closed it meanwhile.
    if (this.#io.resources.delete(this)) await this.#calls.close(this.#fd);
  }

  /** The same as `close`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Part of the loop's end. */
  abandon(): void {
    this.#isOpen = false;
  }

  /** Part of the loop's end. Without a ring, libuv's threads may still be at work on the fd. */
  closeNow(): void {
    const onIdle = this.#onIdle;
    const end = (): void => {
      closeSync(this.#fd);
      onIdle?.();
    };
    if (this.#inFlight === 0 || this.#io.ring !== undefined) end();
    else this.#onIdle = end;
  }
}

function checkBuffers(buffers: readonly Bytes[]): void {
  const isRight = Array.isArray(buffers) && buffers.every((buffer) => ArrayBuffer.isView(buffer));
  if (!isRight) throw wrongType('buffers', 'an array of ArrayBufferViews', buffers);
}
