import { readBuffer } from './read-buffer.js';

/** `PATH_MAX` of linux/limits.h, with the NUL. The kernel refuses longer paths itself (ENAMETOOLONG). */
const PATH_BYTES = 4096;

/** Pieces of a slice: while one is used, the others are being read. */
export const PIECES = 4;

/**
 * The memory of one file reader, allocated once: for each file in flight room for its path and a slice for its bytes,
 * made of `PIECES` pieces. It is off V8's heap, where the collector would move it under the kernel's hands; pages that
 * no file has needed cost nothing.
 */
export class ReadBlock {
  readonly bytes: Buffer;
  readonly slots: number;
  readonly pieceBytes: number;
  readonly sliceBytes: number;

  /**
   * @param slots files in flight
   * @param pieceBytes bytes of one piece
   */
  constructor(slots: number, pieceBytes: number) {
    this.slots = slots;
    this.pieceBytes = pieceBytes;
    this.sliceBytes = PIECES * pieceBytes;
    this.bytes = readBuffer(slots * this.#strideBytes);
  }

  // The path between two slices also staggers them: at a power of two apart, all would share the same few cache sets.
  get #strideBytes(): number {
    return PATH_BYTES + this.sliceBytes;
  }

  /**
   * Writes a path, NUL-terminated, where the slot keeps it.
   * @returns the offset in `bytes`
   */
  writePath(slot: number, path: string): number {
    const start = slot * this.#strideBytes;
    const written = this.bytes.write(path, start, PATH_BYTES, 'latin1');
    // A path that leaves no room for the NUL is too long for the kernel, which looks at no more than this.
    if (written < PATH_BYTES) this.bytes[start + written] = 0;
    return start;
  }

  /** Offset in `bytes` of the slot's slice. */
  sliceStart(slot: number): number {
    return slot * this.#strideBytes + PATH_BYTES;
  }
}
