import { expect, type TestContext, test } from 'vitest';
import { runFixture } from './fixture.js';
import { nativeOrSkip } from './native.js';
import { preloadOrSkip } from './preload.js';
import { openRing } from './ring-driver.js';

// Kernels that are stood in for by test code (test/fixtures/old-kernel.c): it refuses what they refuse. docs/kernels.md
// holds the same table.

/** What a loop makes of a kernel: its backend, and what its reason says: memory and set-up flags, or why not io_uring. */
export interface Expected {
  readonly backend: 'uring' | 'epoll';
  readonly with: string;
}

const deferred = 'SINGLE_ISSUER, DEFER_TASKRUN, TASKRUN_FLAG';

/** By version, oldest first. */
export const oldKernels: Readonly<Record<string, Expected>> = {
  '5.0': { backend: 'epoll', with: 'unknown to this kernel or sandbox (ENOSYS)' },
  '5.4': { backend: 'epoll', with: 'too old on this kernel, or refuses these options (EINVAL)' },
  '5.5': { backend: 'epoll', with: 'too old on this kernel, or refuses these options (EINVAL)' },
  '5.6': { backend: 'uring', with: 'mapped memory; CLAMP' },
  '5.10': { backend: 'uring', with: 'mapped memory; CLAMP' },
  '5.15': { backend: 'uring', with: 'mapped memory; CLAMP' },
  '5.18': { backend: 'uring', with: 'mapped memory; SUBMIT_ALL, CLAMP' },
  '5.19': { backend: 'uring', with: 'mapped memory; COOP_TASKRUN, TASKRUN_FLAG, SUBMIT_ALL, CLAMP' },
  '6.0': {
    backend: 'uring',
    with: 'mapped memory; SINGLE_ISSUER, COOP_TASKRUN, TASKRUN_FLAG, SUBMIT_ALL, CLAMP',
  },
  '6.1': { backend: 'uring', with: `mapped memory; ${deferred}, SUBMIT_ALL, CLAMP` },
  '6.5': { backend: 'uring', with: `mapped memory; ${deferred}, SUBMIT_ALL, CLAMP` },
  '6.6': { backend: 'uring', with: `mapped memory; ${deferred}, NO_SQARRAY, SUBMIT_ALL, CLAMP` },
  '6.8': { backend: 'uring', with: `mapped memory; ${deferred}, NO_SQARRAY, SUBMIT_ALL, CLAMP` },
  '6.12': { backend: 'uring', with: `shared memory; ${deferred}, NO_SQARRAY, SUBMIT_ALL, CLAMP, NO_MMAP` },
};

/** Runs a fixture on a kernel that is stood in for; needs this machine's kernel to have everything newer. */
export function runOnKernel<T>(
  context: TestContext,
  version: string,
  fixture: string,
  options: object = {},
): T {
  nativeOrSkip(context);
  const { ring } = openRing(context);
  for (const flag of ['NO_SQARRAY', 'NO_MMAP'] as const)
    if (!ring.flags.includes(flag)) context.skip(`this machine's own kernel lacks ${flag}`);
  const environment = { LD_PRELOAD: preloadOrSkip(context, 'old-kernel'), STAND_IN_KERNEL: version };
  return runFixture<T>(fixture, { arguments: [JSON.stringify(options)], environment });
}

const echoed = [1, 2.5, 'three', null, { five: [6, 7] }];
const noDozing = { waiter: 'none', idle: { spinNs: 0, umwaitNs: 0, adaptive: false } };

interface Slept {
  readonly message: Record<string, number>;
  readonly completion: Record<string, number>;
  readonly deadline: Record<string, number>;
  readonly rounds: number;
  readonly apartMs: number;
}

/** Tests of a loop on one kernel: what it chooses, and what wakes it. */
export function describeOldKernel(version: string): void {
  const { backend, with: choice } = oldKernels[version];

  for (const kernelWait of ['enter', 'libuv']) {
    test(`on Linux ${version} a loop chooses ${backend}: ${choice} (${kernelWait})`, (context) => {
      const result = runOnKernel<object>(context, version, 'attach-and-echo', { kernelWait });
      const expected =
        kernelWait === 'enter' ? choice : choice.replace('DEFER_TASKRUN, TASKRUN', 'COOP_TASKRUN, TASKRUN');
      expect(result).toMatchObject({ backend, echoed, code: 0, reason: expect.stringContaining(expected) });
    });
  }

  if (backend !== 'uring') return;
  test(`on Linux ${version} a sleeping loop is woken by a message, a completion and a timer`, (context) => {
    const slept = runOnKernel<Slept>(context, version, 'doze', noDozing);
    expect(slept.message.wakesKernel).toBeGreaterThan(0);
    expect(slept.completion.wakesKernel).toBeGreaterThan(0);
    expect(slept.deadline.sleeps).toBeGreaterThan(0);
    expect(slept.deadline.tookMs).toBeGreaterThanOrEqual(slept.rounds * (slept.apartMs - 1));
  });

  test(`on Linux ${version} a thread whose loop sleeps is terminated without a wait for its watches`, (context) => {
    // The wait would end after 2 s; on a busy machine something else may take long, but not each time.
    let tookMs = Number.POSITIVE_INFINITY;
    for (let attempt = 0; attempt < 3 && tookMs >= 1500; attempt++)
      tookMs = runOnKernel<number>(context, version, 'terminate-loop');
    expect(tookMs).toBeLessThan(1500);
  });
}
