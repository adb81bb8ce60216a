import {
  type CompletionHandler,
  ignoredHandler,
  type Operations,
  shiftedSqeFlags,
  UringError,
} from '../ring/index.js';
import { AbortError } from './abort.js';
import { ECANCELED, EINTR, MOST_RESTARTS } from './restart.js';

/** What a failed operation's error names, as Node's errors do. */
export interface OperationCall {
  readonly syscall: string;
  readonly path?: string;
  readonly dest?: string;
  /** Whether something besides signal and kernel may cancel it, a link for example: ECANCELED is an outcome then. */
  readonly mayBeCancelled?: boolean;
}

/** Who is told when an operation has ended, whatever its outcome: a file counts what it has in flight. */
export interface OperationOwner {
  /** @param leftBytes how much of a read's or write's length was not done */
  onOperationEnd(leftBytes: number): void;
}

/** The part of its pool that an operation uses. */
export interface OperationPool {
  readonly operations: Operations;
  /** Whether the loop has begun to close. */
  readonly isClosed: boolean;
  /** What a request is rejected with that the loop's end cancelled. */
  closedError(): Error;
  /** The operation may serve the next request. */
  giveBack(operation: PromisedOperation): void;
}

/** Makes the promise's value of the result, while the operation's scratch memory still holds what the kernel wrote. */
export type Finish = (result: number, operation: PromisedOperation) => unknown;

type Resolve = (value: unknown) => void;
type Reject = (error: Error) => void;

const ignore = (): void => {};
const unknownCall: OperationCall = { syscall: 'io_uring' };

let capturedResolve: Resolve = ignore;
let capturedReject: Reject = ignore;

/** The executor of every promise: one function for all, so that none is allocated for each. */
function capture(resolve: Resolve, reject: Reject): void {
  capturedResolve = resolve;
  capturedReject = reject;
}

/**
 * One operation whose outcome is a promise. It serves one request after the other: between two it lies in its pool's free
 * list, so that a request allocates nothing but the promise. The promise settles only when the completion was reaped, so
 * when the kernel has let go of the request's memory; an abort, or the loop's end, asks the kernel to hurry.
 */
export class PromisedOperation implements CompletionHandler {
  /** The next in the free list. */
  nextFree: PromisedOperation | undefined;
  /** Memory of this operation's own, for what the kernel reads or writes besides the caller's buffers. */
  readonly scratch: Buffer;
  readonly scratchAddress: number;
  /** Told at the end of this request. */
  owner: OperationOwner | undefined;
  /** Memory besides `reference` that must stay alive as long. */
  kept: unknown;
  /** The `-errno` that is this request's success, −ETIME of a timer for example; 0: none is. */
  goodError = 0;
  /** Makes the value of this request; without it, the value is the result. */
  finish: Finish | undefined;
  readonly #pool: OperationPool;
  #isBusy = false;
  #slot = 0;
  #resolve: Resolve = ignore;
  #reject: Reject = ignore;
  #call: OperationCall = unknownCall;
  #signal: AbortSignal | undefined;
  /** Whether a short result is continued until all of the length is done. */
  #continues = false;
  #doneBytes = 0;
  /** How often the kernel has cancelled this request by itself. */
  #restarts = 0;
  // The entry, to be written again when the request is interrupted or comes up short.
  #reference: unknown;
  #opcodeAndFlags = 0;
  #fd = 0;
  #offset = 0;
  #address = 0;
  #length = 0;
  #operationFlags = 0;
  #bufferPersonality = 0;
  #fileIndex = 0;

  /** @param scratchAddress address of `scratch` */
  constructor(pool: OperationPool, scratch: Buffer, scratchAddress: number) {
    this.#pool = pool;
    this.scratch = scratch;
    this.scratchAddress = scratchAddress;
  }

