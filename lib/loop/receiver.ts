import { threadId } from 'node:worker_threads';
import { ByteRingConsumer, DELIVERY_BATCH, Decoder, type MailPort, NOTHING } from '../queue/index.js';
import { CounterIndex } from '../stats/index.js';
import { Bell } from './bell.js';
import { EndPlace } from './channel-descriptor.js';
import { bindEnd } from './end.js';
import { ChannelClosedError } from './errors.js';
import type { LoopCore } from './loop-core.js';

/** A `receive` that waits for its value. */
interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

let captured: Waiting | undefined;
/** One executor for all promises, instead of a closure for each. */
function capture(resolve: (value: never) => void, reject: (error: Error) => void): void {
  captured = { resolve, reject };
}

/** The receiving end of a channel, opened on this thread's loop by `EventLoop.receiver`. */
export class Receiver<T = unknown> implements MailPort, AsyncIterable<T> {
  /** The number that `putTagged` gave with the value that is being delivered. Only where all values are sent so. */
  tag = 0;
  readonly #core: LoopCore;
  readonly #ring: ByteRingConsumer;
  readonly #decoder: Decoder;
  readonly #bell: Bell;
  readonly #onClosed: () => void;
  readonly #closeCallbacks: (() => void)[] = [];
  #onMessage: ((value: T) => void) | undefined;
  /** Calls of `receive` that wait: the first one apart, as there is rarely another. */
  #waiting: Waiting | undefined;
  readonly #waitingBehind: Waiting[] = [];
  #isClosed = false;
  #isWanted = true;
  #isHeld = false;
  /** How many values `receive` may still hand out directly before it waits for the next turn. */
  #direct = DELIVERY_BATCH;

  /** Use `EventLoop.receiver`. */
  constructor(core: LoopCore, memory: SharedArrayBuffer, onClosed: () => void) {
    this.#core = core;
    this.#ring = new ByteRingConsumer(memory);
    this.#decoder = new Decoder(this.#ring);
    this.#bell = new Bell(core, this.#ring.words, EndPlace.sender);
    this.#onClosed = onClosed;
    bindEnd(core, this.#ring.words, EndPlace.receiver, threadId);
    this.#bell.prepare();
    core.mailbox.add(this);
    core.watchBell(this.#ring.words, EndPlace.receiver, () => this.hasMail());
    core.requestLook();
  }

  /** Whether everything was received and the channel is closed. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /**
   * Calls back for each value, in order. While a callback is set, the receiver keeps its thread alive, like a
   * MessagePort with a listener, unless `unref` was called; `undefined` takes the callback away.
   */
  onMessage(callback: ((value: T) => void) | undefined): this {
    this.#onMessage = callback;
    this.#updateHold();
    if (callback !== undefined) this.#core.requestLook();
    return this;
  }

  /** Calls back once when the channel has closed and everything in it was received. */
  onClose(callback: () => void): this {
    if (this.#isClosed) setImmediate(callback);
    else this.#closeCallbacks.push(callback);
    return this;
  }

  /**
   * The next value.
   * @throws {ChannelClosedError} (as a rejection) when the channel is closed and empty
   */
  receive(): Promise<T> {
    if (this.#waiting === undefined && this.#direct > 0) {
      const value = this.#decoder.next();
      if (value !== NOTHING) {
        this.#direct--;
        this.#core.counters[CounterIndex.messagesReceived]++;
        if (this.#ring.release()) this.#bell.ring();
        return Promise.resolve(value as T);
      }
    }
    if (this.#isClosed)
      return Promise.reject(new ChannelClosedError('the channel is closed, and everything was received'));
    const promise = new Promise<T>(capture);
    if (this.#waiting === undefined) this.#waiting = captured;
    else this.#waitingBehind.push(captured!);
    // Or it would hold the promise, and so the value, until the next call.
    captured = undefined;
    this.#updateHold();
    if (this.#direct === 0 || this.#ring.isProducerClosed()) this.#core.requestLook();
    return promise;
  }

  /** Values as they come, until the channel closes. A loop that is left early closes the channel. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    try {
      for (;;) {
        let value: T;
        try {
          value = await this.receive();
        } catch (error) {
          if (error instanceof ChannelClosedError) return;
          throw error;
        }
        yield value;
      }
    } finally {
      this.close();
    }
  }

  /** Keeps the thread alive while this end waits for values (the default). */
  ref(): this {
    this.#isWanted = true;
    this.#updateHold();
    return this;
  }

  /** Lets the thread end although this end waits for values. */
  unref(): this {
    this.#isWanted = false;
    this.#updateHold();
    return this;
  }

  #updateHold(): void {
    const waits = this.#onMessage !== undefined || this.#waiting !== undefined;
    const isHeld = waits && this.#isWanted && !this.#isClosed;
    if (isHeld === this.#isHeld) return;
    this.#isHeld = isHeld;
    if (isHeld) this.#core.keepAlive.acquire();
    else this.#core.keepAlive.release();
  }

  /** Part of a turn: whether somebody wants what is there, or the close is to be told. */
  hasMail(): boolean {
    if (this.#isClosed) return false;
    if ((this.#onMessage !== undefined || this.#waiting !== undefined) && this.#ring.hasNext()) return true;
    return this.#ring.isProducerClosed() && !this.#ring.hasNext();
  }

  /** Part of a turn: hands out what is there, up to a batch. */
  deliver(): number {
    if (this.#isClosed) return 0;
    this.#direct = DELIVERY_BATCH;
    this.#ring.refresh();
    let delivered = 0;
    try {
      for (; delivered < DELIVERY_BATCH; delivered++) {
        const callback = this.#onMessage;
        if (this.#waiting === undefined && callback === undefined) break;
        const value = this.#decoder.nextKnown();
        if (value === NOTHING) break;
        this.tag = this.#ring.tag;
        if (this.#waiting !== undefined) this.#takeWaiting().resolve(value as never);
        else callback!(value as T);
      }
    } finally {
      if (this.#ring.release()) this.#bell.ring();
    }
    // The flag first, the look after it: what was sent before the close is then seen.
    if (this.#ring.isProducerClosed() && !this.#isClosed && !this.#ring.hasNext()) {
      this.#end();
      return delivered + 1;
    }
    return delivered;
  }

  #takeWaiting(): Waiting {
    const first = this.#waiting!;
    this.#waiting = this.#waitingBehind.length === 0 ? undefined : this.#waitingBehind.shift();
    this.#updateHold();
    return first;
  }

  /** Receives no more; the other end's `send` throws from now on. What was not received is dropped. */
  close(): void {
    if (!this.#isClosed) this.#end();
  }

  /** The loop closes. */
  abandon(): void {
    this.close();
  }

  /** The thread that held the other end has ended: what it sent is still received, then the channel closes. */
  checkPeer(): void {
    if (this.#isClosed || !this.#bell.isPeerDead()) return;
    this.#ring.closeForProducer();
    this.#core.requestLook();
  }

  #end(): void {
    this.#isClosed = true;
    this.#ring.close();
    this.#core.mailbox.remove(this);
    this.#core.unwatchBell(this.#ring.words, EndPlace.receiver);
    while (this.#waiting !== undefined) this.#takeWaiting().reject(new ChannelClosedError());
    this.#updateHold();
    this.#bell.ring();
    this.#onClosed();
    for (const callback of this.#closeCallbacks.splice(0)) callback();
  }
}
