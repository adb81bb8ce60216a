import { readBuffer } from './read-buffer.js';

/** Bytes of a block: most files fit into one. */
export const BLOCK_BYTES = 131_072;
/** Blocks that the kernel knows of. Together 4 MiB, half of what an ordinary process may lock (RLIMIT_MEMLOCK). */
const REGISTERED_BLOCKS = 32;
/** Blocks that are kept for the next borrower. */
const MOST_FREE_BLOCKS = 64;

/** A block of memory that is the borrower's until it is given back. */
export class LentBuffer {
  /** The block's memory. Not to be used after `release`: the next borrower has it then. */
  readonly bytes: Buffer;
  readonly #arena: BufferArena;
  #isLent = true;

  /** Use `EventLoop.lendBuffer`. */
  constructor(arena: BufferArena, bytes: Buffer) {
    this.#arena = arena;
    this.bytes = bytes;
  }

  /** Gives the block back. Nothing may be in flight on it. Once is enough, more often does no harm. */
  release(): void {
    if (!this.#isLent) return;
    this.#isLent = false;
    this.#arena.give(this.bytes);
  }

  /** The same as `release`, for `using`. */
  [Symbol.dispose](): void {
    this.release();
  }
}

/**
 * Blocks of memory for operations of one loop: taken, used and given back, without an allocation. The first ones lie in
 * one SharedArrayBuffer that is registered with the kernel, which saves it looking up the pages of each read and write;
 * when those are all lent, more are made of ordinary memory.
 */
export class BufferArena {
  /** Blocks that are lent now. */
  lent = 0;
  readonly #register: (memory: SharedArrayBuffer) => void;
  readonly #free: Buffer[] = [];
  #memory: SharedArrayBuffer | undefined;

  /** @param register tells the kernel of the memory, if there is a ring; called before the first block is lent */
  constructor(register: (memory: SharedArrayBuffer) => void) {
    this.#register = register;
  }

  /** Takes a block. Give it back when nothing is in flight on it any more. */
  take(): Buffer {
    if (this.#memory === undefined) this.#create();
    this.lent++;
    return this.#free.pop() ?? readBuffer(BLOCK_BYTES);
  }

  /** Gives a block back. */
  give(block: Buffer): void {
    this.lent--;
    if (this.#free.length < MOST_FREE_BLOCKS) this.#free.push(block);
  }

  #create(): void {
    const lengthBytes = REGISTERED_BLOCKS * BLOCK_BYTES;
    // Growable, though it never grows, for pages of its own: see docs/decisions/006.
    this.#memory = new SharedArrayBuffer(lengthBytes, { maxByteLength: lengthBytes });
    this.#register(this.#memory);
    for (let start = lengthBytes - BLOCK_BYTES; start >= 0; start -= BLOCK_BYTES) {
      this.#free.push(Buffer.from(this.#memory, start, BLOCK_BYTES));
    }
  }
}
