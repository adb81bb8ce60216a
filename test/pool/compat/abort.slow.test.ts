import { EventEmitter, getEventListeners } from 'node:events';
import { compare } from './compare.js';
import { Gate } from './gate.js';
import { describeError, outcomeOf, Recorder, settled, snapshot, ticked } from './recorder.js';
import type { Pool, Scenario, Wrong } from './subject.js';

/** Something to abort tasks with. */
interface Aborter {
  readonly signal: Wrong;
  abort(): void;
}

const aborters: Readonly<Record<string, () => Aborter>> = {
  'an AbortController': () => {
    const controller = new AbortController();
    return { signal: controller.signal, abort: () => controller.abort() };
  },
  'an AbortController with a reason': () => {
    const controller = new AbortController();
    return { signal: controller.signal, abort: () => controller.abort(new RangeError('the reason')) };
  },
  'an EventEmitter': () => {
    const signal = new EventEmitter();
    return { signal, abort: () => signal.emit('abort') };
  },
  'an EventTarget': () => {
    const signal = new EventTarget();
    return { signal, abort: () => signal.dispatchEvent(new Event('abort')) };
  },
};

/** One thread, and how its life is noted. */
function oneThread(pool: Pool): Recorder {
  const recorder = new Recorder();
  recorder.watch(pool);
  return recorder;
}

const abortRunning =
  (make: () => Aborter, name: string): Scenario =>
  async ({ pool }) => {
    const made = pool({ minThreads: 1, maxThreads: 1 });
    const recorder = oneThread(made);
    const before = await made.run(null, { name: 'where' });
    const gate = new Gate();
    const { signal, abort } = make();
    const task = recorder.settle(
      'task',
      made.run(name === 'spin' ? gate.words : { gate: gate.words }, { name, signal }),
    );
    await gate.reached();
    recorder.look('running', made);
    abort();
    recorder.look('aborted', made);
    await task;
    await ticked();
    recorder.look('later', made);
    const isNewThread = (await made.run(null, { name: 'where' })) !== before;
    return { trace: recorder.trace, isNewThread };
  };

const abortQueued =
  (make: () => Aborter): Scenario =>
  async ({ pool }) => {
    const made = pool({ minThreads: 1, maxThreads: 1 });
    const recorder = oneThread(made);
    await settled();
    const gate = new Gate();
    const { signal, abort } = make();
    const tasks = [
      recorder.settle('running', made.run({ gate: gate.words }, { name: 'hold' })),
      recorder.settle('aborted', made.run('never', { signal })),
      recorder.settle('behind', made.run(20, { name: 'rest' })),
    ];
    await gate.reached();
    recorder.look('queued', made);
    abort();
    recorder.look('aborted', made);
    await tasks[1];
    gate.open();
    await Promise.all(tasks);
    await settled();
    recorder.look('end', made);
    return recorder.trace;
  };

