import type { Memory } from '../../ffi/index.js';
import { WakelineError } from '../loop/index.js';
import type { Operations } from '../ring/index.js';
import { BufferAddresses } from './buffer-addresses.js';
import { type OperationCall, type OperationPool, PromisedOperation } from './promised-operation.js';

/** Operations made at once when the free list is empty. */
const GROWTH = 64;
/** Scratch memory of one operation: the result of statx (256 bytes), or two paths of ordinary length. */
const SCRATCH_BYTES = 512;

/**
 * The one way from lib/io to the ring, one a loop. Two kinds of operation share the slots of `operations`:
 *
 * - one request, one promise: `run` and `transfer` here, or `take` and then its methods;
 * - handlers that are called at each completion, for multishot operations and where a promise would be too much:
 *   `operations.start(handler, …)`, documented there.
 *
 * For both: `reference` is kept until the last completion is reaped, everything goes to the kernel by one call at the end
 * of the turn, and what is in flight holds the process (`core.keepAlive.ignore(1)` takes one out).
 * When the loop closes, all is cancelled; handlers hear `-ECANCELED` and must not start anything again.
 */
export class PromisedOperations implements OperationPool {
  /** The operation slots of the ring. */
  readonly operations: Operations;
  readonly #addresses: BufferAddresses;
  readonly #opcodes: ReadonlySet<number>;
  readonly #all: PromisedOperation[] = [];
  #firstFree: PromisedOperation | undefined;
  #isClosed = false;

  /** @param opcodes those that the kernel has */
  constructor(operations: Operations, memory: Memory, opcodes: ReadonlySet<number>) {
    this.#opcodes = opcodes;
    this.operations = operations;
    this.#addresses = new BufferAddresses(memory);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Whether the kernel has all of these opcodes. */
  has(...opcodes: number[]): boolean {
    return opcodes.every((opcode) => this.#opcodes.has(opcode));
  }

  /** Says which memory is registered with the ring, as buffer 0. */
  noteRegistered(memory: SharedArrayBuffer): void {
    this.#addresses.registered = memory;
  }

  /** Whether the view of the last `addressOf` lies there, so that READ_FIXED and WRITE_FIXED can be used. */
  get isRegistered(): boolean {
    return this.#addresses.isRegistered;
  }

  /** Address of a view's first byte, valid as long as its buffer is attached; name the view as `reference`. */
  addressOf(view: ArrayBufferView): number {
    return this.#addresses.of(view);
  }

  /**
   * Starts an operation.
   * @param call what an error names
   * @param signal cancels the operation
   * @param reference what must stay alive until the completion is reaped
   * @param opcodeAndFlags and what follows: as in `Operations.start`
   * @returns the result, ≥ 0. Rejects with `UringError`; with `AbortError` when the signal ended it; with
   * `ERR_WAKELINE_CLOSED` when the loop's end did. An operation that was faster than its cancellation succeeds.
   * One that the kernel found no worker for is tried again, a few times.
   */
  run(
    call: OperationCall,
    signal: AbortSignal | undefined,
    reference: unknown,
    opcodeAndFlags: number,
    fd: number,
    offset: number,
    address: number,
    length: number,
    operationFlags: number,
    bufferPersonality = 0,
    fileIndex = 0,
  ): Promise<number> {
    return this.take().run(
      call,
      signal,
      reference,
      opcodeAndFlags,
      fd,
      offset,
      address,
      length,
      operationFlags,
      bufferPersonality,
      fileIndex,
    );
  }

  /** An operation for one request, which must be started. */
  take(): PromisedOperation {
    if (this.#firstFree === undefined) this.#grow();
    const operation = this.#firstFree!;
    this.#firstFree = operation.nextFree;
    operation.nextFree = undefined;
    return operation;
  }

  giveBack(operation: PromisedOperation): void {
    operation.nextFree = this.#firstFree;
    this.#firstFree = operation;
  }

  #grow(): void {
    // Its own ArrayBuffer keeps the memory off V8's heap; whichever operation is in flight refers to it.
    const memory = Buffer.from(new ArrayBuffer(GROWTH * SCRATCH_BYTES));
    const address = this.addressOf(memory);
    for (let start = (GROWTH - 1) * SCRATCH_BYTES; start >= 0; start -= SCRATCH_BYTES) {
      const scratch = memory.subarray(start, start + SCRATCH_BYTES);
      const operation = new PromisedOperation(this, scratch, address + start);
      this.#all.push(operation);
      this.giveBack(operation);
    }
  }

  closedError(): Error {
    return new WakelineError('ERR_WAKELINE_CLOSED', 'the loop is closed');
  }

  /** The loop begins to close: new requests are refused, and none is continued. */
  close(): void {
    this.#isClosed = true;
  }

  /** Settles what the kernel has not completed although it was cancelled; the memory stays referenced by its slot. */
  rejectUnfinished(): void {
    for (const operation of this.#all) operation.rejectUnfinished();
  }
}
