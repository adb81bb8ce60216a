import type { Native } from '../../ffi/index.js';
import {
  Cqe,
  CqOffsets,
  MmapOffset,
  PAGE_BYTES,
  Params,
  RING_HEADER_BYTES,
  Sqe,
  SqOffsets,
} from './ring-descriptor.js';

/** Where a ring lives: inside a SharedArrayBuffer (`shared`), or where the kernel put it (`mapped`). */
export type RingMemoryKind = 'shared' | 'mapped';

/** A ring's memory as typed arrays. Word i of `words` is at byte 4 i of the kernel's ring area. */
export interface RingMemory {
  readonly kind: RingMemoryKind;
  readonly words: Int32Array;
  readonly wordsAddress: number;
  readonly sqes: Int32Array;
  /** Address and length in bytes of what must be unmapped at the end; empty for `shared`, which V8 frees. */
  readonly mappings: readonly (readonly [address: number, lengthBytes: number])[];
}

const pages = (bytes: number): number => Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES;

/** Writes a 64-bit address as two words, low half first. */
export function writeAddress(words: Int32Array, index: number, address: number): void {
  words[index] = address | 0;
  words[index + 1] = Math.floor(address / 0x1_0000_0000);
}

/**
 * Reserves memory for a ring in a SharedArrayBuffer and names it in the parameters (IORING_SETUP_NO_MMAP).
 * The kernel pins the pages; they count against RLIMIT_MEMLOCK for a process without CAP_IPC_LOCK.
 */
export function reserveShared(
  native: Native,
  params: Int32Array,
  sqEntries: number,
  cqEntries: number,
): RingMemory {
  const ringBytes = pages(RING_HEADER_BYTES + cqEntries * Cqe.lengthBytes + sqEntries * 4);
  const sqeBytes = pages(sqEntries * Sqe.lengthBytes);
  const lengthBytes = ringBytes + sqeBytes + PAGE_BYTES;
  // Growable, though it never grows: V8 maps pages of their own for such a buffer and unmaps them at the end, where an
  // ordinary one is malloc's. A ring ends some time after its fd is closed, and until then the kernel may still write to
  // the pages that it has pinned; in malloc's hands they would be somebody else's by then.
  const buffer = new SharedArrayBuffer(lengthBytes, { maxByteLength: lengthBytes });
  const start = native.memory.address(new Uint8Array(buffer));
  const padding = pages(start) - start;
  const ringAddress = start + padding;
  writeAddress(params, Params.cqOff + CqOffsets.userAddr, ringAddress);
  writeAddress(params, Params.sqOff + SqOffsets.userAddr, ringAddress + ringBytes);
  return {
    kind: 'shared',
    words: new Int32Array(buffer, padding, ringBytes / 4),
    wordsAddress: ringAddress,
    sqes: new Int32Array(buffer, padding + ringBytes, sqeBytes / 4),
    mappings: [],
  };
}

/**
 * Maps the memory that the kernel allocated for a ring.
 * @returns the memory, or `-errno`
 */
export function mapRing(native: Native, fd: number, params: Int32Array): RingMemory | number {
  const sqEntries = params[Params.sqEntries];
  const arrayEnd = params[Params.sqOff + SqOffsets.array] + sqEntries * 4;
  const cqesEnd = params[Params.cqOff + CqOffsets.cqes] + params[Params.cqEntries] * Cqe.lengthBytes;
  const ringBytes = Math.max(arrayEnd, cqesEnd);
  const sqeBytes = sqEntries * Sqe.lengthBytes;
  const ringAddress = native.system.mapRing(fd, ringBytes, MmapOffset.sqRing);
  if (ringAddress < 0) return ringAddress;
  const sqeAddress = native.system.mapRing(fd, sqeBytes, MmapOffset.sqes);
  if (sqeAddress < 0) {
    native.system.unmap(ringAddress, ringBytes);
    return sqeAddress;
  }
  return {
    kind: 'mapped',
    words: new Int32Array(native.memory.view(ringAddress, ringBytes)),
    wordsAddress: ringAddress,
    sqes: new Int32Array(native.memory.view(sqeAddress, sqeBytes)),
    mappings: [
      [ringAddress, ringBytes],
      [sqeAddress, sqeBytes],
    ],
  };
}
