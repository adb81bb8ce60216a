import { expect, test } from 'vitest';
import type { Naps } from '../fixtures/naps.js';
import { runFixture } from '../support/fixture.js';
import { openRing } from '../support/ring-driver.js';

// The sender pauses between its messages, so that nearly each of them finds the receiver asleep.
const nearlyAll = 40;

const run = (what: string, options: object = {}): Naps =>
  runFixture('naps', { arguments: [what, JSON.stringify(options)] });

for (const memory of ['shared', 'mapped'] as const) {
  test(`the hook sleeps by itself between messages (${memory} memory)`, (context) => {
    openRing(context, { memory });
    const { messages, naps } = run('messages', { memory });
    expect(messages).toBe(50);
    expect(naps).toBeGreaterThan(nearlyAll);
  });
}

test('the hook does not sleep by itself where the owner fences', (context) => {
  openRing(context);
  expect(run('messages', { fence: 'owner' })).toMatchObject({ messages: 50, naps: 0 });
});

const ways: Record<string, object> = {
  'the ring': { kernelWait: 'enter' },
  "libuv's poll": { kernelWait: 'libuv' },
  "libuv's poll, without a ring": { backend: 'epoll' },
};

for (const [where, options] of Object.entries(ways)) {
  const needsRing = !('backend' in options);

  test(`between messages, the hook sleeps by itself in ${where}`, (context) => {
    if (needsRing) openRing(context);
    const { messages, naps } = run('messages', options);
    expect(messages).toBe(50);
    expect(naps).toBeGreaterThan(nearlyAll);
  });

  test(`a timer of Node ends such a sleep in ${where}`, (context) => {
    if (needsRing) openRing(context);
    expect(run('a timer', options).naps).toBeGreaterThan(nearlyAll);
  });

  test(`an operation that is started after the turn, as it ends, is not forgotten in ${where}`, (context) => {
    if (needsRing) openRing(context);
    expect(run('an operation after the turn', options).messages).toBe(50);
  });

  test(`what is let go of after the turn, as it ends, does not keep the process alive in ${where}`, (context) => {
    if (needsRing) openRing(context);
    expect(run('a release after the turn', options).messages).toBe(50);
  });

  test(`values that are larger than their ring pass between two loops that sleep so in ${where}`, (context) => {
    if (needsRing) openRing(context);
    expect(run('large values', options).messages).toBe(50);
  });
}

test('a timer that ends a sleep in the ring is counted', (context) => {
  openRing(context);
  expect(run('a timer').wakesLibuv).toBeGreaterThan(0);
});
