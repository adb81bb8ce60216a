import {
  BufferRing,
  type CompletionHandler,
  CqeFlag,
  ignoredHandler,
  receiveMessages,
  SocketConstant,
} from '../../ring/index.js';
import { ECANCELED, EINTR } from '../restart.js';
import type { DatagramSink, DatagramTransport } from './datagram-transport.js';
import { LONGEST_DATAGRAM_BYTES, RECEIVED_NAME_BYTES, ReceivedMessage } from './message-descriptor.js';
import { MessageMemory } from './message-memory.js';
import type { InternetAddress } from './net-address.js';
import { sendDatagram } from './ring-datagram-send.js';
import type { RingNet } from './ring-net.js';
import { SocketAddress } from './socket-address.js';

const NONE = -1;
const ENOBUFS = -105;
const { SO_BROADCAST, SOL_SOCKET } = SocketConstant;
/** Group number of the buffers for datagrams; streams have 0. */
const DATAGRAM_GROUP = 1;
const DATAGRAM_BUFFERS = 32;
const HEADER_BYTES = ReceivedMessage.headerBytes + RECEIVED_NAME_BYTES;

const buffersOf = new WeakMap<RingNet, BufferRing>();

/** The buffers that a loop's datagrams come into; made with its first UDP socket. */
function datagramBuffers(net: RingNet): BufferRing {
  let buffers = buffersOf.get(net);
  if (buffers === undefined) {
    buffers = new BufferRing(net.native, net.ring, {
      group: DATAGRAM_GROUP,
      buffers: DATAGRAM_BUFFERS,
      bufferBytes: HEADER_BYTES + LONGEST_DATAGRAM_BYTES,
    });
    buffersOf.set(net, buffers);
  }
  return buffers;
}

/** A UDP socket on the ring: one receive for all that comes. */
export class RingDatagram implements DatagramTransport, CompletionHandler {
  readonly address: InternetAddress;
  readonly #net: RingNet;
  readonly #fd: number;
  readonly #sink: DatagramSink;
  readonly #buffers: BufferRing;
  readonly #message: MessageMemory;
  readonly #from: SocketAddress;
  readonly #fromBytes: Buffer;
  #slot = NONE;
  #sending = 0;
  #isWanted = false;
  #isClosing = false;
  #isCloseStarted = false;
  #isHolding = true;

  constructor(net: RingNet, fd: number, sink: DatagramSink) {
    this.#net = net;
    this.#fd = fd;
    this.#sink = sink;
    this.#buffers = datagramBuffers(net);
    this.#message = new MessageMemory(net.native);
    this.#message.expectName(RECEIVED_NAME_BYTES);
    this.#from = new SocketAddress(net.native);
    this.#fromBytes = this.#from.bytes;
    this.#from.expect();
    net.native.sockets.localAddress(fd, this.#from.address, this.#from.lengthAddress);
    this.address = this.#from.read() as InternetAddress;
  }

  resume(): void {
    this.#isWanted = true;
    if (this.#slot === NONE && !this.#isClosing) this.#arm();
  }

  #arm(): void {
    const { operations, core } = this.#net;
    if (!this.#isHolding) core.keepAlive.ignore(1);
    this.#slot = receiveMessages(
      operations,
      this,
      this.#message,
      this.#fd,
      this.#message.address,
      this.#buffers,
    );
  }

  pause(): void {
    this.#isWanted = false;
    this.#cancel();
  }

  #cancel(): void {
    if (this.#slot !== NONE) this.#net.operations.cancel(ignoredHandler, this.#slot);
  }

  /** Part of a turn: a datagram, or an error. */
  onCompletion(result: number, flags: number): void {
    if ((flags & CqeFlag.MORE) === 0) {
      this.#slot = NONE;
      if (!this.#isHolding) this.#net.core.keepAlive.ignore(-1);
    }
    const hasBuffer = (flags & CqeFlag.BUFFER) !== 0;
    const id = hasBuffer ? this.#buffers.take(flags) : NONE;
    const datagram = hasBuffer && result >= HEADER_BYTES ? this.#read(this.#buffers.views[id]) : undefined;
    if (hasBuffer) this.#buffers.giveBack(id);
    if (this.#isClosing) return this.#closeWhenIdle();
    const isTransient = result >= 0 || result === ECANCELED || result === EINTR || result === ENOBUFS;
    if (this.#slot === NONE && this.#isWanted) this.#arm();
    if (datagram !== undefined) this.#sink.onDatagram(datagram);
    else if (!isTransient) this.#sink.onReceiveError(result);
  }

  #read(bytes: Buffer): { data: Buffer; from: InternetAddress } {
    const nameBytes = bytes.readUInt32LE(ReceivedMessage.nameLength);
    const payloadBytes = bytes.readUInt32LE(ReceivedMessage.payloadLength);
    bytes.copy(this.#fromBytes, 0, ReceivedMessage.headerBytes, ReceivedMessage.headerBytes + nameBytes);
    this.#from.lengthBytes = nameBytes;
    const data = Buffer.from(bytes.subarray(HEADER_BYTES, HEADER_BYTES + payloadBytes));
    return { data, from: this.#from.read() as InternetAddress };
  }

  async send(data: Uint8Array, to: InternetAddress, signal: AbortSignal | undefined): Promise<number> {
    this.#sending++;
    try {
      return await sendDatagram(this.#net, this.#fd, data, to, signal);
    } finally {
      this.#sending--;
      if (this.#isClosing) this.#closeWhenIdle();
    }
  }

  close(): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#cancel();
    this.#closeWhenIdle();
  }

  #closeWhenIdle(): void {
    if (this.#isCloseStarted || this.#slot !== NONE || this.#sending > 0) return;
    this.#isCloseStarted = true;
    this.#net.operations.close({ onCompletion: () => this.#sink.onClosed() }, this.#fd);
  }

  closeNow(): void {
    if (this.#isCloseStarted) return;
    this.#isCloseStarted = true;
    this.#isClosing = true;
    this.#net.native.system.close(this.#fd);
    this.#sink.onClosed();
  }

  setHolding(isHolding: boolean): void {
    if (isHolding === this.#isHolding) return;
    this.#isHolding = isHolding;
    if (this.#slot !== NONE) this.#net.core.keepAlive.ignore(isHolding ? -1 : 1);
  }

  setBroadcast(isOn: boolean): void {
    const { scratch, native } = this.#net;
    scratch.value = Number(isOn);
    native.sockets.setOption(this.#fd, SOL_SOCKET, SO_BROADCAST, scratch.valueAddress, 4);
  }
}
