import { expect, onTestFinished, type TestContext, test } from 'vitest';
import { CpuFeature } from 'wakeline/ffi';
import { chooseWaiter, isWaiterAvailable, Waiter, type WaiterName } from 'wakeline/scheduler';
import { createCounters } from 'wakeline/stats';
import { Poster, WakeLine } from 'wakeline/wake';
import { openRing, Results, type TestRing, timespec } from '../support/ring-driver.js';
import { openSlot } from '../support/slots.js';

const { umwait, mwaitx, invariantTsc, pause } = CpuFeature;
const SOON_NS = 100_000;
const LONG_NS = 10e9;

const choices: [string, number, WaiterName][] = [
  ['nothing', 0, 'none'],
  ['a pause hint alone', pause, 'none'],
  ['WAITPKG without an invariant counter', umwait | pause, 'none'],
  ['MONITORX without an invariant counter', mwaitx | pause, 'none'],
  ['both without an invariant counter', umwait | mwaitx | pause, 'none'],
  ['an invariant counter', invariantTsc | pause, 'pause'],
  ['WAITPKG', umwait | invariantTsc | pause, 'umwait'],
  ['MONITORX', mwaitx | invariantTsc | pause, 'mwaitx'],
  ['both', umwait | mwaitx | invariantTsc | pause, 'umwait'],
];

for (const [what, features, name] of choices) {
  test(`a CPU with ${what} waits with ${name}`, () => {
    const choice = chooseWaiter(features);
    expect(choice.name).toBe(name);
    expect(choice.reason).not.toBe('');
  });
}

test('a waiter is available exactly where CPUID announces what it needs', () => {
  for (let features = 0; features < 16; features++) {
    const hasCounter = (features & invariantTsc) !== 0;
    const has = (name: WaiterName): boolean => isWaiterAvailable(name, features);
    expect(has('none')).toBe(true);
    expect(has('pause')).toBe(hasCounter);
    expect(has('umwait')).toBe(hasCounter && (features & umwait) !== 0);
    expect(has('mwaitx')).toBe(hasCounter && (features & mwaitx) !== 0);
    expect(has(chooseWaiter(features).name)).toBe(true);
  }
});

interface WaiterCase extends TestRing {
  readonly waiter: Waiter;
  readonly line: WakeLine;
  readonly ringDoorbell: () => void;
}

function openWaiter(
  context: TestContext,
  name: WaiterName,
  without: TestRing['ring']['flags'] = [],
): WaiterCase {
  const opened = openRing(context, { without });
  const { native, ring } = opened;
  if (!isWaiterAvailable(name, native.cpu.features)) context.skip(`this CPU has no ${name}`);
  const { slot, generation, close } = openSlot(native);
  onTestFinished(close);
  const line = new WakeLine(native, slot, ring);
  const doorbell = new Poster(native, slot, createCounters()).doorbell(slot, generation);
  return { ...opened, line, waiter: new Waiter(native, line, name), ringDoorbell: () => doorbell.ring() };
}

for (const name of ['pause', 'umwait', 'mwaitx'] as const) {
  test(`${name} ends without news at its deadline, and counts its instructions`, (context) => {
    const { waiter, ring } = openWaiter(context, name);
    expect(waiter.wait(ring.reaped, SOON_NS)).toBe(false);
    expect(waiter.instructions.waits).toBeGreaterThan(0);
  });

  test(`${name} sees a post, once it was not seen before`, (context) => {
    const { waiter, ring, line, ringDoorbell } = openWaiter(context, name);
    ringDoorbell();
    expect(waiter.wait(ring.reaped, LONG_NS)).toBe(true);
    line.noteSeen();
    expect(waiter.wait(ring.reaped, SOON_NS)).toBe(false);
  });

  test(`${name} sees a completion`, (context) => {
    const { native, waiter, ring, operations } = openWaiter(context, name, ['DEFER_TASKRUN', 'COOP_TASKRUN']);
    const time = timespec(5);
    operations.timeout(new Results(), time, native.memory.address(time));
    ring.submit();
    expect(waiter.wait(ring.reaped, LONG_NS)).toBe(true);
    expect(ring.reap(operations, 8)).toBe(1);
    expect(waiter.wait(ring.reaped, SOON_NS)).toBe(false);
  });

  test(`${name} sees that deferred work wants an enter`, (context) => {
    const { native, waiter, ring, operations } = openWaiter(context, name);
    if (!ring.flags.includes('TASKRUN_FLAG')) context.skip('the kernel has no TASKRUN_FLAG (before 5.19)');
    const time = timespec(5);
    operations.timeout(new Results(), time, native.memory.address(time));
    ring.submit();
    expect(waiter.wait(ring.reaped, LONG_NS)).toBe(true);
    expect(ring.needsEnter()).toBe(true);
    ring.flush();
    ring.reap(operations, 8);
    expect(waiter.wait(ring.reaped, SOON_NS)).toBe(false);
  });
}

test('no waiter does not wait', (context) => {
  const { waiter, ring, ringDoorbell } = openWaiter(context, 'none');
  ringDoorbell();
  expect(waiter.wait(ring.reaped, LONG_NS)).toBe(false);
  expect(waiter.instructions).toEqual({ waits: 0, limited: 0 });
});
