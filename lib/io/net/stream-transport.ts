import type { NetAddress } from './net-address.js';
import type { SendPiece } from './send-piece.js';

/** How a connection is driven: on the ring, or by `node:net`. */
export interface StreamTransport {
  /** Lets data come: `StreamSink.onChunk`. */
  resume(): void;
  /** Stops it; what is under way still comes. */
  pause(): void;
  /** The sink is done with a chunk's memory. */
  giveBack(lease: number): void;
  /** Memory for chunks is getting scarce: whoever keeps a chunk should copy it, and give it back at once. */
  readonly mustCopy: boolean;
  /** Sends what a piece holds. One send at a time: `StreamSink.onSent` tells how much went out. */
  send(piece: SendPiece): void;
  /**
   * Lets the send under way take more bytes, that were added behind the end of its last piece.
   * @returns false when it is too late for that
   */
  lengthen(bytes: number): boolean;
  /**
   * Lets the send under way take what another piece holds, behind its last one.
   * @returns false when it is too late for that, or the piece needs a send of its own
   */
  extend(piece: SendPiece): boolean;
  /** Tells the other end that nothing more comes. Nothing is being sent. */
  shutdown(): void;
  /** Cancels what is under way, then closes: `StreamSink.onClosed`. */
  close(): void;
  setNoDelay(isOn: boolean): void;
  setKeepAlive(isOn: boolean, idleSeconds: number): void;
  localAddress(): NetAddress | undefined;
  remoteAddress(): NetAddress | undefined;
  /** Whether the connection keeps the thread alive while it waits for data. */
  setHolding(isHolding: boolean): void;
}

/** Who hears of a connection's data. Results are as of system calls: ≥ 0, or `-errno`. */
export interface StreamSink {
  /**
   * Bytes have come.
   * @param bytes from their first byte on; the transport's own memory
   * @param lengthBytes how many are valid
   * @param lease what the memory is called in `giveBack`, which the sink must call once
   */
  onChunk(bytes: Buffer, lengthBytes: number, lease: number): void;
  /** The other end sends no more. */
  onEnd(): void;
  onReadError(result: number): void;
  /** So much of what was sent last went out; `-errno` when the connection is broken. */
  onSent(result: number): void;
  onShutdown(result: number): void;
  /** The fd is closed. */
  onClosed(): void;
}
