import { compare } from './compare.js';
import { Gate } from './gate.js';
import { outcomeOf, Recorder, snapshot } from './recorder.js';
import type { Scenario, Wrong } from './subject.js';

/** A task queue that notes what is done with it, first in, first out or by priority. */
class NotedQueue {
  readonly calls: unknown[] = [];
  readonly #tasks: Wrong[] = [];
  readonly #options: symbol;
  unshift?: (task: Wrong) => void;

  constructor(options: symbol, hasUnshift: boolean) {
    this.#options = options;
    if (hasUnshift) {
      this.unshift = (task) => {
        this.calls.push(['unshift', this.#describe(task)]);
        this.#tasks.unshift(task);
      };
    }
  }

  #describe(task: Wrong): unknown {
    const { name, filename, created, taskId } = task;
    return {
      task: task.task,
      options: task[this.#options],
      name,
      types: [filename, created, taskId].map((v) => typeof v),
    };
  }

  get size(): number {
    return this.#tasks.length;
  }

  push(task: Wrong): void {
    this.calls.push(['push', this.#options in task, this.#describe(task)]);
    this.#tasks.push(task);
  }

  shift(): Wrong {
    const rank = (task: Wrong): number => task[this.#options]?.priority ?? 0;
    const best = this.#tasks.reduce((a, b) => (rank(b) > rank(a) ? b : a), this.#tasks[0]);
    if (best === undefined) return null;
    this.#tasks.splice(this.#tasks.indexOf(best), 1);
    this.calls.push(['shift', best.task]);
    return best;
  }

  remove(task: Wrong): void {
    this.calls.push(['remove', task.task]);
    this.#tasks.splice(this.#tasks.indexOf(task), 1);
  }
}

const withQueue =
  (hasUnshift: boolean, stricterFIFO: boolean): Scenario =>
  async ({ pool, Piscina }) => {
    const queue = new NotedQueue(Piscina.queueOptionsSymbol, hasUnshift);
    const made = pool({ taskQueue: queue, minThreads: 1, maxThreads: 1, stricterFIFO });
    const recorder = new Recorder();
    const gate = new Gate();
    const tasks = [recorder.settle('first', made.run({ gate: gate.words }, { name: 'holdAsync' }))];
    await gate.reached();
    for (const priority of [1, 3, 2]) {
      const task = { priority, [Piscina.queueOptionsSymbol]: { priority } };
      tasks.push(recorder.settle(`priority ${priority}`, made.run(task)));
    }
    tasks.push(recorder.settle('plain', made.run('plain')));
    tasks.push(recorder.settle('nothing', made.run(null)));
    recorder.look('queued', made);
    gate.open();
    await Promise.all(tasks);
    const isOwn = made.options.taskQueue === (queue as Wrong);
    return { trace: recorder.trace, calls: queue.calls, isOwn };
  };

/** Puts numbers through a queue, and notes what comes out. */
const numbers =
  (name: 'FixedQueue' | 'ArrayTaskQueue'): Scenario =>
  async ({ Piscina }) => {
    const Queue = Piscina[name] as Wrong;
    const queue = new Queue();
    const tasks = Array.from({ length: 6000 }, (_, index) => ({ index }));
    const seen: unknown[] = [Queue.name, queue.size, queue.shift()];
    for (const task of tasks) queue.push(task);
    seen.push(queue.size, queue.shift(), queue.shift());
    for (const task of tasks.slice(0, 2).reverse()) queue.unshift(task);
    seen.push(queue.size);
    for (const index of [0, 1, 2047, 2048, 3000, 5998]) {
      queue.remove(tasks[index]);
      seen.push(queue.size);
    }
    seen.push(
      await outcomeOf(() => queue.remove(tasks[3000])).then((end) => JSON.stringify(end).slice(0, 60)),
    );
    const left: number[] = [];
    for (let task = queue.shift(); task !== null; task = queue.shift()) left.push(task.index);
    for (let i = 0; i < 2100; i++) queue.unshift({ index: i });
    seen.push(left, queue.size, queue.shift().index, queue.shift().index);
    seen.push(Object.getOwnPropertyNames(Queue.prototype).sort());
    return seen;
  };

const byName =
  (name: 'FixedQueue' | 'ArrayTaskQueue'): Scenario =>
  async ({ pool, Piscina }) => {
    const taskQueue = new Piscina[name]();
    const made = pool({ taskQueue, minThreads: 1, maxThreads: 1 });
    const gate = new Gate();
    const controller = new AbortController();
    const { signal } = controller;
    const order: unknown[] = [];
    const note = (value: unknown) => order.push(value);
    const tasks = [made.run({ gate: gate.words }, { name: 'holdAsync' })];
    for (let i = 0; i < 5; i++) tasks.push(made.run(i).then(note));
    tasks.push(made.run('aborted', { signal }).catch(({ name }) => note(name)));
    tasks.push(made.run('last').then(note));
    const sizes = [taskQueue.size, made.queueSize];
    controller.abort();
    sizes.push(taskQueue.size, made.queueSize);
    gate.open();
    await Promise.all(tasks);
    return { order, sizes, after: snapshot(made) };
  };

compare({
  'FixedQueue keeps order': numbers('FixedQueue'),
  'ArrayTaskQueue keeps order': numbers('ArrayTaskQueue'),
  'a pool with a FixedQueue': byName('FixedQueue'),
  'a pool with an ArrayTaskQueue': byName('ArrayTaskQueue'),
  'a queue of the user’s own decides the order': withQueue(true, false),
  'a queue of the user’s own without unshift': withQueue(false, false),
  'a queue of the user’s own in strict order': withQueue(true, true),
  'a queue of the user’s own is asked to remove what is aborted': async ({ pool, Piscina }) => {
    const queue = new NotedQueue(Piscina.queueOptionsSymbol, true);
    const made = pool({ taskQueue: queue, minThreads: 1, maxThreads: 1 });
    const recorder = new Recorder();
    const gate = new Gate();
    const controller = new AbortController();
    const tasks = [
      recorder.settle('first', made.run({ gate: gate.words }, { name: 'holdAsync' })),
      recorder.settle('second', made.run('second')),
      recorder.settle('aborted', made.run('aborted', { signal: controller.signal })),
    ];
    await gate.reached();
    controller.abort();
    await tasks[2];
    gate.open();
    await Promise.all(tasks);
    return { trace: recorder.trace, calls: queue.calls };
  },
  'with strict order tasks run as they were given': async ({ pool }) => {
    const made = pool({ minThreads: 1, maxThreads: 1, stricterFIFO: true });
    const order: unknown[] = [];
    const { signal } = new AbortController();
    await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        made.run(index, index % 3 === 0 ? { signal } : {}).then((value) => order.push(value)),
      ),
    );
    return order;
  },
  'without strict order tasks with a signal go their own way': async ({ pool }) => {
    const made = pool({ minThreads: 1, maxThreads: 1 });
    const order: unknown[] = [];
    const { signal } = new AbortController();
    await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        made.run(index, index % 3 === 0 ? { signal } : {}).then((value) => order.push(value)),
      ),
    );
    return order;
  },
});
