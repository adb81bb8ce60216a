import type { Libraries } from './koffi.js';

/** MADV_DONTNEED of `madvise(2)`. */
const DONT_NEED = 4;

/** Addresses and views of memory. Addresses are Numbers: user space on Linux ends far below 2^53. */
export interface Memory {
  /** Address of a typed array's first byte, in bytes. The array's memory must outlive every use of the address. */
  address(array: ArrayBufferView): number;
  /** An ArrayBuffer over existing memory; nothing is copied, and nothing keeps the memory alive. */
  view(address: number, lengthBytes: number): ArrayBuffer;
  /**
   * Gives back the pages that lie within an array which is all zeros still, as far as they can be given back: they take no
   * memory until they are written to.
   */
  discardZeros(array: ArrayBufferView): void;
}

/** Declares the memory functions. */
export function declareMemory({ koffi, host }: Libraries): Memory {
  let discard: ((address: number, lengthBytes: number) => void) | undefined;
  return {
    address: (array) => Number(koffi.address(array)),
    view: (address, lengthBytes) => koffi.view(BigInt(address), lengthBytes),
    discardZeros(array) {
      // Most threads make no pool.
      discard ??= declareDiscard(host);
      discard(Number(koffi.address(array)), array.byteLength);
    },
  };
}

function declareDiscard(host: Libraries['host']): (address: number, lengthBytes: number) => void {
  const pageBytes: number = host.func('getpagesize', 'int', [])();
  const madvise = host.func('madvise', 'int', ['uintptr_t', 'size_t', 'int']);
  return (address, lengthBytes) => {
    const begin = Math.ceil(address / pageBytes) * pageBytes;
    const end = Math.floor((address + lengthBytes) / pageBytes) * pageBytes;
    // Locked memory is refused, and stays.
    if (begin < end) madvise(begin, end - begin, DONT_NEED);
  };
}
