import { type Native, native } from '../../ffi/index.js';
import { type LoopCore, WakelineError } from '../loop/index.js';
import { Opcode, probeOpcodes, REGISTER_BUFFERS } from '../ring/index.js';
import { BufferArena } from './buffer-arena.js';
import { IoVector } from './file/io-vector-descriptor.js';
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
  /** Memory that is lent to operations and given back. */
  readonly arena: BufferArena;
  /** Whatever holds an fd. */
  readonly resources = new Set<IoResource>();
  #isClosed = false;

  constructor(core: LoopCore) {
    const { backend, operations, ring } = core;
    const functions = backend === 'portable' ? undefined : native();
    this.core = core;
    this.arena = new BufferArena((memory) => this.#register(memory));
    if (typeof functions !== 'object') return;
    this.native = functions;
    if (ring === undefined || operations === undefined) return;
    const opcodes = new Set(probeOpcodes(functions, ring.fd));
    for (const name of core.withoutOpcodes) opcodes.delete(Opcode[name]);
    this.ring = new PromisedOperations(operations, functions.memory, opcodes);
  }

  /** Tells the kernel of the arena's memory. Where it refuses, for lack of lockable memory, it is memory like any other. */
  #register(memory: SharedArrayBuffer): void {
    const { core, native: functions, ring } = this;
    if (ring === undefined || core.ring === undefined || functions === undefined) return;
    const vector = new BigUint64Array(new ArrayBuffer(IoVector.lengthBytes));
    vector[IoVector.address] = BigInt(ring.addressOf(new Uint8Array(memory)));
    vector[IoVector.length] = BigInt(memory.byteLength);
    const address = functions.memory.address(vector);
    if (functions.system.ioUringRegister(core.ring.fd, REGISTER_BUFFERS, address, 1) === 0)
      ring.noteRegistered(memory);
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
