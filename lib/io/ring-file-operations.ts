import { constants } from 'node:fs';
import type { Memory } from '../../ffi/index.js';
import type { CompletionHandler, Operations } from '../ring/index.js';
import type { BytePath } from './byte-path.js';
import type { FileOperations } from './file-operations.js';
import type { ReadBlock } from './read-block.js';

const FLAGS = constants.O_RDONLY;

const ignored: CompletionHandler = { onCompletion: () => {} };

/** Files on the ring of this thread's loop: what is asked for within a turn goes to the kernel by one call. */
export class RingFileOperations implements FileOperations {
  readonly #loop: { readonly isClosed: boolean };
  readonly #operations: Operations;
  readonly #block: ReadBlock;
  readonly #address: number;

  /** @param loop whose ring it is */
  constructor(
    loop: { readonly isClosed: boolean },
    operations: Operations,
    memory: Memory,
    block: ReadBlock,
  ) {
    this.#loop = loop;
    this.#operations = operations;
    this.#block = block;
    this.#address = memory.address(block.bytes);
  }

  get isClosed(): boolean {
    return this.#loop.isClosed;
  }

  open(handler: CompletionHandler, slot: number, path: BytePath): void {
    const start = this.#block.writePath(slot, path);
    this.#operations.openAt(handler, this.#block.bytes, this.#address + start, FLAGS, 0);
  }

  read(handler: CompletionHandler, fd: number, start: number, lengthBytes: number, position: number): void {
    this.#operations.read(handler, this.#block.bytes, fd, this.#address + start, lengthBytes, position);
  }

  close(fd: number): void {
    this.#operations.close(ignored, fd);
  }
}
