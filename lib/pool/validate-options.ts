import type { TaskQueue } from 'piscina';
import type { PiscinaOptions, RunOptions } from './options.js';

type Rule = readonly [holds: (value: never) => boolean, message: string];

const isNumberFrom =
  (least: number) =>
  (value: number): boolean =>
    typeof value === 'number' && !(value < least);
const isBoolean = (value: unknown): boolean => typeof value === 'boolean';
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

function isTaskQueue(value: TaskQueue): boolean {
  return (
    isObject(value) &&
    'size' in value &&
    typeof value.shift === 'function' &&
    typeof value.remove === 'function' &&
    typeof value.push === 'function'
  );
}

const isStringOrNull = (value: unknown): boolean => value === null || typeof value === 'string';

/** Options that `undefined` leaves at their default, in the order in which Piscina checks them, with its words. */
const beforeConflict: readonly (readonly [keyof PiscinaOptions, Rule])[] = [
  ['filename', [isStringOrNull, 'options.filename must be a string or null']],
  ['name', [isStringOrNull, 'options.name must be a string or null']],
  ['minThreads', [isNumberFrom(0), 'options.minThreads must be a non-negative integer']],
  ['maxThreads', [isNumberFrom(1), 'options.maxThreads must be a positive integer']],
];

const afterConflict: readonly (readonly [keyof PiscinaOptions, Rule])[] = [
  ['idleTimeout', [isNumberFrom(0), 'options.idleTimeout must be a non-negative integer']],
  [
    'maxQueue',
    [
      (value) => value === 'auto' || isNumberFrom(0)(value),
      'options.maxQueue must be a non-negative integer',
    ],
  ],
  [
    'concurrentTasksPerWorker',
    [isNumberFrom(1), 'options.concurrentTasksPerWorker must be a positive integer'],
  ],
  [
    'atomics',
    [
      (value) => value === null || ['sync', 'async', 'disabled'].includes(value),
      'options.atomics should be a value of sync, sync or disabled.',
    ],
  ],
  ['resourceLimits', [isObject, 'options.resourceLimits must be an object']],
  ['taskQueue', [isTaskQueue, 'options.taskQueue must be a TaskQueue object']],
  [
    'niceIncrement',
    [
      (value) => typeof value === 'number' && (!(value < 0) || process.platform === 'win32'),
      'options.niceIncrement must be a non-negative integer on Unix systems',
    ],
  ],
  ['trackUnmanagedFds', [isBoolean, 'options.trackUnmanagedFds must be a boolean value']],
  ['closeTimeout', [isNumberFrom(0), 'options.closeTimeout must be a non-negative integer']],
  [
    'loadBalancer',
    [
      (value: unknown) => typeof value === 'function' && value.length >= 1,
      'options.loadBalancer must be a function with at least two args',
    ],
  ],
  ['workerHistogram', [isBoolean, 'options.workerHistogram must be a boolean']],
  ['stricterFIFO', [isBoolean, 'options.stricterFIFO must be a boolean']],
];

function check(options: PiscinaOptions, rules: typeof beforeConflict): void {
  for (const [name, [holds, message]] of rules) {
    const value = options[name];
    if (value !== undefined && !holds(value as never)) throw new TypeError(message);
  }
}

/**
 * Checks a pool's options.
 * @throws {TypeError | RangeError} with Piscina's words
 */
export function validateOptions(options: PiscinaOptions): void {
  check(options, beforeConflict);
  const { minThreads, maxThreads } = options;
  if (minThreads !== undefined && maxThreads !== undefined && minThreads > maxThreads) {
    throw new RangeError('options.minThreads and options.maxThreads must not conflict');
  }
  check(options, afterConflict);
}

/** What is wrong with options of `run`, in Piscina's words; undefined: nothing. */
export function faultOfRun({ transferList, filename, name, signal }: RunOptions): TypeError | undefined {
  if (transferList !== undefined && !Array.isArray(transferList))
    return new TypeError('transferList argument must be an Array');
  if (filename != null && typeof filename !== 'string')
    return new TypeError('filename argument must be a string');
  if (name != null && typeof name !== 'string') return new TypeError('name argument must be a string');
  if (signal != null && typeof signal !== 'object') return new TypeError('signal argument must be an object');
  return undefined;
}
