import { once } from 'node:events';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { Channel, type ChannelHandle, type EventLoopOptions } from 'wakeline';

/** What one thread of a pair is told. */
export interface StressPartner {
  readonly options: EventLoopOptions;
  readonly inbox: ChannelHandle<'receiver', number>;
  readonly outbox: ChannelHandle<'sender', number>;
  /** The token's value, one word a pair, and behind those the number of threads that have a loop. */
  readonly progress: Int32Array;
  readonly pair: number;
  readonly isFirst: boolean;
  readonly rounds: number;
  readonly longestPauseNs: number;
  /** Messages that go before each token. */
  readonly burst: number;
  /** Stores that go before each token and miss the CPU's caches. */
  readonly scatteredStores: number;
  readonly seed: number;
}

/** One run of the stress. */
export interface StressRun {
  readonly options: EventLoopOptions;
  readonly threads: number;
  /** Messages of each pair. */
  readonly rounds: number;
  readonly longestPauseNs: number;
  /** Messages that go before each token; enough of them make the receiving loop busy. Default 0. */
  readonly burst?: number;
  readonly seed: number;
  /** A pair that stands still for so long has stalled. Default 5000. */
  readonly stalledAfterMs?: number;
}

/** What a run found. */
export interface StressResult {
  readonly messages: number;
  /** Pairs whose token stood still although nothing held it but a wake-up. */
  readonly stalls: number;
  readonly sleeps: number;
  readonly kernelWakes: number;
  /** Sleeps for which the owner fenced. */
  readonly ownerFences: number;
}

const awake = { spinNs: 100_000, umwaitNs: 0, adaptive: false };
const WATCH_MS = 100;
/** Eight threads that share two CPUs get one every few milliseconds; seconds without it do not happen. */
const STALLED_AFTER_MS = 5000;
/** They keep the message in the CPU's store buffer, while the load behind it looks whether its receiver sleeps. */
const SCATTERED_STORES = 8;

const workerFile = pathToFileURL(resolve('dist/test/fixtures/stress-worker.js'));

function startPair(run: StressRun, progress: Int32Array, pair: number): Worker[] {
  const there = new Channel<number>();
  const back = new Channel<number>();
  const start = (isFirst: boolean): Worker => {
    const partner: StressPartner = {
      // The second thread stays awake, so that its answers fall into the first one's way to sleep. If both slept, each
      // would be fast asleep by the time the other is up.
      options: isFirst ? run.options : { ...run.options, idle: awake },
      inbox: isFirst ? back.receiver : there.receiver,
      outbox: isFirst ? there.sender : back.sender,
      progress,
      pair,
      isFirst,
      rounds: run.rounds,
      longestPauseNs: run.longestPauseNs,
      burst: run.burst ?? 0,
      scatteredStores: SCATTERED_STORES,
      seed: run.seed + pair * 2 + Number(isFirst),
    };
    return new Worker(workerFile, { workerData: partner });
  };
  return [start(true), start(false)];
}

/** Resolves to whether the pair stood still before it was through; the time that threads take to start does not count. */
async function watchForStall(progress: Int32Array, pair: number, run: StressRun): Promise<boolean> {
  const { rounds, stalledAfterMs = STALLED_AFTER_MS } = run;
  let last = -1;
  for (let quiet = 0; quiet < stalledAfterMs / WATCH_MS; quiet++) {
    const now = Atomics.load(progress, pair);
    if (now >= rounds) return false;
    const started = Atomics.load(progress, progress.length - 1);
    if (now !== last || started < 2 * (progress.length - 1)) quiet = 0;
    last = now;
    await sleep(WATCH_MS);
  }
  return true;
}

/** Runs pairs of threads until each is through or has stalled. */
export async function runStress(run: StressRun): Promise<StressResult> {
  const pairs = run.threads / 2;
  const progress = new Int32Array(new SharedArrayBuffer((pairs + 1) * 4));
  const result = { messages: 0, stalls: 0, sleeps: 0, kernelWakes: 0, ownerFences: 0 };
  const runs = Array.from({ length: pairs }, async (_, pair) => {
    const workers = startPair(run, progress, pair);
    for (const worker of workers) {
      worker.on('message', (counters) => {
        result.sleeps += counters.sleeps;
        result.kernelWakes += counters.callsKernelWake;
        result.ownerFences += counters.callsMembarrier;
      });
    }
    const ended = Promise.all(workers.map((worker) => once(worker, 'exit')));
    const isStalled = await Promise.race([ended.then(() => false), watchForStall(progress, pair, run)]);
    if (isStalled) await Promise.all(workers.map((worker) => worker.terminate()));
    await ended.catch((error: NodeJS.ErrnoException) => {
      // Of a stalled pair, the thread that is ended last may hear first that the other's end has closed.
      if (!isStalled || error.code !== 'ERR_WAKELINE_CHANNEL_CLOSED') throw error;
    });
    result.messages += progress[pair];
    result.stalls += Number(isStalled);
  });
  await Promise.all(runs);
  return result;
}
