import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { Channel, EventLoop, type EventLoopOptions } from 'wakeline';
import { fixturePath } from '../support/project.js';
import { SeededRandom } from '../support/random.js';

const ROUNDS = 15;
const PAIRS = 3;
const idle = { spinNs: 0, umwaitNs: 0, adaptive: false };

const loops: Record<string, EventLoopOptions> = {
  'uring, enter, shared': { backend: 'uring', kernelWait: 'enter', memory: 'shared', idle },
  'uring, enter, mapped': { backend: 'uring', kernelWait: 'enter', memory: 'mapped', idle },
  'uring, libuv, shared': { backend: 'uring', kernelWait: 'libuv', memory: 'shared', idle },
  epoll: { backend: 'epoll', idle },
};

/** Two threads that pass a token to and fro until they are ended. */
async function startPair(options: EventLoopOptions, seed: number): Promise<Worker[]> {
  const [there, back] = [new Channel<number>(), new Channel<number>()];
  const progress = new Int32Array(new SharedArrayBuffer(8));
  const workers = [true, false].map((isFirst) => {
    const worker = new Worker(fixturePath('stress-worker'), {
      workerData: {
        options,
        inbox: (isFirst ? back : there).receiver,
        outbox: (isFirst ? there : back).sender,
        progress,
        pair: 0,
        isFirst,
        rounds: 1e9,
        longestPauseNs: 8_000,
        burst: 0,
        scatteredStores: 0,
        seed: seed + Number(isFirst),
      },
    });
    // The one that lives longer finds its channel closed.
    worker.on('error', (error: NodeJS.ErrnoException) =>
      expect(error.code).toBe('ERR_WAKELINE_CHANNEL_CLOSED'),
    );
    return worker;
  });
  // Node leaves the files open that a thread was importing when it was terminated.
  while (Atomics.load(progress, 0) < 10) await sleep(1);
  return workers;
}

const openFds = (): number => readdirSync('/proc/self/fd').length;

for (const [name, options] of Object.entries(loops)) {
  test(`threads that are terminated amid their messages leave nothing behind (${name})`, async () => {
    const random = new SeededRandom(1);
    const before = openFds();
    for (let round = 0; round < ROUNDS; round++) {
      const pairs = Array.from({ length: PAIRS }, (_, pair) => startPair(options, round * 16 + pair * 2 + 1));
      const workers = (await Promise.all(pairs)).flat();
      await Promise.all(workers.map((worker) => sleep(random.below(20)).then(() => worker.terminate())));
    }
    expect(openFds()).toBeLessThanOrEqual(before);
    // The process is whole: a loop still works in it.
    const loop = EventLoop.attach({ ...options, idle: 'balanced' });
    const channel = new Channel<string>();
    loop.sender(channel.sender).send('still here');
    expect(await loop.receiver(channel.receiver).receive()).toBe('still here');
    await loop.close();
  });
}
