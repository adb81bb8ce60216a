import type { Native } from '../../ffi/index.js';
import {
  BUFFER_RING_TAIL_HALF_WORD,
  BufferEntry,
  BufferRegistration,
  CQE_BUFFER_SHIFT,
} from './buffer-ring-descriptor.js';
import type { Ring } from './ring.js';
import { REGISTER_PBUF_RING, UNREGISTER_PBUF_RING } from './ring-constants.js';
import { CACHE_LINE_BYTES, PAGE_BYTES } from './ring-descriptor.js';
import { writeAddress } from './ring-memory.js';
import { UringError } from './uring-error.js';

/** Sizes of a ring of buffers. */
export interface BufferRingOptions {
  /** Number by which operations choose this ring: 0 to 65,535, unique in the io_uring instance. */
  readonly group: number;
  /** How many buffers, a power of two up to 32,768. */
  readonly buffers: number;
  /** Size of each, in bytes. */
  readonly bufferBytes: number;
}

/**
 * Buffers that the kernel chooses from when data arrives (IORING_REGISTER_PBUF_RING, Linux 5.19), so that an operation
 * that waits for data holds none. A completion names the buffer it took; whoever has read it gives it back.
 */
export class BufferRing {
  readonly group: number;
  readonly buffers: number;
  readonly bufferBytes: number;
  /** Each buffer as a view of its whole length; made once, so that a completion needs no new one. */
  readonly views: readonly Buffer[];
  /** Buffers that completions took and nobody has given back yet. */
  taken = 0;
  readonly #native: Native;
  readonly #ring: Ring;
  /** Keeps the memory: the kernel reads the entries and writes into the buffers. */
  readonly #words: Int32Array;
  readonly #halfWords: Uint16Array;
  readonly #startAddress: number;
  readonly #strideBytes: number;
  /** Which buffer lies at a place of the ring, and at which place a buffer lies: a bundle takes several in a row. */
  readonly #idAt: Uint16Array;
  readonly #placeOf: Uint16Array;
  #tail = 0;

  /** @throws {UringError} when the kernel refuses (before 5.19: EINVAL) */
  constructor(native: Native, ring: Ring, { group, buffers, bufferBytes }: BufferRingOptions) {
    this.#native = native;
    this.#ring = ring;
    this.group = group;
    this.buffers = buffers;
    this.bufferBytes = bufferBytes;
    // A cache line apart from a round size: at a power of two apart, all buffers would begin in the same few cache sets.
    this.#strideBytes = bufferBytes + CACHE_LINE_BYTES;
    const entries = pageAligned(native, buffers * BufferEntry.lengthBytes);
    this.#words = entries.words;
    this.#halfWords = new Uint16Array(
      entries.words.buffer,
      entries.words.byteOffset,
      entries.words.length * 2,
    );
    // Off V8's heap, where the collector would move it; pages that no data has needed cost nothing.
    const data = new ArrayBuffer(buffers * this.#strideBytes);
    this.views = Array.from({ length: buffers }, (_, id) =>
      Buffer.from(data, id * this.#strideBytes, bufferBytes),
    );
    this.#startAddress = native.memory.address(this.views[0]);
    // No buffer's number: each place gets its entry when a buffer first goes there.
    this.#idAt = new Uint16Array(buffers).fill(0xffff);
    this.#placeOf = new Uint16Array(buffers);
    this.#register(entries.address);
    this.taken = buffers;
    for (let id = 0; id < buffers; id++) this.giveBack(id);
  }

  #register(address: number): void {
    const registration = new Int32Array(new ArrayBuffer(BufferRegistration.lengthBytes));
    writeAddress(registration, BufferRegistration.ringAddress, address);
    registration[BufferRegistration.ringEntries] = this.buffers;
    registration[BufferRegistration.groupAndFlags] = this.group;
    const at = this.#native.memory.address(registration);
    const result = this.#native.system.ioUringRegister(this.#ring.fd, REGISTER_PBUF_RING, at, 1);
    if (result < 0) throw new UringError(result, 'io_uring_register');
  }

  /**
   * The buffer that a completion took; it is now the caller's, until `giveBack`.
   * @param flags of the completion, with `IORING_CQE_F_BUFFER`
   * @returns its id: an index of `views`
   */
  take(flags: number): number {
    this.taken++;
    return flags >>> CQE_BUFFER_SHIFT;
  }

  /** The buffer that a bundle filled after the given one; it is now the caller's. */
  takeNext(id: number): number {
    this.taken++;
    return this.#idAt[(this.#placeOf[id] + 1) & (this.buffers - 1)];
  }

  /** Offers a buffer to the kernel again. */
  giveBack(id: number): void {
    const place = this.#tail & (this.buffers - 1);
    // Where buffers go back in the order in which they were taken, each finds its own entry again.
    if (this.#idAt[place] !== id) this.#setEntry(place, id);
    // The kernel shortens the last buffer of a bundle in its entry.
    this.#words[place * BufferEntry.words + BufferEntry.length] = this.bufferBytes;
    this.#placeOf[id] = place;
    this.#tail = (this.#tail + 1) & 0xffff;
    this.taken--;
    // Plain: the kernel chooses buffers on this very thread, in a system call, so program order is enough.
    this.#halfWords[BUFFER_RING_TAIL_HALF_WORD] = this.#tail;
  }

  #setEntry(place: number, id: number): void {
    const word = place * BufferEntry.words;
    writeAddress(this.#words, word + BufferEntry.address, this.#startAddress + id * this.#strideBytes);
    this.#halfWords[place * BufferEntry.halfWords + BufferEntry.idHalfWord] = id;
    this.#idAt[place] = id;
  }

  /** Takes the ring back from the kernel. Nothing that chooses from it may be in flight. */
  close(): void {
    const registration = new Int32Array(new ArrayBuffer(BufferRegistration.lengthBytes));
    registration[BufferRegistration.groupAndFlags] = this.group;
    const at = this.#native.memory.address(registration);
    this.#native.system.ioUringRegister(this.#ring.fd, UNREGISTER_PBUF_RING, at, 1);
  }
}

/**
 * Words that begin at a page. Growable, though they never grow: V8 maps pages of their own for such a buffer and unmaps
 * them at the end, so that what the kernel has pinned never becomes somebody else's memory (see ring-memory.ts).
 */
function pageAligned(native: Native, lengthBytes: number): { words: Int32Array; address: number } {
  const size = Math.ceil(lengthBytes / PAGE_BYTES + 1) * PAGE_BYTES;
  const buffer = new SharedArrayBuffer(size, { maxByteLength: size });
  const start = native.memory.address(new Uint8Array(buffer));
  const address = Math.ceil(start / PAGE_BYTES) * PAGE_BYTES;
  return { words: new Int32Array(buffer, address - start, lengthBytes / 4), address };
}
