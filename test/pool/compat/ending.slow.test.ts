import { once } from 'node:events';
import { compare } from './compare.js';
import { Gate } from './gate.js';
import { outcomeOf, Recorder, settled, snapshot } from './recorder.js';
import type { PoolOptions, Scenario, Subject } from './subject.js';

/** A pool with one task that runs and two that wait. */
function busyPool(subject: Subject, options: PoolOptions = {}) {
  const recorder = new Recorder();
  const pool = recorder.watch(subject.pool({ minThreads: 1, maxThreads: 1, ...options }));
  const gate = new Gate();
  const { signal } = new AbortController();
  const tasks = [
    recorder.settle('running', pool.run({ gate: gate.words, value: 'r' }, { name: 'holdAsync' })),
    recorder.settle('waiting', pool.run(20, { name: 'rest' })),
    recorder.settle('waiting with a signal', pool.run(21, { name: 'rest', signal })),
  ];
  return { recorder, pool, gate, tasks };
}

const closing =
  (force: boolean | undefined): Scenario =>
  async (subject) => {
    const { recorder, pool, gate, tasks } = busyPool(subject);
    await gate.reached();
    recorder.look('before', pool);
    const closed = recorder.settle('close', pool.close(force === undefined ? undefined : { force }));
    recorder.look('closing', pool);
    await settled();
    tasks.push(recorder.settle('too late', pool.run('late')));
    recorder.look('refused', pool);
    gate.open();
    await Promise.all([closed, ...tasks]);
    recorder.look('closed', pool);
    return recorder.trace;
  };

compare({
  'close lets all tasks end that it has': closing(undefined),
  'close without force is the same': closing(false),
  'close with force rejects the tasks that wait': closing(true),
  'close of an idle pool ends its threads': async ({ pool }) => {
    const recorder = new Recorder();
    const made = recorder.watch(pool({ minThreads: 2, maxThreads: 2 }));
    await made.run(1);
    const { threads } = made;
    await recorder.settle('close', made.close());
    recorder.look('closed', made);
    return { trace: recorder.trace, ids: threads.map(({ threadId }) => threadId) };
  },
  'close of a pool without threads ends at once': async ({ pool }) => {
    const recorder = new Recorder();
    const made = recorder.watch(pool({ minThreads: 0, maxThreads: 2 }));
    await recorder.settle('close', made.close());
    return recorder.trace;
  },
  'close that takes too long is an error, and destroys': async (subject) => {
    const { recorder, pool, gate, tasks } = busyPool(subject, { closeTimeout: 50 });
    await gate.reached();
    await Promise.all([recorder.settle('close', pool.close()), ...tasks]);
    recorder.look('closed', pool);
    return recorder.trace;
  },
  'close may be called twice': async (subject) => {
    const { recorder, pool, gate, tasks } = busyPool(subject);
    await gate.reached();
    const both = [recorder.settle('one', pool.close()), recorder.settle('two', pool.close({ force: true }))];
    gate.open();
    await Promise.all([...both, ...tasks]);
    return recorder.trace.filter((entry) => !String(entry).startsWith('event,drain'));
  },
  'destroy rejects what runs and what waits': async (subject) => {
    const { recorder, pool, gate, tasks } = busyPool(subject);
    await gate.reached();
    const { threads } = pool;
    const destroyed = recorder.settle('destroy', pool.destroy());
    recorder.look('destroying', pool);
    tasks.push(recorder.settle('too late', pool.run('late')));
    await Promise.all([destroyed, ...tasks]);
    recorder.look('destroyed', pool);
    return { trace: recorder.trace, ids: threads.map(({ threadId }) => threadId) };
  },
  'destroy ends a task that never would': async ({ pool }) => {
    const recorder = new Recorder();
    const made = recorder.watch(pool({ minThreads: 1, maxThreads: 1, concurrentTasksPerWorker: 2 }));
    const gate = new Gate();
    const tasks = [recorder.settle('spin', made.run(gate.words, { name: 'spin' }))];
    tasks.push(recorder.settle('behind it', made.run('behind')));
    await gate.reached();
    await Promise.all([recorder.settle('destroy', made.destroy()), ...tasks]);
    return { trace: recorder.trace, after: snapshot(made) };
  },
  'destroy right after the start is taken': async ({ pool }) => {
    const recorder = new Recorder();
    const made = recorder.watch(pool({ minThreads: 1, maxThreads: 1 }));
    const task = recorder.settle('task', made.run(1));
    await Promise.all([recorder.settle('destroy', made.destroy()), task]);
    return recorder.trace;
  },
  'destroy may be called twice': async ({ pool }) => {
    const made = pool({ minThreads: 2, maxThreads: 2 });
    await made.run(1);
    const recorder = new Recorder();
    recorder.watch(made);
    await Promise.all([recorder.settle('one', made.destroy()), recorder.settle('two', made.destroy())]);
    await recorder.settle('three', made.destroy());
    return recorder.trace;
  },
  'a pool that was destroyed can be used again': async ({ pool }) => {
    const made = pool({ minThreads: 1, maxThreads: 2 });
    await made.run(1);
    await made.destroy();
    const again = await outcomeOf(() => made.run('again'));
    return { again, threads: made.threads.length, completed: made.completed };
  },
  'a pool that was closed can be used again': async ({ pool }) => {
    const made = pool({ minThreads: 1, maxThreads: 1 });
    await made.close();
    return [await outcomeOf(() => made.run('again')), made.threads.length];
  },
  'the disposers close': async ({ pool }) => {
    const [one, two] = [pool({ minThreads: 1, maxThreads: 1 }), pool({ minThreads: 1, maxThreads: 1 })];
    const [first, second] = [new Recorder(), new Recorder()];
    const closed = once(one, 'close');
    const tasks = [first.settle('task', one.run(1)), second.settle('task', two.run(2))];
    first.note('dispose', String(one[Symbol.dispose]()));
    await closed;
    second.note('asyncDispose', String(await two[Symbol.asyncDispose]()));
    await Promise.all(tasks);
    return [first.trace, second.trace, one.threads.length, two.threads.length];
  },
  'close during destroy, and destroy during close': async (subject) => {
    const one = busyPool(subject, { closeTimeout: 100 });
    const two = busyPool(subject, { closeTimeout: 100 });
    await Promise.all([one.gate.reached(), two.gate.reached()]);
    await Promise.all([one.pool.close(), one.pool.destroy(), ...one.tasks]);
    await Promise.all([two.pool.destroy(), two.pool.close(), ...two.tasks]);
    const isEnd = (entry: unknown) => !String(entry).startsWith('event');
    return [one.recorder.trace.filter(isEnd), two.recorder.trace.filter(isEnd)];
  },
});