  /** Starts the request; the parameters are those of `PromisedOperations.run`. */
  run<Value>(
    call: OperationCall,
    signal: AbortSignal | undefined,
    reference: unknown,
    opcodeAndFlags: number,
    fd: number,
    offset: number,
    address: number,
    length: number,
    operationFlags: number,
    bufferPersonality: number,
    fileIndex: number,
  ): Promise<Value> {
    const promise = new Promise<Value>(capture as never);
    this.#isBusy = true;
    this.#restarts = 0;
    this.#resolve = capturedResolve;
    this.#reject = capturedReject;
    // Or they would hold the promise, and so its value, until the next request.
    capturedResolve = ignore;
    capturedReject = ignore;
    this.#call = call;
    this.#reference = reference;
    this.#opcodeAndFlags = opcodeAndFlags;
    this.#fd = fd;
    this.#offset = offset;
    this.#address = address;
    this.#length = length;
    this.#operationFlags = operationFlags;
    this.#bufferPersonality = bufferPersonality;
    this.#fileIndex = fileIndex;
    if (this.#pool.isClosed) this.#fail(this.#pool.closedError());
    else if (signal === undefined) this.#start();
    else this.#startWith(signal);
    return promise;
  }

  /**
   * The same for a read or a write, which goes on until all of the length is done, or nothing more comes.
   * @param position offset in the file, in bytes. Not −1: after a write that came up short, the kernel does not move the
   * file's own position (see docs/decisions/011)
   */
  transfer(
    call: OperationCall,
    signal: AbortSignal | undefined,
    reference: unknown,
    opcodeAndFlags: number,
    fd: number,
    position: number,
    address: number,
    lengthBytes: number,
    bufferIndex: number,
  ): Promise<number> {
    this.#continues = true;
    this.#doneBytes = 0;
    return this.run(
      call,
      signal,
      reference,
      opcodeAndFlags,
      fd,
      position,
      address,
      lengthBytes,
      0,
      bufferIndex,
      0,
    );
  }

  #startWith(signal: AbortSignal): void {
    if (signal.aborted) return this.#fail(new AbortError(signal.reason));
    this.#signal = signal;
    signal.addEventListener('abort', this);
    this.#start();
  }

  #start(): void {
    this.#slot = this.#pool.operations.start(
      this,
      this.#reference,
      this.#opcodeAndFlags,
      this.#fd,
      this.#offset,
      this.#address,
      this.#length,
      this.#operationFlags,
      this.#bufferPersonality,
      this.#fileIndex,
    );
  }

  /** The signal has aborted. The operation still completes, maybe as if nothing had happened. */
  handleEvent(): void {
    this.#pool.operations.cancel(ignoredHandler, this.#slot);
  }

  onCompletion(result: number): void {
    if (this.#continues && result > 0) this.#continue(result);
    else if (result >= 0 || result === this.goodError)
      this.#succeed(this.#continues ? this.#doneBytes : result);
    else this.#onError(result);
  }

  #continue(result: number): void {
    this.#doneBytes += result;
    this.#length -= result;
    if (this.#length <= 0) return this.#succeed(this.#doneBytes);
    if (this.#isEnded()) return this.#onError(ECANCELED);
    this.#address += result;
    this.#offset += result;
    this.#start();
  }

  #isEnded(): boolean {
    return this.#pool.isClosed || this.#signal?.aborted === true;
  }

  #onError(result: number): void {
    if (this.#isToRestart(result)) {
      // What was linked behind it has been cancelled.
      this.#opcodeAndFlags &= ~shiftedSqeFlags.linked;
      return this.#start();
    }
    const wasEnded = (result === ECANCELED || result === EINTR) && this.#isEnded();
    if (wasEnded && this.#signal?.aborted) this.#fail(new AbortError(this.#signal.reason));
    else if (wasEnded) this.#fail(this.#pool.closedError());
    else this.#fail(new UringError(result, this.#call.syscall, this.#call.path, this.#call.dest));
  }

  /** What was interrupted is still to be done; so is what the kernel cancelled by itself. */
  #isToRestart(result: number): boolean {
    if (this.#isEnded()) return false;
    if (result === EINTR) return true;
    return result === ECANCELED && this.#call.mayBeCancelled !== true && this.#restarts++ < MOST_RESTARTS;
  }

  #succeed(result: number): void {
    if (!this.#continues) this.#length -= result;
    const value = this.finish === undefined ? result : this.finish(result, this);
    const resolve = this.#resolve;
    this.#end();
    resolve(value);
  }

  #fail(error: Error): void {
    const reject = this.#reject;
    this.#end();
    reject(error);
  }

  #end(): void {
    const { owner } = this;
    this.#signal?.removeEventListener('abort', this);
    this.#signal = undefined;
    this.#resolve = ignore;
    this.#reject = ignore;
    this.#reference = undefined;
    this.#continues = false;
    this.#isBusy = false;
    this.goodError = 0;
    this.finish = undefined;
    this.kept = undefined;
    this.owner = undefined;
    this.#pool.giveBack(this);
    owner?.onOperationEnd(this.#length);
  }

  /** The loop is gone and the kernel has not let go: the promise settles, the memory stays referenced. */
  rejectUnfinished(): void {
    if (this.#isBusy) this.#reject(this.#pool.closedError());
  }
}
