import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { tellingForks } from './support/telling-forks.js';

// Tests use the built package, as a user would: 'wakeline' resolves through package.json to dist/, and is not
// transformed. `quick` is for every commit; `slow` (*.slow.test.ts) holds stress tests and whatever starts many
// processes. To start a process takes longer than most quick files do.

/** Quick files that assert on the whole process, its open files for instance; the others share theirs with each other. */
const ownProcess = [
  'test/io/file/{errors,streams,whole-files}.test.ts',
  'test/loop/options.test.ts',
  'test/wake/{doorbell,registry}.test.ts',
];

/** Slow files that mean nothing unless their threads have the CPUs to themselves: they run by themselves, after the others. */
const ownMachine = ['test/loop/lost-wake-up.slow.test.ts'];

/** The slowest files, which begin, so that none of them is left to run alone at the end. */
const first = ['stress/stress', 'loop/ending', 'loop/thread-storm', 'net/storm', 'file/random-operations'];

class Sequencer extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isFirst = ({ moduleId }: TestSpecification): boolean =>
      first.some((name) => moduleId.endsWith(`/${name}.slow.test.ts`));
    return [...sorted.filter(isFirst), ...sorted.filter((file) => !isFirst(file))];
  }
}

const slow = 'test/**/*.slow.test.ts';
const guest = 'test/emulator/guest/**';

function project(
  name: string,
  options: NonNullable<TestProjectInlineConfiguration['test']>,
): TestProjectInlineConfiguration {
  const server = { deps: { external: [/\/dist\//] } };
  // Other threads and processes must act within that time, which may wait for a CPU themselves.
  const expect = { poll: { timeout: 10_000 } };
  return { test: { root: '.', name, pool: tellingForks, server, expect, hookTimeout: 20_000, ...options } };
}

export default defineConfig({
  test: {
    root: '.',
    reporters: ['default'],
    maxWorkers: 2,
    sequence: { sequencer: Sequencer },
    projects: [
      project('quick', {
        include: ['test/**/*.test.ts'],
        exclude: [slow, guest, ...ownProcess],
        isolate: false,
        setupFiles: ['test/support/shared-process.ts'],
        testTimeout: 20_000,
      }),
      project('quick-apart', { include: ownProcess, testTimeout: 20_000 }),
      project('slow', { include: [slow], exclude: ownMachine, testTimeout: 240_000 }),
      project('slow-alone', { include: ownMachine, fileParallelism: false, testTimeout: 240_000 }),
    ],
  },
});
