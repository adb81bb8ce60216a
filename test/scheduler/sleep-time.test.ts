import { expect, onTestFinished, type TestContext, test } from 'vitest';
import { HookAnswer, type LoopHook, type Native } from 'wakeline/ffi';
import { Mailbox } from 'wakeline/queue';
import { MailboxPoller, Nap, SleepState } from 'wakeline/scheduler';
import { createCounters, nowMs } from 'wakeline/stats';
import {
  type Doorbell,
  Fence,
  Poster,
  Registry,
  registryWords,
  Slot,
  slotBase,
  WakeLine,
} from 'wakeline/wake';
import { nativeOrSkip } from '../support/native.js';
import { openSlot } from '../support/slots.js';

/** Longer than what it follows takes. */
const LATER_MS = 30;

interface Sleeper {
  readonly native: Native;
  readonly slot: number;
  readonly hook: LoopHook;
  readonly line: WakeLine;
  readonly registry: Int32Array;
  /** Of a poster in the same thread. */
  readonly doorbell: Doorbell;
}

/** A slot without a loop, which a test puts to sleep. */
function openSleeper(context: TestContext): Sleeper {
  const native = nativeOrSkip(context);
  const own = openSlot(native);
  const slot = native.hooks.claimSlot();
  const hook = native.hooks.open(slot, native.uv.address, () => HookAnswer.poll);
  onTestFinished(() => {
    hook.close();
    own.close();
  });
  native.hooks.publishSlot(slot);
  const registry = registryWords(native);
  const line = new WakeLine(native, slot, undefined);
  registry[slotBase(slot) + Slot.fence] = Fence.poster;
  const generation = registry[slotBase(slot) + Slot.generation];
  const doorbell = new Poster(native, own.slot, createCounters()).doorbell(slot, generation);
  return { native, slot, hook, line, registry, doorbell };
}

function pass(milliseconds: number): void {
  for (const endMs = nowMs() + milliseconds; nowMs() < endMs; );
}

test('a sleep counts until the loop was rung, however late that wakes it', (context) => {
  const { native, slot, line, registry, doorbell } = openSleeper(context);
  const counters = createCounters();
  const mailbox = new MailboxPoller(line, new Mailbox(), registry, counters, () => {});
  const sleep = new SleepState(native, slot, Fence.poster, [], mailbox, counters);
  const sinceMs = nowMs();
  expect(sleep.tryEnter()).toBe(true);
  pass(2);
  const beforeMs = nowMs();
  doorbell.ring();
  const afterMs = nowMs();
  pass(LATER_MS);
  const sleptMs = sleep.exit(sinceMs);
  expect(sleptMs).toBeGreaterThan(beforeMs - sinceMs - 0.1);
  expect(sleptMs).toBeLessThan(afterMs - sinceMs + 0.1);
});

test('a sleep that no doorbell ended counts in full, also after one that a doorbell has ended', (context) => {
  const { native, slot, line, registry, doorbell } = openSleeper(context);
  const counters = createCounters();
  const mailbox = new MailboxPoller(line, new Mailbox(), registry, counters, () => {});
  const sleep = new SleepState(native, slot, Fence.poster, [], mailbox, counters);
  sleep.tryEnter();
  doorbell.ring();
  sleep.exit(nowMs());
  pass(1);
  const sinceMs = nowMs();
  sleep.tryEnter();
  pass(LATER_MS);
  expect(sleep.exit(sinceMs)).toBeGreaterThan(LATER_MS - 0.1);
});

test('a nap in libuv’s poll counts until the loop was rung', async (context) => {
  const { native, slot, hook, line, registry, doorbell } = openSleeper(context);
  const nap = new Nap(native, slot, line, undefined, createCounters());
  hook.watch(registry[slotBase(slot) + Slot.eventFd], undefined);
  hook.letNap(nap.address);
  // The hook reads its memory until it is closed.
  onTestFinished(() => void nap.take());
  const sinceMs = nowMs();
  nap.allow(Atomics.load(registry, Registry.deaths));
  const afterMs = await new Promise<number>((resolve) => {
    setTimeout(() => {
      doorbell.ring();
      const rungMs = nowMs();
      pass(LATER_MS);
      setTimeout(() => resolve(rungMs), 5);
    }, 5);
  });
  expect(nap.take()).toBe(true);
  expect(nap.longestMs).toBeGreaterThan(0);
  expect(nap.longestMs).toBeLessThan(afterMs - sinceMs + 0.1);
});
