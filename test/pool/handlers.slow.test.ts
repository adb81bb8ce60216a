import { expect, onTestFinished, test } from 'vitest';
import { WorkerPool } from 'wakeline';
import { WorkerFiles } from './compat/worker-files.js';
import { runPoolFile, runProcess } from './run-process.js';

const ENDLESS = 'for (;;); export default () => {};';

function makeFiles(): WorkerFiles {
  const files = new WorkerFiles();
  onTestFinished(() => files.remove());
  return files;
}

function poolOf(filename: string): WorkerPool {
  const pool = new WorkerPool({ filename, threads: 1 });
  onTestFinished(() => pool.destroy());
  return pool;
}

test('a thread takes an ES module as its handler without Node’s asynchronous loader', async (context) => {
  if (!(process.features as { require_module?: boolean }).require_module)
    context.skip('this Node has no require of ES modules');
  const source = 'export default () => process.moduleLoadList.includes("NativeModule internal/fs/promises");';
  expect(await poolOf(makeFiles().add('task.mjs', source)).run(null)).toBe(false);
});

test('an ES module that awaits at its top level is a handler, too', async () => {
  const source = 'const base = await Promise.resolve(5); export default (value) => base + value;';
  expect(await poolOf(makeFiles().add('task.mjs', source)).run(2)).toBe(7);
});

test('a pool ends while the file of a handler runs without end', async () => {
  const pool = poolOf(makeFiles().add('endless.mjs', ENDLESS));
  const ended = expect(pool.run(null)).rejects.toThrow('Terminating worker thread');
  await new Promise((resolve) => setTimeout(resolve, 300));
  await pool.destroy();
  await ended;
  expect(pool.threads).toEqual([]);
});

test('a process ends with its code while the file of a handler runs without end', async () => {
  const files = makeFiles();
  const main = `import { WorkerPool } from 'wakeline';
new WorkerPool({ filename: ${JSON.stringify(files.add('endless.mjs', ENDLESS))}, threads: 2 });
setTimeout(() => process.exit(7), 300);`;
  expect(await runProcess(files.add('main.mjs', main))).toMatchObject({ code: 7, signal: null, errors: '' });
});

test('a handler’s file that ends its thread rejects its task with the thread’s code', async () => {
  const pool = poolOf(makeFiles().add('exit.mjs', 'process.exit(3); export default () => {};'));
  await expect(pool.run(null)).rejects.toThrow('worker exited with code: 3');
});

test('pools that end while their threads require hundreds of ES modules leave the process whole', async () => {
  const files = makeFiles();
  const last = 300;
  for (let i = 0; i < last; i++) {
    files.add(
      `part-${i}.mjs`,
      `import { sum as next } from './part-${i + 1}.mjs'; export const sum = next + 1;`,
    );
  }
  files.add(`part-${last}.mjs`, 'export const sum = 0;');
  const filename = files.add(
    'task.mjs',
    'import { sum } from "./part-0.mjs"; export const double = () => sum;',
  );
  const rounds = 200;
  const limitMs = 200_000;
  const given = ['wakeline/piscina', String(rounds), filename];
  expect(await runPoolFile('early-end-process', { arguments: given, limitMs })).toBe(rounds);
});

test('the stack of a task names the methods that lead to it', async () => {
  const source = 'export default () => new Error().stack;';
  expect(await poolOf(makeFiles().add('task.mjs', source)).run(null)).toMatch(
    / at #run .* at TaskRunner\.onRecord .* at #onValue /s,
  );
});
