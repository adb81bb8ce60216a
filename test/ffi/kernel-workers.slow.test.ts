import { beforeAll, describe, expect, test } from 'vitest';
import { runFixture } from '../support/fixture.js';

interface Means {
  readonly descriptors: number;
  readonly kernelWorkers: number;
}

type Moment =
  | 'atFirst'
  | 'withoutFiles'
  | 'afterNone'
  | 'withFiles'
  | 'between'
  | 'next'
  | 'atLast'
  | 'afterThread';

describe('the kernel’s workers of a thread', () => {
  let means: Record<Moment, Means>;
  beforeAll(() => {
    means = runFixture('kernel-workers');
  });

  test('outlive its last ring', () => {
    expect(means.withFiles.kernelWorkers).toBeGreaterThan(0);
    expect(means.between.kernelWorkers).toBe(means.withFiles.kernelWorkers);
  });

  test('cost one descriptor until there is another ring', () => {
    expect(means.between.descriptors).toBe(means.atFirst.descriptors + 1);
    expect(means.next.descriptors).toBe(means.withFiles.descriptors);
    expect(means.atLast.descriptors).toBe(means.between.descriptors);
  });

  test('cost none where there were none', () => {
    expect(means.withoutFiles.kernelWorkers).toBe(0);
    expect(means.afterNone.descriptors).toBe(means.atFirst.descriptors);
  });

  test('end with the thread', () => {
    expect(means.afterThread.descriptors).toBe(means.atLast.descriptors);
  });
});
