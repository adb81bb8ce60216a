import type { EventLoopOptions } from 'wakeline';
import type { Case, Effort, PreparedSuite, Suite } from '../support/case.js';
import { limit } from '../support/limits.js';
import { pairRuns } from './pair.js';

const SPIN_ROUNDS = 50_000;
const MESSAGE_PORT = 'MessagePort';

const uring: EventLoopOptions = { backend: 'uring', kernelWait: 'enter' };
const epoll: EventLoopOptions = { backend: 'epoll' };
const portable: EventLoopOptions = { backend: 'portable' };

async function prepare(effort: Effort): Promise<PreparedSuite> {
  const pair = pairRuns(effort);
  const spin = limit('ping-pong', 'spin', SPIN_ROUNDS);
  const ours = pair.wakelineRoundTrip(uring);
  const port = pair.messagePortRoundTrip();
  const oneWay = pair.wakelineOneWay(uring);
  const portOneWay = pair.messagePortOneWay();
  const reported = { peer: MESSAGE_PORT, target: null } as const;
  const trip = { name: 'round trip of an integer', unit: 'ns', direction: 'lower' } as const;
  const way = { name: 'integers one way', unit: 'messages/s', direction: 'higher' } as const;
  const object = { name: 'round trip of {id, name, values: [10]}', unit: 'ns', direction: 'lower' } as const;
  const bytes = { name: 'round trip of a 64 KiB Uint8Array', unit: 'ns', direction: 'lower' } as const;
  const portBytes = pair.messagePortRoundTrip('bytes');
  const cases: Case[] = [
    { ...trip, ours, peer: 'C, two spinning threads', theirs: spin, target: 1 / 8 },
    { ...trip, ours, peer: MESSAGE_PORT, theirs: port, target: 30 },
    { ...way, ours: oneWay, peer: MESSAGE_PORT, theirs: portOneWay, target: 20 },
    { ...trip, name: `${trip.name}, epoll`, ours: pair.wakelineRoundTrip(epoll), theirs: port, ...reported },
    {
      ...trip,
      name: `${trip.name}, portable`,
      ours: pair.wakelineRoundTrip(portable),
      theirs: port,
      ...reported,
    },
    { ...way, name: `${way.name}, epoll`, ours: pair.wakelineOneWay(epoll), theirs: portOneWay, ...reported },
    {
      ...way,
      name: `${way.name}, portable`,
      ours: pair.wakelineOneWay(portable),
      theirs: portOneWay,
      ...reported,
    },
    {
      ...object,
      ours: pair.wakelineRoundTrip(uring, 'object'),
      theirs: pair.messagePortRoundTrip('object'),
      ...reported,
    },
    { ...bytes, ours: pair.wakelineRoundTrip(uring, 'bytes'), theirs: portBytes, ...reported },
    ...(['poster', 'owner'] as const).map((fence) => ({
      ...way,
      ours: oneWay,
      peer: `Wakeline, fence '${fence}'`,
      theirs: pair.wakelineOneWay({ ...uring, fence }),
      target: null,
    })),
  ];
  return { cases };
}

/** Messages between two threads that are awake. */
export const channelSuite: Suite = {
  name: 'channel',
  note: 'between the main thread and a worker, both awake, a process of its own for each run',
  prepare,
};
