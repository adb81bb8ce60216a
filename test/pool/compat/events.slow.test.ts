import { compare } from './compare.js';
import { Gate } from './gate.js';
import { describeWorker, Recorder, settled, snapshot, until } from './recorder.js';
import type { PoolOptions, Scenario, Subject } from './subject.js';

/** Fills a pool with tasks that wait at gates of their own, and lets them go one after the other. */
const fillAndEmpty =
  (options: PoolOptions, count: number): Scenario =>
  async ({ pool }) => {
    const recorder = new Recorder();
    const made = recorder.watch(pool(options));
    recorder.look('made', made);
    await settled();
    recorder.look('begun', made);
    const gates = Array.from({ length: count }, () => new Gate());
    const tasks = gates.map(({ words }, index) => {
      const task = recorder.settle(
        `task ${index}`,
        made.run({ gate: words, value: index }, { name: 'holdAsync' }),
      );
      recorder.look(`given ${index}`, made);
      return task;
    });
    await settled();
    for (const [index, gate] of gates.entries()) {
      await gate.reached();
      await settled();
      recorder.look(`task ${index} runs`, made);
      gate.open();
      await tasks[index];
      await settled();
    }
    recorder.look('empty', made);
    return recorder.trace;
  };

/** Task 0 to 2 of a pool of one thread, with what each callback sees. */
async function orderOfCallbacks({ pool }: Subject): Promise<unknown> {
  const recorder = new Recorder();
  const made = recorder.watch(pool({ minThreads: 1, maxThreads: 1 }));
  await settled();
  const gates = [new Gate(), new Gate()];
  const tasks = gates.map(({ words }, index) =>
    made.run({ gate: words, value: index }, { name: 'holdAsync' }).then((value) => {
      recorder.look(`then ${value}`, made);
      process.nextTick(() => recorder.note(`next tick ${value}`));
      queueMicrotask(() => recorder.note(`microtask ${value}`));
      return new Promise((resolve) => setImmediate(resolve)).then(() => recorder.note(`immediate ${value}`));
    }),
  );
  made.on('drain', () => recorder.look('in drain', made));
  made.on('needsDrain', () => recorder.look('in needsDrain', made));
  for (const gate of gates) {
    await gate.reached();
    await settled();
    gate.open();
  }
  await Promise.all(tasks);
  return recorder.trace;
}

compare({
  'one thread: events and properties as tasks come and go': fillAndEmpty({ minThreads: 1, maxThreads: 1 }, 3),
  'one thread, two tasks at a time': fillAndEmpty(
    { minThreads: 1, maxThreads: 1, concurrentTasksPerWorker: 2 },
    4,
  ),
  'two threads from the start': fillAndEmpty({ minThreads: 2, maxThreads: 2 }, 4),
  'with strict order': fillAndEmpty({ minThreads: 1, maxThreads: 1, stricterFIFO: true }, 4),
  'without atomics': fillAndEmpty({ minThreads: 1, maxThreads: 1, atomics: 'disabled' }, 3),
  'with asynchronous atomics': fillAndEmpty({ minThreads: 1, maxThreads: 1, atomics: 'async' }, 3),
  'callbacks, events and properties in order': orderOfCallbacks,
  'threads are announced when the pool begins': async ({ pool }) => {
    const recorder = new Recorder();
    const made = recorder.watch(pool({ minThreads: 2, maxThreads: 3 }));
    recorder.look('made', made);
    queueMicrotask(() => recorder.note('microtask'));
    await settled();
    recorder.look('begun', made);
    return recorder.trace;
  },
  'the events about threads carry what the balancer sees': async ({ pool }) => {
    const made = pool({ minThreads: 1, maxThreads: 1, workerHistogram: true });
    const seen: unknown[] = [];
    let last: Record<string, unknown> = {};
    for (const name of ['workerCreate', 'workerDestroy'] as const) {
      made.on(name, (worker: Record<string, unknown>, ...more: unknown[]) => {
        last = worker;
        seen.push([name, describeWorker(worker), more.length]);
      });
    }
    await settled();
    seen.push(made.threads[0].threadId === last.id);
    await made.run(1);
    await made.destroy();
    return [seen, last.destroyed, last.terminating];
  },
  'a thread that starts for a task is announced before the task ends': async ({ pool }) => {
    const recorder = new Recorder();
    const made = recorder.watch(pool({ minThreads: 0, maxThreads: 1, idleTimeout: Infinity }));
    recorder.look('made', made);
    const task = recorder.settle('task', made.run('first'));
    recorder.look('given', made);
    await task;
    recorder.look('done', made);
    return recorder.trace;
  },
  'messages of a thread are events': async ({ pool }) => {
    const recorder = new Recorder();
    const made = recorder.watch(pool({ minThreads: 1, maxThreads: 1 }), 'drain', 'needsDrain');
    const messages = ['text', 5, null, { a: [1] }, [1, 2], { _WORKER_READY: true }, undefined];
    for (const message of messages) recorder.note(await made.run(message, { name: 'say' }));
    await until('all have come', () => recorder.trace.length >= messages.length * 2);
    await settled();
    return recorder.trace.filter((entry) => entry !== 'said');
  },
  'drain comes once for a pool that was full': async ({ pool }) => {
    const made = pool({ minThreads: 2, maxThreads: 2 });
    await settled();
    const recorder = new Recorder();
    recorder.watch(made);
    const gates = [new Gate(), new Gate()];
    const tasks = gates.map(({ words }) => made.run({ gate: words }, { name: 'holdAsync' }));
    await Promise.all(gates.map((gate) => gate.reached()));
    recorder.look('full', made);
    gates[0].open();
    await tasks[0];
    await settled();
    recorder.look('half', made);
    gates[1].open();
    await tasks[1];
    await settled();
    return [...recorder.trace, snapshot(made)];
  },
  'drain is heard by who begins to listen before it comes': async ({ pool }) => {
    const heard: unknown[] = [];
    for (let microtasks = 0; microtasks < 4; microtasks++) {
      const made = pool({ minThreads: 1, maxThreads: 1 });
      await made.run('first');
      await settled();
      await made.run('second');
      for (let i = 0; i < microtasks; i++) await null;
      const seen = [made.needsDrain];
      made.on('drain', () => seen.push(true));
      await settled();
      heard.push(seen);
      await made.destroy();
    }
    return heard;
  },
  'drain lets a caller go on with the next task': async ({ pool }) => {
    const made = pool({ minThreads: 1, maxThreads: 1 });
    await settled();
    const results: unknown[] = [];
    let given = 0;
    await new Promise<void>((resolve) => {
      const give = (): void => {
        if (given === 5) return resolve();
        const value = given++;
        made.run(value).then((result) => results.push([result, made.queueSize]));
      };
      made.on('drain', give);
      give();
    });
    return results;
  },
});
