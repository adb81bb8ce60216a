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

for (const [why, options] of Object.entries({
  'the owner fences': { fence: 'owner' },
  'libuv does the blocking': { kernelWait: 'libuv' },
})) {
  test(`the hook does not sleep by itself where ${why}`, (context) => {
    openRing(context);
    expect(run('messages', options)).toMatchObject({ messages: 50, naps: 0 });
  });
}

test('a timer of Node ends such a sleep', (context) => {
  openRing(context);
  const { naps, wakesLibuv } = run('a timer');
  expect(naps).toBeGreaterThan(nearlyAll);
  expect(wakesLibuv).toBeGreaterThan(0);
});

test('an operation that is started after the turn, as it ends, is not forgotten', (context) => {
  openRing(context);
  expect(run('an operation after the turn').messages).toBe(50);
});

test('what is let go of after the turn, as it ends, does not keep the process alive', (context) => {
  openRing(context);
  expect(run('a release after the turn').messages).toBe(50);
});

test('values that are larger than their ring pass between two loops that sleep so', (context) => {
  openRing(context);
  expect(run('large values').messages).toBe(50);
});
