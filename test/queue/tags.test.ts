import { expect, test } from 'vitest';
import { NOTHING } from 'wakeline/queue';
import { CodecPair } from '../support/codec-pair.js';
import { SeededRandom } from '../support/random.js';
import { expectSame } from '../support/same.js';

const CAPACITY_BYTES = 1024;
const LARGEST_BYTES = CAPACITY_BYTES / 2 - 8;
const values = [7, -0, 1.5, true, null, undefined, 'text', 'te€t', { a: [1] }, new Map([[1, 2]])];
const large = new Uint8Array(CAPACITY_BYTES * 3).fill(5);

test('a tag comes with its value, of whatever kind that is', () => {
  const pair = new CodecPair(CAPACITY_BYTES);
  for (const [index, value] of [...values, large].entries()) {
    const tag = (index - 5) * 400_000_000;
    expect(pair.encoder.encodeTagged(tag, value)).toBe(true);
    let taken = pair.take();
    while (taken === NOTHING) {
      pair.encoder.continueLarge();
      taken = pair.take();
    }
    expect(taken).toStrictEqual(value);
    expect(pair.tag).toBe(tag | 0);
  }
});

test('a value that finds no room leaves no tag behind', () => {
  const pair = new CodecPair(CAPACITY_BYTES);
  let sent = 0;
  while (pair.encoder.encodeTagged(sent, `value ${sent}`)) sent++;
  expect(pair.encoder.neededBytes).toBeGreaterThan(0);
  for (let i = 0; i < sent; i++) {
    expect(pair.take()).toBe(`value ${i}`);
    expect(pair.tag).toBe(i);
  }
  expect(pair.take()).toBe(NOTHING);
  expect(pair.encoder.encodeTagged(99, 'after')).toBe(true);
  expect([pair.take(), pair.tag, pair.take()]).toEqual(['after', 99, NOTHING]);
});

test('a value that cannot be cloned leaves no tag behind', () => {
  const pair = new CodecPair(CAPACITY_BYTES);
  expect(() => pair.encoder.encodeTagged(1, () => {})).toThrow('could not be cloned');
  expect(pair.take()).toBe(NOTHING);
  expect(pair.encoder.encodeTagged(2, 'after')).toBe(true);
  expect([pair.take(), pair.tag]).toEqual(['after', 2]);
});

test('the largest record finds room behind its tag wherever the end of the ring falls', () => {
  const bytes = new Uint8Array(LARGEST_BYTES).fill(3);
  for (let filled = 0; filled < CAPACITY_BYTES; filled += 8) {
    const pair = new CodecPair(CAPACITY_BYTES);
    for (let i = 0; i < filled; i += 8) pair.carry(i);
    expect(pair.encoder.encodeTagged(filled, bytes)).toBe(true);
    expect(pair.encoder.isBusy).toBe(false);
    expectSame([pair.take(), pair.tag], [bytes, filled]);
  }
});

test('tags stay with their values when both come and go at random', () => {
  const random = new SeededRandom(3);
  const pair = new CodecPair(CAPACITY_BYTES);
  let [sent, received] = [0, 0];
  const valueAt = (index: number): unknown =>
    index % 50 === 0 ? large : index % 3 === 0 ? 'x'.repeat(index % 300) : index;
  while (received < 5000) {
    for (let count = random.below(20); count > 0 && pair.encoder.encodeTagged(sent, valueAt(sent)); count--)
      sent++;
    pair.encoder.continueLarge();
    for (let count = random.below(20); count > 0; count--) {
      const value = pair.take();
      if (value === NOTHING) break;
      expectSame(value, valueAt(received));
      expect(pair.tag).toBe(received++);
    }
  }
});
