import { threadId } from 'node:worker_threads';
import { ByteRingProducer, Encoder, type MailPort } from '../queue/index.js';
import { CounterIndex } from '../stats/index.js';
import { Bell } from './bell.js';
import { EndPlace } from './channel-descriptor.js';
import { bindEnd } from './end.js';
import { ChannelClosedError } from './errors.js';
import type { LoopCore } from './loop-core.js';

interface Waiting {
  resolve(): void;
  reject(error: Error): void;
}

/** The sending end of a channel, opened on this thread's loop by `EventLoop.sender`. */
export class Sender<T = unknown> implements MailPort {
  readonly #core: LoopCore;
  readonly #ring: ByteRingProducer;
  readonly #encoder: Encoder;
  readonly #bell: Bell;
  readonly #onClosed: () => void;
  readonly #waiting: Waiting[] = [];
  #isClosed = false;
  /** Closed by us while a large record was still on its way. */
  #isClosing = false;
  #isPort = false;

  /** Use `EventLoop.sender`. */
  constructor(core: LoopCore, memory: SharedArrayBuffer, onClosed: () => void, clones = true) {
    this.#core = core;
    this.#ring = new ByteRingProducer(memory);
    this.#encoder = new Encoder(this.#ring, clones);
    this.#bell = new Bell(core, this.#ring.words, EndPlace.receiver);
    this.#onClosed = onClosed;
    bindEnd(core, this.#ring.words, EndPlace.sender, threadId);
    this.#bell.prepare();
  }

  /** Whether `send` would throw: this end or the other is closed. */
  get isClosed(): boolean {
    return this.#isClosed || this.#isClosing || this.#ring.isConsumerClosed();
  }

  /**
   * Sends a value: integers, floats, booleans, null, undefined, strings and Uint8Arrays directly, everything else by
   * structured clone. Values arrive in order, each once.
   * @returns false when there is no room: nothing was sent; `await ready()`, then send it again
   * @throws {ChannelClosedError} when the channel is closed
   * @throws {DOMException} DataCloneError when the value cannot be cloned
   */
  send(value: T): boolean {
    const isSent = this.put(value);
    // Pieces of a large record may have gone out although the value was refused.
    if (isSent || this.#encoder.isBusy) this.#bell.ring();
    return isSent;
  }

  /**
   * The same as `send`, but does not wake the other end's loop: call `flush` after the last value of a batch. A loop
   * that is awake may see the value before that.
   */
  put(value: T): boolean {
    if (this.#isClosed || this.#isClosing || this.#ring.isConsumerClosed()) throw new ChannelClosedError();
    if (!this.#encoder.encode(value)) return false;
    this.#core.counters[CounterIndex.messagesSent]++;
    if (this.#encoder.isBusy) this.#becomePort();
    return true;
  }

  /**
   * The same as `put`, with a number beside the value: the receiver's `tag`.
   * @param tag an int32
   */
  putTagged(tag: number, value: T): boolean {
    if (this.#isClosed || this.#isClosing || this.#ring.isConsumerClosed()) throw new ChannelClosedError();
    if (!this.#encoder.encodeTagged(tag, value)) return false;
    this.#core.counters[CounterIndex.messagesSent]++;
    if (this.#encoder.isBusy) this.#becomePort();
    return true;
  }

  /** Wakes the other end's loop for what was `put`. */
  flush(): void {
    this.#bell.ring();
  }

  /**
   * Resolves when `send` has room again for what it refused last.
   * @throws {ChannelClosedError} (as a rejection) when the channel closes meanwhile
   */
  ready(): Promise<void> {
    if (this.isClosed) return Promise.reject(new ChannelClosedError());
    if (this.#hasRoom()) return Promise.resolve();
    this.#becomePort();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
    });
  }

  /** Sends a value, waiting for room as often as it takes. */
  async sendWhenReady(value: T): Promise<void> {
    while (!this.send(value)) await this.ready();
  }

  #hasRoom(): boolean {
    return !this.#encoder.isBusy && this.#ring.freeBytes(true) >= this.#encoder.neededBytes;
  }

  /** From now on turns look at this end: it waits for room. */
  #becomePort(): void {
    if (!this.#isPort) {
      this.#isPort = true;
      this.#core.mailbox.add(this);
      this.#core.keepAlive.acquire();
      this.#core.watchBell(this.#ring.words, EndPlace.sender, () => this.hasMail());
    }
    this.#ring.requestRoom();
    // Room that was made before the request was visible is found by this look.
    if (this.#ring.freeBytes(true) >= this.#encoder.neededBytes) this.#core.requestLook();
  }

  #leavePort(): void {
    if (!this.#isPort) return;
    this.#isPort = false;
    this.#core.mailbox.remove(this);
    this.#core.keepAlive.release();
    this.#core.unwatchBell(this.#ring.words, EndPlace.sender);
  }

  /** Part of a turn: whether room has come, or the other end has closed. */
  hasMail(): boolean {
    return (
      this.#isPort &&
      (this.#ring.isConsumerClosed() || this.#ring.freeBytes(true) >= this.#encoder.neededBytes)
    );
  }

  /** Part of a turn: sends on a large record, and lets those who wait for room go on. */
  deliver(): number {
    if (!this.#isPort) return 0;
    if (this.#ring.isConsumerClosed()) {
      this.#end();
      return 1;
    }
    if (this.#ring.freeBytes(true) < this.#encoder.neededBytes) {
      // Rung for less room than a large value needs: ask again, and look again after asking.
      this.#ring.requestRoom();
      if (this.#ring.freeBytes(true) < this.#encoder.neededBytes) return 0;
    }
    const isOut = this.#encoder.continueLarge();
    this.#bell.ring();
    if (!isOut) {
      this.#becomePort();
      return 0;
    }
    if (this.#isClosing) {
      this.#end();
      return 1;
    }
    this.#leavePort();
    const waiting = this.#waiting.splice(0);
    for (const one of waiting) one.resolve();
    return waiting.length;
  }

  /** Sends no more. What was sent still arrives; then the other end sees the close. */
  close(): void {
    if (this.#isClosed) return;
    if (this.#encoder.isBusy && !this.#ring.isConsumerClosed()) this.#isClosing = true;
    else this.#end();
  }

  /** The loop closes: what is left of a large record cannot be sent any more. */
  abandon(): void {
    if (!this.#isClosed) this.#end();
  }

  /** The thread that held the other end has ended. */
  checkPeer(): void {
    if (!this.#isClosed && this.#bell.isPeerDead()) this.#end();
  }

  #end(): void {
    this.#isClosed = true;
    this.#ring.close();
    this.#leavePort();
    for (const one of this.#waiting.splice(0)) one.reject(new ChannelClosedError());
    this.#bell.ring();
    this.#onClosed();
  }
}
