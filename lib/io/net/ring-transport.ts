import {
  type CompletionHandler,
  CqeFlag,
  ignoredHandler,
  receiveMultishot,
  SocketConstant,
} from '../../ring/index.js';
import { ECANCELED, EINTR } from '../restart.js';
import type { NetAddress } from './net-address.js';
import type { RingNet } from './ring-net.js';
import { RingSender } from './ring-sender.js';
import type { SendPiece } from './send-piece.js';
import type { StreamSink, StreamTransport } from './stream-transport.js';

const NONE = -1;
const ENOBUFS = -105;
const { IPPROTO_TCP, SHUT_WR, SOL_SOCKET, SO_KEEPALIVE, TCP_KEEPIDLE, TCP_NODELAY } = SocketConstant;

/** A connection on the ring: one receive for all that comes, and one send at a time. */
export class RingTransport implements StreamTransport, CompletionHandler {
  readonly fd: number;
  readonly net: RingNet;
  readonly #sender: RingSender;
  #sink!: StreamSink;
  #slot = NONE;
  #isWanted = false;
  /** The last of `Inflow.census` in which it has brought something. */
  #census = 0;
  /** Whether one completion may bring several buffers. */
  #inBundles = false;
  #isClosing = false;
  #isCloseStarted = false;
  #isHolding = true;

  /** @param zeroCopyBytes shortest write that is sent without copying; `Infinity` for none */
  constructor(net: RingNet, fd: number, zeroCopyBytes: number) {
    this.net = net;
    this.fd = fd;
    this.#sender = new RingSender(this, zeroCopyBytes);
  }

  /** Says who hears of the data. */
  setSink(sink: StreamSink): void {
    this.#sink = sink;
  }

  resume(): void {
    this.#isWanted = true;
    if (this.#slot === NONE && !this.#isClosing) this.#arm();
  }

  #arm(): void {
    const { operations, buffers } = this.net;
    if (!this.#isHolding) this.net.core.keepAlive.ignore(1);
    this.#slot = receiveMultishot(operations, this, buffers, this.fd, this.#inBundles);
  }

  pause(): void {
    this.#isWanted = false;
    this.#cancelReceive();
  }

  #cancelReceive(): void {
    if (this.#slot !== NONE) this.net.operations.cancel(ignoredHandler, this.#slot);
  }

  /** Part of a turn: data, the end or an error has come. */
  onCompletion(result: number, flags: number): void {
    if ((flags & CqeFlag.MORE) === 0) this.#receiveEnded(result);
    if (result > 0) {
      this.#noteInflow(result);
      this.#deliver(result, flags);
    } else if ((flags & CqeFlag.BUFFER) !== 0) this.net.giveBack(this.net.buffers.take(flags));
    if (result <= 0) this.#stopped(result);
  }

  #noteInflow(lengthBytes: number): void {
    const { inflow } = this.net;
    inflow.isActive = true;
    inflow.bytes += lengthBytes;
    if (this.#census === inflow.census) return;
    this.#census = inflow.census;
    inflow.streams++;
  }

  #receiveEnded(result: number): void {
    this.#slot = NONE;
    if (!this.#isHolding) this.net.core.keepAlive.ignore(-1);
    // Before the data is handed out, where an error of the user's would be in the way.
    if ((result > 0 || result === EINTR) && this.#isWanted && !this.#isClosing) this.#arm();
  }

  #deliver(lengthBytes: number, flags: number): void {
    const { buffers } = this.net;
    const id = buffers.take(flags);
    const { bufferBytes } = buffers;
    if (lengthBytes < bufferBytes) this.#hand(id, lengthBytes);
    else if (lengthBytes > bufferBytes) this.#handBundle(id, lengthBytes);
    else {
      // Much comes at once: several buffers by one completion are cheaper, and for little data they are not.
      if (this.net.hasBundles && !this.#inBundles) {
        this.#inBundles = true;
        this.#cancelReceive();
      }
      this.#hand(id, lengthBytes);
    }
  }

  /** An error that a handler throws must not keep it from the rest, whose buffers would be lost. */
  #handBundle(first: number, lengthBytes: number): void {
    const { buffers } = this.net;
    let id = first;
    for (let left = lengthBytes; left > 0; left -= buffers.bufferBytes) {
      // Looked up before this one may be given back, and so change its place.
      const next = left > buffers.bufferBytes ? buffers.takeNext(id) : NONE;
      try {
        this.#hand(id, Math.min(left, buffers.bufferBytes));
      } catch (error) {
        setImmediate(() => {
          throw error;
        });
      }
      id = next;
    }
  }

