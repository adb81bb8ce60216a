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
  'test/pool/cpu-quota.slow.test.ts',
];

/** Those that a second boot of the same kernel, with one CPU, would show no more by: processes that start, mostly. */
export const onceAKernel: readonly string[] = [
  'test/loop/io-uring-disabled.test.ts',
  'test/emulator/guest/without-io-uring.test.ts',
  'test/examples/wake-word.test.ts',
  'test/pool/pool-basics.test.ts',
  'test/pool/cpu-quota.slow.test.ts',
];

/** The part of them that Bochs's models of AMD's CPUs run: what MWAITX is for. */
export const onAmd: readonly string[] = [
  'test/emulator/guest/kernel.test.ts',
  'test/ffi/cpu-wait.test.ts',
  'test/scheduler/waiter.test.ts',
  'test/loop/wake-sources.test.ts',
];

/** Files of the quick suite that `--all` leaves out, each with the reason. */
export const sameEverywhere: Readonly<Record<string, string>> = {
  'test/tidy.test.ts': 'reads the repository, which a guest does not have',
  'test/readme.test.ts': 'needs the TypeScript compiler',
  'test/ffi/cpu-trial.test.ts': 'needs a C compiler',
  'test/ffi/layout.test.ts': 'needs a C compiler',
  'test/ffi/umwait.test.ts': 'a stand-in for UMWAIT, which the guest has',
  'test/loop/umwait.test.ts': 'a stand-in for UMWAIT, which the guest has',
  'test/loop/old-kernels.test.ts': 'a stand-in for an old kernel, which needs a C compiler',
  'test/io/net/programs.test.ts': "needs other projects' programs",
};

/**
 * Files that take a guest longer than most, in seconds of the emulator's CPU time, as the runs print them. Only how well
 * `--all` is spread over several boots hangs on it.
 */
export const slowFiles: Readonly<Record<string, number>> = {
  'test/loop/channel.test.ts': 280,
  'test/loop/lost-wake-up.test.ts': 270,
  'test/ring/wake-word.test.ts': 250,
  'test/cli/digest-errors.test.ts': 200,
  'test/io/file/whole-files.test.ts': 150,
  'test/loop/service.test.ts': 140,
  'test/loop/ending.test.ts': 125,
  'test/loop/keep-alive.test.ts': 95,
  'test/loop/naps.test.ts': 95,
  'test/io/net/stream.test.ts': 80,
  'test/io/file/streams.test.ts': 65,
  'test/io/net/node-stream.test.ts': 45,
  'test/io/net/listen.test.ts': 40,
  'test/io/file/limits.test.ts': 40,
  'test/io/timer/timers.test.ts': 40,
  'test/wake/doorbell.test.ts': 40,
};
