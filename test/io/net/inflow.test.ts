import { expect, type TestContext, test } from 'vitest';
import type { CrowdResult } from '../../fixtures/crowd.js';
import type { InflowPlan, InflowResult } from '../../fixtures/inflow.js';
import { runFixture } from '../../support/fixture.js';
import { openRing } from '../../support/ring-driver.js';

/** The longest there is: ten pieces come within. */
const gatherNs = 100_000_000;

function skipOldKernels(context: TestContext): void {
  if (!openRing(context).ring.canGather) context.skip('io_uring_enter cannot gather before Linux 6.12');
}

function run(context: TestContext, plan: InflowPlan): InflowResult {
  skipOldKernels(context);
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

test('for a crowd of clients, one sleep gathers several requests', (context) => {
  skipOldKernels(context);
  const { naps, last } = runFixture<CrowdResult>('crowd', { arguments: ['64'] });
  expect(naps).toBeLessThanOrEqual(last / 2);
});

test('for a few clients, a loop sleeps only until something comes', (context) => {
  skipOldKernels(context);
  const { naps, last } = runFixture<CrowdResult>('crowd', { arguments: ['8'] });
  expect(naps).toBeGreaterThan(last / 2);
});
