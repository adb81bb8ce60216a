import { expect, test } from 'vitest';
import { ByteRing, NOTHING } from 'wakeline/queue';
import { CodecPair } from '../support/codec-pair.js';
import { SeededRandom } from '../support/random.js';
import { expectSame } from '../support/same.js';

const CAPACITY_BYTES = 1024;
const LARGE = CAPACITY_BYTES * 10;

const random = new SeededRandom(1);
const largeBytes = Uint8Array.from({ length: LARGE }, () => random.below(256));
const large: [string, unknown][] = [
  ['bytes', largeBytes],
  ['a Latin-1 string', 'aÿ'.repeat(LARGE / 2)],
  ['a UTF-16 string', 'a€'.repeat(LARGE / 2)],
  ['an object', { list: Array.from({ length: LARGE }, (_, index) => index), text: '🙂' }],
];

/** Sends all values as room allows and takes all of them out, a few at a time. */
function carryAll(pair: CodecPair, values: readonly unknown[]): unknown[] {
  const received: unknown[] = [];
  let sent = 0;
  for (let step = 0; received.length < values.length; step++) {
    if (step > 100_000) throw new Error(`stuck after ${sent} sent, ${received.length} received`);
    while (sent < values.length && pair.encoder.encode(values[sent])) sent++;
    pair.encoder.continueLarge();
    for (let count = random.below(3); count >= 0; count--) {
      const value = pair.take();
      if (value !== NOTHING) received.push(value);
    }
  }
  return received;
}

for (const [what, value] of large) {
  test(`${what} of ten times the ring arrives in order with the small values around it`, () => {
    const values = [1, 'before', value, 2.5, value, value, 'after', null];
    expectSame(carryAll(new CodecPair(CAPACITY_BYTES), values), values);
  });
}

test('nothing overtakes a large value', () => {
  const pair = new CodecPair(CAPACITY_BYTES);
  expect(pair.encoder.encode(largeBytes)).toBe(true);
  expect(pair.encoder.isBusy).toBe(true);
  expect(pair.encoder.encode('too early')).toBe(false);
  while (pair.encoder.isBusy) {
    expect(pair.take()).toBe(NOTHING);
    pair.encoder.continueLarge();
  }
  expect(pair.encoder.encode('now')).toBe(true);
  expectSame(pair.take(), largeBytes);
  expect(pair.take()).toBe('now');
});

test('a value of exactly the largest record, and one byte more, both arrive', () => {
  for (const size of [CAPACITY_BYTES / 2 - 8, CAPACITY_BYTES / 2 - 7]) {
    const value = largeBytes.slice(0, size);
    expect(new CodecPair(CAPACITY_BYTES).carry(value)).toEqual(value);
  }
});

test('a refused value is not sent, and says how much room it needs', () => {
  const pair = new CodecPair(CAPACITY_BYTES);
  while (pair.encoder.encode(7));
  const { neededBytes } = pair.encoder;
  expect(neededBytes).toBeGreaterThanOrEqual(8);
  let received = 0;
  while (pair.take() !== NOTHING) received++;
  expect(received).toBe(CAPACITY_BYTES / 8);
});

test('room as large as an encoder asks for is enough, wherever the end of the ring falls', () => {
  for (const value of [
    7,
    2.5,
    'short',
    'x'.repeat(300),
    '€'.repeat(40),
    largeBytes.slice(0, 400),
    { a: 1 },
  ]) {
    for (let offset = 0; offset < CAPACITY_BYTES / 8; offset++) {
      const pair = new CodecPair(CAPACITY_BYTES);
      for (let count = 0; count < offset; count++) pair.carry(0);
      while (pair.encoder.encode(value));
      const { neededBytes } = pair.encoder;
      const { consumer, encoder } = pair;
      while (encoder.neededBytes === neededBytes && encoder.encode(value) === false) {
        const free =
          CAPACITY_BYTES - (((consumer.words[ByteRing.tail] - consumer.words[ByteRing.head]) | 0) >>> 0);
        if (free >= neededBytes) throw new Error(`${free} bytes were free, ${neededBytes} were asked for`);
        if (pair.take() === NOTHING) throw new Error('an empty ring refuses');
      }
    }
  }
});
