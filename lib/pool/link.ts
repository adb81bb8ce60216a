import { type MessagePort, receiveMessageOnPort, type Transferable } from 'node:worker_threads';
import type { ThreadLoop } from '../loop/index.js';
import {
  type Channel,
  ChannelClosedError,
  type ChannelHandle,
  type Receiver,
  type Sender,
} from '../loop/index.js';
import { BY_PORT, Header } from './thread-descriptor.js';

/** The two ends that one side of a link holds. */
export interface LinkEnds {
  readonly sender: ChannelHandle<'sender'>;
  readonly receiver: ChannelHandle<'receiver'>;
}

/** What one side of a link is told. */
export interface LinkHandler {
  /** One record: its kind without `BY_PORT`, its whole header, its payload. */
  onRecord(kind: number, header: number, payload: unknown): void;
  /** Sends one end of a MessageChannel to the other side by other means, and returns the other one to post to. */
  openPort(): MessagePort;
}

const NO_TRANSFER: readonly Transferable[] = [];
/** Larger byte arrays are cheaper to clone whole by the port than to copy in pieces through the ring. */
const LARGEST_IN_RING_BYTES = 128 * 1024;

/** The two ends of a pool's side and of its thread's. */
export function linkEnds(toThread: Channel, toPool: Channel): { pool: LinkEnds; thread: LinkEnds } {
  return {
    pool: { sender: toThread.sender, receiver: toPool.receiver },
    thread: { sender: toPool.sender, receiver: toThread.receiver },
  };
}

/**
 * One side of the connection between a pool and a thread: records of a payload and a header, in order. What channels
 * cannot carry (transfers, ports, shared memory) goes by a MessagePort at the side, and its header says so.
 */
export class Link {
  readonly #sender: Sender;
  readonly #receiver: Receiver;
  readonly #handler: LinkHandler;
  /** Opened when first needed, each way on its own. */
  #outward: MessagePort | undefined;
  #inward: MessagePort | undefined;
  /** What found no room yet, in order: payload, header, payload, header ... */
  #waiting: unknown[] = [];
  #isWaiting = false;
  /** What came before the port that the first of it needs, in order: payload, header, payload, header ... */
  readonly #early: unknown[] = [];
  #isClosed = false;

  constructor(loop: ThreadLoop, ends: LinkEnds, handler: LinkHandler) {
    this.#handler = handler;
    this.#sender = loop.sender(ends.sender, { clones: false });
    this.#receiver = loop.receiver(ends.receiver, this.#onValue);
    this.#receiver.unref();
  }

  /** Keeps this thread alive until `unref`. */
  ref(): void {
    this.#receiver.ref();
  }

  /** Lets this thread end. */
  unref(): void {
    this.#receiver.unref();
  }

  /**
   * Sends one record and wakes the other side.
   * @param header kind, slot and handler as in thread-descriptor.ts
   * @throws {DOMException} DataCloneError when the payload cannot be cloned; nothing was sent then
   */
  send(header: number, payload: unknown, transfer: readonly Transferable[] = NO_TRANSFER): void {
    if (transfer.length > 0 || (typeof payload === 'object' && isLarge(payload)))
      return this.#sendByPort(header, payload, transfer);
    if (this.#waiting.length > 0) return this.#sendLater(header, payload);
    let isPut: boolean;
    try {
      isPut = this.#sender.putTagged(header, payload);
    } catch (error) {
      // The thread is ending: its `exit` settles what it held.
      if (error instanceof ChannelClosedError) return;
      // The port either carries it or throws the error that Node itself has for it.
      return this.#sendByPort(header, payload, transfer);
    }
    if (isPut) this.#sender.flush();
    else this.#sendLater(header, payload);
  }

  /** There is no room. An object goes by the port, which clones it now: its owner may change it. */
  #sendLater(header: number, payload: unknown): void {
    if (typeof payload === 'object' && payload !== null) this.#sendByPort(header, payload, NO_TRANSFER);
    else this.#wait(payload, header);
  }

  #wait(...values: unknown[]): void {
    this.#waiting.push(...values);
    if (this.#sender.isClosed) return;
    this.#sender.flush();
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    this.#sender.ready().then(
      () => this.#sendWaiting(),
      () => {},
    );
  }

  #sendWaiting(): void {
    this.#isWaiting = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (let i = 0; i < waiting.length; i += 2) {
      if (this.#sender.isClosed) return;
      if (!this.#sender.putTagged(waiting[i + 1] as number, waiting[i]))
        return this.#wait(...waiting.slice(i));
    }
    this.#sender.flush();
  }

  #sendByPort(header: number, payload: unknown, transfer: readonly Transferable[]): void {
    this.#outward ??= this.#handler.openPort();
    this.#outward.postMessage(payload, transfer as Transferable[]);
    this.send(header | BY_PORT, undefined);
  }

  /** Gives this side the port that the other one has opened. */
  setPort(port: MessagePort): void {
    if (this.#isClosed) return port.close();
    this.#inward = port;
    while (this.#early.length > 0) {
      const payload = this.#early.shift();
      this.#take(this.#early.shift() as number, payload);
    }
  }

  readonly #onValue = (payload: unknown): void => {
    const header = this.#receiver.tag;
    const isByPort = (header & BY_PORT) !== 0;
    // The records behind one that needs the port wait with it, or an iteration would end before its last value.
    if ((isByPort && this.#inward === undefined) || this.#early.length > 0) this.#early.push(payload, header);
    else if (isByPort) this.#readPort(header);
    else this.#handler.onRecord(header & Header.kindMask, header, payload);
  };

  #take(header: number, payload: unknown): void {
    const kind = header & Header.kindMask;
    if ((kind & BY_PORT) === 0) this.#handler.onRecord(kind, header, payload);
    else this.#readPort(header);
  }

  #readPort(header: number): void {
    // It was posted before the header was, so it is there.
    const message = receiveMessageOnPort(this.#inward!);
    if (message === undefined) throw new Error('a payload announced for the port has not come by it');
    this.#handler.onRecord(header & Header.kindMask & ~BY_PORT, header, message.message);
  }

  /** Takes what has already arrived, now: the other side's thread has ended. */
  drain(): void {
    while (this.#receiver.hasMail() && this.#receiver.deliver() > 0);
  }

  /** Sends and receives no more. */
  close(): void {
    this.#isClosed = true;
    this.#early.length = 0;
    this.#sender.close();
    this.#receiver.close();
    this.#outward?.close();
    this.#inward?.close();
  }
}

function isLarge(payload: unknown): boolean {
  return payload instanceof Uint8Array && payload.byteLength > LARGEST_IN_RING_BYTES;
}
