import type { UringError } from '../ring/index.js';

/** Whoever reads a file: hears its bytes in order, then of its end or of one error. */
export interface FileSink {
  /**
   * The next bytes of the file. A file that fits into the reader's slice comes in one piece, an empty one as an empty
   * last piece.
   * @param bytes the reader's own memory: valid only during the call
   * @param isLast whether the file ends behind them; nothing follows then
   */
  onPiece(bytes: Buffer, isLast: boolean): void;
  /** The file could not be opened, or not be read to its end; nothing follows. */
  onError(error: UringError): void;
}
