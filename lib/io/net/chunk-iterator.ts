import { AbortError } from '../abort.js';
import type { Connection } from './connection.js';
import { socketBusyError } from './net-error.js';
import { OWNED, type ReadWaiter } from './stream-reader.js';

interface Pending {
  resolve(result: IteratorResult<Buffer, undefined>): void;
  reject(error: Error): void;
}

/**
 * The chunks of a connection as they come. A chunk's memory is the loop's: it is valid until the next one is asked for,
 * or the iteration ends.
 */
export class ChunkIterator implements AsyncIterableIterator<Buffer, undefined, undefined>, ReadWaiter {
  readonly #connection: Connection;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => this.#abort();
  #pending: Pending | undefined;
  #lease: number = OWNED;
  #isDone = false;

  constructor(connection: Connection, signal: AbortSignal | undefined) {
    this.#connection = connection;
    this.#signal = signal;
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The next chunk. */
  next(): Promise<IteratorResult<Buffer, undefined>> {
    const { reader } = this.#connection;
    this.#release();
    if (this.#isDone) return Promise.resolve({ done: true, value: undefined });
    if (this.#signal?.aborted) return Promise.reject(this.#end(new AbortError(this.#signal.reason)));
    if (reader.isAwaited) return Promise.reject(socketBusyError());
    const chunk = reader.take();
    if (chunk !== undefined) {
      this.#lease = chunk.lease;
      return Promise.resolve({ done: false, value: chunk.bytes });
    }
    if (reader.isAtEnd) {
      this.#end(undefined);
      return Promise.resolve({ done: true, value: undefined });
    }
    const { error } = reader;
    if (error !== undefined) return Promise.reject(this.#end(error));
    return new Promise((resolve, reject) => {
      this.#pending = { resolve, reject };
      reader.wait(this);
    });
  }

  onReadable(): void {
    const pending = this.#takePending();
    const chunk = this.#connection.reader.take();
    if (chunk === undefined) {
      this.#end(undefined);
      pending?.resolve({ done: true, value: undefined });
    } else {
      this.#lease = chunk.lease;
      pending?.resolve({ done: false, value: chunk.bytes });
    }
  }

  onError(error: Error): void {
    this.#takePending()?.reject(this.#end(error));
  }

  #takePending(): Pending | undefined {
    const pending = this.#pending;
    this.#pending = undefined;
    return pending;
  }

  #abort(): void {
    const pending = this.#takePending();
    if (pending === undefined) return;
    this.#connection.reader.cancelWait();
    pending.reject(this.#end(new AbortError(this.#signal!.reason)));
  }

  #end<E extends Error | undefined>(error: E): E {
    this.#isDone = true;
    this.#signal?.removeEventListener('abort', this.#onAbort);
    return error;
  }

  #release(): void {
    const lease = this.#lease;
    this.#lease = OWNED;
    this.#connection.reader.release(lease);
  }

  /** The loop was left early: the connection stays open, and can be read on. */
  return(): Promise<IteratorResult<Buffer, undefined>> {
    this.#release();
    this.#end(undefined);
    return Promise.resolve({ done: true, value: undefined });
  }
}
