import dgram from 'node:dgram';
import { UnavailableError } from '../../loop/index.js';
import { AbortError } from '../abort.js';
import type { ResolvedBindOptions } from './datagram-options.js';
import type { DatagramSink, DatagramTransport } from './datagram-transport.js';
import type { InternetAddress } from './net-address.js';
import { netError } from './net-error.js';
import { nodeHasReusePort, reusePortMajor } from './node-acceptor.js';

/** A UDP socket by `node:dgram`, for loops without a ring. */
export class NodeDatagram implements DatagramTransport {
  readonly address: InternetAddress;
  readonly #socket: dgram.Socket;
  readonly #sink: DatagramSink;
  #isWanted = false;
  #isClosed = false;

  private constructor(socket: dgram.Socket, sink: DatagramSink) {
    const { address, family, port } = socket.address();
    this.#socket = socket;
    this.#sink = sink;
    this.address = { address, family: family as 'IPv4' | 'IPv6', port };
    socket.on('message', (data, from) => {
      // node:dgram cannot be paused: what comes meanwhile is dropped, as the kernel does when its buffer is full.
      if (!this.#isWanted) return;
      sink.onDatagram({
        data,
        from: { address: from.address, family: from.family, port: from.port },
      });
    });
    socket.on('error', (error: NodeJS.ErrnoException) => sink.onReceiveError(error.errno ?? 0));
  }

  /**
   * Binds.
   * @param fd of a socket that is bound already, where native code could open one
   * @throws {UringError} (as a rejection) as of `openDatagram`
   */
  static open(
    address: InternetAddress,
    options: ResolvedBindOptions,
    fd: number | undefined,
    sink: DatagramSink,
  ): Promise<NodeDatagram> {
    const { reusePort, ipv6Only } = options;
    if (fd === undefined && reusePort && !nodeHasReusePort) {
      throw new UnavailableError("option 'reusePort'", `without native code it needs Node ${reusePortMajor}`);
    }
    const type = address.family === 'IPv6' ? 'udp6' : 'udp4';
    const own: object = fd === undefined && reusePort ? { reusePort } : {};
    const socket = dgram.createSocket({ type, ipv6Only, ...own });
    return new Promise((resolve, reject) => {
      socket.once('error', (error: NodeJS.ErrnoException) => {
        socket.close();
        reject(error.errno === undefined ? error : netError(error.errno, 'bind', address));
      });
      const where: object = fd === undefined ? { address: address.address, port: address.port } : { fd };
      socket.bind(where, () => {
        socket.removeAllListeners('error');
        resolve(new NodeDatagram(socket, sink));
      });
    });
  }

  resume(): void {
    this.#isWanted = true;
  }

  pause(): void {
    this.#isWanted = false;
  }

  send(data: Uint8Array, to: InternetAddress, signal: AbortSignal | undefined): Promise<number> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => reject(new AbortError(signal!.reason));
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#socket.send(data, to.port, to.address, (error: NodeJS.ErrnoException | null, sent) => {
        signal?.removeEventListener('abort', onAbort);
        if (error) reject(netError(error.errno ?? 0, 'send', to));
        else resolve(sent);
      });
    });
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#socket.close(() => this.#sink.onClosed());
  }

  closeNow(): void {
    this.close();
  }

  setHolding(isHolding: boolean): void {
    if (isHolding) this.#socket.ref();
    else this.#socket.unref();
  }

  setBroadcast(isOn: boolean): void {
    this.#socket.setBroadcast(isOn);
  }
}
