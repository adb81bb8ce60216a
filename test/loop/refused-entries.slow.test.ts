import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ringKinds } from '../io/operation-loops.js';
import { programOrSkip } from '../support/programs.js';
import { fixturePath } from '../support/project.js';

const REFUSALS = 50;

/** What the kernel answers when it is short of memory; and, up to 5.18, while completions overflow. */
for (const error of ['EAGAIN', 'EBUSY']) {
  for (const [kind, options] of Object.entries(ringKinds)) {
    test(`an operation that the kernel refuses with ${error} is offered again until it is taken (${kind})`, (context) => {
      const strace = programOrSkip(context, 'strace', 'strace');
      const inject = `inject=io_uring_enter:error=${error}:when=1..${REFUSALS}`;
      const node = [process.execPath, fixturePath('stat-once'), JSON.stringify(options)];
      const run = spawnSync(strace, ['-f', '-e', 'trace=io_uring_enter', '-e', inject, ...node], {
        encoding: 'utf8',
        timeout: 30_000,
      });
      expect(run.status, run.stderr).toBe(0);
      expect(run.stderr.match(/INJECTED/g)).toHaveLength(REFUSALS);
      expect(JSON.parse(run.stdout).size).toBe(statSync(process.execPath).size);
    });
  }
}
