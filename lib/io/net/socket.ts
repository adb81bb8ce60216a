import type { Duplex } from 'node:stream';
import { checkBoolean, checkNumber, wrongType } from '../../loop/index.js';
import { AbortError } from '../abort.js';
import { ChunkIterator } from './chunk-iterator.js';
import type { Connection, ConnectionEvents } from './connection.js';
import type { NetAddress } from './net-address.js';
import { socketDuplex } from './socket-duplex.js';
import { readInto } from './socket-read.js';

/** Options of the operations on a socket. */
export interface SocketReadOptions {
  /** Ends the waiting. What has come stays, and can be read later. */
  readonly signal?: AbortSignal;
}

/** Options of a write. */
export interface SocketWriteOptions {
  /** Ends the connection: what is half sent cannot be taken back. */
  readonly signal?: AbortSignal;
}

/**
 * Calls instead of promises, for servers: one object serves any number of sockets, and nothing is allocated for a call.
 * An error that one throws is an uncaught exception, as with any callback of Node's.
 */
export interface SocketHandlers {
  /**
   * Bytes have come: the first `lengthBytes` of `bytes`. The memory is the loop's, and valid only during the call.
   */
  onData(socket: Socket, bytes: Buffer, lengthBytes: number): void;
  /** The other end sends no more. Default: `socket.end()`. */
  onEnd?(socket: Socket): void;
  /** There is room again, after `enqueue` returned false. */
  onDrain?(socket: Socket): void;
  /** The socket is closed; `error` is what broke it, if anything did. */
  onClose?(socket: Socket, error: Error | undefined): void;
}

/** A TCP or Unix stream connection. Data flows only when somebody reads. */
export class Socket {
  readonly #connection: Connection;
  #remoteAddress: NetAddress | undefined;

  /** Use `EventLoop.connect`, or a `Listener`. */
  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Address of the other end, as long as it is connected, and afterwards if it was asked for before. */
  get remoteAddress(): NetAddress | undefined {
    this.#remoteAddress ??= this.isClosed ? undefined : this.#connection.transport.remoteAddress();
    return this.#remoteAddress;
  }

  /** Address of this end. */
  get localAddress(): NetAddress | undefined {
    return this.isClosed ? undefined : this.#connection.transport.localAddress();
  }

  /** Whether the socket is closed, or about to be. */
  get isClosed(): boolean {
    return this.#connection.isClosed;
  }

  /** Bytes that were written and that the kernel does not have yet. */
  get pendingBytes(): number {
    return this.#connection.writer.pendingBytes;
  }

  /** Calls these for all that happens from now on. They replace reading by `read` and iteration. */
  handle(handlers: SocketHandlers): this {
    if (typeof handlers?.onData !== 'function')
      throw wrongType('handlers', 'an object with onData', handlers);
    this.#connection.events = new HandlerCalls(this, handlers);
    this.#connection.reader.setReceiver(this.#connection);
    return this;
  }

  /** Calls no `onData` until `resume`; the other end has to wait once the buffers between are full. */
  pause(): this {
    this.#connection.reader.hold();
    return this;
  }

  /** Goes on after `pause`. */
  resume(): this {
    this.#connection.reader.flow();
    return this;
  }

