import { expect, onTestFinished, type TestContext, test } from 'vitest';
import { Mailbox } from 'wakeline/queue';
import { Inflow, MailboxPoller, Nap, SleepState } from 'wakeline/scheduler';
import { createCounters, nowMs } from 'wakeline/stats';
import { Fence, Registry, WakeLine } from 'wakeline/wake';
import { openPosting, type Posting } from '../support/posting.js';

/** Longer than what it follows takes. */
const LATER_MS = 30;

interface Sleeper extends Posting {
  readonly line: WakeLine;
}

/** A slot without a loop, which a test puts to sleep, and a poster to it in the same thread. */
function openSleeper(context: TestContext): Sleeper {
  const posting = openPosting(context);
  const { native, target } = posting;
  onTestFinished(() => target.close());
  return { ...posting, line: new WakeLine(native, target.slot, undefined) };
}

function pass(milliseconds: number): void {
  for (const endMs = nowMs() + milliseconds; nowMs() < endMs; );
}

test('a sleep counts until the loop was rung, however late that wakes it', (context) => {
  const { native, target, line, registry, doorbell } = openSleeper(context);
  const counters = createCounters();
  const mailbox = new MailboxPoller(line, new Mailbox(), registry, counters, () => {});
  const sleep = new SleepState(native, target.slot, Fence.poster, [], mailbox, counters);
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
  const { native, target, line, registry, doorbell } = openSleeper(context);
  const counters = createCounters();
  const mailbox = new MailboxPoller(line, new Mailbox(), registry, counters, () => {});
  const sleep = new SleepState(native, target.slot, Fence.poster, [], mailbox, counters);
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
  const { native, target, line, registry, doorbell } = openSleeper(context);
  const { slot, hook, eventFd } = target;
  const nap = new Nap(native, slot, line, undefined, createCounters(), new Inflow(0));
  hook.watch(eventFd, undefined);
  hook.letNap(nap.address);
  // The hook reads its memory until it is closed.
  onTestFinished(() => void nap.take());
  let [sinceMs, afterMs] = [0, 0];
  const napAndRing = async (): Promise<boolean> => {
    sinceMs = nowMs();
    nap.allow(Atomics.load(registry, Registry.deaths));
    afterMs = await new Promise((resolve) => {
      setTimeout(() => {
        doorbell.ring();
        const rungMs = nowMs();
        pass(LATER_MS);
        setTimeout(() => resolve(rungMs), 5);
      }, 5);
    });
    return nap.take();
  };
  // Where a loop of another test ends meanwhile, the hook does not sleep.
  for (let tries = 1; !(await napAndRing()); tries++) expect(tries).toBeLessThan(20);
  expect(nap.longestMs).toBeGreaterThan(0);
  expect(nap.longestMs).toBeLessThan(afterMs - sinceMs + 0.1);
});
