/**
 * x86 keeps a thread's stores in order (total store order), and V8 emits stores to typed arrays in program order, so a
 * plain store already is a release store there: 1 ns instead of the 8 of `Atomics.store`, which is a full fence.
 */
const storesAreOrdered = process.arch === 'x64';

/** Stores so that everything this thread wrote before is visible to whoever loads the new value. No full fence. */
export function storeRelease(words: Int32Array, index: number, value: number): void {
  if (storesAreOrdered) words[index] = value;
  else Atomics.store(words, index, value);
}
