import { checkFunction } from '../../loop/index.js';
import { FileLoop } from '../file-loop.js';
import { bind } from './bind.js';
import { connect } from './connect.js';
import type { ConnectOptions } from './connect-options.js';
import type { BindOptions } from './datagram-options.js';
import type { DatagramSocket } from './datagram-socket.js';
import { listen } from './listen.js';
import type { ListenOptions } from './listen-options.js';
import type { Listener } from './listener.js';
import { NetContext } from './net-context.js';
import type { Socket } from './socket.js';

/** A loop with sockets. */
export abstract class NetLoop extends FileLoop {
  #net: NetContext | undefined;

  get #context(): NetContext {
    this.io.assertOpen();
    this.#net ??= new NetContext(this.io);
    return this.#net;
  }

  /**
   * Listens on a TCP port or a Unix socket.
   * @param onConnection called with each connection; without it, use `for await` or `accept` of the listener
   * @throws {TypeError | RangeError} for wrong options, naming the option and the value
   * @throws {UringError} EADDRINUSE, EACCES and so on, with syscall 'listen'
   */
  async listen(options: ListenOptions, onConnection?: (socket: Socket) => void): Promise<Listener> {
    return listen(this.#context, options, checkFunction('onConnection', onConnection));
  }

  /**
   * Connects to a TCP port or a Unix socket.
   * @throws {TypeError | RangeError} for wrong options, naming the option and the value
   * @throws {UringError} ECONNREFUSED, ETIMEDOUT (also when `timeoutMs` is over) and so on, with syscall 'connect'
   * @throws {AbortError} when `signal` aborts
   */
  async connect(options: ConnectOptions): Promise<Socket> {
    return connect(this.#context, options);
  }

  /**
   * Opens a UDP socket.
   * @throws {TypeError | RangeError} for wrong options, naming the option and the value
   * @throws {UringError} EADDRINUSE, EACCES and so on, with syscall 'bind'
   */
  async bind(options: BindOptions = {}): Promise<DatagramSocket> {
    return bind(this.#context, options);
  }

  /**
   * Memory that sockets hold right now, for monitoring: `received`, buffers with data that nobody has taken yet, and
   * `sending`, blocks with data that the kernel does not have yet. Both are 0 when nothing is under way.
   */
  get socketBuffers(): { readonly received: number; readonly sending: number } {
    const received = this.#net?.ring?.buffers.taken ?? 0;
    return { received, sending: this.#net?.blocks.lent ?? 0 };
  }
}
