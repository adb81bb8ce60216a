import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, type TestContext, test } from 'vitest';
import { runFixture } from '../support/fixture.js';

const SWITCH = '/proc/sys/kernel/io_uring_disabled';

/** The switch is the whole machine's, so it is only turned in the emulator's guests (test/emulator). */
function assertOwnMachine(context: TestContext): void {
  if (!existsSync('/plan')) context.skip("not a guest of the emulator: the switch is everybody else's too");
  if (!existsSync(SWITCH)) context.skip('this kernel has no such switch (before 6.6)');
}

test("a distribution's kernel leaves io_uring allowed", (context) => {
  assertOwnMachine(context);
  expect(readFileSync(SWITCH, 'utf8').trim()).toBe('0');
});

test('where the administrator forbids io_uring, backend epoll carries the messages and names the switch', (context) => {
  assertOwnMachine(context);
  writeFileSync(SWITCH, '2');
  try {
    expect(runFixture('attach-and-echo')).toMatchObject({
      backend: 'epoll',
      echoed: [1, 2.5, 'three', null, { five: [6, 7] }],
      code: 0,
      reason: expect.stringMatching(
        /^io_uring is forbidden here: kernel\.io_uring_disabled is 2 \(EPERM\); /,
      ),
    });
  } finally {
    writeFileSync(SWITCH, '0');
  }
});
