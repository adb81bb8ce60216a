import type { Ring } from './ring.js';
import { CqeFlag, Opcode, POLL_ADD_MULTI, POLLIN, SqeFlag } from './ring-constants.js';
import { Sqe } from './ring-descriptor.js';

/** Whoever started an operation and hears of its completion. */
export interface CompletionHandler {
  /**
   * @param result as of the system call: ≥ 0, or `-errno`
   * @param flags `IORING_CQE_F_*`; with `MORE` set, further completions follow
   */
  onCompletion(result: number, flags: number): void;
}

interface DeferredStart {
  slot: number;
  opcodeAndFlags: number;
  fd: number;
  offset: number;
  address: number;
  length: number;
  operationFlags: number;
  bufferPersonality: number;
  fileIndex: number;
  address3: number;
}

const INITIAL_SLOTS = 256;
const NO_SLOT = -1;
const AT_FDCWD = -100;
/** asm-generic/fcntl.h; `node:fs` does not name it. */
const O_CLOEXEC = 0o2000000;
const TWO_TO_32 = 0x1_0000_0000;

/**
 * The operations in flight on one ring. Each has a slot, whose index and generation travel through the kernel as
 * `user_data`; the slot keeps the handler, and whatever memory the kernel may still write to, referenced until the
 * completion is reaped (the collector frees a buffer that only the kernel knows of).
 */
export class Operations {
  /** Operations in flight. */
  active = 0;
  /** Whether operations wait for room in the submission queue. */
  hasDeferred = false;
  readonly #ring: Ring;
  readonly #handlers: (CompletionHandler | undefined)[] = [];
  readonly #references: unknown[] = [];
  readonly #generations: number[] = [];
  readonly #nextFree: number[] = [];
  #firstFree = NO_SLOT;
  /** Operations that found the submission queue full while the kernel took nothing. Rare, so this may allocate. */
  readonly #deferred: DeferredStart[] = [];

  readonly #onStart: () => void;

  /** @param onStart called after each start, when `active` has grown */
  constructor(ring: Ring, onStart: () => void = () => {}) {
    this.#ring = ring;
    this.#onStart = onStart;
    for (let slot = INITIAL_SLOTS - 1; slot >= 0; slot--) this.#addSlot(slot);
  }

