import { readdirSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { Channel, EventLoop, type EventLoopOptions, idlePresets } from 'wakeline';

/** Option, value, how the message shows the value. */
type Wrong = [option: string, value: unknown, shown: string];

const notAString: Wrong[] = ['backend', 'waiter', 'kernelWait', 'memory', 'fence'].flatMap(
  (option): Wrong[] => [
    [option, 7, '7'],
    [option, null, 'null'],
    [option, true, 'true'],
    [option, {}, '{}'],
    [option, ['uring'], "[ 'uring' ]"],
    [option, Symbol('s'), 'Symbol(s)'],
    [option, 1n, '1n'],
  ],
);
const notANumber: Wrong[] = [
  'entries',
  'taskQuotaNs',
  'idle.spinNs',
  'idle.umwaitNs',
  'idle.gatherNs',
].flatMap((option): Wrong[] => [
  [option, '64', "'64'"],
  [option, null, 'null'],
  [option, true, 'true'],
  [option, 64n, '64n'],
  [option, [64], '[ 64 ]'],
  [option, {}, '{}'],
]);
const wrongTypes: Wrong[] = [
  ...notAString,
  ...notANumber,
  ['idle', 7, '7'],
  ['idle', null, 'null'],
  ['idle', [], '[]'],
  ['idle', true, 'true'],
  ['idle.adaptive', 1, '1'],
  ['idle.adaptive', 'yes', "'yes'"],
  ['idle.adaptive', null, 'null'],
  ['withoutFlags', 'CLAMP', "'CLAMP'"],
  ['withoutFlags', 7, '7'],
  ['withoutFlags', null, 'null'],
  ['withoutOpcodes', 'READ', "'READ'"],
  ['withoutFlags', { 0: 'CLAMP' }, "{ '0': 'CLAMP' }"],
  ['withoutFlags', [7], '7'],
  ['withoutFlags', ['CLAMP', null], 'null'],
];

const notAName: Wrong[] = ['backend', 'waiter', 'kernelWait', 'memory', 'fence', 'idle'].flatMap(
  (option): Wrong[] => [
    [option, 'kqueue', "'kqueue'"],
    [option, '', "''"],
    [option, 'Auto', "'Auto'"],
    [option, 'toString', "'toString'"],
  ],
);
const notInRange: Wrong[] = ['taskQuotaNs', 'idle.spinNs', 'idle.umwaitNs', 'idle.gatherNs'].flatMap(
  (option): Wrong[] => [
    [option, -1, '-1'],
    [option, Number.NaN, 'NaN'],
    [option, Number.POSITIVE_INFINITY, 'Infinity'],
    [option, 100_000_001, '100000001'],
  ],
);
const wrongRanges: Wrong[] = [
  ...notAName,
  ...notInRange,
  ...[0, 4, 7, 9, 100, 8192, -8, 8.5, Number.NaN, Number.POSITIVE_INFINITY].map(
    (value): Wrong => ['entries', value, String(value)],
  ),
  ['withoutFlags', ['SQPOLL'], "'SQPOLL'"],
  ['withoutFlags', ['CLAMP', 'clamp'], "'clamp'"],
  ['withoutOpcodes', ['READ', 'read'], "'read'"],
  ['withoutFlags', ['toString'], "'toString'"],
];

/** `idle.spinNs` is an option inside an option. */
function optionsOf(option: string, value: unknown): EventLoopOptions {
  const [outer, inner] = option.split('.');
  return (inner === undefined ? { [outer]: value } : { [outer]: { [inner]: value } }) as EventLoopOptions;
}

const openFiles = (): number => readdirSync('/proc/self/fd').length;

function errorOf(run: () => unknown): NodeJS.ErrnoException {
  const filesBefore = openFiles();
  try {
    run();
  } catch (error) {
    expect(openFiles(), 'open files').toBe(filesBefore);
    expect(EventLoop.current).toBeUndefined();
    return error as NodeJS.ErrnoException;
  }
  throw new Error('it was accepted');
}

for (const [option, value, shown] of wrongTypes) {
  test(`attach refuses ${option} = ${shown} by its type, naming both`, () => {
    const error = errorOf(() => EventLoop.attach(optionsOf(option, value)));
    expect(error).toMatchObject({ name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' });
    expect(error.message).toContain(`'${option}' must be `);
    expect(error.message).toContain(`received ${shown}`);
  });
}

for (const [option, value, shown] of wrongRanges) {
  test(`attach refuses ${option} = ${shown} as out of range, naming both`, () => {
    const error = errorOf(() => EventLoop.attach(optionsOf(option, value)));
    expect(error).toMatchObject({ name: 'RangeError', code: 'ERR_OUT_OF_RANGE' });
    expect(error.message).toContain(`'${option}' must be `);
    expect(error.message).toContain(`received ${shown}`);
  });
}

for (const options of [null, 7, 'latency', [], true, () => {}]) {
  test(`attach refuses options that are no object: ${String(options) || '[]'}`, () => {
    const error = errorOf(() => EventLoop.attach(options as never));
    expect(error).toMatchObject({ name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' });
    expect(error.message).toContain("'options' must be an object");
  });
}

for (const [options, name] of [
  [{ spin: 1 }, 'spin'],
  [{ backend: 'auto', Waiter: 'none' }, 'Waiter'],
  [{ idle: { spinMs: 1 } }, 'spinMs'],
] as const) {
  test(`attach refuses the unknown option ${name}, and names those that exist`, () => {
    const error = errorOf(() => EventLoop.attach(options as never));
    expect(error).toMatchObject({ name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' });
    expect(error.message).toMatch(new RegExp(`unknown option '${name}'; known are .*(backend|spinNs)`));
  });
}

test('attach refuses a WAKELINE_BACKEND that does not exist, naming variable and value', () => {
  process.env.WAKELINE_BACKEND = 'kqueue';
  onTestFinished(() => {
    delete process.env.WAKELINE_BACKEND;
  });
  const error = errorOf(() => EventLoop.attach());
  expect(error).toMatchObject({ name: 'RangeError', code: 'ERR_OUT_OF_RANGE' });
  expect(error.message).toMatch(/'WAKELINE_BACKEND' must be one of .*received 'kqueue'/);
});

const right: [string, EventLoopOptions | undefined][] = [
  ['nothing', undefined],
  ['no option', {}],
  ['every option undefined', { idle: undefined, entries: undefined, fence: undefined } as never],
  ...Object.keys(idlePresets).map((idle): [string, EventLoopOptions] => [
    `the preset ${idle}`,
    { idle: idle as 'power' },
  ]),
  ['a part of the idle settings', { idle: { spinNs: 0 } }],
  ['the longest stages', { idle: { spinNs: 1e8, umwaitNs: 1e8, adaptive: false, gatherNs: 1e8 } }],
  ['the smallest ring', { entries: 8 }],
  ['the largest ring', { entries: 4096, memory: 'auto' }],
  ['no task quota', { taskQuotaNs: 0 }],
  ['the longest task quota', { taskQuotaNs: 1e8 }],
  ['flags to do without', { withoutFlags: ['DEFER_TASKRUN', 'NO_MMAP'] }],
  ['both ways to fence', { fence: 'owner' }],
  ['every name that means any', { backend: 'auto', waiter: 'auto', memory: 'auto' }],
  ['no waiter', { waiter: 'none' }],
  ['both ways to block', { kernelWait: 'enter' }],
  ['backend portable', { backend: 'portable' }],
];

for (const [what, options] of right) {
  test(`attach accepts ${what}`, async () => {
    const loop = EventLoop.attach(options);
    expect(EventLoop.current).toBe(loop);
    await loop.close();
    expect(EventLoop.current).toBeUndefined();
  });
}

for (const value of ['65536', null, true, {}, 64n, [256]]) {
  test(`a channel refuses a capacity by its type: ${typeof value} ${String(value)}`, () => {
    const error = errorOf(() => new Channel({ capacityBytes: value as never }));
    expect(error).toMatchObject({ name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' });
    expect(error.message).toMatch(/'capacityBytes' must be a number; received /);
  });
}

for (const value of [0, 128, 255, 257, 1000, 2 ** 29, -256, Number.NaN, Number.POSITIVE_INFINITY, 256.5]) {
  test(`a channel refuses a capacity of ${value}`, () => {
    const error = errorOf(() => new Channel({ capacityBytes: value }));
    expect(error).toMatchObject({ name: 'RangeError', code: 'ERR_OUT_OF_RANGE' });
    expect(error.message).toContain("'capacityBytes' must be ");
    expect(error.message).toContain(`received ${value}`);
  });
}

test('a channel refuses options that are no object, and unknown ones', () => {
  expect(errorOf(() => new Channel(null as never)).message).toContain("'options' must be an object");
  expect(errorOf(() => new Channel({ capacity: 1 } as never)).message).toContain("unknown option 'capacity'");
});

for (const capacityBytes of [256, 65_536, 2 ** 20]) {
  test(`a channel of ${capacityBytes} bytes has that much room`, () => {
    const { sender } = new Channel({ capacityBytes });
    expect(sender.memory.byteLength).toBe(256 + capacityBytes);
  });
}
