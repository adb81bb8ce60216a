import fs from 'node:fs';
import type { CompletionHandler } from '../ring/index.js';
import { type BytePath, bytesOf } from './byte-path.js';
import type { FileOperations } from './file-operations.js';
import type { ReadBlock } from './read-block.js';

/** Node's errors carry `-errno`, as the kernel returned it. */
const resultOf = (error: NodeJS.ErrnoException | null, value: number): number =>
  error === null ? value : error.errno!;

/** Files through `node:fs`, for loops that have no ring. */
export class PortableFileOperations implements FileOperations {
  /** Node lets what has begun go on. */
  readonly isClosed = false;
  readonly #block: ReadBlock;

  constructor(block: ReadBlock) {
    this.#block = block;
  }

  open(handler: CompletionHandler, _slot: number, path: BytePath): void {
    fs.open(bytesOf(path), fs.constants.O_RDONLY, (error, fd) =>
      handler.onCompletion(resultOf(error, fd), 0),
    );
  }

  read(handler: CompletionHandler, fd: number, start: number, lengthBytes: number, position: number): void {
    fs.read(fd, this.#block.bytes, start, lengthBytes, position, (error, count) =>
      handler.onCompletion(resultOf(error, count), 0),
    );
  }

  close(fd: number): void {
    fs.close(fd, () => {});
  }
}
