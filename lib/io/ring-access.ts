import { outOfRange, wrongType } from '../loop/index.js';
import { Opcode, type OpcodeName, type Operations, type Ring, UringError } from '../ring/index.js';
import type { IoContext } from './io-context.js';
import type { PromisedOperations } from './promised-operations.js';

/** An address in a submission entry: a number, or a view whose memory stays referenced until the completion is reaped. */
export type Address = number | NodeJS.ArrayBufferView;

/** A submission queue entry, as `io_uring_enter(2)` names its fields. What is left out is 0. */
export interface SubmissionEntry {
  /** `IOSQE_*`. Not `IO_LINK` and its like, which mean the entry behind; not `CQE_SKIP_SUCCESS`: nobody would be told. */
  readonly flags?: number;
  readonly ioprio?: number;
  /** Default −1. */
  readonly fd?: number;
  /** `off` or `addr2`. −1 is the file's own position. */
  readonly offset?: Address;
  /** `addr`, also called `splice_off_in`. */
  readonly address?: Address;
  /** `len`. */
  readonly length?: number;
  /** `rw_flags`, `fsync_flags`, `poll32_events`, and so on. */
  readonly operationFlags?: number;
  /** `buf_index` or `buf_group`. */
  readonly bufferIndex?: number;
  readonly personality?: number;
  /** `file_index`, `splice_fd_in` or `addr_len`. */
  readonly fileIndex?: number;
}

/** Options of `RingAccess.submit`. */
export interface SubmitOptions {
  /** Cancels. */
  readonly signal?: AbortSignal | undefined;
  /** Whatever else must stay alive until the completion is reaped. */
  readonly references?: unknown;
  /** What an error names as its `syscall`. Default: 'io_uring ' and the opcode's name. */
  readonly syscall?: string | undefined;
}

const names = new Map<number, OpcodeName>(
  Object.entries(Opcode).map(([name, opcode]) => [opcode, name as OpcodeName]),
);
const LINKS_AND_SKIP = (1 << 2) | (1 << 3) | (1 << 6);
const ENOSYS = -38;

/** The loop's ring, for what has no method of its own. */
export class RingAccess {
  /** The operation slots themselves: one handler for any number of completions. */
  readonly operations: Operations;
  readonly #io: IoContext;
  readonly #ring: Ring;
  readonly #promised: PromisedOperations;

  /** Use `EventLoop.ring`. */
  constructor(io: IoContext, ring: Ring, promised: PromisedOperations) {
    this.operations = promised.operations;
    this.#io = io;
    this.#ring = ring;
    this.#promised = promised;
  }

  /** The ring's fd. It is the loop's: neither enter nor close it. */
  get fd(): number {
    return this.#ring.fd;
  }

  /** Set-up flags, memory, layout and wake word: what the ring was made with. */
  get setUp(): Pick<Ring, 'flags' | 'memory' | 'layout' | 'wakeWord'> {
    return this.#ring;
  }

  /** Whether the kernel has an opcode. */
  has(opcode: OpcodeName | number): boolean {
    return this.#promised.has(typeof opcode === 'number' ? opcode : Opcode[opcode]);
  }

  /** Address of a view's first byte. It holds as long as the view's buffer is alive and attached. */
  addressOf(view: NodeJS.ArrayBufferView): number {
    return this.#promised.addressOf(view);
  }

  /**
   * Submits any operation that completes once, by the one call at the end of the turn.
   * @param opcode `IORING_OP_*` without the prefix, or its number, for kernels that have more than this package knows
   * @returns the completion's result, ≥ 0. Rejects with `UringError` (`ENOSYS` where the kernel lacks the opcode), with
   * `AbortError`, or with `ERR_WAKELINE_CLOSED`
   */
  async submit(
    opcode: OpcodeName | number,
    entry: SubmissionEntry,
    options: SubmitOptions = {},
  ): Promise<number> {
    this.#io.assertOpen();
    const number = typeof opcode === 'number' ? opcode : Opcode[opcode];
    if (!Number.isInteger(number) || number < 0 || number > 255)
      throw wrongType('opcode', 'the name or the number of an opcode', opcode);
    const { flags = 0, ioprio = 0, fd = -1, offset = 0, address = 0, length = 0, operationFlags = 0 } = entry;
    const { bufferIndex = 0, personality = 0, fileIndex = 0 } = entry;
    if (flags & LINKS_AND_SKIP)
      throw outOfRange('flags', 'without IO_LINK, IO_HARDLINK and CQE_SKIP_SUCCESS', flags);
    const { syscall = `io_uring ${names.get(number) ?? number}`, signal, references } = options;
    if (!this.has(number)) throw new UringError(ENOSYS, syscall);
    return this.#promised.run(
      { syscall, mayBeCancelled: true },
      signal,
      [offset, address, references],
      number | (flags << 8) | (ioprio << 16),
      fd,
      this.#resolve(offset),
      this.#resolve(address),
      length,
      operationFlags,
      bufferIndex | (personality << 16),
      fileIndex,
    );
  }

  #resolve(address: Address): number {
    return typeof address === 'number' ? address : this.addressOf(address);
  }
}
