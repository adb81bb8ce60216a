import { expect, test } from 'vitest';
import {
  ByteRingConsumer,
  ByteRingProducer,
  createByteRing,
  Decoder,
  Encoder,
  NOTHING,
} from 'wakeline/queue';

/** The two ends of a ring. */
function makeEnds(
  clones = true,
  capacityBytes = 65_536,
): {
  encoder: Encoder;
  decoder: Decoder;
  consumer: ByteRingConsumer;
} {
  const memory = createByteRing(capacityBytes);
  const consumer = new ByteRingConsumer(memory);
  return {
    encoder: new Encoder(new ByteRingProducer(memory), clones),
    decoder: new Decoder(consumer),
    consumer,
  };
}

const shared = { twice: true };
const circle: Record<string, unknown> = {};
circle.self = circle;
class Point {
  x = 1;
}
const values: readonly unknown[] = [
  {},
  [],
  { id: 7, name: 'seven', values: [1, -1, 0.5, -0, 2 ** 31, Number.NaN, Number.POSITIVE_INFINITY] },
  { a: { b: { c: [[], [{}], [[null, undefined, true, false]]] } } },
  { text: 'ü', wide: '€😀', long: 'x'.repeat(5000), longWide: '€'.repeat(3000), lone: '\ud800', '': '' },
  { '€': 1, 'a key': 2, 3: 4 },
  Object.assign(Object.create(null), { bare: 1 }),
  Array.from({ length: 1000 }, (_, i) => i),
  Array.from({ length: 200 }, (_, i) => ({ i })),
  Object.assign(new Array(3), { 0: 1, 2: 3 }),
  /a(b)/.exec('ab'),
  [shared, shared],
  circle,
  JSON.parse('{"__proto__": {"polluted": true}, "b": 1}'),
  new Point(),
  { date: new Date(5), map: new Map([[1, 2]]), bytes: new Uint8Array([1, 2]), big: 5n },
  Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`key ${i}`, i])),
];

for (const [index, value] of values.entries()) {
  test(`objects arrive as structured clone would have them (${index})`, () => {
    const { encoder, decoder } = makeEnds(true, 1 << 20);
    for (let i = 0; i < 3; i++) {
      expect(encoder.encode(value)).toBe(true);
      const received = decoder.next();
      expect(received).toStrictEqual(structuredClone(value));
      expect(Object.keys(received as object)).toEqual(Object.keys(value as object));
    }
  });
}

test('a repeated reference is still one object, and a circle a circle', () => {
  const { encoder, decoder } = makeEnds();
  encoder.encode([shared, shared]);
  const [first, second] = decoder.next() as object[];
  expect(first).toBe(second);
  encoder.encode(circle);
  const received = decoder.next() as Record<string, unknown>;
  expect(received.self).toBe(received);
});

test('keys are known to the decoder although a record with new ones was refused', () => {
  const { encoder, decoder, consumer } = makeEnds(true, 256);
  const received: unknown[] = [];
  const sent: unknown[] = [];
  for (let i = 0; i < 300; i++) {
    const value = { [`key${i % 40}`]: i, common: 'x' };
    while (!encoder.encode(value)) {
      for (let got = decoder.next(); got !== NOTHING; got = decoder.next()) received.push(got);
      consumer.release();
    }
    sent.push(value);
  }
  for (let got = decoder.next(); got !== NOTHING; got = decoder.next()) received.push(got);
  expect(received).toEqual(sent);
});

test('an encoder that may not clone says so, and goes on', () => {
  const { encoder, decoder } = makeEnds(false);
  const refused = [
    new Point(),
    new Map(),
    [shared, shared],
    new Uint8Array(new SharedArrayBuffer(4)),
    () => {},
    new Proxy({}, {}),
    new Proxy([], {}),
  ];
  for (const value of refused)
    expect(() => encoder.encode(value)).toThrow(expect.objectContaining({ name: 'DataCloneError' }));
  encoder.encode({ a: 1 });
  encoder.encode(new Uint8Array([5]));
  expect(decoder.next()).toEqual({ a: 1 });
  expect(decoder.next()).toEqual(new Uint8Array([5]));
  expect(decoder.next()).toBe(NOTHING);
});
