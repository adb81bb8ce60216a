import { expect, onTestFinished, type TestContext, test } from 'vitest';
import { glance, SpinEnd, spin } from 'wakeline/scheduler';
import { createCounters, nowMs } from 'wakeline/stats';
import { Poster, WakeLine } from 'wakeline/wake';
import { nativeOrSkip } from '../support/native.js';
import { openRing, Results, type TestRing, timespec } from '../support/ring-driver.js';
import { openSlot } from '../support/slots.js';

interface SpinCase extends TestRing {
  readonly line: WakeLine;
  readonly ringDoorbell: () => void;
}

function openLine(context: TestContext, without: TestRing['ring']['flags'] = []): SpinCase {
  const opened = openRing(context, { without });
  const { slot, generation, close } = openSlot(opened.native);
  onTestFinished(close);
  const line = new WakeLine(opened.native, slot, opened.ring);
  const doorbell = new Poster(opened.native, slot, createCounters()).doorbell(slot, generation);
  return { ...opened, line, ringDoorbell: () => doorbell.ring() };
}

/** Spins for ten seconds at the most, as often as the machine takes the CPU away. */
function spinLong(line: WakeLine, tail: number): number {
  const untilMs = nowMs() + 10_000;
  for (;;) {
    const end = spin(line, tail, untilMs);
    if (end !== SpinEnd.preempted) return end;
  }
}

test('a spin without news ends at its deadline, not before', (context) => {
  const { line, ring } = openLine(context);
  const untilMs = nowMs() + 2;
  let end: number;
  do end = spin(line, ring.reaped, untilMs);
  while (end === SpinEnd.preempted);
  expect(end).toBe(SpinEnd.expired);
  expect(nowMs()).toBeGreaterThanOrEqual(untilMs);
});

test('a glance without news finds nothing', (context) => {
  const { line, ring } = openLine(context);
  expect(glance(line, ring.reaped)).toBe(false);
});

test('spin and glance see a post', (context) => {
  const { line, ring, ringDoorbell } = openLine(context);
  ringDoorbell();
  expect(glance(line, ring.reaped)).toBe(true);
  expect(spin(line, ring.reaped, nowMs() + 10_000)).toBe(SpinEnd.changed);
  line.noteSeen();
  expect(glance(line, ring.reaped)).toBe(false);
});

test("spin and glance see the ring's tail move", (context) => {
  const { native, line, ring, operations } = openLine(context, ['DEFER_TASKRUN', 'COOP_TASKRUN']);
  const time = timespec(3);
  operations.timeout(new Results(), time, native.memory.address(time));
  ring.submit();
  expect(spinLong(line, ring.reaped)).toBe(SpinEnd.changed);
  expect(ring.needsEnter()).toBe(false);
  expect(glance(line, ring.reaped)).toBe(true);
  ring.reap(operations, 8);
  expect(glance(line, ring.reaped)).toBe(false);
});

test("spin and glance see that the ring's flags ask for an enter", (context) => {
  const { native, line, ring, operations } = openLine(context);
  if (!ring.flags.includes('TASKRUN_FLAG')) context.skip('the kernel has no TASKRUN_FLAG (before 5.19)');
  const time = timespec(3);
  operations.timeout(new Results(), time, native.memory.address(time));
  ring.submit();
  expect(spinLong(line, ring.reaped)).toBe(SpinEnd.changed);
  const { words, layout } = { words: ring.memory.words, layout: ring.layout };
  expect(Atomics.load(words, layout.cqTail / 4)).toBe(ring.reaped);
  expect(glance(line, ring.reaped)).toBe(true);
  ring.flush();
  ring.reap(operations, 8);
  expect(glance(line, ring.reaped)).toBe(false);
});

test('a line without a ring has a wake word in its slot, and words that never change', (context) => {
  const native = nativeOrSkip(context);
  const { slot, generation, close } = openSlot(native);
  onTestFinished(close);
  const line = new WakeLine(native, slot, undefined);
  expect(line.hasWakeWord).toBe(true);
  expect(glance(line, 0)).toBe(false);
  new Poster(native, slot, createCounters()).doorbell(slot, generation).ring();
  expect(glance(line, 0)).toBe(true);
  line.noteSeen();
  expect(glance(line, 0)).toBe(false);
});
