// Starts itself with its output in a file; the inner process blocks until that file has a line of its thread's.
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WorkerPool } from 'wakeline';
import { poolFile } from './run-process.js';

const LIMIT_MS = 5000;
const [, , path] = process.argv;

/** Runs a task that prints, and blocks this thread until it has. */
async function print(to: string): Promise<void> {
  const pool = new WorkerPool({ filename: poolFile('output-tasks'), threads: 1 });
  await pool.ready();
  const task = pool.run('from the thread');
  const nothing = new Int32Array(new SharedArrayBuffer(4));
  const endMs = performance.now() + LIMIT_MS;
  while (readFileSync(to, 'utf8') === '' && performance.now() < endMs) Atomics.wait(nothing, 0, 0, 5);
  const isWrittenBefore = readFileSync(to, 'utf8') !== '';
  await task;
  await pool.close();
  process.stderr.write(JSON.stringify(isWrittenBefore));
}

/** The outer process: prints what came of the inner one. */
function runInner(): void {
  const folder = mkdtempSync(join(tmpdir(), 'wakeline-output-'));
  const to = join(folder, 'output');
  const descriptor = openSync(to, 'w');
  const { stderr } = spawnSync(process.execPath, ['--no-warnings', fileURLToPath(import.meta.url), to], {
    stdio: ['ignore', descriptor, 'pipe'],
    encoding: 'utf8',
  });
  closeSync(descriptor);
  const output = readFileSync(to, 'utf8');
  rmSync(folder, { recursive: true });
  process.stdout.write(JSON.stringify({ isWrittenBefore: JSON.parse(stderr), output }));
}

if (path === undefined) runInner();
else await print(path);
