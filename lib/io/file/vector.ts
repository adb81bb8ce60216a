import type { Bytes } from './file-calls.js';

/** Bytes of all buffers together. */
export function lengthOf(buffers: readonly Bytes[]): number {
  return buffers.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

/** What is left of a list of buffers when so many bytes at its beginning are done. */
export function restOf(buffers: readonly Bytes[], doneBytes: number): Bytes[] {
  let skip = doneBytes;
  const rest: Bytes[] = [];
  for (const buffer of buffers) {
    const { byteLength } = buffer;
    if (skip >= byteLength) skip -= byteLength;
    else {
      rest.push(new Uint8Array(buffer.buffer, buffer.byteOffset + skip, byteLength - skip));
      skip = 0;
    }
  }
  return rest;
}
