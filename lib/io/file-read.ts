import { type CompletionHandler, UringError } from '../ring/index.js';
import { type BytePath, displayPath } from './byte-path.js';
import type { FileOperations } from './file-operations.js';
import { FilePiece } from './file-piece.js';
import type { FileSink } from './file-sink.js';
import { PIECES, type ReadBlock } from './read-block.js';
import { ECANCELED, EINTR, MOST_RESTARTS } from './restart.js';

/**
 * Reads one file after the other into one slot of the block. A file is first read into the whole slice; one that does
 * not end there goes on piece by piece, all pieces in flight but the one that the sink is looking at.
 */
export class FileRead {
  readonly #operations: FileOperations;
  readonly #block: ReadBlock;
  readonly #slot: number;
  readonly #start: number;
  readonly #onFree: (read: FileRead) => void;
  readonly #pieces: FilePiece[] = [];
  #path = '' as BytePath;
  #sink: FileSink | undefined;
  #fd = -1;
  #filledBytes = 0;
  /** The piece that the sink hears next. */
  #next = 0;
  #reading = 0;
  /** How often the kernel has cancelled something of this file by itself. */
  #restarts = 0;
  /** Pieces in flight at once: one, if the file comes in short reads, as generated ones do for which jumps are dear. */
  #ahead = PIECES;
  /** How the file ends, once that is known: bytes in the last piece, or `-errno`. */
  #end: number | undefined;

  readonly #opened: CompletionHandler = { onCompletion: (result) => this.#onOpened(result) };
  readonly #slice: CompletionHandler = { onCompletion: (result) => this.#onSlice(result) };

  /** @param onFree called when the slot may take its next file, just before the sink hears of the end of this one */
  constructor(operations: FileOperations, block: ReadBlock, slot: number, onFree: (read: FileRead) => void) {
    this.#operations = operations;
    this.#block = block;
    this.#slot = slot;
    this.#start = block.sliceStart(slot);
    this.#onFree = onFree;
    for (let i = 0; i < PIECES; i++) {
      const start = this.#start + i * block.pieceBytes;
      this.#pieces.push(new FilePiece(start, (piece, result) => this.#onPiece(piece, result)));
    }
  }

  /** Starts reading a file. The slot must be free. */
  start(path: BytePath, sink: FileSink): void {
    this.#path = path;
    this.#sink = sink;
    this.#filledBytes = 0;
    this.#ahead = PIECES;
    this.#restarts = 0;
    this.#open();
  }

  /** Whether the kernel interrupted or cancelled by itself what is still to be done. */
  #isToRestart(result: number): boolean {
    if (this.#operations.isClosed) return false;
    return result === EINTR || (result === ECANCELED && this.#restarts++ < MOST_RESTARTS);
  }

  #open(): void {
    this.#operations.open(this.#opened, this.#slot, this.#path);
  }

  #onOpened(result: number): void {
    if (this.#isToRestart(result)) return this.#open();
    this.#fd = result;
    if (result < 0) this.#fail(result, 'open');
    else this.#readSlice();
  }

  #readSlice(): void {
    const filled = this.#filledBytes;
    const room = this.#block.sliceBytes - filled;
    this.#operations.read(this.#slice, this.#fd, this.#start + filled, room, filled);
  }

  /** Only a read of 0 bytes is the end: files of /proc, and some of networks, come in short reads. */
  #onSlice(result: number): void {
    if (this.#isToRestart(result)) return this.#readSlice();
    if (result > 0) this.#filledBytes += result;
    if (this.#filledBytes < this.#block.sliceBytes) this.#ahead = 1;
    if (result < 0) this.#failReading(result);
    else if (result === 0) this.#finish(this.#start, this.#filledBytes);
    else if (this.#filledBytes < this.#block.sliceBytes) this.#readSlice();
    else this.#continueInPieces();
  }

  #continueInPieces(): void {
    this.#next = 0;
    this.#end = undefined;
    this.#pieces.forEach((piece, index) => {
      piece.fillAt(index * this.#block.pieceBytes, this.#block.pieceBytes);
    });
    this.#deliverPieces();
  }

  #readPiece(piece: FilePiece): void {
    const { filledBytes, start, position } = piece;
    piece.isReading = true;
    this.#reading++;
    const room = this.#block.pieceBytes - filledBytes;
    this.#operations.read(piece, this.#fd, start + filledBytes, room, position + filledBytes);
  }

  #onPiece(piece: FilePiece, result: number): void {
    this.#reading--;
    if (this.#end === undefined && this.#isToRestart(result)) return this.#readPiece(piece);
    if (this.#end === undefined) this.#notePiece(piece, result);
    // What was read ahead is behind the end, but it still writes to the slot.
    if (this.#end !== undefined && this.#reading === 0) this.#endInPieces(this.#end);
  }

  #notePiece(piece: FilePiece, result: number): void {
    if (result > 0) piece.filledBytes += result;
    if (result < 0) this.#end = result;
    else if (result > 0 && piece.filledBytes < this.#block.pieceBytes) this.#readPiece(piece);
    else {
      piece.isFilled = true;
      piece.isEnd = result === 0;
      this.#deliverPieces();
    }
  }

  #deliverPieces(): void {
    for (let piece = this.#pieces[this.#next]; piece.isFilled; piece = this.#pieces[this.#next]) {
      if (piece.isEnd) {
        this.#end = piece.filledBytes;
        return;
      }
      this.#sink!.onPiece(this.#view(piece.start, this.#block.pieceBytes), false);
      piece.emptyAt(piece.position + this.#block.sliceBytes);
      this.#next = (this.#next + 1) % PIECES;
    }
    for (let ahead = 0; ahead < this.#ahead; ahead++) {
      const piece = this.#pieces[(this.#next + ahead) % PIECES];
      if (!piece.isReading && !piece.isFilled) this.#readPiece(piece);
    }
  }

  #endInPieces(end: number): void {
    if (end < 0) this.#failReading(end);
    else this.#finish(this.#pieces[this.#next].start, end);
  }

  #view(start: number, lengthBytes: number): Buffer {
    return this.#block.bytes.subarray(start, start + lengthBytes);
  }

  #finish(start: number, lengthBytes: number): void {
    this.#operations.close(this.#fd);
    this.#takeSink().onPiece(this.#view(start, lengthBytes), true);
  }

  #failReading(result: number): void {
    this.#operations.close(this.#fd);
    this.#fail(result, 'read');
  }

  #fail(result: number, syscall: string): void {
    const error = new UringError(result, syscall, displayPath(this.#path));
    this.#takeSink().onError(error);
  }

  #takeSink(): FileSink {
    const sink = this.#sink!;
    this.#sink = undefined;
    this.#onFree(this);
    return sink;
  }
}
