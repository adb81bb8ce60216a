import type net from 'node:net';
import type { NewTransport } from './acceptor.js';
import { internetAddress } from './listen-options.js';
import type { NetAddress } from './net-address.js';
import type { SendPiece } from './send-piece.js';
import { OWNED } from './stream-reader.js';
import type { StreamSink } from './stream-transport.js';

const ECONNRESET = -104;

/** A connection by `node:net`, for loops without a ring. */
export class NodeTransport implements NewTransport {
  readonly mustCopy = false;
  readonly #socket: net.Socket;
  #sink!: StreamSink;
  #isClosing = false;

  /** @param socket connected, paused, and half-open allowed */
  constructor(socket: net.Socket) {
    this.#socket = socket;
  }

  setSink(sink: StreamSink): void {
    this.#sink = sink;
    this.#socket.pause();
    this.#socket.on('data', (chunk: Buffer) => {
      if (!this.#isClosing) sink.onChunk(chunk, chunk.length, OWNED);
    });
    this.#socket.on('end', () => {
      if (!this.#isClosing) sink.onEnd();
    });
    // A failed write is told to its callback as well.
    this.#socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.syscall !== 'write' && !this.#isClosing) sink.onReadError(error.errno ?? ECONNRESET);
    });
    this.#socket.on('close', () => sink.onClosed());
  }

  resume(): void {
    this.#socket.resume();
  }

  pause(): void {
    this.#socket.pause();
  }

  giveBack(): void {}

  send(piece: SendPiece): void {
    const { bytes, start, end } = piece;
    this.#socket.write(bytes.subarray(start, end), (error) => {
      if (this.#isClosing) return;
      this.#sink.onSent(error ? ((error as NodeJS.ErrnoException).errno ?? ECONNRESET) : end - start);
    });
  }

  lengthen(): boolean {
    return false;
  }

  extend(): boolean {
    return false;
  }

  shutdown(): void {
    this.#socket.end(() => {
      if (!this.#isClosing) this.#sink.onShutdown(0);
    });
  }

  close(): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    if (this.#socket.closed) this.#sink.onClosed();
    else this.#socket.destroy();
  }

  closeNow(): void {
    this.close();
  }

  setNoDelay(isOn: boolean): void {
    this.#socket.setNoDelay(isOn);
  }

  setKeepAlive(isOn: boolean, idleSeconds: number): void {
    this.#socket.setKeepAlive(isOn, idleSeconds * 1000);
  }

  localAddress(): NetAddress | undefined {
    const { localAddress, localPort } = this.#socket;
    return localAddress === undefined || localPort === undefined
      ? { path: '' }
      : internetAddress(localAddress, localPort);
  }

  remoteAddress(): NetAddress | undefined {
    const { remoteAddress, remotePort } = this.#socket;
    return remoteAddress === undefined || remotePort === undefined
      ? { path: '' }
      : internetAddress(remoteAddress, remotePort);
  }

  setHolding(isHolding: boolean): void {
    if (isHolding) this.#socket.ref();
    else this.#socket.unref();
  }
}
