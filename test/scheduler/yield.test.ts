import { expect, onTestFinished, test } from 'vitest';
import { EventLoop } from 'wakeline';
import { nativeOrSkip } from '../support/native.js';

test('a spin that lasts offers its CPU to others, once, and counts that as a system call', async (context) => {
  nativeOrSkip(context);
  const loop = EventLoop.attach({ idle: { spinNs: 2_000_000, umwaitNs: 0, adaptive: false } });
  onTestFinished(() => loop.close());
  const before = loop.stats();
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setTimeout(resolve, 10));
  const after = loop.stats();
  const yields = after.counters.callsYield - before.counters.callsYield;
  const spins = after.counters.spinsExpired - before.counters.spinsExpired;
  expect(spins).toBeGreaterThan(0);
  expect(yields).toBeGreaterThan(0);
  expect(yields).toBeLessThanOrEqual(spins + 1);
  expect(after.syscalls - before.syscalls).toBeGreaterThanOrEqual(yields);
});
