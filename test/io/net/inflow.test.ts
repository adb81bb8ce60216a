import { expect, type TestContext, test } from 'vitest';
import type { InflowPlan, InflowResult } from '../../fixtures/inflow.js';
import { runFixture } from '../../support/fixture.js';
import { openRing } from '../../support/ring-driver.js';

/** The longest there is: ten pieces come within. */
const gatherNs = 100_000_000;

function run(context: TestContext, plan: InflowPlan): InflowResult {
  if (!openRing(context).ring.canGather) context.skip('io_uring_enter cannot gather before Linux 6.12');
  return runFixture('inflow', { arguments: [JSON.stringify(plan)] });
}

test('while much comes and nothing is sent, one sleep gathers what comes meanwhile', (context) => {
  const { naps, pieces } = run(context, { gatherNs, answers: false, waits: false });
  expect(naps).toBeLessThan(pieces / 2);
});

test('a loop that answers sleeps only until something comes', (context) => {
  const { naps, pieces } = run(context, { gatherNs, answers: true, waits: true });
  expect(naps).toBeGreaterThan(pieces / 2);
});

test('a loop that is not to gather sleeps only until something comes', (context) => {
  const { naps, pieces } = run(context, { gatherNs: 0, answers: false, waits: true });
  expect(naps).toBeGreaterThan(pieces / 2);
});
