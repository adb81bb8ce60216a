import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, onTestFinished, type TestContext, test } from 'vitest';
import { EventLoop, type WaiterName } from 'wakeline';
import { native } from 'wakeline/ffi';
import { isWaiterAvailable } from 'wakeline/scheduler';
import { LoopState, Registry, registryWords, Slot, slotBase } from 'wakeline/wake';
import { dozing, expectWake } from '../support/idle-stages.js';
import { IdleThread, idleOrders } from '../support/idle-thread.js';
import { nativeOrThrow } from '../support/native.js';
import { openRing } from '../support/ring-driver.js';

const functions = native();
const features = typeof functions === 'string' ? 0 : functions.cpu.features;

/** Skips where there is no native code, no ring or no such waiter. */
function assertWaiter(context: TestContext, waiter: WaiterName): void {
  openRing(context);
  if (!isWaiterAvailable(waiter, features)) context.skip(`this CPU has no ${waiter}`);
}

/** How many loops this process has, or has in one state. */
function livingLoops(state?: number): number {
  const registry = registryWords(nativeOrThrow());
  let count = 0;
  for (let slot = 0; slot < Registry.slotCount; slot++) {
    const base = slotBase(slot);
    const isAlive = (Atomics.load(registry, base + Slot.generation) & 1) === 1;
    if (isAlive && (state === undefined || Atomics.load(registry, base + Slot.state) === state)) count++;
  }
  return count;
}

/** Waits until the thread's loop waits in user mode, and none but that: this thread's own may be asleep, too. */
async function untilDozing(thread: IdleThread): Promise<void> {
  for (;;) {
    for (let look = 0; look < 20; look++) {
      if (livingLoops(LoopState.waiting) === 1) return;
      await sleep(1);
    }
    // That lasts 100 ms, and this thread came late. It begins anew.
    await thread.wake('libuv timer');
  }
}

const signalWhenTold = `
  const { parentPort } = require('node:worker_threads');
  parentPort.once('message', () => setTimeout(() => process.kill(process.pid, 'SIGUSR2'), 10));`;

for (const waiter of ['umwait', 'mwaitx', 'pause', 'none'] as const) {
  describe(`a loop that idles with waiter ${waiter}`, () => {
    let thread: IdleThread | undefined;
    beforeAll(async () => {
      if (isWaiterAvailable(waiter, features)) thread = await IdleThread.start(dozing({ waiter }));
    });
    afterAll(() => thread?.close());

    test('says so', (context) => {
      assertWaiter(context, waiter);
      expect(thread!.facts).toMatchObject({ backend: 'uring', waiter });
    });

    for (const order of idleOrders) {
      test(`is woken by ${order}, and its counters say in which stage`, async (context) => {
        assertWaiter(context, waiter);
        await expectWake(thread!, order);
      });
    }

    test('ends when it is terminated while it idles', async (context) => {
      assertWaiter(context, waiter);
      if (waiter !== 'none') await untilDozing(thread!);
      const before = livingLoops();
      expect(await thread!.worker.terminate()).toBe(1);
      expect(livingLoops()).toBe(before - 1);
    });
  });

  test(`a main thread that idles with waiter ${waiter} is woken by a signal`, async (context) => {
    assertWaiter(context, waiter);
    const loop = EventLoop.attach(dozing({ waiter }));
    onTestFinished(() => loop.close());
    const worker = new Worker(signalWhenTold, { eval: true });
    await once(worker, 'online');
    const events = Promise.all([once(process, 'SIGUSR2'), once(worker, 'exit')]);
    const before = loop.stats().counters.wakesLibuv;
    worker.postMessage('now');
    await events;
    expect(loop.stats().counters.wakesLibuv).toBeGreaterThan(before);
  });
}
