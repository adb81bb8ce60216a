import { once } from 'node:events';
import { compare } from './compare.js';
import { Gate } from './gate.js';
import { describeError, outcomeOf, Recorder, snapshot, until } from './recorder.js';
import type { Scenario } from './subject.js';

const kinds = ['error', 'typeError', 'rangeError', 'syntaxError', 'emptyError', 'withCause'];
const others = ['number', 'text', 'nothing', 'object', 'false', 'null'];

/** Which of the package's files wanted the missing one is its own affair. */
function withoutImporter({ message }: Error): string {
  return message.replace(/ imported from .*/, '');
}

/** How tasks end that throw, and what the pool counts. */
const thrownBy =
  (name: string, thrown: readonly string[]): Scenario =>
  async ({ pool }) => {
    const made = pool({ minThreads: 1, maxThreads: 1 });
    const seen: Record<string, unknown> = {};
    for (const kind of thrown) seen[kind] = await outcomeOf(() => made.run(kind, { name }));
    return { seen, after: snapshot(made), next: await made.run('next') };
  };

/** The end of a thread with a task under way. */
const ending =
  (name: string, task: unknown): Scenario =>
  async ({ pool }) => {
    const recorder = new Recorder();
    const made = recorder.watch(pool({ minThreads: 1, maxThreads: 1 }), 'needsDrain', 'drain');
    const before = await made.run(null, { name: 'where' });
    await recorder.settle('task', made.run(task, { name }));
    const isNewThread = (await made.run(null, { name: 'where' })) !== before;
    return { trace: recorder.trace, isNewThread, after: snapshot(made) };
  };

compare({
  'a task that throws an error rejects with it': thrownBy('throwKind', kinds),
  'a task that throws no error rejects with what it threw': thrownBy('throwKind', others),
  'a promise that a task rejects is no different': thrownBy('rejectKind', [...kinds, ...others]),
  'process.exit in a task rejects it with the code': async (subject) => [
    await ending('exit', 0)(subject),
    await ending('exit', 7)(subject),
  ],
  'an exception that nobody catches rejects the task with it': ending('crash', undefined),
  'a rejection that nobody handles rejects the task with it': ending('rejectUnhandled', undefined),
  'a result that cannot be sent ends the thread': ending('returnUncloneable', undefined),
  'a throw that cannot be sent ends the thread': ending('throwUncloneable', undefined),
  'a crash rejects every task of its thread, and none of another': async ({ pool }) => {
    const recorder = new Recorder();
    const made = pool({ minThreads: 2, maxThreads: 2, concurrentTasksPerWorker: 2 });
    // Least busy first: the threads are filled in turns, and the second task falls with the fourth.
    const gates = Array.from({ length: 4 }, () => new Gate());
    const tasks = gates.map(({ words }, index) =>
      recorder.settle(
        `task ${index}`,
        index === 1
          ? made.run(words, { name: 'crash' })
          : made.run({ gate: words, value: index }, { name: 'holdAsync' }),
      ),
    );
    await Promise.all(gates.map((gate) => gate.reached()));
    gates[1].open();
    await until('the crash is known', () => recorder.trace.length === 2);
    for (const index of [0, 2]) {
      gates[index].open();
      await tasks[index];
    }
    await Promise.all(tasks);
    await until('its successor is up', () => made.idleThreads === 2);
    return { trace: recorder.trace, after: snapshot(made) };
  },
  'a crash between tasks is an event': async ({ pool }) => {
    const recorder = new Recorder();
    const made = recorder.watch(
      pool({ minThreads: 1, maxThreads: 1, atomics: 'disabled' }),
      'needsDrain',
      'drain',
    );
    await recorder.settle('task', made.run(100, { name: 'crashAfterwards' }));
    await until('the event has come', () => recorder.trace.length >= 5);
    recorder.note(await made.run('next'));
    return recorder.trace;
  },
  'tasks that wait when a thread crashes run on its successor': async ({ pool }) => {
    const recorder = new Recorder();
    const made = pool({ minThreads: 1, maxThreads: 1 });
    const gate = new Gate();
    const tasks = [recorder.settle('crash', made.run(gate.words, { name: 'crash' }))];
    for (let i = 0; i < 3; i++) tasks.push(recorder.settle(`task ${i}`, made.run(i)));
    await gate.reached();
    gate.open();
    await Promise.all(tasks);
    return { trace: recorder.trace, after: snapshot(made) };
  },
  'out of memory rejects the task with the cause': async ({ pool }) => {
    const made = pool({
      minThreads: 1,
      maxThreads: 1,
      resourceLimits: { maxOldGenerationSizeMb: 24, maxYoungGenerationSizeMb: 4 },
    });
    made.on('error', () => {});
    const seen = await outcomeOf(() => made.run(null, { name: 'exhaustMemory' }));
    return { seen, next: await made.run('next') };
  },
  'a file that does not exist rejects the task': async ({ pool }) => {
    const made = pool({ filename: null, minThreads: 1, maxThreads: 1 });
    const filename = '/nowhere/there-is-no-such-file.js';
    const error = await made.run(1, { filename }).catch((thrown) => thrown);
    return { error: [error.name, withoutImporter(error)], after: snapshot(made) };
  },
  'a file that does not exist ends the pool’s threads': async ({ pool }) => {
    const made = pool({ filename: '/nowhere/there-is-no-such-file.js', minThreads: 1, maxThreads: 1 });
    const messages: unknown[] = [];
    made.on('error', (error) => messages.push([error.name, withoutImporter(error)]));
    await until('it has given up', () => messages.length === 2);
    return { messages, threads: made.threads.length };
  },
  'a file with an error in it rejects the task with that': async ({ pool, files }) => {
    const filename = files.add('throws.mjs', 'throw new RangeError("while it loads");');
    const broken = files.add('broken.mjs', 'export default () => {');
    const made = pool({ filename: null, minThreads: 1, maxThreads: 1 });
    return [
      await outcomeOf(() => made.run(1, { filename })),
      await made.run(1, { filename: broken }).catch(({ name, message }) => [name, message]),
    ];
  },
  'an export that is no function is named in the error': async ({ pool, files }) => {
    const filename = files.add('constant.mjs', 'export default 5; export const other = {};');
    const made = pool({ filename: null, minThreads: 1, maxThreads: 1 });
    const seen: unknown[] = [];
    for (const name of ['default', 'other', 'missing', '__proto__', 'toString']) {
      const error = await made.run(1, { filename, name }).catch((thrown) => thrown);
      seen.push([error.name, String(error.message).replace(files.folder, 'FOLDER')]);
    }
    return {
      seen,
      next: await made.run('next', { filename: files.add('echo.cjs', 'module.exports = (x) => x') }),
    };
  },
  'an error event that nobody listens to is thrown': async ({ pool }) => {
    const made = pool({ minThreads: 1, maxThreads: 1, atomics: 'disabled' });
    await made.run(100, { name: 'crashAfterwards' });
    const before = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    try {
      const [error] = await once(process, 'uncaughtException');
      return describeError(error);
    } finally {
      for (const listener of before) process.on('uncaughtException', listener);
    }
  },
});
