import type { Memory } from '../../ffi/index.js';

/**
 * The addresses of buffers, remembered per ArrayBuffer: asking V8 takes several times as long as looking it up. An
 * ArrayBuffer stays where it is as long as it is attached; a detached one has no bytes that could be read into.
 */
export class BufferAddresses {
  /** Whether the view that was last asked for lies in the memory that is registered with the kernel. */
  isRegistered = false;
  /** The memory that is registered, as buffer 0. */
  registered: ArrayBufferLike | undefined;
  readonly #memory: Memory;
  readonly #known = new WeakMap<ArrayBufferLike, number>();

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** Address of a view's first byte. A view on V8's heap is moved off it first, where the collector leaves it alone. */
  of(view: ArrayBufferView): number {
    const buffer = view.buffer;
    this.isRegistered = buffer === this.registered;
    let address = this.#known.get(buffer);
    if (address === undefined) {
      address = this.#memory.address(new Uint8Array(buffer));
      this.#known.set(buffer, address);
    }
    return address + view.byteOffset;
  }
}
