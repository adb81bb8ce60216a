import { compare } from './compare.js';
import { outcomeOf } from './recorder.js';
import { type PoolOptions, tasksFile, type Wrong } from './subject.js';

/** A pool's options as plain values. */
function filled(options: object): unknown {
  return Object.fromEntries(
    Object.entries(options)
      .map(([name, value]) => {
        const isInstance = typeof value === 'object' && value !== null && value.constructor !== Object;
        return [name, isInstance ? `an instance of ${value.constructor.name}` : String(value)] as const;
      })
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

const given: Readonly<Record<string, PoolOptions>> = {
  none: {},
  auto: { maxThreads: 3, maxQueue: 'auto' },
  noQueue: { maxQueue: 0 },
  onlyMaximum: { maxThreads: 1 },
  onlyMinimum: { minThreads: 5 },
  noThreads: { minThreads: 0 },
  both: { minThreads: 2, maxThreads: 2 },
  filenameIsAUrl: { filename: 'file:///a%20folder/worker.js' },
  undefinedValues: {
    atomics: undefined,
    idleTimeout: undefined,
    name: undefined,
    maxQueue: undefined,
  } as Wrong,
  everything: {
    ...{ filename: tasksFile, name: 'echo', minThreads: 1, maxThreads: 2, idleTimeout: 10, maxQueue: 7 },
    ...{ concurrentTasksPerWorker: 3, atomics: 'disabled', resourceLimits: { stackSizeMb: 4 }, argv: ['a'] },
    ...{ execArgv: ['--no-warnings'], env: { A: 'b' }, workerData: 5, niceIncrement: 0, closeTimeout: 10 },
    ...{ trackUnmanagedFds: false, recordTiming: false, stricterFIFO: true, workerHistogram: true },
    loadBalancer: (_task, workers) => workers[0],
  },
};

compare({
  'the options of a pool are filled in alike': ({ pool }) => {
    const seen: Record<string, unknown> = {};
    for (const [name, options] of Object.entries(given)) {
      // Whoever asks for a number of threads is given it without starting any.
      const made = pool({ ...options, filename: options.filename ?? null });
      seen[name] = { filled: filled(made.options), maximum: made.maxThreads, minimum: made.minThreads };
    }
    return seen;
  },
  'the options are one object without a prototype': ({ pool }) => {
    const made = pool({ minThreads: 0 });
    const { options } = made;
    return {
      isTheSame: made.options === options,
      prototype: Object.getPrototypeOf(made.options),
      isFrozen: Object.isFrozen(made.options),
    };
  },
  'the options given are left as they were': ({ pool }) => {
    const options: PoolOptions = { maxThreads: 2, maxQueue: 'auto', minThreads: 1 };
    pool(options);
    return options;
  },
  'the properties cannot be set': async ({ pool }) => {
    const made = pool({ minThreads: 0 }) as Wrong;
    const names = ['options', 'threads', 'queueSize', 'completed', 'duration', 'utilization', 'needsDrain'];
    return Promise.all(
      [...names, 'histogram', 'idleThreads', 'maxThreads', 'minThreads'].map((name) =>
        outcomeOf(() => {
          made[name] = 5;
          return made[name];
        }),
      ),
    );
  },
});
