import { expect, test } from 'vitest';
import { runStress } from '../support/stress.js';

const ROUNDS = 10_000;
const idle = { spinNs: 0, umwaitNs: 0, adaptive: false };

for (const fence of ['poster', 'owner', 'adaptive'] as const) {
  test(`no wake-up is lost in a short stress with fence ${fence}`, async () => {
    const run = {
      options: { fence, idle, kernelWait: 'enter' as const },
      threads: 2,
      rounds: ROUNDS,
      longestPauseNs: 16_000,
    };
    const result = await runStress({ ...run, seed: 1 });
    expect(result).toMatchObject({ stalls: 0, messages: ROUNDS });
    expect(result.sleeps).toBeGreaterThan(100);
  });
}
