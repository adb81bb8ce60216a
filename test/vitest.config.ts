import { defineConfig } from 'vitest/config';

// Tests use the built package, as a user would: 'wakeline' resolves through package.json to dist/, and is not
// transformed. Each file runs in a process of its own, whose main thread may attach a loop. `quick` is for every
// commit; `slow` (*.slow.test.ts) holds stress tests and whatever starts many processes.
const shared = {
  root: '.',
  pool: 'forks' as const,
  fileParallelism: false,
  server: { deps: { external: [/\/dist\//] } },
};

export default defineConfig({
  test: {
    root: '.',
    reporters: ['default'],
    fileParallelism: false,
    projects: [
      {
        test: {
          ...shared,
          name: 'quick',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.slow.test.ts', 'test/emulator/guest/**'],
          testTimeout: 20_000,
        },
      },
      { test: { ...shared, name: 'slow', include: ['test/**/*.slow.test.ts'], testTimeout: 240_000 } },
    ],
  },
});
