import type { InternetAddress } from './net-address.js';

/** A datagram that was received. */
export interface Datagram {
  /** Its bytes; the caller's own. */
  readonly data: Buffer;
  /** Who sent it. */
  readonly from: InternetAddress;
}

/** How a UDP socket is driven: on the ring, or by `node:dgram`. */
export interface DatagramTransport {
  readonly address: InternetAddress;
  /** Lets datagrams come: `DatagramSink.onDatagram`. */
  resume(): void;
  /** Stops it; the kernel keeps what comes, and drops what it has no room for. */
  pause(): void;
  /** Sends one datagram; rejects with `UringError` or `AbortError`. */
  send(data: Uint8Array, to: InternetAddress, signal: AbortSignal | undefined): Promise<number>;
  /** Cancels what is under way, then closes: `DatagramSink.onClosed`. */
  close(): void;
  /** The loop closes: closes the fd at once. */
  closeNow(): void;
  setHolding(isHolding: boolean): void;
  setBroadcast(isOn: boolean): void;
}

/** Who hears of datagrams. */
export interface DatagramSink {
  onDatagram(datagram: Datagram): void;
  onReceiveError(result: number): void;
  onClosed(): void;
}
