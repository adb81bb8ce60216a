import type { CompletionHandler } from '../ring/index.js';
import type { BytePath } from './byte-path.js';

/**
 * What a file reader asks of the system, on the ring or through `node:fs`. Each operation completes later, never within
 * the call, with a result as of the system call: ≥ 0, or `-errno`.
 */
export interface FileOperations {
  /** Nothing may be begun any more. */
  readonly isClosed: boolean;
  /** Opens a file for reading, close-on-exec; completes with its fd. The slot is the path's place until then. */
  open(handler: CompletionHandler, slot: number, path: BytePath): void;
  /**
   * Reads into the block; completes with the number of bytes, 0 at the end of the file.
   * @param start offset in the block, in bytes
   * @param position offset in the file, in bytes
   */
  read(handler: CompletionHandler, fd: number, start: number, lengthBytes: number, position: number): void;
  /** Closes a file that was only read: nobody needs to hear of it. */
  close(fd: number): void;
}
