import type { Native } from '../../../ffi/index.js';
import { Opcode, type Ring, reserveLink, shiftedSqeFlags, UringError } from '../../ring/index.js';
import type { IoContext } from '../io-context.js';
import type { OperationCall } from '../promised-operation.js';
import type { PromisedOperations } from '../promised-operations.js';

/** A pipe holds so much, where the user may have it: the kernel's own limit for ordinary users (pipe-max-size). */
const PIECE_BYTES = 1 << 20;
const OWN_POSITION = -1;

type Signal = AbortSignal | undefined;

/** What is still to be moved. */
interface Range {
  readonly fromFd: number;
  readonly toFd: number;
  readonly position: number;
  readonly lengthBytes: number;
}

const readCall: OperationCall = { syscall: 'read' };
const writeCall: OperationCall = { syscall: 'write' };
const linkedWriteCall: OperationCall = { ...writeCall, mayBeCancelled: true };

/** A pipe through which the pages of one file go to another: they are copied once, and never into this process. */
export class SplicePipe {
  /** What is moved at once. */
  static readonly pieceBytes = PIECE_BYTES;
  readonly #native: Native;
  readonly #ring: PromisedOperations;
  readonly #queue: Ring;
  readonly #outFd: number;
  readonly #inFd: number;

  private constructor(native: Native, queue: Ring, ring: PromisedOperations, outFd: number, inFd: number) {
    this.#native = native;
    this.#ring = ring;
    this.#queue = queue;
    this.#outFd = outFd;
    this.#inFd = inFd;
  }

  /** A new pipe; undefined without a ring, where that has no splice (before 5.7), or no fd is left. */
  static open({ core, native, ring }: IoContext): SplicePipe | undefined {
    if (native === undefined || core.ring === undefined || !ring?.has(Opcode.SPLICE)) return undefined;
    const { descriptors, memory } = native;
    const fds = new Int32Array(new ArrayBuffer(8));
    if (descriptors.pipe(memory.address(fds)) < 0) return undefined;
    // A pipe that stays small makes the pieces come short, which is slower and no worse.
    descriptors.setPipeSize(fds[1], PIECE_BYTES);
    return new SplicePipe(native, core.ring, ring, fds[0], fds[1]);
  }

  /**
   * Moves a range of one file to the same place of another.
   * @returns how many bytes, less only where the source ends
   */
  async copy(
    fromFd: number,
    toFd: number,
    position: number,
    lengthBytes: number,
    signal: Signal,
  ): Promise<number> {
    let done = 0;
    while (done < lengthBytes) {
      const range: Range = { fromFd, toFd, position: position + done, lengthBytes: lengthBytes - done };
      const taken = await this.#copyOnce(range, signal);
      if (taken === 0) break;
      done += taken;
    }
    return done;
  }

  /** By two splices of which the second is linked to the first: it is cancelled when that one comes up short. */
  async #copyOnce({ fromFd, toFd, position, lengthBytes }: Range, signal: Signal): Promise<number> {
    const isLinked = reserveLink(this.#queue, this.#ring.operations);
    const opcode = isLinked ? Opcode.SPLICE | shiftedSqeFlags.linked : Opcode.SPLICE;
    const into = this.#splice(
      opcode,
      readCall,
      fromFd,
      position,
      this.#inFd,
      OWN_POSITION,
      lengthBytes,
      signal,
    );
    const outcomes = await Promise.allSettled([
      into,
      isLinked ? this.#drain(linkedWriteCall, toFd, position, lengthBytes, signal) : 0,
    ]);
    const [taken, moved] = outcomes;
    if (taken.status === 'rejected') throw taken.reason;
    let left = taken.value;
    if (moved.status === 'fulfilled') left -= moved.value;
    else if (!(moved.reason instanceof UringError) || moved.reason.code !== 'ECANCELED') throw moved.reason;
    while (left > 0) left -= await this.#drain(writeCall, toFd, position + taken.value - left, left, signal);
    return taken.value;
  }

  #drain(
    call: OperationCall,
    toFd: number,
    position: number,
    lengthBytes: number,
    signal: Signal,
  ): Promise<number> {
    return this.#splice(Opcode.SPLICE, call, this.#outFd, OWN_POSITION, toFd, position, lengthBytes, signal);
  }

  #splice(
    opcode: number,
    call: OperationCall,
    fromFd: number,
    fromPosition: number,
    toFd: number,
    toPosition: number,
    lengthBytes: number,
    signal: Signal,
  ): Promise<number> {
    return this.#ring.run(
      call,
      signal,
      undefined,
      opcode,
      toFd,
      toPosition,
      fromPosition,
      lengthBytes,
      0,
      0,
      fromFd,
    );
  }

  /** Closes both ends. Nothing is in flight. */
  close(): void {
    this.#native.system.close(this.#outFd);
    this.#native.system.close(this.#inFd);
  }
}
