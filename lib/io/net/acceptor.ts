import type { NetAddress } from './net-address.js';
import type { StreamSink, StreamTransport } from './stream-transport.js';

/** A transport that waits to be told its sink. */
export interface NewTransport extends StreamTransport {
  setSink(sink: StreamSink): void;
  /** The loop closes: closes the fd at once. */
  closeNow(): void;
}

/** How a listener is driven: on the ring, or by `node:net`. */
export interface Acceptor {
  readonly address: NetAddress;
  /** Lets connections come: `AcceptorSink.onConnection`. */
  resume(): void;
  /** Stops it; what is under way still comes. */
  pause(): void;
  /** Stops and closes: `AcceptorSink.onClosed`. */
  close(): void;
  /** The loop closes: closes the fd at once. */
  closeNow(): void;
  /** Whether it keeps the thread alive. */
  setHolding(isHolding: boolean): void;
}

/** Who hears of an acceptor's connections. */
export interface AcceptorSink {
  onConnection(transport: NewTransport): void;
  /** A connection could not be accepted; the acceptor tries again. */
  onAcceptError(result: number): void;
  /** The acceptor works no longer. */
  onBroken(result: number): void;
  onClosed(): void;
}
