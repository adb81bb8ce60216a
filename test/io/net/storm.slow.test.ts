import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { loopKinds } from '../../support/loops.js';
import { fixturePath } from '../../support/project.js';

const OPERATIONS = 100_000;
const LIMIT_MS = 200_000;

for (const [kind, { backend }] of Object.entries(loopKinds)) {
  for (const seed of backend === 'uring' ? [1, 2] : [1]) {
    test(`${OPERATIONS} random operations leave no fd open and no buffer out (${kind}, seed ${seed})`, () => {
      const given = [
        fixturePath('socket-storm'),
        JSON.stringify(loopKinds[kind]),
        `${seed}`,
        `${OPERATIONS}`,
      ];
      const run = spawnSync(process.execPath, given, { encoding: 'utf8', timeout: LIMIT_MS });
      expect({ status: run.status, signal: run.signal, stderr: run.stderr }).toEqual({
        status: 0,
        signal: null,
        stderr: '',
      });
      expect(JSON.parse(run.stdout)).toEqual({
        wrong: 0,
        unexpected: '',
        hasCarried: true,
        fds: 0,
        buffers: { received: 0, sending: 0 },
        stillPending: 0,
      });
    });
  }
}
