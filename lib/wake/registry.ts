import type { Native } from '../../ffi/index.js';
import { Registry, Slot, slotBase } from './slot-descriptor.js';

let view: Int32Array | undefined;

/**
 * The process-wide registry of loops, seen from this thread. It lies in the shared object's own memory: every thread
 * sees the same words, and they are never freed, so a word of a loop that has ended can still be read.
 */
export function registryWords(native: Native): Int32Array {
  view ??= new Int32Array(native.memory.view(native.hooks.registryAddress, Registry.lengthBytes));
  return view;
}

/** Reads a two-word address. */
export function readAddress(words: Int32Array, index: number): number {
  return (words[index + 1] >>> 0) * 0x1_0000_0000 + (words[index] >>> 0);
}

/** Whether the loop that was born as this generation still lives in its slot. */
export function isAlive(registry: Int32Array, slot: number, generation: number): boolean {
  return Atomics.load(registry, slotBase(slot) + Slot.generation) === generation;
}
