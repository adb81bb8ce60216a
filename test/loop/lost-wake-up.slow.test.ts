import { expect, test } from 'vitest';
import type { EventLoopOptions } from 'wakeline';
import { runStress } from '../support/stress.js';

const loops: EventLoopOptions[] = [
  { backend: 'uring', kernelWait: 'enter', memory: 'shared' },
  { backend: 'uring', kernelWait: 'enter', memory: 'mapped' },
  { backend: 'uring', kernelWait: 'libuv', memory: 'shared' },
  { backend: 'uring', kernelWait: 'libuv', memory: 'mapped' },
  { backend: 'epoll' },
];
const atOnce = { spinNs: 0, umwaitNs: 0, adaptive: false };
const shortStages = { spinNs: 3_000, umwaitNs: 3_000, adaptive: false };

const runs = [
  { threads: 2, rounds: 60_000, idle: atOnce, longestPauseNs: 16_000, what: 'that sleep at once' },
  {
    threads: 4,
    rounds: 30_000,
    idle: shortStages,
    longestPauseNs: 12_000,
    what: 'with short stages before the sleep',
  },
  { threads: 8, rounds: 15_000, idle: atOnce, longestPauseNs: 16_000, what: 'that sleep at once' },
];

for (const loop of loops) {
  for (const fence of ['poster', 'owner', 'adaptive'] as const) {
    for (const { threads, rounds, idle, longestPauseNs, what } of runs) {
      const name = [loop.backend, loop.kernelWait, loop.memory, `fence ${fence}`].filter(Boolean).join(', ');
      test(`no wake-up is lost between ${threads} threads ${what} (${name})`, async () => {
        const result = await runStress({
          options: { ...loop, fence, idle },
          threads,
          rounds,
          longestPauseNs,
          seed: 1,
        });
        expect(result).toMatchObject({ stalls: 0, messages: (threads / 2) * rounds });
        // Without sleeps there would have been nothing to lose.
        expect(result.sleeps).toBeGreaterThan(rounds / 50);
      });
    }
  }
}

for (const loop of loops) {
  const name = [loop.backend, loop.kernelWait, loop.memory].filter(Boolean).join(', ');
  test(`no wake-up is lost when busy loops fall asleep (${name}, fence adaptive)`, async () => {
    const options = { ...loop, fence: 'adaptive', idle: atOnce } as const;
    const run = { threads: 2, rounds: 20_000, longestPauseNs: 16_000, burst: 300, seed: 1 };
    const result = await runStress({ options, ...run });
    expect(result).toMatchObject({ stalls: 0, messages: run.rounds });
    // Without these there would have been no busy loop.
    expect(result.ownerFences).toBeGreaterThan(run.rounds / 50);
  });
}

/** A run finds a stall in about one of seven, on a machine that does nothing else. */
const CANARY_RUNS = 150;
const CANARY_LIMIT_MS = 600_000;

for (const [what, burst] of [
  ['the same stress', 0],
  ['the stress of busy loops', 300],
] as const) {
  test(
    `${what} loses wake-ups when the fence is taken out`,
    async () => {
      for (let seed = 1; seed <= CANARY_RUNS; seed++) {
        const backend = seed % 2 === 0 ? 'uring' : 'epoll';
        const options = { backend, kernelWait: 'enter', fence: 'none', idle: atOnce } as const;
        const run = { threads: 2, rounds: 16_000, longestPauseNs: 16_000, burst, seed, stalledAfterMs: 2000 };
        if ((await runStress({ options, ...run })).stalls > 0) return;
      }
      expect.unreachable(
        `no stall in ${CANARY_RUNS} runs without a fence: this stress proves nothing on this machine`,
      );
    },
    CANARY_LIMIT_MS,
  );
}
