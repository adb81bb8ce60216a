import { BLOCK_BYTES, type BufferArena } from '../buffer-arena.js';
import { readBuffer } from '../read-buffer.js';

/** The buffers of one walk through a file: new ones for each chunk, or a few that are used again and again. */
export class ChunkBuffers {
  readonly #arena: BufferArena;
  readonly #chunkBytes: number;
  readonly #reuse: boolean;
  readonly #free: Buffer[] = [];
  readonly #borrowed: Buffer[] = [];

  /** @param reuse whether a chunk's buffer may be used again once its consumer has asked for the next chunk */
  constructor(arena: BufferArena, chunkBytes: number, reuse: boolean) {
    this.#arena = arena;
    this.#chunkBytes = chunkBytes;
    this.#reuse = reuse;
  }

  /** A buffer for the next chunk. */
  take(): Buffer {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if (!this.#reuse || this.#chunkBytes > BLOCK_BYTES) return readBuffer(this.#chunkBytes);
    const block = this.#arena.take();
    this.#borrowed.push(block);
    return block;
  }

  /** The consumer has asked for the next chunk. */
  consumed(buffer: Buffer): void {
    if (this.#reuse) this.#free.push(buffer);
  }

  /** The walk is over, and nothing is in flight any more. */
  giveBack(): void {
    for (const block of this.#borrowed) this.#arena.give(block);
  }
}