  #hand(id: number, lengthBytes: number): void {
    if (this.#isClosing) {
      this.net.giveBack(id);
      this.#closeWhenIdle();
    } else this.#sink.onChunk(this.net.buffers.views[id], lengthBytes, id);
  }

  #stopped(result: number): void {
    if (this.#isClosing) return this.#closeWhenIdle();
    if (result === 0) this.#sink.onEnd();
    else if (result === ECANCELED || result === EINTR) {
      // Paused; or wanted again before the cancellation was done.
      if (this.#isWanted && this.#slot === NONE) this.#arm();
    } else if (result === ENOBUFS) this.net.awaitBuffers(this);
    else this.#sink.onReadError(result);
  }

  /** Buffers are there again. */
  onBuffers(): void {
    if (this.#isWanted && this.#slot === NONE && !this.#isClosing) this.#arm();
  }

  giveBack(lease: number): void {
    this.net.giveBack(lease);
  }

  get mustCopy(): boolean {
    return this.net.isShort;
  }

  send(piece: SendPiece): void {
    this.#sender.send(piece);
  }

  lengthen(bytes: number): boolean {
    return this.#sender.lengthen(bytes);
  }

  extend(piece: SendPiece): boolean {
    return this.#sender.extend(piece);
  }

  /** Part of a turn: the sender's result. */
  onSent(result: number): void {
    if (this.#isClosing) this.#closeWhenIdle();
    else this.#sink.onSent(result);
  }

  shutdown(): void {
    this.#sink.onShutdown(this.net.native.sockets.shutdown(this.fd, SHUT_WR));
  }

  close(): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#cancelReceive();
    this.#sender.cancel();
    this.#closeWhenIdle();
  }

  #closeWhenIdle(): void {
    if (this.#isCloseStarted || this.#slot !== NONE || this.#sender.isBusy) return;
    this.#isCloseStarted = true;
    this.net.operations.close({ onCompletion: () => this.#sink.onClosed() }, this.fd);
  }

  /** The loop closes, and nothing is in flight any more. */
  closeNow(): void {
    if (this.#isCloseStarted) return;
    this.#isCloseStarted = true;
    this.#isClosing = true;
    this.net.native.system.close(this.fd);
    this.#sink.onClosed();
  }

  #setOption(level: number, name: number, value: number): void {
    const { scratch, native } = this.net;
    scratch.value = value;
    native.sockets.setOption(this.fd, level, name, scratch.valueAddress, 4);
  }

  setNoDelay(isOn: boolean): void {
    this.#setOption(IPPROTO_TCP, TCP_NODELAY, Number(isOn));
  }

  setKeepAlive(isOn: boolean, idleSeconds: number): void {
    this.#setOption(SOL_SOCKET, SO_KEEPALIVE, Number(isOn));
    if (isOn && idleSeconds > 0) this.#setOption(IPPROTO_TCP, TCP_KEEPIDLE, idleSeconds);
  }

  localAddress(): NetAddress | undefined {
    const { scratch, native } = this.net;
    scratch.expect();
    const result = native.sockets.localAddress(this.fd, scratch.address, scratch.lengthAddress);
    return result < 0 ? undefined : scratch.read();
  }

  remoteAddress(): NetAddress | undefined {
    const { scratch, native } = this.net;
    scratch.expect();
    const result = native.sockets.remoteAddress(this.fd, scratch.address, scratch.lengthAddress);
    return result < 0 ? undefined : scratch.read();
  }

  setHolding(isHolding: boolean): void {
    if (isHolding === this.#isHolding) return;
    this.#isHolding = isHolding;
    if (this.#slot !== NONE) this.net.core.keepAlive.ignore(isHolding ? -1 : 1);
  }
}
