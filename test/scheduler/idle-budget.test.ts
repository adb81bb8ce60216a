import { expect, test } from 'vitest';
import { IdleBudget, idlePresets } from 'wakeline/scheduler';

function expireUntilZero(budget: IdleBudget): number {
  for (let count = 1; count < 100; count++) {
    budget.expired();
    if (budget.share === 0) return count;
  }
  throw new Error('it never got to 0');
}

/** Sleeps, each ended by work that came too late for any spin, until the share is back. */
function sleepsUntilTrial(budget: IdleBudget, nowMs: number): number {
  for (let count = 1; count < 10_000; count++) {
    budget.wokenByWork(nowMs, false);
    budget.slept(nowMs);
    if (budget.share > 0) return count;
  }
  throw new Error('no trial came');
}

test('a budget begins full', () => {
  expect(new IdleBudget(true).share).toBe(1);
});

test('a budget halves each time idling ends with nothing, and shrinks to 0', () => {
  const budget = new IdleBudget(true);
  budget.expired();
  expect(budget.share).toBe(0.5);
  budget.expired();
  expect(budget.share).toBe(0.25);
  expect(expireUntilZero(budget)).toBeLessThan(10);
});

test('a budget that pays doubles, up to the full one', () => {
  const budget = new IdleBudget(true);
  budget.expired();
  budget.expired();
  budget.paid();
  expect(budget.share).toBe(0.5);
  budget.paid();
  budget.paid();
  expect(budget.share).toBe(1);
});

test('a budget that one stage has shrunk recovers when work ends sleeps that it would have caught', () => {
  const budget = new IdleBudget(true);
  budget.expired();
  expect(budget.share).toBe(0.5);
  budget.wokenByWork(0, true);
  expect(budget.share).toBe(1);
});

test('a budget that has not paid for long does not rise because sleeps are short', () => {
  const budget = new IdleBudget(true);
  for (let count = 0; count < 8; count++) budget.expired();
  for (let count = 0; count < 10; count++) budget.wokenByWork(0, true);
  expect(budget.share).toBe(0);
});

test('a budget of 0 stays there while sleeps are long', () => {
  const budget = new IdleBudget(true);
  expireUntilZero(budget);
  for (let count = 0; count < 30; count++) {
    budget.wokenByWork(0, false);
    budget.slept(0);
  }
  expect(budget.share).toBe(0);
});

test('a budget of 0 is tried in full now and then, less often while trials do not pay', () => {
  const budget = new IdleBudget(true);
  expireUntilZero(budget);
  for (const interval of [32, 64, 128, 256, 512, 512]) {
    expect(sleepsUntilTrial(budget, 0)).toBe(interval);
    expect(budget.share).toBe(1);
    expireUntilZero(budget);
  }
});

test('a trial that pays makes the next ones frequent again', () => {
  const budget = new IdleBudget(true);
  expireUntilZero(budget);
  sleepsUntilTrial(budget, 0);
  expireUntilZero(budget);
  sleepsUntilTrial(budget, 0);
  budget.paid();
  expireUntilZero(budget);
  expect(sleepsUntilTrial(budget, 0)).toBe(32);
});

test('a budget of 0 is not tried while there is no work', () => {
  const budget = new IdleBudget(true);
  expireUntilZero(budget);
  for (let count = 0; count < 10_000; count++) budget.slept(0);
  expect(budget.share).toBe(0);
});

test('a preempted thread stops spinning, and for longer each time', () => {
  const budget = new IdleBudget(true);
  let nowMs = 0;
  let longest = 0;
  for (const pauseMs of [2, 4, 8, 16, 32, 64, 128, 256, 256]) {
    budget.preempted(nowMs);
    expect(budget.share).toBe(0);
    budget.wokenByWork(nowMs + pauseMs - 0.1, true);
    expect(budget.share, `within ${pauseMs} ms`).toBe(0);
    budget.wokenByWork(nowMs + pauseMs, true);
    expect(budget.share, `after ${pauseMs} ms`).toBeGreaterThan(0);
    longest = pauseMs;
    nowMs += pauseMs;
  }
  expect(longest).toBe(256);
});

test('no trial comes within the pause after a preemption', () => {
  const budget = new IdleBudget(true);
  budget.preempted(1000);
  for (let count = 0; count < 200; count++) {
    budget.wokenByWork(1001, false);
    budget.slept(1001);
  }
  expect(budget.share).toBe(0);
  expect(sleepsUntilTrial(budget, 1002)).toBe(32);
});

test('once spinning has paid, the next preemption pauses for the shortest time again', () => {
  const budget = new IdleBudget(true);
  budget.preempted(0);
  budget.preempted(0);
  budget.paid();
  budget.preempted(100);
  budget.wokenByWork(102, true);
  expect(budget.share).toBeGreaterThan(0);
});

test('a budget that is not adaptive stays full whatever happens', () => {
  const budget = new IdleBudget(false);
  for (let count = 0; count < 200; count++) {
    budget.expired();
    budget.preempted(count);
    budget.slept(count);
    budget.wokenByWork(count, false);
    expect(budget.share).toBe(1);
  }
});

test('the presets order as their names say, and are adaptive', () => {
  const { latency, balanced, power } = idlePresets;
  expect(latency.spinNs).toBeGreaterThan(balanced.spinNs);
  expect(balanced.spinNs).toBeGreaterThan(power.spinNs);
  expect(power.spinNs).toBe(0);
  expect(latency.umwaitNs).toBeGreaterThan(balanced.umwaitNs);
  expect(balanced.umwaitNs).toBeGreaterThan(power.umwaitNs);
  for (const preset of [latency, balanced, power]) expect(preset.adaptive).toBe(true);
});
