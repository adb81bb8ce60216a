import { expect, test } from 'vitest';
import { openRing, Results } from '../support/ring-driver.js';

const COMPLETIONS = 1_000_000;
const BATCH = 128;

/** Counts, and keeps nothing. */
class Count extends Results {
  count = 0;
  override onCompletion(): void {
    this.count++;
  }
}

for (const memory of ['shared', 'mapped'] as const) {
  for (const without of [[], ['DEFER_TASKRUN', 'COOP_TASKRUN']] as const) {
    const how = `in ${memory} memory, ${without.length === 0 ? 'best flags' : 'task work at once'}`;
    test(`the wake word keeps what was stored to it through a million completions (${how})`, (context) => {
      const { ring, operations } = openRing(context, { entries: BATCH, memory, without });
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
    });
  }
}
