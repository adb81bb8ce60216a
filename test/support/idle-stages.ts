import { expect } from 'vitest';
import type { EventLoopOptions, WaiterName } from 'wakeline';
import type { IdleOrder, IdleThread, Woken } from './idle-thread.js';

/** As long as a stage may be: whatever comes within it finds the loop there. */
const STAGE_NS = 100_000_000;
/** A busy machine may let the stage pass before the event comes. */
const ATTEMPTS = 5;

/** Options of a loop that does not spin, and dozes for so long that every event finds it dozing. */
export function dozing(options: EventLoopOptions): EventLoopOptions {
  return { ...options, kernelWait: 'enter', idle: { spinNs: 0, umwaitNs: STAGE_NS, adaptive: false } };
}

/** What comes of each order. */
const results: Readonly<Record<IdleOrder, number>> = {
  'time-out': -62,
  'file read': 65_536,
  socket: 5,
  'another thread': 42,
  'libuv socket': 7,
  'libuv timer': 0,
};

/** The counters that say who woke a loop, and in which stage. */
function stagesOf({ counters }: Woken): object {
  const { wakesSpin, wakesUmwait, wakesKernel, wakesLibuv, umwaitsExpired, sleeps } = counters;
  const atLeastOne = (count: number): boolean => count > 0;
  return {
    spin: atLeastOne(wakesSpin),
    umwait: atLeastOne(wakesUmwait),
    kernel: atLeastOne(wakesKernel),
    libuv: atLeastOne(wakesLibuv),
    expired: atLeastOne(umwaitsExpired),
    slept: atLeastOne(sleeps),
  };
}

/** What the counters must say. A loop without a waiter sleeps in the kernel; for all others the kernel has no part in it. */
function expectedStages(order: IdleOrder, waiter: WaiterName): object {
  const slept = waiter === 'none';
  const isOfLibuv = order.startsWith('libuv');
  const isDeadline = order === 'libuv timer';
  return {
    spin: false,
    umwait: !slept && !isOfLibuv,
    kernel: slept && !isOfLibuv,
    libuv: isOfLibuv && (slept || !isDeadline),
    expired: !slept && isDeadline,
    slept,
  };
}

/** Lets a thread fall idle, wakes it, and checks what came and what the counters say of it. */
export async function expectWake(thread: IdleThread, order: IdleOrder): Promise<void> {
  const expected = expectedStages(order, thread.facts.waiter);
  const expectedWrites = Number(thread.facts.waiter === 'none');
  let woken = await thread.wake(order);
  for (let attempt = 1; attempt < ATTEMPTS; attempt++) {
    const isSame = JSON.stringify(stagesOf(woken)) === JSON.stringify(expected);
    if (isSame && (order !== 'another thread' || thread.lastPost?.writes === expectedWrites)) break;
    woken = await thread.wake(order);
  }
  expect(woken.result).toBe(results[order]);
  expect(stagesOf(woken), JSON.stringify(woken.counters)).toEqual(expected);
  if (order !== 'another thread') return;
  expect(thread.lastPost).toEqual({ calls: expectedWrites, writes: expectedWrites });
}
