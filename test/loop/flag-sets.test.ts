import { afterAll, expect, test } from 'vitest';
import { CpuFeature } from 'wakeline/ffi';
import { SetupFlag, type SetupFlagName, setUpLadder } from 'wakeline/ring';
import { dozing, expectWake } from '../support/idle-stages.js';
import { IdleThread } from '../support/idle-thread.js';
import { openRing, skipUnknownFlags } from '../support/ring-driver.js';

const allFlags = Object.keys(SetupFlag) as SetupFlagName[];
/** These belong to no set: they say where the ring lies and how large it is. */
const beside: readonly SetupFlagName[] = ['NO_MMAP', 'CQSIZE'];
/** By a completion, by a completion that comes from an interrupt, by a store, by libuv. */
const orders = ['time-out', 'socket', 'another thread', 'libuv socket'] as const;

/** One thread for all of them, which attaches one loop after the other. */
let thread: IdleThread | undefined;
afterAll(() => thread?.close());

for (const rung of setUpLadder) {
  const name = rung.length === 0 ? 'no flags' : rung.join(', ');

  test(`a loop whose ring has ${name} is woken while it dozes`, async (context) => {
    const withoutFlags = allFlags.filter((flag) => !rung.includes(flag) && !beside.includes(flag));
    const { ring, native } = openRing(context, { without: withoutFlags });
    skipUnknownFlags(context, rung, ring.flags);
    if ((native.cpu.features & CpuFeature.invariantTsc) === 0)
      context.skip('the time-stamp counter is not invariant');
    await thread?.attach(dozing({ withoutFlags }));
    thread ??= await IdleThread.start(dozing({ withoutFlags }));
    expect(thread.facts.flags.filter((flag) => !beside.includes(flag))).toEqual(rung);
    for (const order of orders) await expectWake(thread, order);
  });
}
