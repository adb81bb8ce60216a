import type { IoContext, IoResource } from '../io-context.js';
import type { NewTransport } from './acceptor.js';
import { IdleTimer } from './idle-timer.js';
import { netError, socketEndedError, socketTimeoutError } from './net-error.js';
import type { SendBlocks } from './send-piece.js';
import type { ResolvedSocketOptions } from './socket-options.js';
import { type ChunkReceiver, StreamReader } from './stream-reader.js';
import type { StreamSink } from './stream-transport.js';
import { StreamWriter, type WriterEvents } from './stream-writer.js';

/** What a connection tells, where somebody wants to hear it by calls instead of promises. */
export interface ConnectionEvents {
  onData(bytes: Buffer, lengthBytes: number): void;
  onEnd(): void;
  onDrain(): void;
  onClose(error: Error | undefined): void;
}

interface Waiter {
  resolve(): void;
  reject(error: Error): void;
}

const ENOTCONN = -107;

/** One connection, whatever drives it: the state that its two directions share, and how it ends. */
export class Connection implements StreamSink, WriterEvents, ChunkReceiver, IoResource {
  readonly transport: NewTransport;
  readonly reader: StreamReader;
  readonly writer: StreamWriter;
  /** Whoever hears by calls. */
  events: ConnectionEvents | undefined;
  /** The fd is closed, or being closed. */
  isClosed = false;
  readonly #io: IoContext;
  #isGone = false;
  #isEnding = false;
  #isShut = false;
  /** Closes once everything is sent. */
  #isClosing = false;
  #endHasCome = false;
  #error: Error | undefined;
  #drainWaiters: Waiter[] | undefined;
  #endWaiters: Waiter[] | undefined;
  #closeWaiters: (() => void)[] | undefined;
  #idleTimer: IdleTimer | undefined;

  constructor(io: IoContext, transport: NewTransport, blocks: SendBlocks, options: ResolvedSocketOptions) {
    this.#io = io;
    this.transport = transport;
    transport.setSink(this);
    io.resources.add(this);
    this.reader = new StreamReader(transport, options.readHighWaterBytes);
    this.writer = new StreamWriter(transport, blocks, this, options.writeHighWaterBytes);
    if (options.idleTimeoutMs > 0) this.setIdleTimeout(options.idleTimeoutMs);
  }

  /** Fails when nothing comes or goes for so long; 0 never. */
  setIdleTimeout(timeoutMs: number): void {
    this.#idleTimer?.stop();
    this.#idleTimer = undefined;
    if (timeoutMs === 0 || this.isClosed) return;
    this.#idleTimer = new IdleTimer(timeoutMs, () => this.destroy(socketTimeoutError(timeoutMs)));
  }

  onChunk(bytes: Buffer, lengthBytes: number, lease: number): void {
    this.#idleTimer?.touch();
    this.reader.onChunk(bytes, lengthBytes, lease);
  }

  onData(bytes: Buffer, lengthBytes: number): void {
    this.events!.onData(bytes, lengthBytes);
  }

  onLast(): void {
    this.events!.onEnd();
  }

  onEnd(): void {
    this.#endHasCome = true;
    this.reader.onEnd();
    this.#closeIfDone();
  }

  onReadError(result: number): void {
    this.destroy(netError(result, 'read'));
  }

  onSent(result: number): void {
    this.#idleTimer?.touch();
    if (result >= 0) this.writer.sent(result);
    else this.destroy(netError(result, 'write'));
  }

  onDrain(): void {
    for (const waiter of this.#drainWaiters ?? []) waiter.resolve();
    this.#drainWaiters = undefined;
    this.events?.onDrain();
  }

  onFlushed(): void {
    if (this.#isClosing) this.#close(undefined);
    else if (this.#isEnding && !this.#isShut) this.transport.shutdown();
  }

  onShutdown(result: number): void {
    // Not connected any more: the other end is gone, so it need not be told.
    if (result < 0 && result !== ENOTCONN) return this.destroy(netError(result, 'shutdown'));
    this.#isShut = true;
    for (const waiter of this.#endWaiters ?? []) waiter.resolve();
    this.#endWaiters = undefined;
    this.#closeIfDone();
  }

  #closeIfDone(): void {
    if (!this.#isShut || !this.#endHasCome) return;
    // What has not been taken can still be: but no longer in memory that others need.
    this.reader.keepCopies();
    this.#close(undefined);
  }

  /** Adds bytes to be sent; false asks to wait for `drained`. */
  enqueue(data: string | Uint8Array): boolean {
    if (this.#isEnding) throw socketEndedError();
    return this.writer.add(data);
  }

  /** Sends bytes; resolves when the kernel has them all. */
  write(data: string | Uint8Array): Promise<void> {
    return this.#isEnding ? Promise.reject(socketEndedError()) : this.writer.addAndWait(data);
  }

  /** Resolves when there is room for `enqueue` again. */
  drained(): Promise<void> {
    if (this.writer.hasRoom) return Promise.resolve();
    if (this.isClosed) return Promise.reject(this.writer.error);
    return new Promise((resolve, reject) => {
      this.#drainWaiters ??= [];
      this.#drainWaiters.push({ resolve, reject });
    });
  }

  /** Sends what is pending, then tells the other end that no more comes. */
  end(): Promise<void> {
    if (this.#isShut) return Promise.resolve();
    if (this.isClosed) return Promise.reject(this.writer.error);
    const promise = new Promise<void>((resolve, reject) => {
      this.#endWaiters ??= [];
      this.#endWaiters.push({ resolve, reject });
    });
    if (!this.#isEnding) {
      this.#isEnding = true;
      if (this.writer.pendingBytes === 0) this.transport.shutdown();
    }
    return promise;
  }

  /** Sends what is pending, then closes; resolves when the fd is closed. */
  close(): Promise<void> {
    if (this.#isGone) return Promise.resolve();
    const promise = new Promise<void>((resolve) => {
      this.#closeWaiters ??= [];
      this.#closeWaiters.push(resolve);
    });
    this.#isClosing = true;
    if (!this.isClosed) {
      this.reader.fail(undefined);
      if (this.writer.pendingBytes === 0) this.#close(undefined);
    }
    return promise;
  }

  /** Closes at once: what is pending fails with the error. */
  destroy(error: Error | undefined): void {
    this.reader.fail(error);
    this.#close(error);
  }

  #close(error: Error | undefined): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#error = error;
    this.#idleTimer?.stop();
    this.writer.fail(error);
    this.#rejectWaiters();
    this.transport.close();
  }

  #rejectWaiters(): void {
    const waiters = [...(this.#drainWaiters ?? []), ...(this.#endWaiters ?? [])];
    this.#drainWaiters = undefined;
    this.#endWaiters = undefined;
    if (waiters.length === 0) return;
    const reason = this.writer.error;
    for (const waiter of waiters) waiter.reject(reason);
  }

  onClosed(): void {
    this.#isGone = true;
    this.isClosed = true;
    this.writer.release();
    this.#io.resources.delete(this);
    for (const resolve of this.#closeWaiters ?? []) resolve();
    this.#closeWaiters = undefined;
    this.events?.onClose(this.#error);
  }

  /** Part of the loop's closing. */
  abandon(): void {
    this.destroy(undefined);
  }

  /** Part of the loop's closing. */
  closeNow(): void {
    this.transport.closeNow();
  }
}
