import { EnterDescriptor, type Native, type SystemCalls } from '../../ffi/index.js';
import { EnterFlag } from './ring-constants.js';
import { writeAddress } from './ring-memory.js';
import { UringError } from './uring-error.js';

const EINTR = -4;
const EAGAIN = -11;
const EBUSY = -16;
const ETIME = -62;
const NS_PER_MS = 1e6;

/** The calls of `io_uring_enter` on one ring. */
export class EnterCall {
  readonly #block = new Int32Array(new ArrayBuffer(EnterDescriptor.lengthBytes));
  readonly #address: number;
  readonly #system: SystemCalls;

  /** @param fd the ring's */
  constructor(native: Native, fd: number) {
    this.#system = native.system;
    this.#address = native.memory.address(this.#block);
    this.#block[EnterDescriptor.fd] = fd;
    writeAddress(this.#block, EnterDescriptor.timespecAddress, this.#address + EnterDescriptor.seconds * 4);
  }

  /** Makes the next calls fail with EBADF: the fd's number may be another file's from now on. */
  close(): void {
    this.#block[EnterDescriptor.fd] = -1;
  }

  /** Submits entries, and lets the kernel run task work and move overflowed completions into the queue. */
  submit(toSubmit: number): number {
    return this.#call(toSubmit, 0, EnterFlag.GETEVENTS);
  }

  /**
   * Submits entries, and waits for a completion.
   * @param timeoutMs longest wait; −1 without limit
   */
  wait(toSubmit: number, timeoutMs: number): number {
    if (timeoutMs < 0) return this.#call(toSubmit, 1, EnterFlag.GETEVENTS);
    const seconds = Math.floor(timeoutMs / 1000);
    this.#block[EnterDescriptor.seconds] = seconds;
    this.#block[EnterDescriptor.nanoseconds] = Math.round((timeoutMs - seconds * 1000) * NS_PER_MS);
    return this.#call(toSubmit, 1, EnterFlag.GETEVENTS | EnterFlag.EXT_ARG);
  }

  #call(toSubmit: number, minComplete: number, flags: number): number {
    const block = this.#block;
    block[EnterDescriptor.toSubmit] = toSubmit;
    block[EnterDescriptor.minComplete] = minComplete;
    block[EnterDescriptor.flags] = flags;
    return this.#system.ioUringEnter(this.#address);
  }
}

/**
 * Throws what no caller of `io_uring_enter` can deal with.
 * @param result of a call
 * @returns the same, ≥ 0 or one of `-EINTR`, `-EAGAIN`, `-EBUSY` and `-ETIME`
 * @throws {UringError} for every other refusal
 */
export function checkEntered(result: number): number {
  if (result >= 0 || result === EINTR || result === EAGAIN || result === EBUSY || result === ETIME)
    return result;
  throw new UringError(result, 'io_uring_enter');
}
