import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { runFixture } from '../../support/fixture.js';
import { fixturePath } from '../../support/project.js';
import { nativeKinds } from '../operation-loops.js';

const FDS = 300;
/** Sleeps of a loop that is left alone for 400 ms: one, or a few where something of Node's own comes in between. */
const MOST_SLEEPS = 8;

for (const [kind, options] of Object.entries(nativeKinds)) {
  describe(`on a loop of kind ${kind}`, () => {
    const given = [JSON.stringify(options)];

    test('nothing runs while nothing comes of what is waited for', () => {
      const { sleeps } = runFixture<{ sleeps: number }>('idle-waits', { arguments: given });
      expect(sleeps).toBeGreaterThan(0);
      expect(sleeps).toBeLessThan(MOST_SLEEPS);
    });

    test('a terminated thread leaves no fd of its waits open', () => {
      expect(runFixture('terminate-polling', { arguments: given })).toEqual({
        waited: 5,
        left: 0,
        signal: 'SIGKILL',
      });
    });

    test('without an fd to spare, fds and children are waited for all the same', () => {
      const command = ['-c', `ulimit -n ${FDS}; exec "$0" "$@"`, process.execPath];
      const run = spawnSync('sh', [...command, fixturePath('poll-without-files'), ...given], {
        encoding: 'utf8',
        timeout: 15_000,
      });
      expect(run.stderr).toBe('');
      expect(JSON.parse(run.stdout)).toEqual({
        failure: 'EMFILE',
        abort: 'ABORT_ERR',
        events: 1,
        status: 2,
        closed: 'ERR_WAKELINE_CLOSED',
      });
    });
  });
}
