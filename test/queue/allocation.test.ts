import { beforeAll, expect, test } from 'vitest';
import { type Allocation, allocationFlags } from '../support/allocation.js';
import { runFixture } from '../support/fixture.js';

let measured: Readonly<Record<string, Allocation>> = {};
beforeAll(() => {
  const output = runFixture<{ measured: typeof measured }>('allocation-per-message', {
    nodeFlags: allocationFlags,
  });
  measured = output.measured;
});

test('the measurement would see one small object for each message', () => {
  expect(measured.canary.collections).toBe(0);
  expect(measured.canary.bytesPerCall).toBeGreaterThan(12);
});

const kinds = ['integer', 'float', 'boolean', 'null', 'undefined', 'short string', 'Latin-1 string of 64'];
for (const kind of kinds) {
  test(`sending a value allocates nothing: ${kind}`, () => {
    expect(measured[kind].collections).toBe(0);
    expect(measured[kind].bytesPerCall).toBeLessThan(1);
  });
}
