import { expect, test } from 'vitest';
import { findWakeWord, type RingLayout } from 'wakeline/ring';
import { openRing } from '../support/ring-driver.js';

/** As `io_uring_setup` reports it from Linux 5.4 to 6.5. */
const spreadLayout: RingLayout = {
  sqHead: 0,
  sqTail: 64,
  cqHead: 128,
  cqTail: 192,
  sqRingMask: 256,
  cqRingMask: 260,
  sqRingEntries: 264,
  cqRingEntries: 268,
  sqDropped: 272,
  sqFlags: 276,
  cqFlags: 280,
  cqOverflow: 284,
  cqes: 320,
  sqArray: 320 + 128 * 16,
  sqEntries: 32,
};

/** Since Linux 6.6. */
const compactLayout: RingLayout = {
  sqHead: 0,
  sqTail: 4,
  cqHead: 8,
  cqTail: 12,
  sqRingMask: 16,
  cqRingMask: 20,
  sqRingEntries: 24,
  cqRingEntries: 28,
  sqDropped: 32,
  sqFlags: 36,
  cqFlags: 40,
  cqOverflow: 44,
  cqes: 64,
  sqEntries: 32,
};

const places: [string, RingLayout, number | undefined, boolean][] = [
  ['the layout of Linux 5.4 to 6.5', spreadLayout, 196, false],
  ['the layout since Linux 6.6', compactLayout, 48, true],
  ['entries that begin right behind the last field', { ...compactLayout, cqes: 48 }, undefined, true],
  ['a last field that ends the line', { ...compactLayout, cqOverflow: 60 }, undefined, true],
  ['a tail that ends its line', { ...spreadLayout, cqTail: 252 }, undefined, false],
  ['an index array right behind the last field', { ...compactLayout, sqArray: 48 }, undefined, true],
  ['flags in the line of a tail that lies apart', { ...spreadLayout, sqFlags: 200 }, 204, true],
];

for (const [what, layout, wakeWord, flagsInLine] of places) {
  test(`the layout probe finds ${wakeWord ?? 'no wake word'} for ${what}`, () => {
    expect(findWakeWord(layout)).toEqual({ wakeWord, flagsInLine });
  });
}

test('the layout probe never picks a word that the kernel names, whatever the order of the fields', () => {
  const fields = Object.keys(compactLayout).filter((name) => name !== 'cqes' && name !== 'sqEntries');
  for (let shift = 0; shift < fields.length; shift++) {
    const offsets = fields.map((_, index) => ((index + shift) % fields.length) * 4);
    const moved = { ...compactLayout, ...Object.fromEntries(fields.map((name, i) => [name, offsets[i]])) };
    const { wakeWord } = findWakeWord(moved);
    expect(offsets).not.toContain(wakeWord);
    expect(wakeWord).toBe(48);
  }
});

for (const memory of ['shared', 'mapped'] as const) {
  test(`this kernel's ring in ${memory} memory has its wake word in the tail's line`, (context) => {
    const { ring } = openRing(context, { memory });
    const { wakeWord } = ring.wakeWord;
    expect(ring.memory.wordsAddress % 4096).toBe(0);
    expect([48, 196]).toContain(wakeWord);
    expect(Math.floor(wakeWord! / 64)).toBe(Math.floor(ring.layout.cqTail / 64));
  });
}
