import type { Native } from '../../../ffi/index.js';
import type { LoopCore } from '../../loop/index.js';
import { BufferRing, Opcode, type Operations, type Ring } from '../../ring/index.js';
import type { Inflow } from '../../scheduler/index.js';
import type { IoContext } from '../io-context.js';
import type { PromisedOperations } from '../promised-operations.js';
import { SEND_BLOCK_BYTES, SendBlocks } from './send-piece.js';
import { SendVectors } from './send-vector.js';
import { SocketAddress } from './socket-address.js';

/** Group number of the buffers for streams. */
const STREAM_GROUP = 0;
/** As long as a block for sending: what `onData` lends can be copied into one (docs/decisions/013). */
const STREAM_BUFFER_BYTES = SEND_BLOCK_BYTES;
const STREAM_BUFFERS = 256;

/** Somebody who stopped receiving because no buffer was left. */
interface Starved {
  onBuffers(): void;
}

/** What the sockets of one loop share: the buffers that data comes into and goes out from. */
export class RingNet {
  readonly core: LoopCore;
  readonly native: Native;
  readonly ring: Ring;
  readonly inflow: Inflow;
  readonly operations: Operations;
  readonly buffers: BufferRing;
  readonly blocks: SendBlocks;
  readonly vectors: SendVectors;
  /** For calls that take or return an address; free again when they are over. */
  readonly scratch: SocketAddress;
  /**
   * Whether receives may fill several buffers at once. Bundles came with 6.10; some releases up to 6.15 leave a gap in the
   * data after a short transfer, so they are used from 6.16 on, which is seen by PIPE, of that release.
   */
  readonly hasBundles: boolean;
  readonly #promised: PromisedOperations;
  #starved: Starved[] = [];

  private constructor(
    native: Native,
    core: LoopCore,
    ring: Ring,
    inflow: Inflow,
    promised: PromisedOperations,
  ) {
    this.#promised = promised;
    this.hasBundles = promised.has(Opcode.PIPE);
    this.native = native;
    this.core = core;
    this.ring = ring;
    this.inflow = inflow;
    this.operations = promised.operations;
    this.buffers = new BufferRing(native, ring, {
      group: STREAM_GROUP,
      buffers: STREAM_BUFFERS,
      bufferBytes: STREAM_BUFFER_BYTES,
    });
    this.blocks = new SendBlocks((view) => promised.addressOf(view));
    this.vectors = new SendVectors(native);
    this.scratch = new SocketAddress(native);
  }

  /** The sockets' part of a loop; undefined where there is no ring, or its kernel lacks multishot receives (6.0). */
  static create(native: Native, { core, ring: promised }: IoContext): RingNet | undefined {
    const { ring, inflow } = core;
    if (ring === undefined || inflow === undefined || promised === undefined) return undefined;
    // Multishot receives cannot be asked for, but came in the same release as SEND_ZC.
    if (!promised.has(Opcode.SEND_ZC)) return undefined;
    return new RingNet(native, core, ring, inflow, promised);
  }

  /** Address of a view's first byte, off V8's heap; name the view as the operation's reference. */
  addressOf(view: ArrayBufferView): number {
    return this.#promised.addressOf(view);
  }

  /** Whether so many buffers are in use that whoever keeps data should copy it. */
  get isShort(): boolean {
    return this.buffers.taken > STREAM_BUFFERS / 2;
  }

  /** A buffer is free again. */
  giveBack(id: number): void {
    this.buffers.giveBack(id);
    if (this.#starved.length > 0 && !this.isShort) this.#feed();
  }

  /** Calls back when there are buffers again. */
  awaitBuffers(starved: Starved): void {
    this.#starved.push(starved);
    // The completions that took the last ones may have been handled already.
    if (this.buffers.taken === 0) this.#feed();
  }

  #feed(): void {
    const starved = this.#starved;
    this.#starved = [];
    for (const one of starved) one.onBuffers();
  }
}
