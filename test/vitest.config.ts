import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

// Tests use the built package, as a user would: 'wakeline' resolves through package.json to dist/, and is not
// transformed. `quick` is for every commit; `slow` (*.slow.test.ts) holds stress tests and whatever starts many
// processes. To start a process takes longer than most quick files do.

/** Quick files that assert on the whole process, its open files for instance; the others share theirs with each other. */
const ownProcess = [
  'test/io/file/{errors,streams,whole-files}.test.ts',
  'test/loop/options.test.ts',
  'test/wake/{doorbell,registry}.test.ts',
];

const slow = 'test/**/*.slow.test.ts';
const guest = 'test/emulator/guest/**';

function project(
  name: string,
  options: NonNullable<TestProjectInlineConfiguration['test']>,
): TestProjectInlineConfiguration {
  const server = { deps: { external: [/\/dist\//] } };
  return { test: { root: '.', name, pool: 'forks', server, ...options } };
}

export default defineConfig({
  test: {
    root: '.',
    reporters: ['default'],
    maxWorkers: 2,
    projects: [
      project('quick', {
        include: ['test/**/*.test.ts'],
        exclude: [slow, guest, ...ownProcess],
        isolate: false,
        setupFiles: ['test/support/shared-process.ts'],
        testTimeout: 20_000,
      }),
      project('quick-apart', { include: ownProcess, testTimeout: 20_000 }),
      project('slow', { include: [slow], fileParallelism: false, testTimeout: 240_000 }),
    ],
  },
});
