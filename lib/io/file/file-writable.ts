import { bytesOfData, type Data } from './data.js';
import type { File, SignalOptions } from './file.js';
import type { Bytes } from './file-calls.js';
import { checkPosition } from './range.js';
import { lengthOf } from './vector.js';

/** Options of `File.writable`. */
export interface WritableOptions extends SignalOptions {
  /** Where to begin, in bytes; null is the file's own position, or its end if it was opened for appending. Default null. */
  readonly position?: number | null | undefined;
  /** Encoding of texts. Default 'utf8'. */
  readonly encoding?: BufferEncoding | undefined;
}

interface Piece {
  readonly bytes: Bytes;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes a file piece by piece, in order. Pieces that come while a write is in flight go out together with the next one.
 */
export class FileWritable {
  readonly #file: File;
  readonly #encoding: BufferEncoding;
  readonly #signal: AbortSignal | undefined;
  #position: number;
  #waiting: Piece[] = [];
  #writing: Promise<void> | undefined;
  #pendingBytes = 0;
  #failure: { readonly error: unknown } | undefined;

  /** Use `File.writable`. */
  constructor(file: File, { position, encoding = 'utf8', signal }: WritableOptions) {
    this.#file = file;
    this.#position = checkPosition(position);
    this.#encoding = encoding;
    this.#signal = signal;
  }

  /** Bytes that are not written yet. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /**
   * Writes bytes or a text behind what was written before. Await it to keep memory bounded, or look at `pendingBytes`; the
   * bytes must not change until then.
   * @returns when it is written. After a failure, every further write fails in the same way.
   */
  write(data: Data): Promise<void> {
    return new Promise((resolve, reject) => {
      const bytes = bytesOfData(data, this.#encoding);
      if (this.#failure !== undefined) return reject(this.#failure.error);
      this.#pendingBytes += bytes.byteLength;
      this.#waiting.push({ bytes, resolve, reject });
      this.#writing ??= this.#writeAll();
    });
  }

  /** Resolves when everything is written; the file stays open. */
  async end(): Promise<void> {
    await this.#writing;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** The same as `end`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.end();
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const pieces = this.#waiting;
      this.#waiting = [];
      try {
        if (this.#failure !== undefined) throw this.#failure.error;
        await this.#writePieces(pieces.map(({ bytes }) => bytes));
        for (const piece of pieces) piece.resolve();
      } catch (error) {
        this.#failure ??= { error };
        for (const piece of pieces) piece.reject(error);
      }
      for (const { bytes } of pieces) this.#pendingBytes -= bytes.byteLength;
    }
    this.#writing = undefined;
  }

  async #writePieces(buffers: readonly Bytes[]): Promise<void> {
    const options = { position: this.#position, signal: this.#signal };
    const written =
      buffers.length === 1
        ? await this.#file.write(buffers[0], options)
        : await this.#file.writev(buffers, options);
    if (this.#position >= 0) this.#position += written;
    if (written < lengthOf(buffers))
      throw new Error(`the file took ${written} of ${lengthOf(buffers)} bytes`);
  }
}