  /**
   * Reads what has come, or what comes next.
   * @returns how many bytes of `target` were filled: at least one, 0 at the end
   */
  read(target: Uint8Array, options: SocketReadOptions = {}): Promise<number> {
    if (!(target instanceof Uint8Array)) throw wrongType('target', 'a Uint8Array', target);
    return readInto(this.#connection.reader, target, options.signal);
  }

  /**
   * Chunks as they come, to the end. A chunk is valid until the next one is asked for: copy what you keep. A loop that is
   * left early leaves the socket open.
   */
  chunks(options: SocketReadOptions = {}): AsyncIterableIterator<Buffer, undefined, undefined> {
    return new ChunkIterator(this.#connection, options.signal);
  }

  /** The same as `chunks()`. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Buffer, undefined, undefined> {
    return this.chunks();
  }

  /**
   * Writes without a promise: what is written until the end of the turn, and while a send is under way, goes out
   * together. Up to 16 KiB, so whatever `onData` was lent, are copied; a longer Uint8Array must not be changed until it is sent.
   * @returns false when much is pending: better wait for `drained()` or `onDrain`. Nothing is lost all the same, unless
   * the connection is broken: then false too, and reads tell why
   * @throws {WakelineError} `ERR_WAKELINE_SOCKET_ENDED` after `end`
   */
  enqueue(data: string | Uint8Array): boolean {
    return this.#connection.enqueue(data);
  }

  /** Resolves when `enqueue` has room. */
  drained(): Promise<void> {
    return this.#connection.drained();
  }

  /**
   * Writes, and resolves when the kernel has all of it and `data` may be changed.
   * @throws {UringError} (as a rejection) EPIPE or ECONNRESET when the other end is gone
   */
  write(data: string | Uint8Array, options: SocketWriteOptions = {}): Promise<void> {
    if (typeof data !== 'string' && !(data instanceof Uint8Array)) {
      throw wrongType('data', 'a string or a Uint8Array', data);
    }
    const { signal } = options;
    if (signal === undefined) return this.#connection.write(data);
    if (signal.aborted) return Promise.reject(new AbortError(signal.reason));
    const onAbort = (): void => this.#connection.destroy(new AbortError(signal.reason));
    signal.addEventListener('abort', onAbort, { once: true });
    return this.#connection.write(data).finally(() => signal.removeEventListener('abort', onAbort));
  }

  /**
   * Sends what is pending, then tells the other end that no more comes; reading goes on. When both ends have done so, the
   * socket closes by itself.
   */
  end(data?: string | Uint8Array): Promise<void> {
    if (data !== undefined) this.#connection.enqueue(data);
    return this.#connection.end();
  }

  /** Sends what is pending, then closes; resolves when that is done. What has not been read is lost. */
  close(): Promise<void> {
    return this.#connection.close();
  }

  /** Closes at once. Pending reads and writes fail with `error`, or with `ERR_WAKELINE_SOCKET_CLOSED`. */
  destroy(error?: Error): void {
    this.#connection.destroy(error);
  }

  /** Sends small writes at once, or lets the kernel gather them (Nagle's algorithm). TCP only. */
  setNoDelay(isOn = true): this {
    if (!this.isClosed) this.#connection.transport.setNoDelay(checkBoolean('isOn', isOn, true));
    return this;
  }

  /** Lets TCP probe the other end after so many milliseconds without traffic; 0: never. Whole seconds are used. */
  setKeepAlive(afterMs: number): this {
    const milliseconds = checkNumber('afterMs', afterMs, 0, 2 ** 31 - 1, 0);
    if (!this.isClosed)
      this.#connection.transport.setKeepAlive(milliseconds > 0, Math.ceil(milliseconds / 1000));
    return this;
  }

  /** Lets the socket fail when nothing comes or goes for so long; 0: never. */
  setIdleTimeout(timeoutMs: number): this {
    this.#connection.setIdleTimeout(checkNumber('timeoutMs', timeoutMs, 0, 2 ** 31 - 1, 0));
    return this;
  }

  /** Keeps the thread alive while the socket waits for data (the default). */
  ref(): this {
    this.#connection.transport.setHolding(true);
    return this;
  }

  /** Lets the thread end although the socket waits for data. */
  unref(): this {
    this.#connection.transport.setHolding(false);
    return this;
  }

  /** A Node stream over this socket, for what expects one. Use either, not both. */
  toNodeStream(): Duplex {
    return socketDuplex(this.#connection);
  }

  /** The same as `close`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** Passes a connection's events on to handlers that many sockets share. */
class HandlerCalls implements ConnectionEvents {
  readonly #socket: Socket;
  readonly #handlers: SocketHandlers;

  constructor(socket: Socket, handlers: SocketHandlers) {
    this.#socket = socket;
    this.#handlers = handlers;
  }

  onData(bytes: Buffer, lengthBytes: number): void {
    this.#handlers.onData(this.#socket, bytes, lengthBytes);
  }

  onEnd(): void {
    if (this.#handlers.onEnd !== undefined) this.#handlers.onEnd(this.#socket);
    // An error is told by onClose.
    else this.#socket.end().catch(() => {});
  }

  onDrain(): void {
    this.#handlers.onDrain?.(this.#socket);
  }

  onClose(error: Error | undefined): void {
    this.#handlers.onClose?.(this.#socket, error);
  }
}
