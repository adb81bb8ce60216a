import type { Libraries } from './koffi.js';

/** Addresses and views of memory. Addresses are Numbers: user space on Linux ends far below 2^53. */
export interface Memory {
  /** Address of a typed array's first byte, in bytes. The array's memory must outlive every use of the address. */
  address(array: ArrayBufferView): number;
  /** An ArrayBuffer over existing memory; nothing is copied, and nothing keeps the memory alive. */
  view(address: number, lengthBytes: number): ArrayBuffer;
}

/** Declares the memory functions. */
export function declareMemory({ koffi }: Libraries): Memory {
  return {
    address: (array) => Number(koffi.address(array)),
    view: (address, lengthBytes) => koffi.view(BigInt(address), lengthBytes),
  };
}
