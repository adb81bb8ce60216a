import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeOldKernel, oldKernels, runOnKernel } from '../support/old-kernel-cases.js';
import { projectFolder } from '../support/project.js';

// Neither a time-out for io_uring_enter nor a poll that reports more than once.
describeOldKernel('5.10');

test('shared memory that the kernel cannot give makes attach throw when it is demanded', (context) => {
  expect(runOnKernel(context, '6.1', 'attach-and-echo', { memory: 'shared' })).toMatchObject({
    code: 'ERR_WAKELINE_UNAVAILABLE',
    message: expect.stringMatching(/memory 'shared'.*EINVAL/),
  });
});

test('docs/kernels.md says of each kernel what the tests expect', () => {
  const rows = readFileSync(join(projectFolder, 'docs', 'kernels.md'), 'utf8')
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()));
  for (const [version, { backend, with: choice }] of Object.entries(oldKernels)) {
    const [memory, flags] = backend === 'uring' ? choice.split(' memory; ') : ['', ''];
    const row = rows.find((cells) => cells[1] === version);
    expect(row?.slice(3, 6), version).toEqual([backend, memory, flags]);
  }
});
