import { expect, test } from 'vitest';
import { type Allocation, allocationFlags } from '../support/allocation.js';
import { runFixture } from '../support/fixture.js';
import { openRing } from '../support/ring-driver.js';

interface Held {
  readonly inFlight: { isHeld: boolean; finalized: number };
  readonly result: number;
  readonly contents: string;
  readonly afterwards: { isHeld: boolean; finalized: number };
}

for (const memory of ['shared', 'mapped'] as const) {
  test(`a buffer is held while its read is in flight, and given up after it (${memory})`, (context) => {
    openRing(context, { memory });
    const held = runFixture<Held>('hold-references', { nodeFlags: ['--expose-gc'], arguments: [memory] });
    expect(held.inFlight).toEqual({ isHeld: true, finalized: 0 });
    expect(held.contents).toBe('from the pipe');
    expect(held.afterwards).toEqual({ isHeld: false, finalized: 1 });
  });

  test(`an operation allocates nothing in the steady state (${memory})`, (context) => {
    openRing(context, { memory });
    const measured = runFixture<{ canary: Allocation; operation: Allocation }>('allocation-per-operation', {
      nodeFlags: allocationFlags,
      arguments: [memory],
    });
    // The measurement would see one small object: the check that this test can fail.
    expect(measured.canary.collections).toBe(0);
    expect(measured.canary.bytesPerCall).toBeGreaterThan(12);
    expect(measured.operation.collections).toBe(0);
    expect(measured.operation.bytesPerCall).toBeLessThan(1);
  });
}
