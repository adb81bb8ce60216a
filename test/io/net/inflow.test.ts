import { expect, type TestContext, test } from 'vitest';
import type { InflowPlan } from '../../fixtures/inflow.js';
import { runFixture } from '../../support/fixture.js';
import { openRing } from '../../support/ring-driver.js';

/** The longest there is: all pieces come within. */
const gatherNs = 100_000_000;
const one = { clients: 1, rounds: 1, firstBytes: 1 << 20, pieces: 10, pieceBytes: 1 << 17 };
const crowd = { rounds: 30, firstBytes: 1, pieces: 6, pieceBytes: 1, answers: true, waits: false };

/** How often the loop slept for the pieces. */
function napsOf(context: TestContext, plan: InflowPlan): number {
  if (!openRing(context).ring.canGather) context.skip('io_uring_enter cannot gather before Linux 6.12');
  return runFixture('inflow', { arguments: [JSON.stringify(plan)] });
}

test('while much comes and nothing is sent, one sleep gathers what comes meanwhile', (context) => {
  const naps = napsOf(context, { ...one, gatherNs, answers: false, waits: false });
  expect(naps).toBeLessThan(one.pieces / 2);
});

test('a loop that answers sleeps only until something comes', (context) => {
  const naps = napsOf(context, { ...one, gatherNs, answers: true, waits: true });
  expect(naps).toBeGreaterThan(one.pieces / 2);
});

test('a loop that is not to gather sleeps only until something comes', (context) => {
  const naps = napsOf(context, { ...one, gatherNs: 0, answers: false, waits: true });
  expect(naps).toBeGreaterThan(one.pieces / 2);
});

test('for a crowd of clients, one sleep gathers several requests', (context) => {
  const naps = napsOf(context, { ...crowd, gatherNs, clients: 64 });
  expect(naps).toBeLessThanOrEqual(crowd.pieces / 2);
});

test('for a few clients, a loop sleeps only until something comes', (context) => {
  const naps = napsOf(context, { ...crowd, gatherNs, clients: 8 });
  expect(naps).toBeGreaterThan(crowd.pieces / 2);
});
