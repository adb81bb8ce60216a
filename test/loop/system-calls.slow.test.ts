import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type TestContext, test } from 'vitest';
import { fixturePath } from '../support/project.js';

/** The system calls of the posting thread between the fixture's two marks, as strace saw them. */
function traceOfPosting(context: TestContext, stage: string, options: object): string[] {
  if (spawnSync('strace', ['-V']).status !== 0) context.skip('strace is not installed');
  const file = join(mkdtempSync(join(tmpdir(), 'wakeline-strace-')), 'trace');
  const node = [process.execPath, fixturePath('post-in-stage'), stage, JSON.stringify(options)];
  // Without -f: only the main thread, which posts.
  const run = spawnSync('strace', ['-o', file, ...node], { encoding: 'utf8', timeout: 20_000 });
  expect(run.status, run.stderr).toBe(0);
  const lines = readFileSync(file, 'utf8').split('\n');
  const begin = lines.findIndex((line) => line.startsWith('close(900001)'));
  const end = lines.findIndex((line) => line.startsWith('close(900002)'));
  expect(begin).toBeGreaterThan(0);
  expect(end).toBeGreaterThan(begin);
  return lines.slice(begin + 1, end);
}

/** On a busy machine the posts may come after the stage, which lasts 100 ms, or before the sleep. */
const ATTEMPTS = 5;

function expectCalls(context: TestContext, stage: string, options: object, expected: string): void {
  let calls = '';
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const lines = traceOfPosting(context, stage, options);
    calls = lines
      .join('\n')
      .replace(/^write\(\d+/gm, 'write(FD')
      .replace(/ += /g, ' = ');
    if (calls === expected) return;
  }
  expect(calls).toBe(expected);
}

for (const [name, options] of Object.entries({ uring: {}, epoll: { backend: 'epoll' } })) {
  for (const stage of ['awake', 'spin', 'umwait']) {
    test(`posting to a loop that is ${stage === 'awake' ? 'awake' : `in stage ${stage}`} makes no system call (${name})`, (context) => {
      expectCalls(context, stage, options, '');
    });
  }

  test(`posting to a loop that sleeps in the kernel makes exactly one system call (${name})`, (context) => {
    expectCalls(context, 'kernel', options, String.raw`write(FD, "\1\0\0\0\0\0\0\0", 8) = 8`);
  });
}
