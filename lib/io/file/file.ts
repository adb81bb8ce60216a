import { closeSync } from 'node:fs';
import { UringError } from '../../ring/index.js';
import type { IoContext, IoResource } from '../io-context.js';
import type { OperationOwner } from '../promised-operation.js';
import type { Bytes, FileCalls } from './file-calls.js';
import { checkPosition, checkRange } from './range.js';

/** Which part of a buffer goes to, or comes from, which part of a file. */
export interface TransferOptions {
  /** Where in the buffer, in bytes. Default 0. */
  readonly offset?: number;
  /** How much, in bytes. Default: the rest of the buffer. */
  readonly length?: number;
  /** Where in the file, in bytes; null or −1 is the file's own position, which then moves on. Default null. */
  readonly position?: number | bigint | null;
  /** Cancels. */
  readonly signal?: AbortSignal;
}

/** Options of operations that have no others. */
export interface SignalOptions {
  /** Cancels. */
  readonly signal?: AbortSignal;
}

const EBADF = -9;

/** An open file. Close it, or declare it with `await using`; the loop's end closes it as well. */
export class File implements OperationOwner, IoResource {
  readonly #io: IoContext;
  readonly #calls: FileCalls;
  readonly #fd: number;
  #inFlight = 0;
  #isOpen = true;
  #closing: Promise<void> | undefined;
  #onIdle: (() => void) | undefined;

  /** Use `EventLoop.open`. */
  constructor(io: IoContext, calls: FileCalls, fd: number) {
    this.#io = io;
    this.#calls = calls;
    this.#fd = fd;
    io.resources.add(this);
  }

  /** The file's descriptor, as long as it is open. */
  get fd(): number {
    return this.#fd;
  }

  /**
   * Reads into a buffer until the length is there, or the file ends. The buffer belongs to the kernel until then: do not
   * transfer it to another thread.
   * @returns how many bytes
   */
  read(buffer: Bytes, options: TransferOptions = {}): Promise<number> {
    try {
      const { offset = 0, length = buffer.byteLength - offset, signal } = options;
      const position = checkPosition(options.position);
      checkRange(buffer, offset, length);
      this.#begin('read');
      return this.#calls.read(this.#fd, buffer, offset, length, position, signal, this);
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
      return this.#calls.write(this.#fd, buffer, offset, length, position, signal, this);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #begin(syscall: string): void {
    if (!this.#isOpen) throw new UringError(EBADF, syscall);
    this.#inFlight++;
  }

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
    if (this.#inFlight > 0)
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
      });
    // The loop's end may have closed it meanwhile.
    if (!this.#io.resources.delete(this)) return;
    await this.#calls.close(this.#fd);
  }

  /** The same as `close`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** The loop closes. */
  abandon(): void {
    this.#isOpen = false;
  }

  closeNow(): void {
    closeSync(this.#fd);
  }
}
