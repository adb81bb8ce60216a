import { socketClosedError } from './net-error.js';
import { SEND_BLOCK_BYTES, type SendBlocks, SendPiece, type SendWaiter } from './send-piece.js';
import type { StreamTransport } from './stream-transport.js';

/** What a writer tells its socket. */
export interface WriterEvents {
  /** There is room again, after `enqueue` said that there was none. */
  onDrain(): void;
  /** Everything is sent. */
  onFlushed(): void;
}

interface PositionWaiter extends SendWaiter {
  readonly position: number;
}

/** A write up to this size is copied: as long as any chunk that `onData` lends, so that an echo needs no copy of its own. */
const LONGEST_COPY_BYTES = SEND_BLOCK_BYTES;
/** UTF-8 takes at most so many bytes for each of a string's units. */
const BYTES_PER_UNIT = 3;
/** Copied by a loop: `TypedArray.set` takes longer for so few bytes. */
const LOOP_BYTES = 24;

/**
 * What a connection still has to send, in order. One send is under way at a time, and takes what is written until the kernel
 * is given it; what is written after that goes out together with the next.
 */
export class StreamWriter {
  /** Bytes that were written and are not sent yet. */
  pendingBytes = 0;
  readonly #transport: StreamTransport;
  readonly #blocks: SendBlocks;
  readonly #events: WriterEvents;
  readonly #highWaterBytes: number;
  #head: SendPiece | undefined;
  #rest: SendPiece[] | undefined;
  #isSending = false;
  /** How many pieces the send under way takes, and where it ends in the last of them. */
  #sendPieces = 0;
  #sendEnd = 0;
  #needsDrain = false;
  #sentBytes = 0;
  #waiters: PositionWaiter[] | undefined;
  #isFailed = false;
  #error: Error | undefined;

  /** @param highWaterBytes from so many pending bytes on, `add` asks to wait */
  constructor(transport: StreamTransport, blocks: SendBlocks, events: WriterEvents, highWaterBytes: number) {
    this.#transport = transport;
    this.#blocks = blocks;
    this.#events = events;
    this.#highWaterBytes = highWaterBytes;
  }

  /** Why nothing can be written any more. */
  get error(): Error {
    return this.#error ?? socketClosedError();
  }

  /** Whether `add` would say that there is room. */
  get hasRoom(): boolean {
    return !this.#needsDrain && !this.#isFailed;
  }

  /**
   * Adds bytes to be sent.
   * @returns whether there is room for more; if not, `onDrain` will tell when there is
   */
  add(data: string | Uint8Array): boolean {
    if (this.#isFailed) return false;
    if (typeof data === 'string') this.#addText(data);
    else if (data.length <= LONGEST_COPY_BYTES) this.#addCopy(data);
    else this.#addPiece(new SendPiece(data, this.#blocks.addressOf(data), false));
    if (this.pendingBytes < this.#highWaterBytes) return true;
    this.#needsDrain = true;
    return false;
  }

  /** Adds bytes; resolves when they are sent and their memory is free. */
  addAndWait(data: string | Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#isFailed) return reject(this.error);
      this.add(data);
      const last = this.#last();
      if (last === undefined) resolve();
      else if (!last.isBlock) last.waiter = { resolve, reject };
      else {
        this.#waiters ??= [];
        this.#waiters.push({ position: this.#sentBytes + this.pendingBytes, resolve, reject });
      }
    });
  }

