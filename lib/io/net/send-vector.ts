import type { Native } from '../../../ffi/index.js';
import { writeAddress } from '../../ring/index.js';
import { SendVectorBlock } from './message-descriptor.js';
import type { SendPiece } from './send-piece.js';

/** Memory for one `struct msghdr` and the pieces that a send takes together, in order. */
export class SendVector {
  /** Address of the structure. */
  readonly address: number;
  readonly #words = new Int32Array(new ArrayBuffer(SendVectorBlock.words * 4));
  #pieces = 0;

  constructor(native: Native) {
    this.address = native.memory.address(this.#words);
    const vectorAddress = this.address + SendVectorBlock.vector * 4;
    writeAddress(this.#words, SendVectorBlock.vectorAddress, vectorAddress);
  }

  /** Whether it takes no more pieces. */
  get isFull(): boolean {
    return this.#pieces === SendVectorBlock.mostPieces;
  }

  /** Adds what a piece holds behind the last. */
  add({ address, start, end }: SendPiece): void {
    const at = SendVectorBlock.vector + this.#pieces * SendVectorBlock.wordsPerPiece;
    writeAddress(this.#words, at + SendVectorBlock.pieceAddress, address + start);
    this.#words[at + SendVectorBlock.pieceLength] = end - start;
    this.#words[SendVectorBlock.vectorCount] = ++this.#pieces;
  }

  /** Lets the last piece be so much longer. */
  lengthen(bytes: number): void {
    const last = SendVectorBlock.vector + (this.#pieces - 1) * SendVectorBlock.wordsPerPiece;
    this.#words[last + SendVectorBlock.pieceLength] += bytes;
  }

  /** Takes all pieces out. */
  clear(): void {
    this.#pieces = 0;
  }
}

/** The vectors of one loop. A connection holds one only while a send of several pieces is under way. */
export class SendVectors {
  readonly #native: Native;
  readonly #free: SendVector[] = [];

  constructor(native: Native) {
    this.#native = native;
  }

  /** An empty vector. */
  take(): SendVector {
    return this.#free.pop() ?? new SendVector(this.#native);
  }

  /** A vector that the kernel no longer reads. */
  giveBack(vector: SendVector): void {
    vector.clear();
    this.#free.push(vector);
  }
}
