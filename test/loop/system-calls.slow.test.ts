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

for (const [name, options] of Object.entries({ uring: {}, epoll: { backend: 'epoll' } })) {
  for (const stage of ['awake', 'spin', 'umwait']) {
    test(`posting to a loop that is ${stage === 'awake' ? 'awake' : `in stage ${stage}`} makes no system call (${name})`, (context) => {
      expect(traceOfPosting(context, stage, options)).toEqual([]);
    });
  }

  test(`posting to a loop that sleeps in the kernel makes exactly one system call (${name})`, (context) => {
    const calls = traceOfPosting(context, 'kernel', options);
    expect(calls).toEqual([expect.stringMatching(/^write\(\d+, "\\1\\0\\0\\0\\0\\0\\0\\0", 8\) += 8$/)]);
  });
}
