/**
 * Test files for every boot of `npm run test:emulated`: add a line to have another one run in the guests. They share one
 * process, and run in this order. Those that have nothing to do with the CPU belong to the quick suite (`--all`).
 */
export const together: readonly string[] = [
  'test/emulator/guest/kernel.test.ts',
  'test/ffi/cpu-wait.test.ts',
  'test/ring/layout-probe.test.ts',
  'test/scheduler/waiter.test.ts',
  'test/loop/wake-sources.test.ts',
  'test/loop/io-uring-disabled.test.ts',
  'test/emulator/guest/without-io-uring.test.ts',
  'test/loop/flag-sets.test.ts',
  'test/emulator/guest/umwait-limits.test.ts',
  'test/emulator/guest/wake-word.test.ts',
  'test/loop/random-pauses.slow.test.ts',
  'test/emulator/guest/digest.test.ts',
  'test/examples/wake-word.test.ts',
  'test/pool/pool-basics.test.ts',
];

/** The part of them that Bochs's models of AMD's CPUs run: what MWAITX is for. */
export const onAmd: readonly string[] = [
  'test/emulator/guest/kernel.test.ts',
  'test/ffi/cpu-wait.test.ts',
  'test/scheduler/waiter.test.ts',
  'test/loop/wake-sources.test.ts',
];
