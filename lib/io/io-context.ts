import { type Native, native } from '../../ffi/index.js';
import { type LoopCore, WakelineError } from '../loop/index.js';
import { probeOpcodes } from '../ring/index.js';
import { PromisedOperations } from './promised-operations.js';

/** Something that holds an fd, and is closed with its loop. */
export interface IoResource {
  /** The loop closes: whoever waits is told, and nothing new is started. What is in flight is cancelled next. */
  abandon(): void;
  /** Nothing is in flight any more: closes the fd, at once. */
  closeNow(): void;
}

/** What the I/O of one loop shares. */
export class IoContext {
  readonly core: LoopCore;
  /** The native functions; undefined in backend `portable`. */
  readonly native: Native | undefined;
  /** Operations on the ring; undefined in the backends `epoll` and `portable`, where Node's own modules do the work. */
  readonly ring: PromisedOperations | undefined;
  /** Whatever holds an fd. */
  readonly resources = new Set<IoResource>();
  #isClosed = false;

  constructor(core: LoopCore) {
    const { backend, operations, ring } = core;
    const functions = backend === 'portable' ? undefined : native();
    this.core = core;
    if (typeof functions !== 'object') return;
    this.native = functions;
    if (ring === undefined || operations === undefined) return;
    const opcodes = probeOpcodes(functions, ring.fd);
    this.ring = new PromisedOperations(operations, functions.memory, opcodes);
  }

  /** Whether the loop has begun to close. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** @throws {WakelineError} `ERR_WAKELINE_CLOSED` once the loop has begun to close */
  assertOpen(): void {
    if (this.#isClosed) throw this.closedError();
  }

  /** What everything is rejected with that the loop's end finds pending. */
  closedError(): Error {
    return new WakelineError('ERR_WAKELINE_CLOSED', 'the loop is closed');
  }

  /** The loop begins to close. */
  abandon(): void {
    this.#isClosed = true;
    this.ring?.close();
    for (const resource of [...this.resources]) resource.abandon();
  }

  /** Everything that could be cancelled has completed. */
  release(): void {
    this.ring?.rejectUnfinished();
    for (const resource of [...this.resources]) resource.closeNow();
    this.resources.clear();
  }
}
