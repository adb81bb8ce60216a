import type { EventLoopOptions } from 'wakeline';
import type { Case, Effort, PreparedSuite, Suite } from '../support/case.js';
import { limit } from '../support/limits.js';
import { pairRuns } from './pair.js';
import { postingCases } from './posting.js';

const EVENTFD_ROUNDS = 3000;
const POSTS = 100;
const POSTS_QUICK = 30;
const NS_PER_US = 1000;

/** Neither side waits in user mode: each wake comes out of the kernel. */
const asleep = { spinNs: 0, umwaitNs: 0, adaptive: false };
const enter: EventLoopOptions = { backend: 'uring', kernelWait: 'enter', idle: asleep };
const libuv: EventLoopOptions = { backend: 'uring', kernelWait: 'libuv', idle: asleep };
const epoll: EventLoopOptions = { backend: 'epoll', idle: asleep };

function inMicroseconds(run: () => Promise<number>): () => Promise<number> {
  return async () => (await run()) / NS_PER_US;
}

async function prepare(effort: Effort): Promise<PreparedSuite> {
  const pair = pairRuns(effort);
  const sleeping = (options: EventLoopOptions) => inMicroseconds(pair.wakelineRoundTrip(options));
  const eventfd = inMicroseconds(limit('ping-pong', 'eventfd', EVENTFD_ROUNDS));
  const ours = sleeping(enter);
  const base = { unit: 'µs', direction: 'lower' } as const;
  const trip = (
    what: string,
    run: () => Promise<number>,
    peer: string,
    theirs: () => Promise<number>,
  ): Case => {
    return { ...base, name: `round trip out of the kernel, ${what}`, ours: run, peer, theirs, target: null };
  };
  const inRing = (mode: string) => inMicroseconds(limit('kernel-wake', mode, EVENTFD_ROUNDS));
  const blocking = 'C, blocking eventfd';
  return {
    cases: [
      { ...trip('uring, enter', ours, blocking, eventfd), target: 2 / 3 },
      trip('uring, libuv', sleeping(libuv), blocking, eventfd),
      trip('epoll', sleeping(epoll), blocking, eventfd),
      trip('uring, enter', ours, 'MessagePort', inMicroseconds(pair.messagePortRoundTrip())),
      trip('uring, enter', ours, 'C, eventfd polled by io_uring', inRing('eventfd')),
      trip('uring, enter', ours, 'C, FUTEX_WAIT in io_uring', inRing('futex')),
      trip('uring, enter', ours, 'C, MSG_RING', inRing('msg-ring')),
      trip('uring, enter', ours, "Wakeline, fence 'owner'", sleeping({ ...enter, fence: 'owner' })),
      ...postingCases(effort.isQuick ? POSTS_QUICK : POSTS),
    ],
  };
}

/** Wakes of a thread that sleeps in the kernel, and what a message costs its sender. */
export const wakeSuite: Suite = {
  name: 'wake',
  note: 'both threads sleep in the kernel whenever they wait; system calls are counted by the loop that posts',
  prepare,
};
