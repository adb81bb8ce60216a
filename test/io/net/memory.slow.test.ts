import { describe, expect, test } from 'vitest';
import { runFixture } from '../../support/fixture.js';
import { loopKinds } from '../../support/loops.js';

const nodeFlags = ['--expose-gc'];

for (const kind of Object.keys(loopKinds)) {
  describe(`on a loop of kind ${kind}`, () => {
    test('what is sent and forgotten arrives unchanged while the collector runs', () => {
      const given = { nodeFlags, arguments: [JSON.stringify(loopKinds[kind])] };
      expect(runFixture('socket-garbage', given)).toEqual({
        wrong: 0,
        received: 41 * 400_000,
        openedAgain: 1,
      });
    });

    test('threads that are terminated while their sockets are busy leave all memory alone', () => {
      const given = { nodeFlags, arguments: [JSON.stringify(loopKinds[kind]), '3'] };
      expect(runFixture('socket-memory', given)).toEqual({ damaged: 0 });
    });
  });
}
