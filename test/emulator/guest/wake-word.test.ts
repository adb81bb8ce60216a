import { expect, test } from 'vitest';
import { openRing, Results } from '../../support/ring-driver.js';

const COMPLETIONS = 1_000_000;
const BATCH = 256;

/** Counts, and keeps nothing. */
class Count extends Results {
  count = 0;
  override onCompletion(): void {
    this.count++;
  }
}

// The same as test/ring/wake-word.test.ts does with each kind of memory and flags, which would take minutes here.
test('the wake word keeps what was stored to it through a million completions', (context) => {
  const { ring, operations } = openRing(context, { entries: BATCH });
  const index = ring.wakeWord.wakeWord! / 4;
  const { words } = ring.memory;
  const handler = new Count();
  let changes = 0;
  for (let value = 1; handler.count < COMPLETIONS; value++) {
    words[index] = value;
    for (let count = 0; count < BATCH; count++) operations.nop(handler);
    ring.flush();
    ring.reap(operations, BATCH);
    if (Atomics.load(words, index) !== value) changes++;
  }
  expect(changes).toBe(0);
  expect(operations.active).toBe(0);
}, 300_000);
