import { expect, test } from 'vitest';
import { openRing } from '../../support/ring-driver.js';
import { countLostWords, ringKinds } from '../../support/wake-word.js';

// A million take half a minute here. With every kind of ring, that is test/ring/wake-word.test.ts, which `--all` runs.
const WITH_THE_BEST = 1_000_000;
const WITH_ANOTHER = 50_000;

for (const [name, rung, memory] of ringKinds) {
  test(`the wake word keeps what was stored to it, through a million completions if it is the best ring (${name})`, (context) => {
    const best = openRing(context).ring;
    const flags = best.flags.filter((flag) => flag !== 'NO_MMAP');
    const isBest = best.memory.kind === memory && String(flags) === String(rung);
    expect(countLostWords(context, rung, memory, isBest ? WITH_THE_BEST : WITH_ANOTHER)).toBe(0);
  }, 300_000);
}
