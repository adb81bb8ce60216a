import type { CompletionHandler } from '../ring/index.js';

/** One piece of a large file on its way into memory. */
export class FilePiece implements CompletionHandler {
  /** Offset in the block, in bytes. */
  readonly start: number;
  /** Offset in the file, in bytes. */
  position = 0;
  filledBytes = 0;
  isReading = false;
  /** Whether all of it is there that the file has. */
  isFilled = false;
  /** Whether the file ends in this piece. */
  isEnd = false;
  readonly #onRead: (piece: FilePiece, result: number) => void;

  constructor(start: number, onRead: (piece: FilePiece, result: number) => void) {
    this.start = start;
    this.#onRead = onRead;
  }

  /** The piece holds the file's bytes from a position on. */
  fillAt(position: number, filledBytes: number): void {
    this.position = position;
    this.filledBytes = filledBytes;
    this.isFilled = true;
    this.isEnd = false;
  }

  /** The piece is to be read from a position on. */
  emptyAt(position: number): void {
    this.position = position;
    this.filledBytes = 0;
    this.isFilled = false;
    this.isEnd = false;
  }

  onCompletion(result: number): void {
    this.isReading = false;
    this.#onRead(this, result);
  }
}
