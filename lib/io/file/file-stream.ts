import { Duplex } from 'node:stream';
import type { File } from './file.js';
import type { ReadableOptions } from './file-readable.js';
import type { FileWritable, WritableOptions } from './file-writable.js';

/** Options of `File.toNodeStream`. */
export interface FileStreamOptions extends Omit<ReadableOptions, 'reuse' | 'position'> {
  /** Where to read from, in bytes. Default 0. */
  readonly position?: number | undefined;
  /** Where to write to, in bytes; null is the file's own position, or its end. Default null. */
  readonly writePosition?: WritableOptions['position'];
  /** Whether the stream's end closes the file. Default true. */
  readonly autoClose?: boolean | undefined;
}

type Callback = (error?: Error | null) => void;

/** A file as a stream of Node's. It has the sides that the file was opened for. */
export class FileStream extends Duplex {
  readonly #file: File;
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #writable: FileWritable;
  readonly #autoClose: boolean;
  /** Ends a read of what may never come, when the stream is destroyed. */
  readonly #ending = new AbortController();

  /** Use `File.toNodeStream`. */
  constructor(file: File, { autoClose = true, writePosition, ...options }: FileStreamOptions) {
    const { chunkBytes, signal } = options;
    const sides = { readable: file.isReadable, writable: file.isWritable };
    super({
      ...sides,
      ...(chunkBytes === undefined ? {} : { readableHighWaterMark: chunkBytes }),
      ...(signal === undefined ? {} : { signal }),
    });
    const ending = { signal: this.#ending.signal };
    this.#file = file;
    this.#chunks = file.readable({ ...options, ...ending, reuse: false })[Symbol.asyncIterator]();
    this.#writable = file.writable({ position: writePosition, ...ending });
    this.#autoClose = autoClose;
  }

  override _read(): void {
    this.#chunks.next().then(
      ({ done, value }) => this.push(done ? null : value),
      (error) => this.destroy(error),
    );
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: Callback): void {
    this.#writable.write(chunk).then(() => callback(), callback);
  }

  override _writev(chunks: { chunk: Buffer }[], callback: Callback): void {
    Promise.all(chunks.map(({ chunk }) => this.#writable.write(chunk))).then(() => callback(), callback);
  }

  override _final(callback: Callback): void {
    this.#writable.end().then(() => callback(), callback);
  }

  override _destroy(error: Error | null, callback: Callback): void {
    const end = async (): Promise<void> => {
      this.#ending.abort();
      await this.#chunks.return?.();
      if (this.#autoClose) await this.#file.close();
    };
    end().then(
      () => callback(error),
      (late) => callback(error ?? late),
    );
  }
}
