import { expect, test } from 'vitest';
import { IdleBudget, idlePresets } from 'wakeline/scheduler';

/** How long a stage with the full budget is; waits that it would have caught, that are short, and that are long. */
const FULL_MS = 0.15;
const [CAUGHT_MS, SHORT_MS, LONG_MS] = [0.1, 0.5, 10];

function expireUntilZero(budget: IdleBudget): number {
  for (let count = 1; count < 100; count++) {
    budget.expired();
    if (budget.share === 0) return count;
  }
  throw new Error('it never got to 0');
}

/** Waits, each ended by work that came too late for a stage, until the share is back. */
function waitsUntilTrial(budget: IdleBudget, nowMs: number): number {
  for (let count = 1; count < 10_000; count++) {
    budget.foundWork(nowMs, SHORT_MS);
    if (budget.share > 0) return count;
  }
  throw new Error('no trial came');
}

test('a budget begins full', () => {
  expect(new IdleBudget(true, FULL_MS).share).toBe(1);
});

test('a budget falls to a quarter each time idling ends with nothing, and then to 0', () => {
  const budget = new IdleBudget(true, FULL_MS);
  for (const share of [1 / 4, 1 / 16, 0]) {
    budget.expired();
    expect(budget.share).toBe(share);
  }
});

test('a budget that pays doubles, up to the full one', () => {
  const budget = new IdleBudget(true, FULL_MS);
  budget.expired();
  budget.expired();
  for (const share of [1 / 8, 1 / 4, 1 / 2, 1, 1]) {
    budget.paid();
    expect(budget.share).toBe(share);
  }
});

test('a budget of which only every other stage pays shrinks to 0', () => {
  const budget = new IdleBudget(true, FULL_MS);
  for (let count = 0; budget.share > 0; count++) {
    expect(count).toBeLessThan(10);
    budget.paid();
    budget.expired();
  }
});

test('a budget that one stage has shrunk recovers when work comes that it would have caught', () => {
  const budget = new IdleBudget(true, FULL_MS);
  budget.expired();
  expect(budget.share).toBe(0.25);
  budget.foundWork(0, CAUGHT_MS);
  budget.foundWork(0, CAUGHT_MS);
  expect(budget.share).toBe(1);
});

test('a budget that has not paid for long does not rise because work is there at once', () => {
  const budget = new IdleBudget(true, FULL_MS);
  for (let count = 0; count < 8; count++) budget.expired();
  for (let count = 0; count < 7; count++) budget.foundWork(0, 0);
  expect(budget.share).toBe(0);
});

test('a budget of 0 stays there when each short wait is followed by a long sleep', () => {
  const budget = new IdleBudget(true, FULL_MS);
  expireUntilZero(budget);
  for (let count = 0; count < 1000; count++) {
    budget.foundWork(0, CAUGHT_MS);
    budget.slept(LONG_MS);
    budget.foundWork(0, LONG_MS);
  }
  expect(budget.share).toBe(0);
});

test('a budget is 0 after a sleep of a tenth of a second, and rises again when two waits would have been caught', () => {
  const budget = new IdleBudget(true, FULL_MS);
  budget.slept(99);
  expect(budget.share).toBe(1);
  budget.slept(100);
  expect(budget.share).toBe(0);
  budget.foundWork(0, CAUGHT_MS);
  expect(budget.share).toBe(0);
  budget.foundWork(0, CAUGHT_MS);
  expect(budget.share).toBe(1);
});

test('a budget that does not adapt stays full, however long its loop sleeps', () => {
  const budget = new IdleBudget(false, FULL_MS);
  budget.slept(10_000);
  expect(budget.share).toBe(1);
});

test('a budget is made to catch the next wait when it would have caught two since the last long sleep', () => {
  const budget = new IdleBudget(true, FULL_MS);
  for (let count = 0; count < 8; count++) budget.expired();
  budget.foundWork(0, LONG_MS);
  budget.foundWork(0, 0.03);
  expect(budget.share).toBe(0);
  budget.foundWork(0, 0.03);
  expect(budget.share).toBeCloseTo((2 * 0.03) / FULL_MS);
  budget.foundWork(0, CAUGHT_MS);
  expect(budget.share).toBe(1);
});

test('a wait is as long as the stage that ended with nothing and the sleep behind it', () => {
  const budget = new IdleBudget(true, FULL_MS);
  budget.expired();
  budget.foundWork(0, 0.02);
  budget.expired();
  budget.foundWork(0, 0.12);
  // 0.0375 ms and 0.12: no full stage would have caught that, and it only doubles.
  expect(budget.share).toBe(1 / 8);
});

