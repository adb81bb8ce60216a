import { expect, test } from 'vitest';
import { chooseWaiter } from 'wakeline/scheduler';
import { nativeOrThrow } from '../../support/native.js';
import { runRestricted } from '../../support/restricted.js';

// A kernel that was built without it; test/loop/io-uring-disabled.test.ts is about one that forbids it.
test('in a guest without io_uring, backend epoll carries the messages, with the CPU’s wait, and says why', (context) => {
  const { stdout, stderr } = runRestricted(context, 'enosys', 'attach-and-echo');
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toMatchObject({
    backend: 'epoll',
    waiter: chooseWaiter(nativeOrThrow().cpu.features).name,
    echoed: [1, 2.5, 'three', null, { five: [6, 7] }],
    code: 0,
    reason: expect.stringMatching(/unknown to this kernel or sandbox \(ENOSYS\)/),
  });
});
