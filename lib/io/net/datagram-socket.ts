import { checkBoolean, wrongType } from '../../loop/index.js';
import { AbortError } from '../abort.js';
import type { IoContext, IoResource } from '../io-context.js';
import type { Datagram, DatagramSink, DatagramTransport } from './datagram-transport.js';
import { checkPort, checkText, internetAddress } from './listen-options.js';
import type { InternetAddress } from './net-address.js';
import { netError, socketBusyError, socketClosedError } from './net-error.js';
import type { SocketReadOptions } from './socket.js';

interface Waiter {
  resolve(datagram: Datagram): void;
  reject(error: Error): void;
}

/** Datagrams that wait for a reader; beyond them, the kernel keeps what it has room for, and drops the rest. */
const MOST_WAITING = 256;

/** A UDP socket. Datagrams are received when somebody waits for them. */
export class DatagramSocket implements DatagramSink, IoResource {
  readonly #io: IoContext;
  readonly #queue: Datagram[] = [];
  #transport!: DatagramTransport;
  #waiter: Waiter | undefined;
  #error: Error | undefined;
  #isClosed = false;
  #isGone = false;
  #closeWaiters: (() => void)[] = [];
  #unlisten = (): void => {};

  /** Use `EventLoop.bind`. */
  constructor(io: IoContext) {
    this.#io = io;
  }

  /** Part of `EventLoop.bind`: says what drives it. */
  start(transport: DatagramTransport, signal: AbortSignal | undefined): void {
    this.#transport = transport;
    this.#io.resources.add(this);
    const onAbort = (): void => void this.close();
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#unlisten = () => signal?.removeEventListener('abort', onAbort);
  }

  /** Where it is bound: with the port that the kernel chose, if that was 0. */
  get address(): InternetAddress {
    return this.#transport.address;
  }

  /** Whether the socket is closed, or about to be. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /**
   * Sends one datagram; resolves with its length when the kernel has it.
   * @param to an IP address, not a name, and a port
   * @throws {UringError} (as a rejection) EMSGSIZE, EACCES, ECONNREFUSED and so on, with syscall 'send'
   * @throws {AbortError} (as a rejection) when `signal` was faster
   */
  async send(
    data: string | Uint8Array,
    to: { readonly address: string; readonly port: number },
    options: SocketReadOptions = {},
  ): Promise<number> {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data;
    if (!(bytes instanceof Uint8Array)) throw wrongType('data', 'a string or a Uint8Array', data);
    const address = internetAddress(checkText('address', to?.address) ?? '', checkPort(to.port, 1));
    if (this.#isClosed) throw socketClosedError();
    if (options.signal?.aborted) throw new AbortError(options.signal.reason);
    return this.#transport.send(bytes, address as InternetAddress, options.signal);
  }

  /**
   * The next datagram.
   * @throws {WakelineError} (as a rejection) `ERR_WAKELINE_SOCKET_CLOSED` when the socket is closed
   * @throws {AbortError} (as a rejection) when `signal` aborts; nothing is lost
   */
  recv(options: SocketReadOptions = {}): Promise<Datagram> {
    const { signal } = options;
    if (signal?.aborted) return Promise.reject(new AbortError(signal.reason));
    const datagram = this.#queue.shift();
    if (!this.#isClosed && this.#queue.length < MOST_WAITING / 2) this.#transport.resume();
    if (datagram !== undefined) return Promise.resolve(datagram);
    const error = this.#takeError();
    if (error !== undefined) return Promise.reject(error);
    if (this.#waiter !== undefined) return Promise.reject(socketBusyError());
    return new Promise((resolve, reject) => this.#wait({ resolve, reject }, signal));
  }

  #takeError(): Error | undefined {
    if (this.#isClosed) return this.#error ?? socketClosedError();
    const error = this.#error;
    this.#error = undefined;
    return error;
  }

  #wait({ resolve, reject }: Waiter, signal: AbortSignal | undefined): void {
    const onAbort = (): void => {
      this.#waiter = undefined;
      reject(new AbortError(signal!.reason));
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#waiter = {
      resolve(datagram) {
        signal?.removeEventListener('abort', onAbort);
        resolve(datagram);
      },
      reject(error) {
        signal?.removeEventListener('abort', onAbort);
        reject(error);
      },
    };
  }

  onDatagram(datagram: Datagram): void {
    const waiter = this.#takeWaiter();
    if (waiter !== undefined) return waiter.resolve(datagram);
    this.#queue.push(datagram);
    if (this.#queue.length >= MOST_WAITING) this.#transport.pause();
  }

  #takeWaiter(): Waiter | undefined {
    const waiter = this.#waiter;
    this.#waiter = undefined;
    return waiter;
  }

  /** An error that a receive met (an ICMP message, for example) ends that receive, not the socket. */
  onReceiveError(result: number): void {
    const error = netError(result, 'recv');
    const waiter = this.#takeWaiter();
    if (waiter === undefined) this.#error = error;
    else waiter.reject(error);
  }

  /** Datagrams as they come, until the socket is closed. Leaving the loop early leaves it open. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Datagram, void, void> {
    while (!this.#isClosed) {
      let datagram: Datagram;
      try {
        datagram = await this.recv();
      } catch (error) {
        if (this.#isClosed && this.#error === undefined) return;
        throw error;
      }
      yield datagram;
    }
  }

  /** Allows to send to broadcast addresses, or forbids it. */
  setBroadcast(isOn = true): this {
    if (!this.#isClosed) this.#transport.setBroadcast(checkBoolean('isOn', isOn, true));
    return this;
  }

  /** Closes; resolves when the fd is closed. Who waits in `recv` fails with `ERR_WAKELINE_SOCKET_CLOSED`. */
  close(): Promise<void> {
    if (this.#isGone) return Promise.resolve();
    const promise = new Promise<void>((resolve) => {
      this.#closeWaiters.push(resolve);
    });
    if (!this.#isClosed) {
      this.#isClosed = true;
      this.#unlisten();
      this.#queue.length = 0;
      this.#takeWaiter()?.reject(socketClosedError());
      this.#transport.close();
    }
    return promise;
  }

  onClosed(): void {
    this.#isGone = true;
    this.#io.resources.delete(this);
    for (const resolve of this.#closeWaiters.splice(0)) resolve();
  }

  /** Keeps the thread alive while the socket waits for datagrams (the default). */
  ref(): this {
    this.#transport.setHolding(true);
    return this;
  }

  /** Lets the thread end although the socket waits for datagrams. */
  unref(): this {
    this.#transport.setHolding(false);
    return this;
  }

  /** Part of the loop's closing. */
  abandon(): void {
    void this.close();
  }

  /** Part of the loop's closing. */
  closeNow(): void {
    this.#transport.closeNow();
  }

  /** The same as `close`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
