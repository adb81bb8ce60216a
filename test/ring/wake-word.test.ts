import { expect, test } from 'vitest';
import { countLostWords, ringKinds } from '../support/wake-word.js';

for (const [name, rung, memory] of ringKinds) {
  test(`the wake word keeps what was stored to it through a million completions (${name})`, (context) => {
    expect(countLostWords(context, rung, memory, 1_000_000)).toBe(0);
  });
}