  #last(): SendPiece | undefined {
    const rest = this.#rest;
    return rest === undefined || rest.length === 0 ? this.#head : rest[rest.length - 1];
  }

  #addText(text: string): void {
    if (text.length === 0) return;
    if (text.length * BYTES_PER_UNIT > LONGEST_COPY_BYTES) {
      const bytes = Buffer.from(text);
      if (bytes.length <= LONGEST_COPY_BYTES) this.#addCopy(bytes);
      else this.#addPiece(new SendPiece(bytes, this.#blocks.addressOf(bytes), false));
      return;
    }
    const block = this.#blockFor(text.length * BYTES_PER_UNIT);
    this.#grow(block, (block.bytes as Buffer).write(text, block.end));
  }

  #addCopy(bytes: Uint8Array): void {
    const lengthBytes = bytes.length;
    if (lengthBytes === 0) return;
    const block = this.#blockFor(lengthBytes);
    const target = block.bytes;
    const start = block.end;
    if (lengthBytes > LOOP_BYTES) target.set(bytes, start);
    else for (let i = 0; i < lengthBytes; i++) target[start + i] = bytes[i];
    this.#grow(block, lengthBytes);
  }

  /** A block with room, at the end of what is to be sent. */
  #blockFor(lengthBytes: number): SendPiece {
    const last = this.#last();
    if (last !== undefined && last.freeBytes >= lengthBytes) return last;
    const block = this.#blocks.take();
    this.#append(block);
    return block;
  }

  #append(piece: SendPiece): void {
    if (this.#head === undefined) this.#head = piece;
    else {
      this.#rest ??= [];
      this.#rest.push(piece);
    }
  }

  #grow(block: SendPiece, lengthBytes: number): void {
    const start = block.end;
    block.end += lengthBytes;
    this.pendingBytes += lengthBytes;
    if (!this.#isSending) this.#send();
    else if (start === 0) this.#extend(block);
    else if (
      this.#sendPieces === this.#pieces() &&
      start === this.#sendEnd &&
      this.#transport.lengthen(lengthBytes)
    )
      this.#sendEnd = block.end;
  }

  #addPiece(piece: SendPiece): void {
    this.pendingBytes += piece.end;
    this.#append(piece);
    if (!this.#isSending) this.#send();
    else this.#extend(piece);
  }

  /** How many pieces are queued. */
  #pieces(): number {
    return this.#rest === undefined ? Number(this.#head !== undefined) : this.#rest.length + 1;
  }

  #send(): void {
    const head = this.#head!;
    this.#isSending = true;
    this.#sendPieces = 1;
    this.#sendEnd = head.end;
    this.#transport.send(head);
    const rest = this.#rest;
    if (rest === undefined) return;
    for (const piece of rest) if (!this.#take(piece)) return;
  }

  /** Lets the send under way take the piece that was queued last, if it takes all that come before it. */
  #extend(piece: SendPiece): void {
    if (this.#sendPieces === this.#pieces() - 1) this.#take(piece);
  }

  #take(piece: SendPiece): boolean {
    if (!this.#transport.extend(piece)) return false;
    this.#sendPieces++;
    this.#sendEnd = piece.end;
    return true;
  }

  /** So much went out of what was sent last. */
  sent(lengthBytes: number): void {
    this.#isSending = false;
    this.pendingBytes -= lengthBytes;
    this.#sentBytes += lengthBytes;
    let left = lengthBytes;
    for (let head = this.#head; head !== undefined && left > 0; head = this.#head) {
      const part = Math.min(left, head.end - head.start);
      head.start += part;
      left -= part;
      if (head.start < head.end) break;
      this.#shift(head);
    }
    if (this.#waiters !== undefined) this.#resolveWaiters(this.#waiters);
    if (this.#head !== undefined && !this.#isSending) this.#send();
    if (this.#needsDrain && this.pendingBytes < this.#highWaterBytes / 2) {
      this.#needsDrain = false;
      this.#events.onDrain();
    }
    if (this.pendingBytes === 0) this.#events.onFlushed();
  }

  #shift(head: SendPiece): void {
    const rest = this.#rest;
    this.#head = rest === undefined || rest.length === 0 ? undefined : rest.shift();
    if (head.isBlock) this.#blocks.giveBack(head);
    else head.finish();
  }

  #resolveWaiters(waiters: PositionWaiter[]): void {
    while (waiters.length > 0 && waiters[0].position <= this.#sentBytes) waiters.shift()!.resolve();
    if (waiters.length === 0) this.#waiters = undefined;
  }

  /**
   * Nothing more will be sent: those who wait are told. Memory stays until the send under way has ended.
   * @param error undefined when this end has closed
   */
  fail(error: Error | undefined): void {
    if (this.#isFailed) return;
    this.#isFailed = true;
    this.#error = error;
    if (this.pendingBytes === 0) return;
    const reason = this.error;
    for (const waiter of this.#waiters ?? []) waiter.reject(reason);
    this.#waiters = undefined;
    this.#head?.fail(reason);
    for (const piece of this.#rest ?? []) piece.fail(reason);
  }

  /** The connection is closed: the blocks go back. */
  release(): void {
    if (this.#head?.isBlock) this.#blocks.giveBack(this.#head);
    for (const piece of this.#rest ?? []) if (piece.isBlock) this.#blocks.giveBack(piece);
    this.#head = undefined;
    this.#rest = undefined;
  }
}
