/** Test files for every boot of `npm run test:emulated`, in one process; add a line to have another one run in the guests. */
export const together: readonly string[] = [
  'test/ffi/cpu-wait.test.ts',
  'test/ring/layout-probe.test.ts',
  'test/scheduler/waiter.test.ts',
  'test/loop/wake-sources.test.ts',
  'test/examples/wake-word.test.ts',
  'test/loop/io-uring-disabled.test.ts',
];
