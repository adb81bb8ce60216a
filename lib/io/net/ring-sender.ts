import {
  type CompletionHandler,
  CqeFlag,
  ignoredHandler,
  NOTIF_USAGE_ZC_COPIED,
  sendBytes,
  sendMessageInstead,
  sendZeroCopy,
} from '../../ring/index.js';
import { EINTR } from '../restart.js';
import type { RingTransport } from './ring-transport.js';
import type { SendPiece } from './send-piece.js';
import type { SendVector } from './send-vector.js';

const NONE = -1;

/** The sending half of a connection on the ring. */
export class RingSender implements CompletionHandler {
  readonly transport: RingTransport;
  #zeroCopyBytes: number;
  #slot = NONE;
  /** Where its entry lies, and the ring's count of enters when it was prepared: until the next one it may grow. */
  #entry = NONE;
  #enters = 0;
  /** Its first piece, and once others have joined that, the vector of them all. */
  #first: SendPiece | undefined;
  #vector: SendVector | undefined;

  constructor(transport: RingTransport, zeroCopyBytes: number) {
    this.transport = transport;
    this.#zeroCopyBytes = zeroCopyBytes;
  }

  /** Whether a send is under way. */
  get isBusy(): boolean {
    return this.#slot !== NONE;
  }

  send(piece: SendPiece): void {
    const { net, fd } = this.transport;
    const { operations, ring } = net;
    net.inflow.bytes = 0;
    const lengthBytes = piece.end - piece.start;
    const address = piece.address + piece.start;
    if (this.#isZeroCopy(piece, lengthBytes)) {
      this.#entry = NONE;
      piece.isHeld = true;
      this.#slot = sendZeroCopy(operations, new ZeroCopySend(this, piece), piece, fd, address, lengthBytes);
      return;
    }
    this.#slot = sendBytes(operations, this, piece, fd, address, lengthBytes);
    this.#first = piece;
    this.#enters = ring.enters;
    // One that found the queue full has no entry yet.
    this.#entry = operations.hasDeferred ? NONE : ring.lastEntry;
  }

  #isZeroCopy(piece: SendPiece, lengthBytes: number): boolean {
    return lengthBytes >= this.#zeroCopyBytes && !piece.isBlock;
  }

  /** The kernel has not been given the entry yet. */
  #canGrow(): boolean {
    return this.#entry !== NONE && this.transport.net.ring.enters === this.#enters;
  }

  lengthen(bytes: number): boolean {
    if (!this.#canGrow()) return false;
    if (this.#vector !== undefined) this.#vector.lengthen(bytes);
    else this.transport.net.ring.lengthen(this.#entry, bytes);
    return true;
  }

  extend(piece: SendPiece): boolean {
    const lengthBytes = piece.end - piece.start;
    if (!this.#canGrow() || this.#vector?.isFull || this.#isZeroCopy(piece, lengthBytes)) return false;
    this.#vector ??= this.#startVector();
    this.#vector.add(piece);
    return true;
  }

  #startVector(): SendVector {
    const { ring, vectors } = this.transport.net;
    const vector = vectors.take();
    vector.add(this.#first!);
    sendMessageInstead(ring, this.#entry, vector.address);
    return vector;
  }

  cancel(): void {
    if (this.#slot !== NONE) this.transport.net.operations.cancel(ignoredHandler, this.#slot);
  }

  /** Part of a turn: so much was sent. */
  onCompletion(result: number): void {
    this.#slot = NONE;
    this.#entry = NONE;
    this.#first = undefined;
    if (this.#vector !== undefined) {
      this.transport.net.vectors.giveBack(this.#vector);
      this.#vector = undefined;
    }
    this.transport.onSent(result === EINTR ? 0 : result);
  }

  /** A device that copies all the same makes it dearer than copying at once. */
  stopZeroCopy(): void {
    this.#zeroCopyBytes = Number.POSITIVE_INFINITY;
  }
}

/** A send without copying: it completes with its result, and again when the kernel no longer uses the memory. */
class ZeroCopySend implements CompletionHandler {
  readonly #sender: RingSender;
  readonly #piece: SendPiece;

  constructor(sender: RingSender, piece: SendPiece) {
    this.#sender = sender;
    this.#piece = piece;
  }

  onCompletion(result: number, flags: number): void {
    if ((flags & CqeFlag.MORE) === 0) this.#piece.release();
    if ((flags & CqeFlag.NOTIF) === 0) this.#sender.onCompletion(result);
    else if (result === NOTIF_USAGE_ZC_COPIED) this.#sender.stopZeroCopy();
  }
}
