import { compare } from './compare.js';
import { Gate } from './gate.js';
import { describeWorker, outcomeOf, Recorder, settled, snapshot } from './recorder.js';
import type { Wrong } from './subject.js';

compare({
  'the balancer is told of the task and of every thread': async ({ pool, Piscina }) => {
    const seen: unknown[] = [];
    const made = pool({
      minThreads: 2,
      maxThreads: 2,
      workerHistogram: true,
      loadBalancer: (task, workers) => {
        const { taskId, created, filename, name, isAbortable } = task as Wrong;
        seen.push({
          keys: Object.keys(task).sort(),
          options: (task as Wrong)[Piscina.queueOptionsSymbol],
          name,
          isAbortable,
          types: [typeof taskId, typeof created, typeof filename],
          workers: workers.map(describeWorker),
        });
        return workers.find((worker) => worker.currentUsage === 0) ?? null;
      },
    });
    await settled();
    const gate = new Gate();
    const { signal } = new AbortController();
    const task = { gate: gate.words, [Piscina.queueOptionsSymbol]: { any: 'thing' } };
    const tasks = [
      made.run(task, { name: 'holdAsync' }),
      made.run({ gate: gate.words }, { name: 'holdAsync', signal }),
    ];
    await gate.reached(2);
    tasks.push(made.run('third'));
    const before = seen.length;
    gate.open();
    await Promise.all(tasks);
    return seen.slice(0, before);
  },
  'the balancer chooses the thread': async ({ pool }) => {
    let chosen = 1;
    const made = pool({
      minThreads: 3,
      maxThreads: 3,
      loadBalancer: (_task, workers) => workers[chosen],
    });
    await settled();
    const ids = made.threads.map(({ threadId }) => threadId);
    const ran: number[] = [];
    for (chosen of [1, 2, 2, 0]) ran.push(ids.indexOf(await made.run(null, { name: 'where' })));
    return ran;
  },
  'the balancer may give a thread more than its share': async ({ pool }) => {
    const made = pool({ minThreads: 1, maxThreads: 1, loadBalancer: (_task, workers) => workers[0] });
    await settled();
    const gate = new Gate();
    const tasks = [0, 1, 2].map((value) => made.run({ gate: gate.words, value }, { name: 'holdAsync' }));
    await gate.reached(3);
    const during = snapshot(made);
    gate.open();
    return [during, await Promise.all(tasks)];
  },
  'a balancer that wants no thread starts one, and then makes the task wait': async ({ pool }) => {
    const recorder = new Recorder();
    let isWilling = false;
    const made = recorder.watch(
      pool({
        minThreads: 1,
        maxThreads: 2,
        idleTimeout: Infinity,
        loadBalancer: (_task, workers) =>
          isWilling ? (workers.find((w) => w.currentUsage === 0) ?? null) : null,
      }),
      ...['workerCreate', 'drain', 'needsDrain'],
    );
    await settled();
    const task = recorder.settle('task', made.run(1));
    recorder.look('refused', made);
    isWilling = true;
    await Promise.all([task, made.run(2)]);
    return { trace: recorder.trace, threads: made.threads.length };
  },
  'what a balancer throws comes out of run': async ({ pool }) => {
    const made = pool({
      minThreads: 1,
      maxThreads: 1,
      loadBalancer: (_task) => {
        throw new RangeError('of the balancer');
      },
    });
    await settled();
    return outcomeOf(() => made.run(1));
  },
  'a balancer that returns a stranger makes the task wait': async ({ pool }) => {
    const recorder = new Recorder();
    const made = pool({ minThreads: 1, maxThreads: 1, loadBalancer: (_task) => ({}) as Wrong });
    await settled();
    const tasks = [recorder.settle('one', made.run(1)), recorder.settle('two', made.run(2))];
    await settled();
    recorder.look('waiting', made);
    await made.destroy();
    await Promise.all(tasks);
    return recorder.trace;
  },
  'the threads keep histograms of their own': async ({ pool }) => {
    const seen: unknown[] = [];
    for (const workerHistogram of [true, false]) {
      let last: Wrong;
      const made = pool({
        minThreads: 1,
        maxThreads: 1,
        workerHistogram,
        loadBalancer: (_task, workers) => {
          last = workers[0];
          return last.currentUsage === 0 ? last : null;
        },
      });
      await settled();
      await Promise.all([1, 2, 3].map(() => made.run(5, { name: 'rest' })));
      const { histogram } = last;
      seen.push(
        histogram === null
          ? null
          : { keys: Object.keys(histogram), isTime: histogram.average > 1 && histogram.min <= histogram.max },
      );
    }
    return seen;
  },
});
