import { Duplex } from 'node:stream';
import type { Connection, ConnectionEvents } from './connection.js';

/** A Node stream over a connection. */
export function socketDuplex(connection: Connection): Duplex {
  return new SocketDuplex(connection);
}

type Done = (error?: Error | null) => void;

class SocketDuplex extends Duplex implements ConnectionEvents {
  readonly #connection: Connection;
  #isStarted = false;
  #isAtEnd = false;

  constructor(connection: Connection) {
    super({ allowHalfOpen: true, emitClose: true });
    this.#connection = connection;
    connection.events = this;
  }

  override _read(): void {
    const { reader } = this.#connection;
    if (this.#isStarted) return reader.flow();
    this.#isStarted = true;
    reader.setReceiver(this.#connection);
  }

  /** The chunk's memory is only lent; what reads a Node stream may keep what it gets. */
  onData(bytes: Buffer, lengthBytes: number): void {
    if (!this.push(Buffer.from(bytes.subarray(0, lengthBytes)))) this.#connection.reader.hold();
  }

  onEnd(): void {
    this.#isAtEnd = true;
    this.push(null);
  }

  onDrain(): void {}

  onClose(error: Error | undefined): void {
    // After the end, what the stream still holds can be read.
    if (error !== undefined || !this.#isAtEnd) this.destroy(error);
  }

  override _write(chunk: Buffer, _encoding: string, done: Done): void {
    this.#connection.write(chunk).then(() => done(), done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: Done): void {
    const { writer } = this.#connection;
    for (const { chunk } of chunks.slice(0, -1)) writer.add(chunk);
    this.#connection.write(chunks[chunks.length - 1].chunk).then(() => done(), done);
  }

  override _final(done: Done): void {
    this.#connection.end().then(() => done(), done);
  }

  override _destroy(error: Error | null, done: Done): void {
    this.#connection.destroy(error ?? undefined);
    this.#connection.close().then(() => done(error), done);
  }
}
