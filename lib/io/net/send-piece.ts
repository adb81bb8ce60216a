/** Whoever waits until bytes are sent. */
export interface SendWaiter {
  resolve(): void;
  reject(error: Error): void;
}

/**
 * Bytes on their way out: a block of the loop's own memory into which small writes are copied, or a large write of the
 * user's, which is sent from where it lies.
 */
export class SendPiece {
  readonly bytes: Uint8Array;
  /** Of the first byte; 0 where nobody needs it. */
  readonly address: number;
  /** Whether it is a block, which goes back to its pool and takes further writes. */
  readonly isBlock: boolean;
  /** What has been sent. */
  start = 0;
  /** What is to be sent ends here. */
  end: number;
  /** The kernel uses the memory although all is sent: it was told not to copy. */
  isHeld = false;
  /** Who waits until all is sent, and the memory is free; large writes only. */
  waiter: SendWaiter | undefined;
  #isSent = false;

  constructor(bytes: Uint8Array, address: number, isBlock: boolean) {
    this.bytes = bytes;
    this.address = address;
    this.isBlock = isBlock;
    this.end = isBlock ? 0 : bytes.length;
  }

  /** Room for further bytes. */
  get freeBytes(): number {
    return this.isBlock ? this.bytes.length - this.end : 0;
  }

  /** All is sent. */
  finish(): void {
    this.#isSent = true;
    if (!this.isHeld) this.#settle();
  }

  /** The kernel no longer uses the memory. */
  release(): void {
    this.isHeld = false;
    if (this.#isSent) this.#settle();
  }

  #settle(): void {
    this.waiter?.resolve();
    this.waiter = undefined;
  }

  /** It will not be sent. */
  fail(error: Error): void {
    this.waiter?.reject(error);
    this.waiter = undefined;
  }
}

/** Size of a block. A write that is longer is sent from where it lies. */
export const SEND_BLOCK_BYTES = 16_384;
const BLOCKS_PER_SLAB = 32;

/** The blocks of one loop. A connection holds one only while it has something to send. */
export class SendBlocks {
  /** Blocks that are lent. */
  lent = 0;
  readonly addressOf: (view: Uint8Array) => number;
  readonly #free: SendPiece[] = [];

  /** @param addressOf address of a view's first byte, or 0 where nobody needs it */
  constructor(addressOf: (view: Uint8Array) => number) {
    this.addressOf = addressOf;
  }

  /** An empty block. */
  take(): SendPiece {
    if (this.#free.length === 0) this.#addSlab();
    this.lent++;
    return this.#free.pop()!;
  }

  /** A block that nobody reads any more. */
  giveBack(block: SendPiece): void {
    block.start = 0;
    block.end = 0;
    this.lent--;
    this.#free.push(block);
  }

  #addSlab(): void {
    const slab = new ArrayBuffer(BLOCKS_PER_SLAB * SEND_BLOCK_BYTES);
    const address = this.addressOf(new Uint8Array(slab));
    for (let i = BLOCKS_PER_SLAB - 1; i >= 0; i--) {
      const start = i * SEND_BLOCK_BYTES;
      const bytes = Buffer.from(slab, start, SEND_BLOCK_BYTES);
      this.#free.push(new SendPiece(bytes, address === 0 ? 0 : address + start, true));
    }
  }
}
