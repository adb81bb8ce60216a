import { readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { BroadcastChannel, SHARE_ENV, setEnvironmentData, Worker } from 'node:worker_threads';
import { compare } from './compare.js';
import { settled } from './recorder.js';
import type { PoolOptions, Scenario, Wrong } from './subject.js';

interface Environment {
  readonly variables: Record<string, string>;
  readonly arguments: string[];
  readonly nodeFlags: string[];
  readonly resourceLimits: Record<string, number>;
}

const environmentOf =
  (options: PoolOptions, pick: (environment: Environment) => unknown): Scenario =>
  async ({ pool }) => {
    const made = pool({ ...options, minThreads: 1, maxThreads: 1 });
    return pick(await made.run(null, { name: 'environment' }));
  };

/** Reads it all: Node crashes when a snapshot is collected that was not read before its thread ended. */
async function snapshotBytes(thread: Worker): Promise<number> {
  let lengthBytes = 0;
  for await (const chunk of await thread.getHeapSnapshot()) lengthBytes += chunk.length;
  return lengthBytes;
}

/** Asks again and again, until the thread's timer has fired: the thread may have had no CPU before. Returns how often it has. */
async function untilFired(get: () => Promise<number>): Promise<number> {
  let fired = 0;
  for (let look = 0; look < 250 && fired === 0; look++) {
    await sleep(20);
    fired = await get();
  }
  return fired;
}

/** What a descriptor of this process leads to; nothing when it is closed. */
function targetOf(descriptor: number): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return undefined;
  }
}

const openAndEnd =
  (trackUnmanagedFds: boolean | undefined): Scenario =>
  async ({ pool, files }) => {
    const path = files.add('opened', 'content');
    const source = `const fs = require('fs'); module.exports = (path) => fs.openSync(path);`;
    const filename = files.add('opens.cjs', source);
    const track = trackUnmanagedFds === undefined ? {} : { trackUnmanagedFds };
    const made = pool({ filename, minThreads: 1, maxThreads: 1, ...track });
    const descriptor = await made.run(path);
    const before = targetOf(descriptor) === path;
    await made.destroy();
    return { before, after: targetOf(descriptor) === path };
  };

