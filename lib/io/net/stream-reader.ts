import { socketClosedError } from './net-error.js';
import type { StreamTransport } from './stream-transport.js';

/** Who is given each chunk at once, where nobody waits for it by a promise. */
export interface ChunkReceiver {
  /** The first `lengthBytes` of `bytes`, which are valid only during the call. */
  onData(bytes: Buffer, lengthBytes: number): void;
  /** There is no further chunk. */
  onLast(): void;
}

/** A chunk that has come and is not used up. */
interface QueuedChunk {
  readonly bytes: Buffer;
  start: number;
  readonly end: number;
  readonly lease: number;
}

/** Who waits for the next chunk, the end or an error. */
export interface ReadWaiter {
  /** There is something to take. */
  onReadable(): void;
  onError(error: Error): void;
}

/** The lease of a chunk whose memory is nobody's but its own. */
export const OWNED = -1;
/** A chunk up to this size is copied when it must wait: so that a few bytes do not hold a whole buffer. */
const LONGEST_COPY_BYTES = 4096;

/**
 * What a connection has received and nobody has taken yet. It lets the transport run while there is room, and pauses it
 * when the consumer is slow.
 */
export class StreamReader {
  readonly #transport: StreamTransport;
  readonly #highWaterBytes: number;
  #receiver: ChunkReceiver | undefined;
  #queue: QueuedChunk[] | undefined;
  #queuedBytes = 0;
  #waiter: ReadWaiter | undefined;
  #endHasCome = false;
  #lastIsTold = false;
  #isFailed = false;
  #error: Error | undefined;
  #isPaused = false;
  #isRunning = false;

  /** @param highWaterBytes from so many bytes on that nobody has taken, the transport pauses */
  constructor(transport: StreamTransport, highWaterBytes: number) {
    this.#transport = transport;
    this.#highWaterBytes = highWaterBytes;
  }

  /** Bytes that came and were not taken. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** Whether the end has come, and nothing is left before it. */
  get isAtEnd(): boolean {
    return this.#endHasCome && this.#queuedBytes === 0;
  }

  /** What ended the reading, unless it was the end. */
  get error(): Error | undefined {
    return this.#isFailed ? (this.#error ?? socketClosedError()) : undefined;
  }

