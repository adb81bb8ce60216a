import { acceptMultishot, type CompletionHandler, CqeFlag, ignoredHandler } from '../../ring/index.js';
import { ECANCELED, EINTR } from '../restart.js';
import type { Acceptor, AcceptorSink } from './acceptor.js';
import type { NetAddress } from './net-address.js';
import type { RingNet } from './ring-net.js';
import { RingTransport } from './ring-transport.js';

const NONE = -1;
const EBADF = -9;
const EINVAL = -22;
const ENOTSOCK = -88;
const EOPNOTSUPP = -95;
const ECONNABORTED = -103;
/** After an error the next connection will probably meet it too: fds and memory run out for a while. */
const RETRY_MS = 20;

/** A listening socket on the ring: one accept for all connections to come. */
export class RingAcceptor implements Acceptor, CompletionHandler {
  readonly address: NetAddress;
  readonly #net: RingNet;
  readonly #fd: number;
  readonly #sink: AcceptorSink;
  readonly #zeroCopyBytes: number;
  #slot = NONE;
  #isWanted = false;
  #isClosing = false;
  #isCloseStarted = false;
  #isHolding = true;
  #retry: NodeJS.Timeout | undefined;

  /** @param zeroCopyBytes as of `RingTransport` */
  constructor(net: RingNet, fd: number, sink: AcceptorSink, zeroCopyBytes: number) {
    this.#net = net;
    this.#fd = fd;
    this.#sink = sink;
    this.#zeroCopyBytes = zeroCopyBytes;
    const { scratch, native } = net;
    scratch.expect();
    native.sockets.localAddress(fd, scratch.address, scratch.lengthAddress);
    this.address = scratch.read();
  }

  resume(): void {
    this.#isWanted = true;
    if (this.#slot === NONE && this.#retry === undefined && !this.#isClosing) this.#arm();
  }

  #arm(): void {
    if (!this.#isHolding) this.#net.core.keepAlive.ignore(1);
    this.#slot = acceptMultishot(this.#net.operations, this, this.#fd);
  }

  pause(): void {
    this.#isWanted = false;
    this.#cancel();
  }

  #cancel(): void {
    if (this.#slot !== NONE) this.#net.operations.cancel(ignoredHandler, this.#slot);
  }

  /** Part of a turn: a connection, or an error. */
  onCompletion(result: number, flags: number): void {
    if ((flags & CqeFlag.MORE) === 0) {
      this.#slot = NONE;
      if (!this.#isHolding) this.#net.core.keepAlive.ignore(-1);
    }
    if (this.#isClosing) {
      if (result >= 0) this.#net.operations.close(ignoredHandler, result);
      return this.#closeWhenIdle();
    }
    if (result < 0) return this.#failed(result);
    // Before the connection is handed out, where an error of the user's would be in the way.
    if (this.#slot === NONE && this.#isWanted) this.#arm();
    this.#sink.onConnection(new RingTransport(this.#net, result, this.#zeroCopyBytes));
  }

  #failed(result: number): void {
    if (result === EINVAL || result === EBADF || result === ENOTSOCK || result === EOPNOTSUPP) {
      return this.#sink.onBroken(result);
    }
    const isHarmless = result === ECANCELED || result === EINTR || result === ECONNABORTED;
    if (!isHarmless) this.#sink.onAcceptError(result);
    if (this.#slot !== NONE || !this.#isWanted || this.#isClosing) return;
    if (isHarmless) this.#arm();
    else this.#retryLater();
  }

  #retryLater(): void {
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      if (this.#isWanted) this.resume();
    }, RETRY_MS);
    if (!this.#isHolding) this.#retry.unref();
  }

  close(): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    clearTimeout(this.#retry);
    this.#cancel();
    this.#closeWhenIdle();
  }

  #closeWhenIdle(): void {
    if (this.#isCloseStarted || this.#slot !== NONE) return;
    this.#isCloseStarted = true;
    this.#net.operations.close({ onCompletion: () => this.#sink.onClosed() }, this.#fd);
  }

  closeNow(): void {
    if (this.#isCloseStarted) return;
    this.#isCloseStarted = true;
    this.#isClosing = true;
    clearTimeout(this.#retry);
    this.#net.native.system.close(this.#fd);
    this.#sink.onClosed();
  }

  setHolding(isHolding: boolean): void {
    if (isHolding === this.#isHolding) return;
    this.#isHolding = isHolding;
    if (this.#slot !== NONE) this.#net.core.keepAlive.ignore(isHolding ? -1 : 1);
  }
}