compare({
  'the variables of a thread are those given': environmentOf(
    { env: { A: 'foo', B: '' } },
    (e) => e.variables,
  ),
  'the variables of a thread are else the process’s': environmentOf(
    {},
    (e) => e.variables.PATH === process.env.PATH,
  ),
  'the variables may be shared': async ({ pool }) => {
    const made = pool({ env: SHARE_ENV as Wrong, minThreads: 1, maxThreads: 1 });
    process.env.POOL_SHARED = 'seen';
    const { variables } = await made.run(null, { name: 'environment' });
    delete process.env.POOL_SHARED;
    return variables.POOL_SHARED;
  },
  'the arguments of a thread are those given': environmentOf(
    { argv: ['a', 'b', 5 as Wrong] },
    (e) => e.arguments,
  ),
  'the flags of a thread are those given': environmentOf({ execArgv: ['--no-warnings'] }, (e) => e.nodeFlags),
  'the limits of a thread are those given': environmentOf(
    {
      resourceLimits: {
        maxOldGenerationSizeMb: 64,
        maxYoungGenerationSizeMb: 8,
        codeRangeSizeMb: 16,
        stackSizeMb: 3,
      },
    },
    (e) => e.resourceLimits,
  ),
  'the threads are Workers, with their own abilities': async ({ pool }) => {
    const made = pool({ minThreads: 2, maxThreads: 2, resourceLimits: { maxOldGenerationSizeMb: 64 } });
    await Promise.all([made.run(1), made.run(2)]);
    const { threads } = made;
    return {
      areWorkers: threads.map((thread) => thread instanceof Worker),
      isCopy: made.threads !== threads,
      areTheSame: made.threads.every((thread, index) => thread === threads[index]),
      limits: threads[0].resourceLimits?.maxOldGenerationSizeMb,
      hasIds: threads.every(({ threadId }) => threadId > 0),
      hasSnapshot: (await snapshotBytes(threads[0])) > 100_000,
      utilization: typeof threads[0].performance.eventLoopUtilization().utilization,
    };
  },
  'a thread that the user terminates rejects its task, and is replaced': async ({ pool }) => {
    const made = pool({ minThreads: 1, maxThreads: 1 });
    const before = await made.run(null, { name: 'where' });
    const task = made.run(60_000, { name: 'rest' }).catch(({ name, message }) => [name, message]);
    await made.threads[0].terminate();
    const after = await made.run(null, { name: 'where' });
    return [await task, before !== after, made.threads.length];
  },
  'workerData is cloned for every thread': async ({ pool, files, module }) => {
    const filename = files.add(
      'data.mjs',
      `import { workerData } from '${module}'; import { workerData as own } from 'worker_threads';
       export default () => { workerData.count++; return [workerData, own?.count]; };`,
    );
    const made = pool({ filename, minThreads: 1, maxThreads: 1, workerData: { count: 0, list: [1] } });
    return [await made.run(0), await made.run(0)];
  },
  'workerData may share memory': async ({ pool, files, module }) => {
    const filename = files.add(
      'shared.mjs',
      `import { workerData } from '${module}'; export default () => Atomics.add(workerData, 0, 1);`,
    );
    const workerData = new Int32Array(new SharedArrayBuffer(4));
    const made = pool({ filename, minThreads: 2, maxThreads: 2, workerData });
    await Promise.all(Array.from({ length: 10 }, () => made.run(0)));
    return workerData[0];
  },
  'workerData is not there when none is given': async ({ pool, files, module }) => {
    const filename = files.add(
      'none.cjs',
      `const { workerData } = require('${module}'); const own = require('worker_threads').workerData;
       module.exports = () => [String(workerData), String(own)];`,
    );
    return pool({ filename, maxThreads: 1 }).run(0);
  },
  'environment data arrives': async ({ pool, files }) => {
    setEnvironmentData('of the pool', { a: 1 });
    const filename = files.add(
      'data.mjs',
      `import { getEnvironmentData } from 'worker_threads'; export default () => getEnvironmentData('of the pool');`,
    );
    return pool({ filename, maxThreads: 1 }).run(0);
  },
  'a BroadcastChannel reaches every thread': async ({ pool, files }) => {
    const filename = files.add(
      'listens.mjs',
      `import { BroadcastChannel, threadId } from 'worker_threads';
       const channel = new BroadcastChannel('of the pool');
       let heard = null;
       channel.onmessage = ({ data }) => { heard = data; };
       channel.unref();
       export default async (limit) => {
         for (let i = 0; i < limit && heard === null; i++) await new Promise((r) => setTimeout(r, 1));
         return heard;
       };`,
    );
    const made = pool({ filename, minThreads: 2, maxThreads: 2, atomics: 'disabled' });
    await Promise.all([made.run(1), made.run(1)]);
    const channel = new BroadcastChannel('of the pool');
    channel.postMessage('to all');
    const heard = await Promise.all([made.run(5000), made.run(5000)]);
    channel.close();
    return heard;
  },
  'descriptors that a thread opened are closed with it': openAndEnd(undefined),
  'descriptors are closed when they are tracked': openAndEnd(true),
  'descriptors stay open when they are not tracked': openAndEnd(false),
  'the niceness of a thread is raised': async ({ pool, files }) => {
    const filename = files.add(
      'nice.cjs',
      `const { readFileSync } = require('fs');
       module.exports = () => Number(readFileSync('/proc/thread-self/stat', 'utf8').split(') ')[1].split(' ')[16]);`,
    );
    const plain = pool({ filename, minThreads: 1, maxThreads: 1 });
    const nice = pool({ filename, minThreads: 1, maxThreads: 1, niceIncrement: 5 });
    return [(await nice.run(0)) - (await plain.run(0)), plain.options.niceIncrement];
  },
  'timers go on between tasks without atomics': async ({ pool, files }) => {
    const filename = files.add(
      'timer.cjs',
      `let fired = 0; module.exports = { set: () => { setTimeout(() => fired++, 5); return 'set'; }, get: () => fired };`,
    );
    const seen: unknown[] = [];
    for (const atomics of ['disabled', 'async'] as const) {
      const made = pool({ filename: null, minThreads: 1, maxThreads: 1, atomics });
      seen.push(await made.run(0, { filename, name: 'set' }));
      seen.push(await untilFired(() => made.run(0, { filename, name: 'get' })));
    }
    return seen;
  },
  'PISCINA_DISABLE_ATOMICS lets timers go on': async ({ pool, files }) => {
    const filename = files.add(
      'timer.cjs',
      `let fired = 0; module.exports = { set: () => { setTimeout(() => fired++, 5); return 'set'; }, get: () => fired };`,
    );
    const seen: unknown[] = [];
    for (const env of [{ PISCINA_DISABLE_ATOMICS: '1' }, { PISCINA_ENABLE_ASYNC_ATOMICS: '1' }]) {
      const made = pool({ filename: null, minThreads: 1, maxThreads: 1, env });
      seen.push(await made.run(0, { filename, name: 'set' }));
      seen.push(await untilFired(() => made.run(0, { filename, name: 'get' })));
    }
    return seen;
  },
  'the handler is called with the task alone': async ({ pool }) =>
    pool({ minThreads: 1, maxThreads: 1 }).run(5, { name: 'calledWith' }),
  'a result may be a thenable': async ({ pool }) =>
    pool({ minThreads: 1, maxThreads: 1 }).run(5, { name: 'returnThenable' }),
  'tasks share a thread when they may': async ({ pool }) => {
    const made = pool({ minThreads: 1, maxThreads: 1, concurrentTasksPerWorker: 3 });
    await settled();
    const order: number[] = [];
    // One after another they would end in this order; together, the shortest ends first.
    const tasks = [600, 300, 20].map(async (ms) => {
      await made.run(ms, { name: 'rest' });
      order.push(ms);
    });
    const usage = [made.queueSize, made.idleThreads];
    await Promise.all(tasks);
    return { usage, order };
  },
});