  /** Hands over each chunk from now on, and those that are there already. */
  setReceiver(receiver: ChunkReceiver): void {
    this.#receiver = receiver;
    if (!this.#isPaused) this.flow();
  }

  /** The receiver wants no chunks for now. */
  hold(): void {
    this.#isPaused = true;
    this.#stop();
  }

  /** The receiver wants chunks again: first those that came meanwhile. */
  flow(): void {
    this.#isPaused = false;
    while (this.#receiver !== undefined && !this.#isPaused) {
      const chunk = this.#queue?.shift();
      if (chunk === undefined) break;
      const lengthBytes = chunk.end - chunk.start;
      this.#queuedBytes -= lengthBytes;
      this.#hand(this.#receiver, chunk.bytes.subarray(chunk.start, chunk.end), lengthBytes, chunk.lease);
    }
    if (!this.#isPaused) this.run();
    this.#tellLast();
  }

  #tellLast(): void {
    if (this.#receiver === undefined || this.#isPaused || this.#lastIsTold || !this.isAtEnd) return;
    this.#lastIsTold = true;
    this.#receiver.onLast();
  }

  #hand(receiver: ChunkReceiver, bytes: Buffer, lengthBytes: number, lease: number): void {
    try {
      receiver.onData(bytes, lengthBytes);
    } finally {
      this.release(lease);
    }
  }

  /** Lets data come, if any more can. */
  run(): void {
    if (this.#isRunning || this.#endHasCome || this.#isFailed) return;
    this.#isRunning = true;
    this.#transport.resume();
  }

  #stop(): void {
    if (!this.#isRunning) return;
    this.#isRunning = false;
    this.#transport.pause();
  }

  /** Part of a turn: a chunk has come. */
  onChunk(bytes: Buffer, lengthBytes: number, lease: number): void {
    const receiver = this.#receiver;
    if (receiver !== undefined && !this.#isPaused && this.#queuedBytes === 0) {
      return this.#hand(receiver, bytes, lengthBytes, lease);
    }
    if (this.#isFailed) return this.release(lease);
    this.#keep(bytes, lengthBytes, lease);
    if (receiver !== undefined && !this.#isPaused) return this.flow();
    this.#wake();
    if (this.#queuedBytes >= this.#highWaterBytes) this.#stop();
  }

  #keep(bytes: Buffer, lengthBytes: number, lease: number): void {
    this.#queue ??= [];
    this.#queuedBytes += lengthBytes;
    const isCopied = lease !== OWNED && (lengthBytes <= LONGEST_COPY_BYTES || this.#transport.mustCopy);
    if (!isCopied) {
      this.#queue.push({ bytes, start: 0, end: lengthBytes, lease });
      return;
    }
    this.#queue.push(this.#copy(bytes, 0, lengthBytes, lease));
  }

  #copy(bytes: Buffer, start: number, end: number, lease: number): QueuedChunk {
    const copy = Buffer.from(bytes.subarray(start, end));
    this.release(lease);
    return { bytes: copy, start: 0, end: copy.length, lease: OWNED };
  }

  /** The connection is closed: what nobody has taken yet is kept, but in memory of its own. */
  keepCopies(): void {
    this.#queue = this.#queue?.map((chunk) =>
      chunk.lease === OWNED ? chunk : this.#copy(chunk.bytes, chunk.start, chunk.end, chunk.lease),
    );
  }

  /** Gives the memory of a chunk back. */
  release(lease: number): void {
    if (lease !== OWNED) this.#transport.giveBack(lease);
  }

  #wake(): void {
    const waiter = this.#waiter;
    this.#waiter = undefined;
    waiter?.onReadable();
  }

  /** Part of a turn: the other end sends no more. */
  onEnd(): void {
    this.#isRunning = false;
    this.#endHasCome = true;
    this.#wake();
    this.#tellLast();
  }

  /**
   * Nothing more will come: what is there is dropped, and who waits is told.
   * @param error undefined when this end has closed
   */
  fail(error: Error | undefined): void {
    if (this.#isFailed) return;
    this.#isFailed = true;
    this.#error = error;
    this.#isRunning = false;
    this.#drop();
    const waiter = this.#waiter;
    this.#waiter = undefined;
    if (waiter !== undefined) waiter.onError(this.error!);
  }

  #drop(): void {
    for (const chunk of this.#queue ?? []) this.release(chunk.lease);
    this.#queue = undefined;
    this.#queuedBytes = 0;
  }

  /** Whether somebody waits. */
  get isAwaited(): boolean {
    return this.#waiter !== undefined;
  }

  /** Tells of the next chunk, end or error; data may come from now on. One waits at a time. */
  wait(waiter: ReadWaiter): void {
    this.#waiter = waiter;
    this.run();
  }

  /** Waits no longer. */
  cancelWait(): void {
    this.#waiter = undefined;
  }

  /** Takes the next chunk as it is; its lease is the caller's to release. */
  take(): { readonly bytes: Buffer; readonly lease: number } | undefined {
    const chunk = this.#queue?.shift();
    if (chunk === undefined) return undefined;
    this.#taken(chunk.end - chunk.start);
    const isWhole = chunk.start === 0 && chunk.end === chunk.bytes.length;
    const bytes = isWhole ? chunk.bytes : chunk.bytes.subarray(chunk.start, chunk.end);
    return { bytes, lease: chunk.lease };
  }

  /**
   * Copies what is there.
   * @returns how many bytes
   */
  takeInto(target: Uint8Array): number {
    let filled = 0;
    const queue = this.#queue ?? [];
    while (filled < target.length && queue.length > 0) {
      const chunk = queue[0];
      const length = Math.min(target.length - filled, chunk.end - chunk.start);
      chunk.bytes.copy(target, filled, chunk.start, chunk.start + length);
      chunk.start += length;
      filled += length;
      if (chunk.start < chunk.end) break;
      queue.shift();
      this.release(chunk.lease);
    }
    this.#taken(filled);
    return filled;
  }

  #taken(lengthBytes: number): void {
    this.#queuedBytes -= lengthBytes;
    if (this.#queuedBytes < this.#highWaterBytes / 2 && !this.#isPaused) this.run();
  }
}