  #addSlot(slot: number): void {
    this.#handlers[slot] = undefined;
    this.#references[slot] = undefined;
    this.#generations[slot] = 0;
    this.#nextFree[slot] = this.#firstFree;
    this.#firstFree = slot;
  }

  /** Does nothing, and completes. */
  nop(handler: CompletionHandler): number {
    return this.start(handler, undefined, Opcode.NOP, -1, 0, 0, 0, 0);
  }

  /**
   * Opens a file, relative to the current directory, close-on-exec.
   * @param pathAddress a NUL-terminated path in memory that `reference` keeps alive
   * @param flags `O_*`; `O_CLOEXEC` is added
   */
  openAt(
    handler: CompletionHandler,
    reference: unknown,
    pathAddress: number,
    flags: number,
    mode: number,
  ): number {
    return this.start(handler, reference, Opcode.OPENAT, AT_FDCWD, 0, pathAddress, mode, flags | O_CLOEXEC);
  }

  /** Closes a file. */
  close(handler: CompletionHandler, fd: number): number {
    return this.start(handler, undefined, Opcode.CLOSE, fd, 0, 0, 0, 0);
  }

  /**
   * Reads into memory that `reference` keeps alive.
   * @param position offset in the file in bytes; −1 reads at the file's own position
   */
  read(
    handler: CompletionHandler,
    reference: unknown,
    fd: number,
    address: number,
    lengthBytes: number,
    position: number,
  ): number {
    return this.start(handler, reference, Opcode.READ, fd, position, address, lengthBytes, 0);
  }

  /** Completes once when the fd is readable; with `multishot`, each time it becomes so (Linux 5.13). */
  pollReadable(handler: CompletionHandler, fd: number, multishot: boolean): number {
    return this.start(handler, undefined, Opcode.POLL_ADD, fd, 0, 0, multishot ? POLL_ADD_MULTI : 0, POLLIN);
  }

  /**
   * Completes with `-ETIME` after a time.
   * @param timespecAddress a `struct __kernel_timespec` that `reference` keeps alive
   */
  timeout(handler: CompletionHandler, reference: unknown, timespecAddress: number): number {
    return this.start(handler, reference, Opcode.TIMEOUT, -1, 0, timespecAddress, 1, 0);
  }

  /** Cancels the operation in a slot; it completes with `-ECANCELED`, or normally if it was faster. */
  cancel(handler: CompletionHandler, slot: number): number {
    return this.start(handler, undefined, Opcode.ASYNC_CANCEL, -1, 0, this.userDataOf(slot), 0, 0);
  }

  /** The user data of the operation in a slot, a whole number of less than 53 bits. */
  userDataOf(slot: number): number {
    return this.#generations[slot] * TWO_TO_32 + slot;
  }

  /**
   * Prepares any operation; it goes to the kernel with the next `submit`, at the latest at the end of the turn.
   * @param reference what must stay alive until the completion is reaped
   * @param opcodeAndFlags opcode, plus `IOSQE_*` shifted by 8, plus the entry's `ioprio` shifted by 16
   * @param offset a whole number of less than 53 bits, as the addresses are; −1 has all 64 bits set
   * @param bufferPersonality index or group of the buffer, plus the personality shifted by 16
   * @param fileIndex the entry's `file_index`, `splice_fd_in` or `optlen`
   * @returns the operation's slot
   */
  start(
    handler: CompletionHandler,
    reference: unknown,
    opcodeAndFlags: number,
    fd: number,
    offset: number,
    address: number,
    length: number,
    operationFlags: number,
    bufferPersonality = 0,
    fileIndex = 0,
    address3 = 0,
  ): number {
    if (this.#firstFree === NO_SLOT) this.#grow();
    const slot = this.#firstFree;
    this.#firstFree = this.#nextFree[slot];
    this.#handlers[slot] = handler;
    this.#references[slot] = reference;
    this.active++;
    if (
      this.hasDeferred ||
      !this.#write(
        slot,
        opcodeAndFlags,
        fd,
        offset,
        address,
        length,
        operationFlags,
        bufferPersonality,
        fileIndex,
        address3,
      )
    ) {
      this.hasDeferred = true;
      this.#deferred.push({
        slot,
        opcodeAndFlags,
        fd,
        offset,
        address,
        length,
        operationFlags,
        bufferPersonality,
        fileIndex,
        address3,
      });
    }
    this.#onStart();
    return slot;
  }

  /** Asks the kernel to cancel everything that is in flight; each operation still completes. */
  cancelAll(handler: CompletionHandler): void {
    for (let slot = this.#handlers.length - 1; slot >= 0; slot--) {
      if (this.#handlers[slot] !== undefined && this.#handlers[slot] !== handler) this.cancel(handler, slot);
    }
  }

  #write(
    slot: number,
    opcodeAndFlags: number,
    fd: number,
    offset: number,
    address: number,
    length: number,
    operationFlags: number,
    bufferPersonality: number,
    fileIndex: number,
    address3: number,
  ): boolean {
    const at = this.#ring.nextEntry();
    if (at < 0) return false;
    const entries = this.#ring.entries;
    entries[at + Sqe.opcodeFlagsPriority] = opcodeAndFlags;
    entries[at + Sqe.fd] = fd;
    entries[at + Sqe.offset] = offset | 0;
    entries[at + Sqe.offset + 1] = Math.floor(offset / TWO_TO_32);
    entries[at + Sqe.address] = address | 0;
    entries[at + Sqe.address + 1] = Math.floor(address / TWO_TO_32);
    entries[at + Sqe.length] = length;
    entries[at + Sqe.operationFlags] = operationFlags;
    entries[at + Sqe.userData] = slot;
    entries[at + Sqe.userData + 1] = this.#generations[slot];
    entries[at + Sqe.bufferPersonality] = bufferPersonality;
    entries[at + Sqe.fileIndex] = fileIndex;
    entries[at + Sqe.address3] = address3 | 0;
    entries[at + Sqe.address3 + 1] = Math.floor(address3 / TWO_TO_32);
    entries[at + Sqe.padding] = 0;
    entries[at + Sqe.padding + 1] = 0;
    return true;
  }

  /** Writes the operations that had found the queue full, as far as it has room now. */
  retryDeferred(): void {
    while (this.#deferred.length > 0) {
      const { slot, opcodeAndFlags, fd, offset, address, length, operationFlags, ...rest } =
        this.#deferred[0];
      const { bufferPersonality, fileIndex, address3 } = rest;
      if (
        !this.#write(
          slot,
          opcodeAndFlags,
          fd,
          offset,
          address,
          length,
          operationFlags,
          bufferPersonality,
          fileIndex,
          address3,
        )
      )
        return;
      this.#deferred.shift();
    }
    this.hasDeferred = false;
  }

  #grow(): void {
    const count = this.#handlers.length;
    for (let slot = count * 2 - 1; slot >= count; slot--) this.#addSlot(slot);
  }

  /** A completion from the ring: frees the slot, unless more will follow, and calls its handler. */
  complete(slot: number, generation: number, result: number, flags: number): void {
    const handler = this.#handlers[slot];
    if (handler === undefined || this.#generations[slot] !== generation) {
      throw new Error(
        `io_uring completed an operation that is not in flight (slot ${slot}, generation ${generation})`,
      );
    }
    if ((flags & CqeFlag.MORE) === 0) this.#free(slot);
    handler.onCompletion(result, flags);
  }

  #free(slot: number): void {
    this.#handlers[slot] = undefined;
    this.#references[slot] = undefined;
    this.#generations[slot] = (this.#generations[slot] + 1) & 0xfffff;
    this.#nextFree[slot] = this.#firstFree;
    this.#firstFree = slot;
    this.active--;
  }
}

/** `IOSQE_*` flags, shifted to where `start` takes them. */
export const shiftedSqeFlags = {
  fixedFile: SqeFlag.FIXED_FILE << 8,
  linked: SqeFlag.IO_LINK << 8,
  forceAsync: SqeFlag.ASYNC << 8,
  bufferSelect: SqeFlag.BUFFER_SELECT << 8,
} as const;

/** For those who need no answer. */
export const ignoredHandler: CompletionHandler = { onCompletion: () => {} };