compare({
  ...Object.fromEntries(
    Object.entries(aborters).flatMap(([what, make]) => [
      [`${what} ends a task that runs, and its thread`, abortRunning(make, 'spin')],
      [`${what} drops a task that waits`, abortQueued(make)],
    ]),
  ),
  'a task that waits for something is ended too': abortRunning(aborters['an AbortController'], 'holdAsync'),
  'a signal that is aborted already rejects at once': async ({ pool }) => {
    const made = pool({ minThreads: 1, maxThreads: 1 });
    const recorder = oneThread(made);
    const bytes = new ArrayBuffer(8);
    await recorder.settle('plain', made.run(1, { signal: AbortSignal.abort() }));
    await recorder.settle('why', made.run(1, { signal: AbortSignal.abort(new Error('why')) }));
    await recorder.settle('text', made.run(1, { signal: AbortSignal.abort('text') }));
    await recorder.settle('moved', made.run(bytes, { signal: AbortSignal.abort(1), transferList: [bytes] }));
    const custom = Object.assign(new EventEmitter(), { aborted: true, reason: 'custom' });
    await recorder.settle('custom', made.run(1, { signal: custom }));
    recorder.note(bytes.byteLength, snapshot(made));
    return recorder.trace;
  },
  'the error is an AbortError': async ({ pool }) => {
    const made = pool({ minThreads: 1, maxThreads: 1 });
    const reason = { any: 'thing' };
    const error = await made.run(1, { signal: AbortSignal.abort(reason) }).catch((thrown) => thrown);
    return {
      error: describeError(error),
      isCause: error.cause === reason,
      own: Reflect.ownKeys(error).sort(),
      isNameOwn: Object.hasOwn(error, 'name'),
      prototype: Reflect.ownKeys(Object.getPrototypeOf(error)),
      above: Object.getPrototypeOf(Object.getPrototypeOf(error)) === Error.prototype,
    };
  },
  'a time-out is the cause': async ({ pool }) => {
    const made = pool({ minThreads: 1, maxThreads: 1 });
    const error = await made
      .run(undefined, { name: 'spin', signal: AbortSignal.timeout(30) })
      .catch((e) => e);
    return [error.name, error.message, error.cause.name, error.cause.message];
  },
  'listeners are gone when the task has ended': async ({ pool }) => {
    const made = pool({ minThreads: 1, maxThreads: 1 });
    const [emitter, controller] = [new EventEmitter(), new AbortController()];
    const counts: number[] = [];
    const tasks = [made.run(1, { signal: emitter }), made.run(2, { signal: controller.signal })];
    counts.push(emitter.listenerCount('abort'), getEventListeners(controller.signal, 'abort').length);
    await Promise.all(tasks);
    await outcomeOf(() => made.run('error', { name: 'throwKind', signal: emitter }));
    counts.push(emitter.listenerCount('abort'), getEventListeners(controller.signal, 'abort').length);
    controller.abort();
    emitter.emit('abort');
    return { counts, after: snapshot(made), next: await made.run('next') };
  },
  'an abort of one task rejects no other': async ({ pool }) => {
    const made = pool({ minThreads: 2, maxThreads: 2 });
    const recorder = new Recorder();
    const gates = [new Gate(), new Gate()];
    const controller = new AbortController();
    const { signal } = controller;
    const tasks = [
      recorder.settle('aborted', made.run({ gate: gates[0].words }, { name: 'hold', signal })),
      recorder.settle('other', made.run({ gate: gates[1].words, value: 'other' }, { name: 'hold' })),
      recorder.settle('queued', made.run('queued')),
      recorder.settle('queued and aborted', made.run('never', { signal })),
    ];
    await Promise.all(gates.map((gate) => gate.reached()));
    controller.abort('now');
    await Promise.all([tasks[0], tasks[3]]);
    recorder.look('aborted', made);
    await tasks[2];
    gates[1].open();
    await Promise.all(tasks);
    return { trace: recorder.trace, completed: made.completed };
  },
  'a task with a signal has its thread to itself': async ({ pool }) => {
    const made = pool({ minThreads: 1, maxThreads: 1, concurrentTasksPerWorker: 2 });
    const recorder = new Recorder();
    const gates = [new Gate(), new Gate(), new Gate()];
    const { signal } = new AbortController();
    const tasks = gates.map(({ words }, index) => {
      const options = index === 1 ? { name: 'holdAsync', signal } : { name: 'holdAsync' };
      return recorder.settle(`task ${index}`, made.run({ gate: words, value: index }, options));
    });
    await Promise.all([gates[0].reached(), gates[2].reached()]);
    recorder.look('those without run', made);
    recorder.note(gates.map((gate) => gate.entered));
    for (const index of [0, 2, 1]) {
      gates[index].open();
      await tasks[index];
    }
    return { order: recorder.trace, after: snapshot(made) };
  },
  'a thread that runs a task with a signal takes no other': async ({ pool }) => {
    const made = pool({ minThreads: 1, maxThreads: 1, concurrentTasksPerWorker: 2 });
    const recorder = oneThread(made);
    const gate = new Gate();
    const controller = new AbortController();
    const task = made.run({ gate: gate.words }, { name: 'holdAsync', signal: controller.signal });
    const tasks = [recorder.settle('aborted', task), recorder.settle('other', made.run('other'))];
    await gate.reached();
    recorder.look('running', made);
    controller.abort();
    await Promise.all(tasks);
    return recorder.trace;
  },
  'aborts of many tasks at once leave the rest as it is': async ({ pool }) => {
    const made = pool({ minThreads: 1, maxThreads: 1 });
    const recorder = new Recorder();
    const controllers = Array.from({ length: 6 }, () => new AbortController());
    const gate = new Gate();
    const tasks = controllers.map(({ signal }, index) =>
      recorder.settle(
        `task ${index}`,
        made.run({ gate: gate.words, value: index }, { name: 'holdAsync', signal }),
      ),
    );
    await gate.reached();
    for (const index of [0, 1, 4]) controllers[index].abort(index);
    gate.open();
    await Promise.all(tasks);
    return { trace: recorder.trace, after: snapshot(made) };
  },
  'an abort in the same turn as run ends the task': async ({ pool }) => {
    const made = pool({ minThreads: 1, maxThreads: 1 });
    const recorder = oneThread(made);
    const controller = new AbortController();
    const task = recorder.settle('task', made.run(undefined, { name: 'spin', signal: controller.signal }));
    controller.abort();
    recorder.look('aborted', made);
    await task;
    recorder.note(await made.run('next'));
    return recorder.trace;
  },
  'needsDrain does not count a task with a signal': async ({ pool }) => {
    const made = pool({ minThreads: 1, maxThreads: 1 });
    const recorder = oneThread(made);
    const gate = new Gate();
    const { signal } = new AbortController();
    const task = made.run({ gate: gate.words }, { name: 'hold', signal });
    await gate.reached();
    recorder.look('running', made);
    gate.open();
    await task;
    recorder.look('done', made);
    return recorder.trace;
  },
});
