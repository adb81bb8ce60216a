import type { SeededRandom } from '../../support/random.js';

/** How a task ended. */
export type End = { readonly value: unknown } | { readonly error: Error };

/** One task: how it is given to the pool, and how it may end. */
export interface StressTask {
  readonly kind: string;
  /** The export that runs. */
  readonly name: string;
  readonly value: unknown;
  readonly signal?: AbortSignal;
  /** Whether it ended as it should have. */
  isRight(end: End): boolean;
  /** Whether it had to run to end so. */
  readonly mustRun: boolean;
}

const KIB = 1024;
const MIB = 1024 * KIB;

const returns =
  (isSame: (value: unknown) => boolean) =>
  (end: End): boolean =>
    'value' in end && isSame(end.value);
const throws =
  (name: string, message: string) =>
  (end: End): boolean =>
    'error' in end && end.error.name === name && end.error.message === message;
const isAbort = throws('AbortError', 'The task has been aborted');

function bytesOf(id: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length).fill(id);
  new DataView(bytes.buffer).setUint32(0, id);
  return bytes;
}

function bytesTask(kind: string, id: number, length: number): StressTask {
  const value = bytesOf(id, length);
  const isRight = returns((result) => result instanceof Uint8Array && Buffer.compare(result, value) === 0);
  return { kind, name: 'bytes', value, isRight, mustRun: true };
}

function abortAfter(milliseconds: number): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), milliseconds);
  return controller.signal;
}

/** Kinds by how many there are in ten thousand; the first takes the rest. */
const makers: readonly (readonly [
  perTenThousand: number,
  make: (id: number, random: SeededRandom) => StressTask,
])[] = [
  [
    Number.POSITIVE_INFINITY,
    (id) => ({
      kind: 'number',
      name: 'number',
      value: id,
      isRight: returns((value) => value === id),
      mustRun: true,
    }),
  ],
  [
    2000,
    (id, random) => {
      const value = {
        id,
        name: `task ${id}`,
        values: Array.from({ length: random.below(20) }, (_, i) => i * 1.5),
      };
      const text = JSON.stringify(value);
      return {
        kind: 'object',
        name: 'object',
        value,
        isRight: returns((result) => JSON.stringify(result) === text),
        mustRun: true,
      };
    },
  ],
  [1000, (id, random) => bytesTask('bytes', id, 4 + random.below(2 * KIB))],
  [200, (id, random) => bytesTask('many bytes', id, 4 + random.below(128 * KIB))],
  [2, (id, random) => bytesTask('megabytes', id, MIB + random.below(4 * MIB))],
  [
    100,
    (id, random) => ({
      kind: 'rest',
      name: 'rest',
      value: { id, milliseconds: random.below(3) },
      isRight: returns((value) => value === id),
      mustRun: true,
    }),
  ],
  [
    200,
    (id) => ({
      kind: 'fail',
      name: 'fail',
      value: id,
      isRight: throws('RangeError', `task ${id} fails`),
      mustRun: true,
    }),
  ],
  [
    4,
    (id) => ({
      kind: 'crash',
      name: 'crash',
      value: id,
      isRight: throws('Error', `task ${id} crashes`),
      mustRun: true,
    }),
  ],
  [
    4,
    (id) => ({
      kind: 'exit',
      name: 'exit',
      value: id,
      isRight: throws('Error', 'worker exited with code: 3'),
      mustRun: true,
    }),
  ],
  [
    5,
    (id, random) => ({
      kind: 'abort',
      name: random.below(2) === 0 ? 'wait' : 'spin',
      value: id,
      signal: abortAfter(random.below(15)),
      isRight: isAbort,
      mustRun: false,
    }),
  ],
  [
    5,
    (id, random) => ({
      kind: 'time-out',
      name: 'wait',
      value: id,
      signal: AbortSignal.timeout(random.below(15)),
      isRight: (end) => isAbort(end) && 'error' in end && (end.error.cause as Error).name === 'TimeoutError',
      mustRun: false,
    }),
  ],
  [
    20,
    (id, random) => ({
      kind: 'abort or result',
      name: 'number',
      value: id,
      signal: abortAfter(random.below(3)),
      isRight: (end) => isAbort(end) || returns((value) => value === id)(end),
      mustRun: false,
    }),
  ],
];

/** The task of a number: the same for the same seed, but for the times of aborts. */
export function makeTask(id: number, random: SeededRandom): StressTask {
  let drawn = random.below(10_000);
  for (let i = makers.length - 1; i > 0; i--) {
    const [share, make] = makers[i];
    if (drawn < share) return make(id, random);
    drawn -= share;
  }
  return makers[0][1](id, random);
}
