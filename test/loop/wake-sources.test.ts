import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, onTestFinished, type TestContext, test } from 'vitest';
import { EventLoop, type WaiterName } from 'wakeline';
import { native } from 'wakeline/ffi';
import { isWaiterAvailable } from 'wakeline/scheduler';
import { dozing, expectWake } from '../support/idle-stages.js';
import { IdleThread, idleOrders } from '../support/idle-thread.js';
import { openRing } from '../support/ring-driver.js';

const functions = native();
const features = typeof functions === 'string' ? 0 : functions.cpu.features;

/** Skips where there is no native code, no ring or no such waiter. */
function assertWaiter(context: TestContext, waiter: WaiterName): void {
  openRing(context);
  if (!isWaiterAvailable(waiter, features)) context.skip(`this CPU has no ${waiter}`);
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
