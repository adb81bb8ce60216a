import { compare } from './compare.js';
import { outcomeOf } from './recorder.js';
import type { Scenario, Wrong } from './subject.js';

const values: Readonly<Record<string, unknown>> = {
  undefined: undefined,
  null: null,
  zero: 0,
  negative: -1,
  one: 1,
  fraction: 1.5,
  nan: Number.NaN,
  bigint: 2n,
  digits: '2',
  empty: '',
  text: 'text',
  auto: 'auto',
  sync: 'sync',
  async: 'async',
  disabled: 'disabled',
  true: true,
  false: false,
  object: {},
  array: [],
  noParameter: () => null,
  oneParameter: (_: unknown) => null,
  twoParameters: (_: unknown, __: unknown) => null,
  symbol: Symbol.iterator,
  queue: { size: 0, shift: () => null, remove: () => {}, push: () => {} },
  queueWithoutRemove: { size: 0, shift: () => null, push: () => {} },
  queueWithoutSize: { shift: () => null, remove: () => {}, push: () => {} },
};

const optionNames = [
  ...['filename', 'name', 'minThreads', 'maxThreads', 'idleTimeout', 'maxQueue', 'concurrentTasksPerWorker'],
  ...['atomics', 'resourceLimits', 'argv', 'execArgv', 'env', 'workerData', 'taskQueue', 'niceIncrement'],
  ...['trackUnmanagedFds', 'closeTimeout', 'recordTiming', 'stricterFIFO', 'loadBalancer', 'workerHistogram'],
  'unknownOption',
];

/** Which values an option takes, and how it refuses the others. No thread is started: they have checks of their own. */
const optionScenario =
  (option: string): Scenario =>
  async ({ pool }) => {
    const seen: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(values)) {
      const base = option === 'minThreads' ? { maxThreads: 2 } : { minThreads: 0 };
      seen[name] = await outcomeOf(() => {
        const made = pool({ ...base, [option]: value } as Wrong);
        return Object.hasOwn(made.options, option);
      });
    }
    return seen;
  };

const workerOptions: Readonly<Record<string, readonly unknown[]>> = {
  argv: ['text', 5, {}, null],
  execArgv: ['text', 5, ['--no-such-flag'], ['--max-old-space-size=100'], null],
  env: [5, 'text', null, true],
  workerData: [() => 1, Symbol.iterator, { nested: () => 1 }, new WeakMap()],
  resourceLimits: [{ maxOldGenerationSizeMb: 'text' }, { stackSizeMb: -1 }],
};

const runOptions: Readonly<Record<string, unknown>> = {
  optionsAreNull: null,
  optionsAreANumber: 5,
  optionsAreText: 'text',
  optionsAreAFunction: () => {},
  optionsAreAnArray: [],
  transferListIsANumber: { transferList: 42 },
  transferListIsNull: { transferList: null },
  transferListIsAnObject: { transferList: {} },
  transferListIsEmpty: { transferList: [] },
  transferListHoldsANumber: { transferList: [5] },
  transferListHoldsOneBufferTwice: { transferList: Array(2).fill(new ArrayBuffer(8)) },
  filenameIsANumber: { filename: 42 },
  filenameIsAnObject: { filename: new URL('file:///worker.js') },
  filenameIsNull: { filename: null },
  filenameIsAFarUrl: { filename: 'file://far.example/worker.js' },
  nameIsANumber: { name: 42 },
  nameIsNull: { name: null },
  signalIsANumber: { signal: 42 },
  signalIsText: { signal: 'abort' },
  signalIsAFunction: { signal: () => {} },
  signalIsNull: { signal: null },
  signalIsUndefined: { signal: undefined },
  several: { transferList: 42, filename: 42, name: 42, signal: 42 },
};

compare({
  ...Object.fromEntries(
    optionNames.map((option) => [
      `the constructor takes and refuses the same for ${option}`,
      optionScenario(option),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(workerOptions).map(([option, given]): [string, Scenario] => [
      `a thread that cannot be started for its ${option} is refused in the same words`,
      async ({ pool }) => {
        const seen: unknown[] = [];
        for (const value of given) {
          const options = { minThreads: 1, maxThreads: 1, [option]: value } as Wrong;
          seen.push(await outcomeOf(() => pool(options).threads.length));
        }
        return seen;
      },
    ]),
  ),
  'the numbers of threads must not conflict': async ({ pool }) => [
    await outcomeOf(() => pool({ minThreads: 2, maxThreads: 1 }).maxThreads),
    await outcomeOf(() => pool({ minThreads: 16, maxThreads: 8 }).maxThreads),
  ],
  'options may be left out, or be nothing': async ({ Piscina }) => {
    const seen: unknown[] = [];
    for (const given of [undefined, null, 5, 'text', true] as Wrong[]) {
      seen.push(
        await outcomeOf(async () => {
          const pool = new Piscina(given);
          const { maxThreads, options } = pool;
          await pool.destroy();
          return { maxThreads, filename: options.filename };
        }),
      );
    }
    return seen;
  },
  'options that are only inherited are not seen': async ({ Piscina }) => {
    const inherited = Object.create({ maxThreads: 1, filename: 5, atomics: 'no such mode' });
    return outcomeOf(async () => {
      const pool = new Piscina(Object.assign(inherited, { minThreads: 0 }));
      const { maxThreads, options } = pool;
      await pool.destroy();
      return { maxThreads, filename: options.filename };
    });
  },
  'a class called without new throws': async ({ Piscina }) => outcomeOf(() => (Piscina as Wrong)()),
  'run refuses wrong options in the same words': async ({ pool }) => {
    const made = pool({ minThreads: 1, maxThreads: 1 });
    const seen: Record<string, unknown> = {};
    for (const [name, options] of Object.entries(runOptions))
      seen[name] = await outcomeOf(() => made.run(name, options as Wrong));
    return { seen, completed: made.completed, queueSize: made.queueSize };
  },
  'run refuses a signal without events': async ({ pool }) => {
    const made = pool({ minThreads: 1, maxThreads: 1 });
    const call = (): unknown => made.run(1, { signal: {} as Wrong });
    try {
      return await call();
    } catch (error) {
      return (error as Error).name;
    }
  },
  'run needs a file': async ({ pool, Piscina }) => {
    const made = new Piscina({ minThreads: 0, maxThreads: 1 });
    const seen = [
      await outcomeOf(() => made.run(1)),
      await outcomeOf(() => made.run(1, { name: 'echo' })),
      await outcomeOf(() => pool({ filename: null, minThreads: 0 }).run(1)),
      await outcomeOf(() => pool({ filename: '', minThreads: 0 }).run(1)),
    ];
    await made.destroy();
    return seen;
  },
  'close refuses wrong options in the same words': async ({ pool }) => {
    const seen: unknown[] = [];
    for (const given of [
      null,
      5,
      'text',
      { force: 1 },
      { force: null },
      { force: undefined },
      {},
    ] as Wrong[]) {
      const made = pool({ minThreads: 0, maxThreads: 1 });
      seen.push(await outcomeOf(() => made.close(given)));
    }
    return seen;
  },
});
