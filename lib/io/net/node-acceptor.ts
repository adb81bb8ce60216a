import net from 'node:net';
import { UnavailableError } from '../../loop/index.js';
import type { Acceptor, AcceptorSink } from './acceptor.js';
import type { ResolvedListenOptions } from './listen-options.js';
import { internetAddress } from './listen-options.js';
import type { NetAddress } from './net-address.js';
import { netError } from './net-error.js';
import { NodeTransport } from './node-transport.js';

/** Node's own `reusePort` is in every release from this one on; before, only native code can set it. */
export const reusePortMajor = 24;

/** Whether Node itself can share ports. */
export const nodeHasReusePort = Number(process.versions.node.split('.')[0]) >= reusePortMajor;

/** A listening socket by `node:net`, for loops without a ring. */
export class NodeAcceptor implements Acceptor {
  readonly address: NetAddress;
  readonly #server: net.Server;
  readonly #sink: AcceptorSink;
  #isClosed = false;

  private constructor(server: net.Server, sink: AcceptorSink, address: NetAddress) {
    this.#server = server;
    this.#sink = sink;
    this.address = address;
  }

  /**
   * Starts listening.
   * @param fd of a socket that listens already, where native code could open one
   * @throws {UringError} (as a rejection) as of `openListener`
   */
  static open(
    address: NetAddress,
    options: ResolvedListenOptions,
    fd: number | undefined,
    sink: AcceptorSink,
  ): Promise<NodeAcceptor> {
    const { noDelay, keepAliveMs } = options.socket;
    const server = net.createServer({
      allowHalfOpen: true,
      pauseOnConnect: true,
      noDelay,
      keepAlive: keepAliveMs > 0,
      keepAliveInitialDelay: keepAliveMs,
    });
    server.on('connection', (socket) => sink.onConnection(new NodeTransport(socket)));
    return new Promise((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) =>
        reject(error.errno === undefined ? error : netError(error.errno, 'listen', address)),
      );
      const onListening = (): void => {
        server.removeAllListeners('error');
        server.on('error', (error: NodeJS.ErrnoException) => sink.onAcceptError(error.errno ?? 0));
        resolve(new NodeAcceptor(server, sink, addressOf(server, address)));
      };
      if (fd === undefined) server.listen(nodeListenOptions(address, options), onListening);
      else listenOnFd(server, fd, options.backlog, onListening);
    });
  }

  /** Node's server accepts whether connections are taken or not. */
  resume(): void {}

  pause(): void {}

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    // The fd is closed at once; the server's own event waits for every connection.
    this.#server.close();
    setImmediate(() => this.#sink.onClosed());
  }

  closeNow(): void {
    this.close();
  }

  setHolding(isHolding: boolean): void {
    if (isHolding) this.#server.ref();
    else this.#server.unref();
  }
}

/** Node lets the fd listen once more, and takes the backlog for that from an argument of its own alone, which its types lack. */
function listenOnFd(server: net.Server, fd: number, backlog: number, onListening: () => void): void {
  const listen = server.listen as (
    options: { fd: number },
    backlog: number,
    callback: () => void,
  ) => net.Server;
  listen.call(server, { fd }, backlog, onListening);
}

function nodeListenOptions(address: NetAddress, options: ResolvedListenOptions): net.ListenOptions {
  const { backlog, reusePort, ipv6Only } = options;
  if ('path' in address) return { path: address.path, backlog };
  if (reusePort && !nodeHasReusePort) {
    throw new UnavailableError("option 'reusePort'", `without native code it needs Node ${reusePortMajor}`);
  }
  const withReusePort: object = reusePort ? { reusePort } : {};
  return { host: address.address, port: address.port, backlog, ipv6Only, ...withReusePort };
}

function addressOf(server: net.Server, asked: NetAddress): NetAddress {
  const address = server.address();
  if (address === null || typeof address === 'string') return asked;
  return internetAddress(address.address, address.port);
}
