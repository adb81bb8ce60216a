import { expect, test } from 'vitest';
import { drive, openRing, Results } from '../support/ring-driver.js';

/** Notes its own number when it completes. */
class Numbered extends Results {
  readonly #number: number;
  readonly #seen: number[];

  constructor(number: number, seen: number[]) {
    super();
    this.#number = number;
    this.#seen = seen;
  }

  override onCompletion(): void {
    this.#seen.push(this.#number);
  }
}

const inOrder = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

for (const memory of ['shared', 'mapped'] as const) {
  test(`a full submission queue is handed to the kernel on its own (${memory})`, (context) => {
    const { ring, operations } = openRing(context, { entries: 8, memory });
    const results = new Results();
    for (let count = 0; count < 20; count++) operations.nop(results);
    expect(ring.enters).toBe(2);
    expect(ring.pending).toBe(4);
    expect(operations.hasDeferred).toBe(false);
    drive(ring, operations);
    expect(results.results).toHaveLength(20);
  });

  for (const without of [[], ['DEFER_TASKRUN', 'COOP_TASKRUN']] as const) {
    const how = `${memory}, ${without.length === 0 ? 'best flags' : 'task work at once'}`;
    test(`more completions than the queue holds all arrive, each once (${how})`, (context) => {
      const { ring, operations } = openRing(context, { entries: 8, memory, without });
      const seen: number[] = [];
      for (let number = 0; number < 1000; number++) operations.nop(new Numbered(number, seen));
      ring.flush();
      expect(seen).toEqual([]);
      drive(ring, operations);
      expect(seen.sort((a, b) => a - b)).toEqual(inOrder(1000));
    });
  }
}

test('an overflowed completion queue shows as work to do, and as a reason to enter', (context) => {
  const { ring, operations } = openRing(context, { entries: 8 });
  for (let count = 0; count < 100; count++) operations.nop(new Results());
  ring.flush();
  // The kernel keeps what found no room: the queue itself is full.
  const { words } = ring.memory;
  expect(ring.reap(operations, 4096)).toBe(words[ring.layout.cqRingEntries / 4]);
  expect(ring.needsEnter()).toBe(true);
  expect(ring.hasWork()).toBe(true);
  drive(ring, operations);
  expect(ring.hasWork()).toBe(false);
});

test('reap hands out no more than its limit', (context) => {
  const { ring, operations } = openRing(context, { entries: 16 });
  const results = new Results();
  for (let count = 0; count < 10; count++) operations.nop(results);
  ring.flush();
  expect(ring.reap(operations, 3)).toBe(3);
  expect(results.results).toHaveLength(3);
  expect(ring.reap(operations, 100)).toBe(7);
  expect(ring.reap(operations, 100)).toBe(0);
});

test('a handler that throws loses no completion behind it', (context) => {
  const { ring, operations } = openRing(context, { entries: 8 });
  const results = new Results();
  operations.nop(results);
  operations.nop({
    onCompletion() {
      throw new Error('of the handler');
    },
  });
  operations.nop(results);
  ring.flush();
  expect(() => ring.reap(operations, 8)).toThrow('of the handler');
  expect(ring.reap(operations, 8)).toBe(1);
  expect(results.results).toEqual([0, 0]);
});

test('a small ring is gone around thousands of times without a gap', (context) => {
  const { ring, operations } = openRing(context, { entries: 8 });
  const results = new Results();
  for (let round = 0; round < 20_000; round++) {
    operations.nop(results);
    operations.nop(results);
    operations.nop(results);
    ring.flush();
    ring.reap(operations, 8);
  }
  expect(results.results).toHaveLength(60_000);
  expect(ring.reaped).toBe(60_000);
});

test('the word for the clean-up counts what the kernel has, whether the queue was handed over by itself or not', (context) => {
  const { ring, operations } = openRing(context, { entries: 8 });
  const word = new Int32Array(1);
  ring.tellInFlight(word, 0);
  for (let count = 0; count < 12; count++) operations.nop(new Results());
  expect(operations.active).toBe(12);
  expect(word[0]).toBe(8);
  ring.flush();
  expect(word[0]).toBe(12);
  ring.reap(operations, 5);
  expect(word[0]).toBe(7);
  drive(ring, operations);
  expect(word[0]).toBe(0);
});

test('while completions are being handed out, the word for the clean-up still counts them', (context) => {
  const { ring, operations } = openRing(context, { entries: 8 });
  const word = new Int32Array(1);
  const seen: number[] = [];
  ring.tellInFlight(word, 0);
  for (let count = 0; count < 3; count++) operations.nop({ onCompletion: () => seen.push(word[0]) });
  drive(ring, operations);
  expect(seen).toEqual([3, 3, 3]);
});
