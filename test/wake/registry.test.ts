import { expect, test } from 'vitest';
import { isAlive, LoopState, Registry, registryWords, Slot } from 'wakeline/wake';
import { runFixture } from '../support/fixture.js';
import { nativeOrSkip } from '../support/native.js';
import { openSlot } from '../support/slots.js';

test('a slot can be claimed and given back thousands of times', (context) => {
  const native = nativeOrSkip(context);
  const registry = registryWords(native);
  const deaths = registry[Registry.deaths];
  const first = openSlot(native);
  first.close();
  for (let count = 1; count <= 3000; count++) {
    const again = openSlot(native);
    if (again.slot !== first.slot || again.generation !== first.generation + 2 * count) {
      throw new Error(`round ${count}: slot ${again.slot}, generation ${again.generation}`);
    }
    again.close();
  }
  expect(registry[Registry.deaths] - deaths).toBe(3001);
});

test('slots that are open at the same time differ, and are free again in any order', (context) => {
  const native = nativeOrSkip(context);
  const open = Array.from({ length: 50 }, () => openSlot(native));
  expect(new Set(open.map(({ slot }) => slot)).size).toBe(50);
  expect(new Set(open.map(({ eventFd }) => eventFd)).size).toBe(50);
  const [third] = open.splice(3, 1);
  third.close();
  const again = openSlot(native);
  expect(again.slot).toBe(third.slot);
  for (const slot of [again, ...open]) slot.close();
});

test('a loop is alive from the publication of its slot until its end', (context) => {
  const native = nativeOrSkip(context);
  const registry = registryWords(native);
  const { slot, generation, close } = openSlot(native);
  expect(generation % 2).toBe(1);
  expect(isAlive(registry, slot, generation)).toBe(true);
  expect(isAlive(registry, slot, generation + 2)).toBe(false);
  close();
  expect(isAlive(registry, slot, generation)).toBe(false);
});

test('a claimed slot begins as a running loop that was not posted to', (context) => {
  const native = nativeOrSkip(context);
  const registry = registryWords(native);
  const used = openSlot(native);
  registry[used.base + Slot.wakeWord] = 5;
  registry[used.base + Slot.state] = LoopState.sleeping;
  registry[used.base + Slot.inFlight] = 3;
  registry[used.base + Slot.ringing] = 9;
  used.close();
  const { base, slot, close } = openSlot(native);
  expect(slot).toBe(used.slot);
  const { wakeWord, state, inFlight, ringing } = Slot;
  expect([wakeWord, state, inFlight, ringing].map((word) => registry[base + word])).toEqual([0, 0, 0, 0]);
  close();
});

test('the end of one loop stores to the wake words of the others, and wakes them', (context) => {
  const native = nativeOrSkip(context);
  const registry = registryWords(native);
  const witness = openSlot(native);
  const dying = openSlot(native);
  expect(native.system.isReadable(witness.eventFd)).toBe(0);
  dying.close();
  expect(registry[witness.base + Slot.wakeWord]).not.toBe(0);
  expect(native.system.isReadable(witness.eventFd)).toBe(1);
  witness.close();
});

test('when every slot is taken, attach fails with ERR_WAKELINE_NO_SLOT and leaves nothing open', (context) => {
  nativeOrSkip(context);
  const filled = runFixture<FilledRegistry>('fill-registry');
  if (filled.skipped !== undefined) context.skip(filled.skipped);
  expect(filled.claimed).toBe(Registry.slotCount);
  for (const backend of ['auto', 'epoll'] as const) {
    expect(filled.errors[backend]).toMatchObject({ name: 'WakelineError', code: 'ERR_WAKELINE_NO_SLOT' });
    expect(filled.errors[backend].message).toMatch(/as many loops as the registry holds/);
  }
  expect(filled.filesAfter).toBe(filled.filesBefore);
});

interface FilledRegistry {
  readonly skipped?: string;
  readonly claimed: number;
  readonly errors: Readonly<Record<'auto' | 'epoll', { name: string; code: string; message: string }>>;
  readonly filesBefore: number;
  readonly filesAfter: number;
}
