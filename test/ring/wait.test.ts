import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { drive, openRing, Results, timespec } from '../support/ring-driver.js';

// EAGAIN and EBUSY are strace's to bring about (test/loop/refused-entries.slow.test.ts): the kernel answers EAGAIN only when it
// cannot allocate a request, and EBUSY only when completions overflow without IORING_FEAT_NODROP (before 5.5), or, up to 5.18,
// while the overflow list is not empty.

const EINTR = -4;
const ETIME = -62;

for (const memory of ['shared', 'mapped'] as const) {
  test(`a signal ends a wait with EINTR (${memory})`, async (context) => {
    const { ring } = openRing(context, { memory });
    const onSignal = (): void => {};
    process.on('SIGUSR2', onSignal);
    onTestFinished(() => void process.off('SIGUSR2', onSignal));
    // Again and again: the first may come before the wait has begun.
    const child = spawn('sh', ['-c', `while sleep 0.1; do kill -USR2 ${process.pid}; done`]);
    onTestFinished(() => void child.kill('SIGKILL'));
    expect(ring.wait(10_000)).toBe(EINTR);
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  });
}

test('a wait without completions ends with ETIME, and not before its time', (context) => {
  const { ring } = openRing(context);
  if (!ring.hasWaitTimeout) context.skip('io_uring_enter takes no time-out before Linux 5.11');
  const beginMs = performance.now();
  expect(ring.wait(30)).toBe(ETIME);
  expect(performance.now() - beginMs).toBeGreaterThanOrEqual(29.9);
});

test('a wait ends with the first completion', (context) => {
  const { native, ring, operations } = openRing(context);
  const results = new Results();
  const time = timespec(10);
  operations.timeout(results, time, native.memory.address(time));
  ring.wait(-1);
  ring.flush();
  expect(ring.reap(operations, 8)).toBe(1);
  expect(results.results).toEqual([ETIME]);
});

test('a wait hands over what was prepared', (context) => {
  const { ring, operations } = openRing(context);
  const results = new Results();
  operations.nop(results);
  expect(ring.wait(10_000)).toBe(1);
  expect(ring.pending).toBe(0);
  drive(ring, operations);
  expect(results.results).toEqual([0]);
});

test('submit makes no system call when nothing was prepared', (context) => {
  const { ring } = openRing(context);
  expect(ring.submit()).toBe(0);
  expect(ring.enters).toBe(0);
});
