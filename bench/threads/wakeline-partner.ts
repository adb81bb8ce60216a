import { workerData } from 'node:worker_threads';
import { type ChannelHandle, EventLoop } from 'wakeline';
import type { PairPlan } from './pair-plan.js';

interface Partner {
  readonly plan: PairPlan;
  readonly inbox: ChannelHandle<'receiver'>;
  readonly outbox: ChannelHandle<'sender'>;
}

const { plan, inbox, outbox } = workerData as Partner;
const loop = EventLoop.attach(plan.options);
const sender = loop.sender(outbox);

/** Sends back what comes, until the other end closes. */
async function answer(): Promise<void> {
  const receiver = loop.receiver(inbox);
  receiver.onClose(() => loop.close());
  for (;;) sender.send(await receiver.receive());
}

/** Acknowledges every batch. */
function count(): void {
  const { batch = 1 } = plan;
  let received = 0;
  loop
    .receiver(inbox, () => {
      if (++received < batch) return;
      received = 0;
      sender.send(0);
    })
    .onClose(() => loop.close());
}

// Says that this end is open.
sender.send('ready');
if (plan.task === 'one-way') count();
else
  answer().catch((error) => {
    if (error.code !== 'ERR_WAKELINE_CHANNEL_CLOSED') throw error;
  });
