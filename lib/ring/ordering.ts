/**
 * x86 keeps a thread's stores in order (total store order), and V8 emits stores to typed arrays in program order, so a
 * plain store already is a release store there: 1 ns instead of the 8 of `Atomics.store`, which is a full fence.
 */
const isOrdered = process.arch === 'x64';

/** Stores so that everything this thread wrote before is visible to whoever loads the new value. No full fence. */
export function storeRelease(words: Int32Array, index: number, value: number): void {
  if (isOrdered) words[index] = value;
  else Atomics.store(words, index, value);
}

/**
 * Loads so that everything its writer wrote before that value is visible after. On x86 each load is an acquire, and V8
 * emits loads of typed arrays in program order; a plain one takes 1 ns, while `Atomics.load` is a call of a builtin in Node 20.
 * Not for the condition of a loop that does nothing else: a compiler may look once there.
 */
export function loadAcquire(words: Int32Array, index: number): number {
  return isOrdered ? words[index] : Atomics.load(words, index);
}
