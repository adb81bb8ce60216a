import { type CpuWait, type Native, WaitDescriptor } from 'wakeline/ffi';
import { writeWordPair } from './native.js';

/** The CPU's waits, by name. */
export type WaitName = 'pause' | 'umwait' | 'mwaitx' | 'wfe';

/** A wait of the CPU on the words of a SharedArrayBuffer. */
export class TestWait {
  readonly words = new Int32Array(new SharedArrayBuffer(4096));
  readonly descriptor = new Int32Array(new ArrayBuffer(WaitDescriptor.lengthBytes));
  readonly #wait: CpuWait;
  readonly #descriptorAddress: number;

  /** @param indices the words to watch */
  constructor(native: Native, name: WaitName, indices: readonly number[]) {
    this.#wait = native.cpu[name];
    this.#descriptorAddress = native.memory.address(this.descriptor);
    const address = native.memory.address(this.words);
    for (const [i, index] of indices.entries()) {
      writeWordPair(this.descriptor, WaitDescriptor.address + 2 * i, address + index * 4);
      this.descriptor[WaitDescriptor.mask + i] = -1;
    }
    this.descriptor[WaitDescriptor.count] = indices.length;
  }

  get changed(): number {
    return this.descriptor[WaitDescriptor.changed];
  }

  run(nanoseconds: number): number {
    return this.#wait(this.#descriptorAddress, nanoseconds);
  }
}
