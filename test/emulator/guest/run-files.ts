// Runs compiled test files in the guest, one after the other, and reports each test on the console. It is vitest's own runner and vitest's
// own `expect`, without vite and without a pool of workers: those would take minutes on an emulated CPU.
import { openSync, writeSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { type File, startTests, type Task, type VitestRunner } from '@vitest/runner';
import { type GuestEvent, linePrefix } from '../protocol.js';

const TEST_LIMIT_MS = 60_000;
const given = process.argv.slice(2);

/** `expect` asks for this where it needs a setting of vitest's. */
Object.assign(globalThis, { __vitest_worker__: { config: {}, filepath: given[0] } });

/** Opened anew: Node makes its own standard output non-blocking, and what a slow console does not take at once is lost. */
const output = openSync('/proc/self/fd/1', 'a');

function report(event: GuestEvent): void {
  writeSync(output, `${linePrefix}${JSON.stringify(event)}\n`);
}

/** The test file as it was named. */
function sourceOf({ filepath }: File): string {
  return relative(resolve('dist'), filepath).replace(/\.js$/, '.ts');
}

function nameOf(task: Task): string {
  return task.suite === undefined || task.suite === task.file
    ? task.name
    : `${nameOf(task.suite)} > ${task.name}`;
}

/** The note of a skipped test is not in the type. */
type Result = (NonNullable<Task['result']> & { note?: string }) | undefined;

function textOf(result: Result): string {
  const errors = result?.errors?.map((error) => [error.stack ?? error.message, error.diff].join('\n'));
  return errors?.join('\n') ?? result?.note ?? '';
}

const tasks = new Map<string, Task>();

function remember(task: Task): void {
  tasks.set(task.id, task);
  if (task.type === 'suite') for (const child of task.tasks) remember(child);
}

/** A file or a group fails by its hooks, or because it holds nothing. */
function reportGroup(group: Task): void {
  if (group.type !== 'suite') return;
  if (group.result?.errors?.length)
    report({
      event: 'test',
      file: sourceOf(group.file),
      name: `(${nameOf(group)})`,
      state: 'fail',
      text: textOf(group.result),
    });
  for (const child of group.tasks) reportGroup(child);
}

const runner: VitestRunner = {
  config: {
    root: process.cwd(),
    setupFiles: [],
    name: undefined,
    passWithNoTests: false,
    testNamePattern: undefined,
    allowOnly: false,
    sequence: { seed: 1, hooks: 'stack', setupFiles: 'list' },
    chaiConfig: undefined,
    maxConcurrency: 1,
    testTimeout: TEST_LIMIT_MS,
    hookTimeout: TEST_LIMIT_MS,
    retry: 0,
    includeTaskLocation: false,
    tags: [],
    tagsFilter: undefined,
    strictTags: false,
  },
  importFile: (path) => import(path),
  onCollected: (files: File[]) => {
    for (const task of files) remember(task);
  },
  onBeforeRunSuite: (suite) => {
    if ('filepath' in suite) report({ event: 'begin', file: sourceOf(suite as File) });
  },
  onBeforeRunTask: (test) => {
    if (test.mode === 'run' || test.mode === 'queued') report({ event: 'start', name: nameOf(test) });
  },
  onTaskUpdate: async (_results, events) => {
    for (const [id, event] of events) {
      const task = tasks.get(id);
      const state = task?.result?.state;
      if (event !== 'test-finished' || task?.type !== 'test') continue;
      const ended = state === 'pass' || state === 'fail' ? state : 'skip';
      report({
        event: 'test',
        file: sourceOf(task.file),
        name: nameOf(task),
        state: ended,
        text: textOf(task.result),
      });
    }
  },
};

function reportStray(error: unknown): void {
  const text = (error as Error)?.stack ?? String(error);
  report({ event: 'test', file: given[0], name: '(an error outside of every test)', state: 'fail', text });
}

process.on('uncaughtException', reportStray);
process.on('unhandledRejection', reportStray);

const paths = given.map((file) => resolve('dist', file.replace(/\.ts$/, '.js')));
const files = await startTests(paths, runner);
for (const group of files) reportGroup(group);
process.exit();
