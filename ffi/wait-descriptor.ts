/** Layout of `struct wl_wait` in cpu-wait.h, as indices into an Int32Array: what a CPU wait watches, and what it did. */
export const WaitDescriptor = {
  /** Most words that one wait can watch. */
  maxWords: 4,
  /** `address[i]`, two words each, low half first. The first address decides which line the CPU monitors. */
  address: 0,
  /** `expected[i]`: the wait ends when word i differs from it ... */
  expected: 8,
  /** ... in the bits of `mask[i]`. */
  mask: 12,
  count: 16,
  /** Out: bit i is set when word i differed. */
  changed: 17,
  /** Out: wait instructions executed, summed up. */
  waits: 18,
  /** Out: wait instructions that the operating system's limit cut short, summed up. */
  limited: 19,
  /** 1 asks UMWAIT for the lighter state C0.1 (faster exit), 0 for C0.2. */
  stateC0: 20,
  lengthBytes: 96,
} as const;

/** What a CPU wait returns. */
export const WaitEnd = { deadline: 0, changed: 1 } as const;

/** Bits of `wl_cpu_features()`. */
export const CpuFeature = {
  umwait: 1,
  mwaitx: 2,
  /** The tick counter neither stops nor changes its rate. */
  invariantTsc: 4,
  pause: 8,
  wfe: 16,
  /** The CPU announces the instruction, but it faulted when it was tried; then `umwait` is not set. */
  umwaitFaults: 32,
  /** The same of `mwaitx`. */
  mwaitxFaults: 64,
} as const;
