/** What the programs below import the package as; the test puts the name of either in. */
export const packagePlace = 'THE_PACKAGE';

/** Uses everything in the types of piscina 5.3.2 once, as a user would. Lines that must not compile say so. */
const usage = `
const options: ConstructorParameters<typeof Piscina>[0] = {
  filename: '/worker.js', name: 'default', minThreads: 1, maxThreads: 2, idleTimeout: 10, maxQueue: 'auto',
  concurrentTasksPerWorker: 2, atomics: 'async', resourceLimits: { maxOldGenerationSizeMb: 10, stackSizeMb: 4 },
  argv: ['a'], execArgv: ['--no-warnings'], env: { A: 'b' }, workerData: { any: 1 }, taskQueue: new FixedQueue(),
  niceIncrement: 1, trackUnmanagedFds: true, closeTimeout: 5, recordTiming: true, stricterFIFO: false,
  workerHistogram: true,
  loadBalancer: (task, workers) => {
    const of: [number, string, string, number, boolean] =
      [task.taskId, task.filename, task.name, task.created, task.isAbortable];
    void of;
    const [worker] = workers;
    const seen: [number, number, boolean, boolean, boolean] =
      [worker.id, worker.currentUsage, worker.isRunningAbortableTask, worker.terminating, worker.destroyed];
    void seen;
    const mean: number | undefined = worker.histogram?.mean;
    void mean;
    return workers.find((one) => one.currentUsage === 0) ?? null;
  },
};
const pool = new Piscina<string, number>(options);
const plain = new Piscina();
const shared = new Piscina({ env: SHARE_ENV, filename: null, maxQueue: 5, atomics: undefined as 'sync' | undefined as never });
const result: Promise<number> = pool.run('text');
const anything: Promise<any> = plain.run({ any: 'thing' });
pool.run('text', { transferList: [new ArrayBuffer(1), new MessageChannel().port1], filename: null, name: null, signal: null });
pool.run('text', { signal: new AbortController().signal, filename: '/other.js', name: 'other' });
pool.run('text', { signal: new EventEmitter() });
pool.run('text', {});
// @ts-expect-error: the task is no string
pool.run(5);
// @ts-expect-error: the result is a number
const text: Promise<string> = pool.run('text');
// @ts-expect-error: there is no such option
new Piscina({ noSuchOption: 1 });
// @ts-expect-error: a number is wanted
new Piscina({ minThreads: '1' });
// @ts-expect-error: there is no such mode
new Piscina({ atomics: 'fast' });
// @ts-expect-error: there is no such option
pool.run('text', { noSuchOption: 1 });
// @ts-expect-error: read only
pool.completed = 5;
const closed: Promise<void>[] = [pool.close(), pool.close({ force: true }), pool.destroy(), pool[Symbol.asyncDispose]()];
const disposed: void = pool[Symbol.dispose]();
const numbers: number[] = [
  pool.maxThreads, pool.minThreads, pool.idleThreads, pool.queueSize, pool.completed, pool.utilization, pool.duration,
];
const needsDrain: boolean = pool.needsDrain;
const workers: Worker[] = pool.threads;
const filled: [string | null, string, number, number, number, number, boolean] = [
  pool.options.filename, pool.options.name, pool.options.minThreads, pool.options.idleTimeout, pool.options.maxQueue,
  pool.options.closeTimeout, pool.options.recordTiming,
];
const queueSize: number = pool.options.taskQueue.size;
const times: [number, number, number, number] = [
  pool.histogram.runTime.average, pool.histogram.waitTime.p99_999, pool.histogram.runTime.p0_001, pool.histogram.waitTime.max,
];
const reset: void[] = [pool.histogram.resetRunTime(), pool.histogram.resetWaitTime()];
pool.on('drain', () => {}).once('error', (error: Error) => error).off('message', () => {});
pool.on('workerCreate', (worker) => worker);
const asyncId: number = pool.asyncResource.asyncId();
const emitter: EventEmitter = pool;
const statics: [boolean, any, string, symbol, symbol, symbol] = [
  Piscina.isWorkerThread, Piscina.workerData, Piscina.version,
  Piscina.transferableSymbol, Piscina.valueSymbol, Piscina.queueOptionsSymbol,
];
const itself: typeof Piscina = Piscina.Piscina;
const queues = [new Piscina.FixedQueue(), new Piscina.ArrayTaskQueue()];
for (const queue of queues) {
  const size: number = queue.size;
  void size;
  queue.shift();
}
Piscina.move(new ArrayBuffer(1));
Piscina.move(new Uint8Array(1));
Piscina.move(new MessageChannel().port1);
class Noted implements TaskQueue {
  readonly tasks: PiscinaTask[] = [];
  get size(): number { return this.tasks.length; }
  shift(): PiscinaTask | null { return this.tasks.shift() ?? null; }
  push(task: PiscinaTask): void { this.tasks.push(task); }
  remove(task: PiscinaTask): void { this.tasks.splice(this.tasks.indexOf(task), 1); }
}
new Piscina({ taskQueue: new Noted() });
class Own extends Piscina<number, string> {
  constructor() { super({ maxThreads: 1 }); }
  twice(value: number): Promise<string[]> { return Promise.all([this.run(value), this.run(value)]); }
}
const own: Promise<string[]> = new Own().twice(1);
`;

const node = `
import { EventEmitter } from 'node:events';
import { MessageChannel, SHARE_ENV, type Worker } from 'node:worker_threads';
`;

const types = `import type { PiscinaTask, TaskQueue } from '${packagePlace}';\n`;

const named = `
const names: [boolean, any, string, symbol, symbol, symbol] = [
  isWorkerThread, workerData, version, transferableSymbol, valueSymbol, queueOptionsSymbol,
];
move(new ArrayBuffer(1));
new ArrayTaskQueue().push;
`;

const allNames = `
  ArrayTaskQueue, FixedQueue, Piscina, isWorkerThread, move, queueOptionsSymbol, transferableSymbol, valueSymbol,
  version, workerData`;

/** A way to import the package: the compiler's options, and the program. */
export interface Importing {
  readonly file: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly source: string;
}

const nodeNext = { module: 'nodenext' };
const bundler = { module: 'esnext', moduleResolution: 'bundler' };

/** Every way. */
export const importings: Readonly<Record<string, Importing>> = {
  'names in an ES module': {
    file: 'names.mts',
    options: nodeNext,
    source: `${node}${types}import { ${allNames} } from '${packagePlace}';${named}${usage}`,
  },
  'names in a CommonJS module': {
    file: 'names.cts',
    options: nodeNext,
    source: `${node}${types}import { ${allNames} } from '${packagePlace}';${named}${usage}`,
  },
  'the default export, for a bundler': {
    file: 'default.ts',
    options: bundler,
    source: `${node}${types}import Piscina, { FixedQueue } from '${packagePlace}';${usage}`,
  },
  'the default and names, for a bundler': {
    file: 'both.ts',
    options: bundler,
    source: `${node}${types}import Own, { ${allNames} } from '${packagePlace}';
      ${named}${usage.replaceAll('class Own ', 'class Mine ').replace('new Own()', 'new Mine()')}
      const same: typeof Piscina = Own;`,
  },
  'the class’s own name, in an ES module': {
    file: 'own.mts',
    options: nodeNext,
    source: `${node}${types}import Default from '${packagePlace}';
      const { Piscina } = Default;\nconst { FixedQueue } = Piscina;${usage}`,
  },
};
