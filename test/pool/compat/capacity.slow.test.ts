import { setTimeout as sleep } from 'node:timers/promises';
import { compare } from './compare.js';
import { Gate } from './gate.js';
import { Recorder, settled, snapshot, ticked, until } from './recorder.js';
import type { PoolOptions, Scenario } from './subject.js';

/** Gives a pool more tasks than it takes, and lets those go that it took. */
const overfill =
  (options: PoolOptions, count: number, isSettledFirst = true): Scenario =>
  async ({ pool }) => {
    const recorder = new Recorder();
    const made = pool(options);
    if (isSettledFirst) await settled();
    const gate = new Gate();
    const tasks = Array.from({ length: count }, (_, index) => {
      const task = recorder.settle(`task ${index}`, made.run({ gate: gate.words }, { name: 'holdAsync' }));
      recorder.look(`given ${index}`, made);
      return task;
    });
    await ticked();
    recorder.look('full', made);
    gate.open();
    await Promise.all(tasks);
    // Which thread is first is chance; that all ended is not.
    const looks = recorder.trace.filter((entry) => /^(given|full)/.test(String(entry)));
    const ends = recorder.trace
      .filter((entry) => String(entry).startsWith('task'))
      .map((entry) => JSON.stringify(entry));
    return { looks, ends: ends.sort() };
  };

compare({
  'a queue of two is at its limit': overfill({ minThreads: 1, maxThreads: 1, maxQueue: 2 }, 5),
  'no queue at all': overfill({ minThreads: 1, maxThreads: 1, maxQueue: 0 }, 3),
  'no queue, and two tasks at a time': overfill(
    { minThreads: 1, maxThreads: 1, maxQueue: 0, concurrentTasksPerWorker: 2 },
    4,
  ),
  'no queue, and a thread that is yet to start': overfill({ minThreads: 0, maxThreads: 1, maxQueue: 0 }, 3),
  'a queue of two, and a thread that is yet to start': overfill(
    { minThreads: 0, maxThreads: 1, maxQueue: 2 },
    5,
  ),
  'an automatic queue': overfill({ minThreads: 1, maxThreads: 2, maxQueue: 'auto' }, 8),
  'threads start as tasks come': overfill({ minThreads: 1, maxThreads: 3, idleTimeout: Infinity }, 5),
  'a cold pool starts all threads at once': overfill(
    { minThreads: 0, maxThreads: 3, idleTimeout: Infinity },
    5,
  ),
  'tasks given before the pool has begun': overfill({ minThreads: 2, maxThreads: 2 }, 4, false),
  'threads above the minimum end as soon as they are idle': async ({ pool }) => {
    const recorder = new Recorder();
    const made = recorder.watch(pool({ minThreads: 1, maxThreads: 2 }), 'drain', 'needsDrain');
    await settled();
    const gates = [new Gate(), new Gate()];
    const tasks = gates.map(({ words }) => made.run({ gate: words }, { name: 'holdAsync' }));
    await Promise.all(gates.map((gate) => gate.reached()));
    recorder.look('both run', made);
    for (const gate of gates) gate.open();
    await Promise.all(tasks);
    await until('one has ended', () => made.threads.length === 1);
    await sleep(50);
    recorder.look('later', made);
    return recorder.trace;
  },
  'threads above the minimum end after the time-out': async ({ pool }) => {
    const made = pool({ minThreads: 0, maxThreads: 1, idleTimeout: 300 });
    const first = await made.run(null, { name: 'where' });
    await sleep(50);
    const second = await made.run(null, { name: 'where' });
    const during = snapshot(made);
    await until('it has ended', () => made.threads.length === 0);
    return { isSame: first === second, during, after: snapshot(made), next: await made.run('next') };
  },
  'threads with an infinite time-out stay': async ({ pool }) => {
    const made = pool({ minThreads: 0, maxThreads: 1, idleTimeout: Infinity });
    const first = await made.run(null, { name: 'where' });
    await sleep(150);
    return [made.threads.length, first === (await made.run(null, { name: 'where' }))];
  },
  'idle threads are counted': async ({ pool }) => {
    const made = pool({ minThreads: 2, maxThreads: 2 });
    const counts = [made.idleThreads];
    const gate = new Gate();
    const tasks = [0, 1, 2].map(() => {
      const task = made.run({ gate: gate.words }, { name: 'holdAsync' });
      counts.push(made.idleThreads);
      return task;
    });
    gate.open();
    await Promise.all(tasks);
    counts.push(made.idleThreads);
    await made.destroy();
    return [...counts, made.idleThreads];
  },
  'a slow task holds none behind it': async ({ pool }) => {
    const made = pool({ minThreads: 2, maxThreads: 2 });
    const gate = new Gate();
    const slow = made.run({ gate: gate.words, value: 'slow' }, { name: 'hold' });
    const quick = await Promise.all(Array.from({ length: 20 }, (_, value) => made.run(value)));
    gate.open();
    return [quick, await slow];
  },
  'a task runs although its caller’s thread is blocked': async ({ pool }) => {
    const made = pool({ minThreads: 1, maxThreads: 1 });
    const gate = new Gate();
    const task = made.run({ gate: gate.words, value: 'ran' }, { name: 'hold' });
    const hasCome = gate.reachedWhileBlocked(5000);
    gate.open();
    return [hasCome, await task];
  },
  'a second task runs although its caller’s thread is blocked': async ({ pool }) => {
    const made = pool({ minThreads: 1, maxThreads: 1 });
    await made.run(1);
    const gate = new Gate();
    const task = made.run({ gate: gate.words, value: 'ran' }, { name: 'hold' });
    const hasCome = gate.reachedWhileBlocked(5000);
    gate.open();
    return [hasCome, await task];
  },
  'results come in the order of the tasks of one thread': async ({ pool }) => {
    const orders: number[][] = [];
    // More than once: tasks that take microseconds are sent ahead in numbers.
    for (let round = 0; round < 10; round++) {
      const made = pool({ minThreads: 1, maxThreads: 1 });
      const order: number[] = [];
      await Promise.all(
        Array.from({ length: 500 }, (_, value) =>
          made.run(value).then((result) => order.push(result as number)),
        ),
      );
      orders.push(order);
      await made.destroy();
    }
    return orders;
  },
  'ten thousand tasks': async ({ pool }) => {
    const made = pool({ minThreads: 2, maxThreads: 2 });
    const results = await Promise.all(Array.from({ length: 10_000 }, (_, value) => made.run(value)));
    return [results.every((result, index) => result === index), made.completed, snapshot(made)];
  },
});
