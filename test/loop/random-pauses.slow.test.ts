import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { native } from 'wakeline/ffi';
import { isWaiterAvailable } from 'wakeline/scheduler';
import { receiveWithPauses } from './random-pauses.js';

const MESSAGES = 100_000;
/** With the other waiters, which an emulated CPU takes minutes for otherwise. */
const FEWER_MESSAGES = 20_000;
const SEED = 20_190_917;
/** Without a spin, and shorter than the longest pauses. */
const idle = { spinNs: 0, umwaitNs: 200_000, adaptive: false };

const functions = native();
const features = typeof functions === 'string' ? 0 : functions.cpu.features;

const runs = { umwait: MESSAGES, mwaitx: MESSAGES, pause: FEWER_MESSAGES, none: FEWER_MESSAGES } as const;

for (const [waiter, messages] of Object.entries(runs) as [keyof typeof runs, number][]) {
  test(`${messages} messages with random pauses arrive in order (waiter ${waiter})`, async (context) => {
    if (features === 0) context.skip('there is no native code here');
    if (!isWaiterAvailable(waiter, features)) context.skip(`this CPU has no ${waiter}`);
    const result = await receiveWithPauses({ waiter, kernelWait: 'enter', idle }, messages, SEED);
    expect(result).toMatchObject({ received: messages, misplaced: 0 });
    const { wakesUmwait, wakesKernel } = result.receiver;
    // The pauses found it there. How often, and in which stage, only a machine with a CPU for each thread can promise: a
    // thread that dozes leaves the only one to nobody, and messages pile up meanwhile.
    expect(wakesUmwait + wakesKernel).toBeGreaterThan(0);
    const hasCpuEach = availableParallelism() > 1;
    if (hasCpuEach && (waiter === 'umwait' || waiter === 'mwaitx')) expect(wakesUmwait).toBeGreaterThan(20);
  }, 240_000);
}
