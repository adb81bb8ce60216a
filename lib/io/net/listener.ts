import { AbortError } from '../abort.js';
import type { IoResource } from '../io-context.js';
import type { Acceptor, AcceptorSink, NewTransport } from './acceptor.js';
import type { ResolvedListenOptions } from './listen-options.js';
import type { NetAddress } from './net-address.js';
import type { NetContext } from './net-context.js';
import { netError, socketBusyError } from './net-error.js';
import type { Socket, SocketReadOptions } from './socket.js';

interface Waiter {
  resolve(socket: Socket | undefined): void;
  reject(error: Error): void;
}

/** Connections that nobody has taken; beyond them, the others wait in the kernel's backlog. */
const MOST_WAITING = 64;

/** A socket that accepts connections. */
export class Listener implements AcceptorSink, IoResource {
  /** Connections that could not be accepted, and were tried again. */
  acceptErrors = 0;
  readonly #net: NetContext;
  readonly #options: ResolvedListenOptions;
  readonly #onConnection: ((socket: Socket) => void) | undefined;
  readonly #onAbort = (): void => void this.close();
  #acceptor!: Acceptor;
  #waiting: Socket[] = [];
  #waiter: Waiter | undefined;
  #isClosed = false;
  #error: Error | undefined;
  #closeWaiters: (() => void)[] = [];
  #isGone = false;

  /** Use `EventLoop.listen`. */
  constructor(
    net: NetContext,
    options: ResolvedListenOptions,
    onConnection: ((socket: Socket) => void) | undefined,
  ) {
    this.#net = net;
    this.#options = options;
    this.#onConnection = onConnection;
  }

  /** Part of `EventLoop.listen`: says what accepts. */
  start(acceptor: Acceptor): void {
    this.#acceptor = acceptor;
    this.#net.io.resources.add(this);
    this.#options.signal?.addEventListener('abort', this.#onAbort, { once: true });
    if (this.#onConnection !== undefined) acceptor.resume();
  }

  /** Where it listens: with the port that the kernel chose, if that was 0. */
  get address(): NetAddress {
    return this.#acceptor.address;
  }

  /** Whether it accepts no more. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  onConnection(transport: NewTransport): void {
    const socket = this.#net.socketOver(transport, this.#options.socket);
    const waiter = this.#waiter;
    if (this.#onConnection !== undefined) this.#onConnection(socket);
    else if (waiter !== undefined) {
      this.#waiter = undefined;
      waiter.resolve(socket);
    } else this.#keep(socket);
  }

  #keep(socket: Socket): void {
    this.#waiting.push(socket);
    if (this.#waiting.length >= MOST_WAITING) this.#acceptor.pause();
  }

  onAcceptError(result: number): void {
    this.acceptErrors++;
    this.#options.onError?.(netError(result, 'accept', this.address));
  }

  onBroken(result: number): void {
    this.#error = netError(result, 'accept', this.address);
    void this.close();
  }

  /**
   * The next connection; undefined when the listener is closed.
   * @throws {AbortError} (as a rejection) when `signal` aborts; the listener stays open
   */
  accept(options: SocketReadOptions = {}): Promise<Socket | undefined> {
    const { signal } = options;
    if (signal?.aborted) return Promise.reject(new AbortError(signal.reason));
    const socket = this.#waiting.shift();
    if (!this.#isClosed && this.#waiting.length < MOST_WAITING / 2) this.#acceptor.resume();
    if (socket !== undefined) return Promise.resolve(socket);
    if (this.#isClosed)
      return this.#error === undefined ? Promise.resolve(undefined) : Promise.reject(this.#error);
    if (this.#waiter !== undefined) return Promise.reject(socketBusyError());
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#waiter = undefined;
        reject(new AbortError(signal!.reason));
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      const settled = (): void => signal?.removeEventListener('abort', onAbort);
      this.#waiter = {
        resolve: (accepted) => {
          settled();
          resolve(accepted);
        },
        reject: (error) => {
          settled();
          reject(error);
        },
      };
    });
  }

  /** Connections as they come, until the listener is closed. Leaving the loop early closes it. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Socket, void, void> {
    try {
      for (;;) {
        const socket = await this.accept();
        if (socket === undefined) return;
        yield socket;
      }
    } finally {
      await this.close();
    }
  }

  /** Accepts no more; resolves when the fd is closed. Connections that were accepted go on. */
  close(): Promise<void> {
    if (this.#isGone) return Promise.resolve();
    const promise = new Promise<void>((resolve) => {
      this.#closeWaiters.push(resolve);
    });
    if (!this.#isClosed) {
      this.#stop();
      this.#acceptor.close();
    }
    return promise;
  }

  #stop(): void {
    this.#isClosed = true;
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    for (const socket of this.#waiting.splice(0)) socket.destroy();
    const waiter = this.#waiter;
    this.#waiter = undefined;
    if (this.#error !== undefined) waiter?.reject(this.#error);
    else waiter?.resolve(undefined);
  }

  onClosed(): void {
    this.#isGone = true;
    this.#net.io.resources.delete(this);
    for (const resolve of this.#closeWaiters.splice(0)) resolve();
  }

  /** Keeps the thread alive (the default). */
  ref(): this {
    this.#acceptor.setHolding(true);
    return this;
  }

  /** Lets the thread end although the listener is open. */
  unref(): this {
    this.#acceptor.setHolding(false);
    return this;
  }

  /** Part of the loop's closing. */
  abandon(): void {
    void this.close();
  }

  /** Part of the loop's closing. */
  closeNow(): void {
    this.#acceptor.closeNow();
  }

  /** The same as `close`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
