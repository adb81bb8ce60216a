import { expect, onTestFinished, type TestContext, test } from 'vitest';
import { CpuFeature } from 'wakeline/ffi';
import { chooseWaiter, isWaiterAvailable, Waiter, type WaiterName, whyNoWaiter } from 'wakeline/scheduler';
import { CounterIndex, type Counters, createCounters } from 'wakeline/stats';
import { Poster, WakeLine } from 'wakeline/wake';
import { openRing, Results, type TestRing, timespec } from '../support/ring-driver.js';
import { openSlot } from '../support/slots.js';

const { umwait, mwaitx, wfe, invariantTsc, pause, umwaitFaults, mwaitxFaults } = CpuFeature;
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
  ['WAITPKG that faults', umwaitFaults | invariantTsc | pause, 'pause'],
  ['WAITPKG that faults, and MONITORX', umwaitFaults | mwaitx | invariantTsc | pause, 'mwaitx'],
  ['both, and both fault', umwaitFaults | mwaitxFaults | invariantTsc | pause, 'pause'],
  ['WFE with a bound', wfe | invariantTsc | pause, 'wfe'],
];

for (const [what, features, name] of choices) {
  test(`a CPU with ${what} waits with ${name}`, () => {
    const choice = chooseWaiter(features);
    expect(choice.name).toBe(name);
    expect(choice.reason).not.toBe('');
  });
}

test('a waiter is available exactly where CPUID announces what it needs', () => {
  for (let features = 0; features < 32; features++) {
    const hasCounter = (features & invariantTsc) !== 0;
    const has = (name: WaiterName): boolean => isWaiterAvailable(name, features);
    expect(has('none')).toBe(true);
    expect(has('pause')).toBe(hasCounter);
    expect(has('umwait')).toBe(hasCounter && (features & umwait) !== 0);
    expect(has('mwaitx')).toBe(hasCounter && (features & mwaitx) !== 0);
    expect(has('wfe')).toBe(hasCounter && (features & wfe) !== 0);
    expect(has(chooseWaiter(features).name)).toBe(true);
  }
});

test('a wait instruction that faults is named in the reason, also where another is chosen', () => {
  const both = umwaitFaults | mwaitxFaults | invariantTsc | pause;
  expect(chooseWaiter(both).reason).toMatch(/WAITPKG, but UMWAIT faulted.*MONITORX, but MWAITX faulted/);
  const other = umwaitFaults | mwaitx | invariantTsc | pause;
  expect(chooseWaiter(other).reason).toMatch(/UMWAIT faulted.*; the CPU has MONITORX/);
  expect(whyNoWaiter('umwait', both)).toMatch(/UMWAIT faulted/);
  expect(whyNoWaiter('umwait', invariantTsc)).toMatch(/does not announce/);
  expect(whyNoWaiter('pause', pause)).toMatch(/not invariant/);
});

interface WaiterCase extends TestRing {
  readonly waiter: Waiter;
  readonly line: WakeLine;
  readonly counters: Counters;
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
  const counters = createCounters();
  const doorbell = new Poster(native, slot, counters).doorbell(slot, generation);
  const waiter = new Waiter(native, line, name, counters);
  return { ...opened, line, waiter, counters, ringDoorbell: () => doorbell.ring() };
}

for (const name of ['pause', 'umwait', 'mwaitx', 'wfe'] as const) {
  test(`${name} ends without news at its deadline, and counts its instructions`, (context) => {
    const { waiter, ring, counters } = openWaiter(context, name);
    for (let round = 0; round < 2; round++) {
      expect(waiter.wait(ring.reaped, SOON_NS)).toBe(false);
      expect(waiter.instructions.waits).toBeGreaterThan(round);
      expect(counters[CounterIndex.waitInstructions]).toBe(waiter.instructions.waits);
    }
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