test('a budget of 0 stays there while sleeps are long', () => {
  const budget = new IdleBudget(true, FULL_MS);
  expireUntilZero(budget);
  for (let count = 0; count < 10_000; count++) budget.foundWork(0, LONG_MS);
  expect(budget.share).toBe(0);
});

test('a budget of 0 is tried now and then, less often while trials do not pay', () => {
  const budget = new IdleBudget(true, FULL_MS);
  expireUntilZero(budget);
  for (const interval of [8, 16, 32, 64, 128, 256, 512, 512]) {
    expect(waitsUntilTrial(budget, 0)).toBe(interval);
    expect(expireUntilZero(budget)).toBe(1);
  }
});

test('a stage of a trial is four times as long as a full one, for five that pay', () => {
  const budget = new IdleBudget(true, FULL_MS);
  expireUntilZero(budget);
  waitsUntilTrial(budget, 0);
  expect(budget.share).toBe(4);
  for (const share of [4, 4, 4, 4, 1]) {
    budget.paid();
    expect(budget.share).toBe(share);
  }
});

test('a budget that a trial has brought back shrinks like any other', () => {
  const budget = new IdleBudget(true, FULL_MS);
  expireUntilZero(budget);
  waitsUntilTrial(budget, 0);
  for (let count = 0; count < 5; count++) budget.paid();
  budget.expired();
  expect(budget.share).toBe(0.25);
});

test('a long sleep between short waits puts the next trial off', () => {
  const budget = new IdleBudget(true, FULL_MS);
  expireUntilZero(budget);
  for (let count = 0; count < 10_000; count++) {
    budget.foundWork(0, SHORT_MS);
    if (count % 2 === 0) budget.slept(LONG_MS);
  }
  expect(budget.share).toBe(0);
});

/** The budget after three trials, of which the last has paid so many times. */
function budgetAfterTrials(paid: number): IdleBudget {
  const budget = new IdleBudget(true, FULL_MS);
  for (let trial = 0; trial < 3; trial++) {
    expireUntilZero(budget);
    waitsUntilTrial(budget, 0);
  }
  for (let count = 0; count < paid; count++) budget.paid();
  expireUntilZero(budget);
  return budget;
}

test('a trial that pays again and again makes the next ones frequent', () => {
  expect(waitsUntilTrial(budgetAfterTrials(8), 0)).toBe(8);
});

test('a trial that pays now and then, by chance, does not', () => {
  expect(waitsUntilTrial(budgetAfterTrials(3), 0)).toBe(64);
});

test('a preempted thread stops spinning, and for longer each time', () => {
  const budget = new IdleBudget(true, FULL_MS);
  let nowMs = 0;
  let longest = 0;
  for (const pauseMs of [2, 4, 8, 16, 32, 64, 128, 256, 256]) {
    budget.preempted(nowMs);
    expect(budget.share).toBe(0);
    budget.foundWork(nowMs + pauseMs - 0.1, CAUGHT_MS);
    expect(budget.share, `within ${pauseMs} ms`).toBe(0);
    budget.foundWork(nowMs + pauseMs, CAUGHT_MS);
    budget.foundWork(nowMs + pauseMs, CAUGHT_MS);
    expect(budget.share, `after ${pauseMs} ms`).toBeGreaterThan(0);
    longest = pauseMs;
    nowMs += pauseMs;
  }
  expect(longest).toBe(256);
});

test('no trial comes within the pause after a preemption', () => {
  const budget = new IdleBudget(true, FULL_MS);
  budget.preempted(1000);
  for (let count = 0; count < 200; count++) budget.foundWork(1001, SHORT_MS);
  expect(budget.share).toBe(0);
  expect(waitsUntilTrial(budget, 1002)).toBe(8);
});

test('once spinning has paid, the next preemption pauses for the shortest time again', () => {
  const budget = new IdleBudget(true, FULL_MS);
  budget.preempted(0);
  budget.preempted(0);
  for (let count = 0; count < 8; count++) budget.paid();
  budget.preempted(100);
  budget.foundWork(102, CAUGHT_MS);
  budget.foundWork(102, CAUGHT_MS);
  expect(budget.share).toBeGreaterThan(0);
});

test('a budget that is not adaptive stays full whatever happens', () => {
  const budget = new IdleBudget(false, FULL_MS);
  for (let count = 0; count < 200; count++) {
    budget.expired();
    budget.preempted(count);
    budget.foundWork(count, SHORT_MS);
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
