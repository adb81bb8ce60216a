import { checkNumber } from '../../loop/index.js';
import type { BufferArena } from '../buffer-arena.js';
import { ChunkBuffers } from './chunk-buffers.js';
import type { File, SignalOptions } from './file.js';
import { checkWhole } from './range.js';

/** Options of `File.readable`. */
export interface ReadableOptions extends SignalOptions {
  /** Where to begin, in bytes. Default 0. What has no positions, a pipe for example, is read as it comes. */
  readonly position?: number | undefined;
  /** How much to read, in bytes. Default: to the end. */
  readonly length?: number | undefined;
  /** Bytes of a chunk; only the last one is shorter, and those of pipes. Default 131,072. */
  readonly chunkBytes?: number | undefined;
  /** Chunks that are read while the consumer has one. Default 2. */
  readonly ahead?: number | undefined;
  /**
   * Whether a chunk's memory is lent, as a socket's is: valid until the next one is asked for. With false, every chunk is
   * the consumer's for good, and costs an allocation. Default true.
   */
  readonly reuse?: boolean | undefined;
}

const DEFAULT_CHUNK_BYTES = 131_072;
const MOST_CHUNK_BYTES = 1 << 30;
const DEFAULT_AHEAD = 2;
const MOST_AHEAD = 64;

interface Chunk {
  readonly buffer: Buffer;
  readonly lengthBytes: number;
  readonly read: Promise<number>;
}

/** A file's contents, chunk by chunk: for `for await`. Chunks are read ahead; leaving the loop early is fine. */
export class FileReadable implements AsyncIterable<Buffer> {
  readonly #file: File;
  readonly #start: number;
  readonly #length: number;
  readonly #chunkBytes: number;
  readonly #ahead: number;
  readonly #reuse: boolean;
  readonly #signal: AbortSignal | undefined;
  readonly #arena: BufferArena;

  /** Use `File.readable`. */
  constructor(file: File, arena: BufferArena, options: ReadableOptions) {
    const {
      position = 0,
      length = Number.POSITIVE_INFINITY,
      chunkBytes,
      ahead,
      reuse = true,
      signal,
    } = options;
    checkWhole('position', position);
    if (length !== Number.POSITIVE_INFINITY) checkWhole('length', length);
    this.#file = file;
    this.#arena = arena;
    this.#start = position;
    this.#length = length;
    this.#chunkBytes = checkNumber('chunkBytes', chunkBytes, 1, MOST_CHUNK_BYTES, DEFAULT_CHUNK_BYTES);
    this.#ahead = checkNumber('ahead', ahead, 0, MOST_AHEAD, DEFAULT_AHEAD);
    this.#reuse = reuse;
    this.#signal = signal;
  }

  /** Begins to read. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void, void> {
    const stats = await this.#file.stat({ signal: this.#signal });
    const end = this.#start + this.#length;
    const buffers = new ChunkBuffers(this.#arena, this.#chunkBytes, this.#reuse);
    try {
      const hasPositions = stats.isFile() || stats.isBlockDevice();
      if (hasPositions) yield* this.#inPlace(buffers, Math.min(stats.size, end), end);
      else yield* this.#asItComes(buffers);
    } finally {
      buffers.giveBack();
    }
  }

  /**
   * What has positions is read several chunks at a time, up to the size that it had; behind that, where it may have
   * grown, and in files that do not tell their size, chunk by chunk.
   */
  async *#inPlace(buffers: ChunkBuffers, size: number, end: number): AsyncGenerator<Buffer, void, void> {
    const chunks: Chunk[] = [];
    let next = this.#start;
    try {
      for (;;) {
        while (next < end && (chunks.length === 0 || (chunks.length <= this.#ahead && next < size))) {
          const chunk = this.#read(buffers.take(), next, end);
          chunks.push(chunk);
          next += chunk.lengthBytes;
        }
        const chunk = chunks[0];
        if (chunk === undefined) return;
        const bytes = await chunk.read;
        chunks.shift();
        if (bytes > 0) yield chunk.buffer.subarray(0, bytes);
        if (bytes < chunk.lengthBytes) return;
        buffers.consumed(chunk.buffer);
      }
    } finally {
      // The file stays open, and the buffers stay the kernel's, until the last of them has come.
      await Promise.allSettled(chunks.map(({ read }) => read));
    }
  }

  #read(buffer: Buffer, position: number, end: number): Chunk {
    const lengthBytes = Math.min(this.#chunkBytes, end - position);
    const read = this.#file.read(buffer, { position, length: lengthBytes, signal: this.#signal });
    // It is looked at when its turn comes; one that fails before is no unhandled rejection.
    read.catch(() => {});
    return { buffer, lengthBytes, read };
  }

  async *#asItComes(buffers: ChunkBuffers): AsyncGenerator<Buffer, void, void> {
    let left = this.#length;
    while (left > 0) {
      const buffer = buffers.take();
      const length = Math.min(this.#chunkBytes, left);
      const bytes = await this.#file.readSome(buffer, { length, signal: this.#signal });
      if (bytes === 0) return;
      left -= bytes;
      yield buffer.subarray(0, bytes);
      buffers.consumed(buffer);
    }
  }
}
