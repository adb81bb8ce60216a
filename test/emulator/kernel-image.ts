import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { GuestMemory } from './guest-memory.js';
import { HarnessError } from './harness-error.js';

/** A kernel as it lies in memory, ready to run. */
export interface KernelImage {
  /** From `GuestMemory.kernel`. */
  readonly text: Buffer;
  readonly entry: number;
  /** The set-up header of the file, from offset 0x1f1. */
  readonly header: Buffer;
}

const HEADER_START = 0x1f1;
const LOAD = 1;
const LONGEST_KERNEL_BYTES = 512 * 1024 * 1024;

/**
 * Unpacks a bzImage, so that the guest need not: Documentation/arch/x86/boot.rst has the offsets.
 * @throws {HarnessError} when it is damaged
 */
export function readKernelImage(path: string): KernelImage {
  try {
    return unpack(readFileSync(path));
  } catch (error) {
    const folder = dirname(path);
    throw new HarnessError(
      `${path} is no kernel that can be booted (${(error as Error).message.trim()}). To have it anew, remove ${folder}`,
    );
  }
}

function unpack(file: Buffer): KernelImage {
  const setupSectors = file[HEADER_START] || 4;
  const start = (setupSectors + 1) * 512 + file.readUInt32LE(0x248);
  const payload = file.subarray(start, start + file.readUInt32LE(0x24c));
  const header = Buffer.from(file.subarray(HEADER_START, 0x202 + file[0x201]));
  return { ...layOut(decompress(payload)), header };
}

function decompress(payload: Buffer): Buffer {
  const isZstd = payload.readUInt32LE(0) === 0xfd2fb528;
  // The last four bytes are the size, which is no part of the stream.
  const options = {
    input: payload.subarray(0, -4),
    maxBuffer: LONGEST_KERNEL_BYTES,
    stdio: ['pipe', 'pipe', 'pipe'] as ['pipe', 'pipe', 'pipe'],
  };
  return execFileSync(isZstd ? 'zstd' : 'xz', ['-dc'], options);
}

/** Copies the loadable segments of an ELF file to where they belong. */
function layOut(elf: Buffer): { text: Buffer; entry: number } {
  const headers = Number(elf.readBigUInt64LE(32));
  const count = elf.readUInt16LE(56);
  const segments = Array.from({ length: count }, (_, index) => {
    const at = headers + 56 * index;
    const word = (offset: number): number => Number(elf.readBigUInt64LE(at + offset));
    return {
      type: elf.readUInt32LE(at),
      offset: word(8),
      physical: word(24),
      bytes: word(32),
      room: word(40),
    };
  }).filter(({ type }) => type === LOAD);
  const end = Math.max(...segments.map(({ physical, room }) => physical + room));
  if (end >= GuestMemory.initramfs) throw new Error('the kernel reaches into the initramfs');
  const text = Buffer.alloc(end - GuestMemory.kernel);
  for (const { offset, physical, bytes } of segments)
    elf.copy(text, physical - GuestMemory.kernel, offset, offset + bytes);
  return { text, entry: Number(elf.readBigUInt64LE(24)) };
}
