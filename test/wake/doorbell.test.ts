import { once } from 'node:events';
import { readSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import type { Native } from 'wakeline/ffi';
import { CounterIndex, createCounters } from 'wakeline/stats';
import { Fence, LoopState, Poster, Slot, WakeLine } from 'wakeline/wake';
import { nativeOrSkip } from '../support/native.js';
import { openPosting } from '../support/posting.js';
import { fixturePath } from '../support/project.js';
import { openRing } from '../support/ring-driver.js';
import { Rival } from '../support/rival.js';
import { type OpenSlot, openSlot } from '../support/slots.js';

/** How many kernel wakes an eventfd holds; takes them. */
function takeKernelWakes(native: Native, { eventFd }: OpenSlot): number {
  if (native.system.isReadable(eventFd) === 0) return 0;
  const count = Buffer.alloc(8);
  readSync(eventFd, count, 0, 8, null);
  return Number(count.readBigUInt64LE());
}

for (const [name, fence] of Object.entries(Fence)) {
  test(`a doorbell stores another value to the wake word at each ring (fence ${name})`, (context) => {
    const { registry, target, poster, counters } = openPosting(context);
    onTestFinished(() => target.close());
    registry[target.base + Slot.fence] = fence;
    const doorbell = poster.doorbell(target.slot, target.generation);
    const values = new Set([registry[target.base + Slot.wakeWord]]);
    for (let count = 0; count < 1000; count++) {
      expect(doorbell.ring()).toBe(true);
      values.add(Atomics.load(registry, target.base + Slot.wakeWord));
    }
    expect(values.size).toBe(1001);
    expect(counters[CounterIndex.callsKernelWake]).toBe(0);
  });
}

for (const state of ['running', 'waiting'] as const) {
  test(`a loop that is ${state} is rung without a system call`, (context) => {
    const { native, registry, target, doorbell } = openPosting(context);
    onTestFinished(() => target.close());
    Atomics.store(registry, target.base + Slot.state, LoopState[state]);
    doorbell.ring();
    expect(takeKernelWakes(native, target)).toBe(0);
    expect(registry[target.base + Slot.state]).toBe(LoopState[state]);
  });
}

test('a loop that sleeps is woken by the first ring alone, which takes its state back', (context) => {
  const { native, registry, target, doorbell, counters } = openPosting(context);
  onTestFinished(() => target.close());
  Atomics.store(registry, target.base + Slot.state, LoopState.sleeping);
  for (let count = 0; count < 3; count++) doorbell.ring();
  expect(takeKernelWakes(native, target)).toBe(1);
  expect(registry[target.base + Slot.state]).toBe(LoopState.running);
  expect(counters[CounterIndex.callsKernelWake]).toBe(1);
});

test('of two threads that ring a sleeping loop at once, one makes the kernel wake', async (context) => {
  const { native, target } = openPosting(context);
  onTestFinished(() => target.close());
  const words = new Int32Array(new SharedArrayBuffer(Rival.words * 4));
  const { slot, generation } = target;
  const workers = [true, false].map(
    (isLeader) =>
      new Worker(fixturePath('rival-poster'), { workerData: { words, slot, generation, isLeader } }),
  );
  // Each end of a rival is news to the loop, and wakes it too: what was counted before is theirs.
  const ends = await Promise.all(workers.map((worker) => once(worker, 'exit')));
  expect(ends).toEqual([[0], [0]]);
  const rounds = words[Rival.rounds];
  expect(rounds).toBeGreaterThan(100);
  expect(words[Rival.kernelWakes]).toBe(rounds);
  expect(takeKernelWakes(native, target)).toBe(rounds + workers.length);
});

test('the doorbell of a loop that has ended stores nothing and says so', (context) => {
  const { native, registry, target, doorbell } = openPosting(context);
  expect(doorbell.ring()).toBe(true);
  target.close();
  const before = registry.slice(target.base, target.base + 64);
  expect(doorbell.ring()).toBe(false);
  expect(registry.slice(target.base, target.base + 64)).toEqual(before);
  // Another loop in the same slot is not the one that the doorbell belongs to.
  const successor = openSlot(native);
  onTestFinished(() => successor.close());
  expect(successor.slot).toBe(target.slot);
  Atomics.store(registry, successor.base + Slot.state, LoopState.sleeping);
  expect(doorbell.ring()).toBe(false);
  expect(registry[successor.base + Slot.wakeWord]).toBe(0);
  expect(registry[successor.base + Slot.state]).toBe(LoopState.sleeping);
  expect(takeKernelWakes(native, successor)).toBe(0);
});

test('a doorbell leaves its thread outside when it is done', (context) => {
  const { registry, target, poster, doorbell } = openPosting(context);
  onTestFinished(() => target.close());
  doorbell.ring();
  expect(registry[poster.ringingIndex]).toBe(0);
});

test('a poster has one doorbell for each loop, and a new one for its successor', (context) => {
  const { target, poster, doorbell } = openPosting(context);
  onTestFinished(() => target.close());
  expect(poster.doorbell(target.slot, target.generation)).toBe(doorbell);
  expect(poster.doorbell(target.slot, target.generation + 2)).not.toBe(doorbell);
});

test('a loop without a wake word is rung by the kernel each time', (context) => {
  const { native, registry, target } = openPosting(context);
  onTestFinished(() => target.close());
  registry[target.base + Slot.wakeWordAddress] = 0;
  registry[target.base + Slot.wakeWordAddress + 1] = 0;
  const own = new Poster(native, target.slot, createCounters()).doorbell(target.slot, target.generation);
  for (let count = 0; count < 3; count++) expect(own.ring()).toBe(true);
  expect(takeKernelWakes(native, target)).toBe(3);
});

for (const memory of ['shared', 'mapped'] as const) {
  test(`a doorbell stores into the ring's own wake word (${memory})`, (context) => {
    const { native, ring } = openRing(context, { memory });
    const { target } = openPosting(context);
    onTestFinished(() => target.close());
    const line = new WakeLine(native, target.slot, ring);
    expect(line.hasPost()).toBe(false);
    // A poster of its own: the other one has made its doorbell before the line moved into the ring.
    new Poster(native, target.slot, createCounters()).doorbell(target.slot, target.generation).ring();
    expect(line.hasPost()).toBe(true);
    expect(ring.memory.words[ring.wakeWord.wakeWord! / 4]).not.toBe(0);
    expect(line.noteSeen()).toBe(true);
    expect(line.noteSeen()).toBe(false);
    expect(line.hasPost()).toBe(false);
  });
}

test('a slot that is closed closes its eventfd', (context) => {
  const slot = openSlot(nativeOrSkip(context));
  slot.close();
  expect(() => readSync(slot.eventFd, Buffer.alloc(8))).toThrow(expect.objectContaining({ code: 'EBADF' }));
});
