import { Worker } from 'node:worker_threads';
import { Channel, type EventLoop, type EventLoopOptions, type Receiver, type Sender } from 'wakeline';
import { fixturePath } from './project.js';

/** A thread that sends back whatever it is sent. */
export interface Echo {
  readonly worker: Worker;
  readonly sender: Sender;
  readonly receiver: Receiver;
}

/** Starts an echo thread, connected to a loop. */
export function startEcho(loop: EventLoop, options: EventLoopOptions, capacityBytes = 65_536): Echo {
  const there = new Channel({ capacityBytes });
  const back = new Channel({ capacityBytes });
  const worker = new Worker(fixturePath('echo-worker'), {
    workerData: { options, inbox: there.receiver, outbox: back.sender },
  });
  return { worker, sender: loop.sender(there.sender), receiver: loop.receiver(back.receiver) };
}
