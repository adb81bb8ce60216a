import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Channel, type ChannelHandle, EventLoop, type EventLoopOptions } from 'wakeline';
import type { CounterSnapshot } from 'wakeline/stats';
import { fixturePath } from '../support/project.js';

/** What fixture pausing-sender is told. */
export interface PausingSenderData {
  readonly options: EventLoopOptions;
  readonly outbox: ChannelHandle<'sender', number>;
  readonly messages: number;
  readonly seed: number;
}

/** What came of such a run. */
export interface PausesResult {
  readonly received: number;
  /** Messages that were not the next one in order. */
  readonly misplaced: number;
  readonly receiver: CounterSnapshot;
  readonly sender: CounterSnapshot;
}

/** Has a thread send numbers with random pauses, and receives them on this thread's loop. */
export async function receiveWithPauses(
  options: EventLoopOptions,
  messages: number,
  seed: number,
): Promise<PausesResult> {
  await using loop = EventLoop.attach(options);
  const channel = new Channel<number>();
  const data: PausingSenderData = { options, outbox: channel.sender, messages, seed };
  const worker = new Worker(fixturePath('pausing-sender'), { workerData: data });
  const counters = once(worker, 'message');
  const ended = once(worker, 'exit');
  let [received, misplaced] = [0, 0];
  for await (const value of loop.receiver<number>(channel.receiver)) {
    if (value !== received) misplaced++;
    received++;
  }
  const [[sender]] = await Promise.all([counters, ended]);
  return { received, misplaced, receiver: loop.stats().counters, sender };
}
