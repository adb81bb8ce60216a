import { deepStrictEqual } from 'node:assert';
import { expect, test } from 'vitest';
import { NOTHING } from 'wakeline/queue';
import { CodecPair } from '../support/codec-pair.js';

class Point {
  x = 1;
}

const cycle: { self?: unknown; list: unknown[] } = { list: [] };
cycle.self = cycle;
cycle.list.push(cycle, cycle.list);
const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
const floats = new Float64Array([1.5, -0, Number.NaN]);

const values: [string, unknown][] = [
  ['0', 0],
  ['1', 1],
  ['−1', -1],
  ['the largest int32', 2 ** 31 - 1],
  ['the smallest int32', -(2 ** 31)],
  ['2^31', 2 ** 31],
  ['one below the smallest int32', -(2 ** 31) - 1],
  ['2^32', 2 ** 32],
  ['2^53', 2 ** 53],
  ['−0', -0],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['−Infinity', Number.NEGATIVE_INFINITY],
  ['a float', 0.1],
  ['the smallest float', Number.MIN_VALUE],
  ['the largest float', Number.MAX_VALUE],
  ['true', true],
  ['false', false],
  ['null', null],
  ['undefined', undefined],
  ['an empty string', ''],
  ['an ASCII string', 'hello'],
  ['a NUL', 'a\0b'],
  ['a Latin-1 string', 'Grüße ÿ'],
  ['a UTF-16 string', 'naïve — 日本 🙂'],
  ['a lone high surrogate', 'a\ud83d'],
  ['a lone low surrogate', '\ude42b'],
  ['a late wide character', `${'a'.repeat(63)}€`],
  ['a Uint8Array', bytes],
  ['an empty Uint8Array', new Uint8Array(0)],
  ['a part of a Uint8Array', bytes.subarray(3, 77)],
  ['a Buffer', Buffer.from('pooled')],
  ['a BigInt', 2n ** 100n],
  ['a negative BigInt', -1n],
  ['a Date', new Date(1e12)],
  ['a Map', new Map<unknown, unknown>([[1, { a: [2] }], ['k', new Map()]])], // biome-ignore format: one line
  ['a Set', new Set([1, 'two', Number.NaN])],
  ['an Error', new RangeError('out', { cause: new Error('inner') })],
  ['a RegExp', /a+(?<name>b)/giu],
  ['an empty object', {}],
  ['a nested object', { a: { b: [1, 3, { c: undefined }] }, d: [null, -0, 2.5] }],
  ['a cycle', cycle],
  ['a sparse array', Object.assign([], { 5: 'five' })],
  ['a boxed number', Object(5)],
  ['an ArrayBuffer', bytes.buffer],
  ['a Float64Array', floats],
  ['a DataView', new DataView(bytes.buffer, 8, 16)],
  ['a Buffer inside an object', { data: Buffer.from('inside') }],
  ['an instance of a class', new Point()],
  ['an object with a getter', { get answer() { return 42; } }], // biome-ignore format: one line
];
for (const length of [62, 63, 64, 65, 66, 127, 128, 2040, 2041, 5000]) {
  values.push([`an ASCII string of ${length}`, 'x'.repeat(length)]);
  values.push([`a Latin-1 string of ${length}`, 'ÿ'.repeat(length)]);
  values.push([`a UTF-16 string of ${length}`, '€'.repeat(length)]);
  values.push([`a Uint8Array of ${length}`, new Uint8Array(length).fill(length)]);
}

for (const [what, value] of values) {
  test(`${what} arrives as structured clone would give it`, () => {
    const pair = new CodecPair();
    deepStrictEqual(pair.carry(value), structuredClone(value));
    expect(pair.take()).toBe(NOTHING);
  });
}

for (const [what, value] of values) {
  test(`${what} arrives through the smallest ring`, () => {
    deepStrictEqual(new CodecPair(256).carry(value), structuredClone(value));
  });
}

test('an invalid Date arrives as one', () => {
  const received = new CodecPair().carry(new Date(Number.NaN));
  expect(received).toBeInstanceOf(Date);
  expect((received as Date).getTime()).toBeNaN();
});

test('two views of one buffer still share it on the other side', () => {
  const [ints, again] = new CodecPair().carry([new Int32Array(floats.buffer), floats]) as [
    Int32Array,
    Float64Array,
  ];
  expect(again.buffer).toBe(ints.buffer);
});

test('an object that occurs twice arrives as one', () => {
  const shared = { a: 1 };
  const [first, second] = new CodecPair().carry([shared, shared]) as object[];
  expect(first).toBe(second);
});

const unclonable: [string, unknown][] = [
  ['a function', () => {}],
  ['a symbol', Symbol('of nothing')],
  ['a function inside an object', { a: [() => {}] }],
  ['a WeakMap', new WeakMap()],
  ['a promise', Promise.resolve()],
  ['a port', new MessageChannel().port1],
  ['shared memory', new SharedArrayBuffer(8)],
];

for (const [what, value] of unclonable) {
  test(`${what} is refused with a DataCloneError, and nothing is sent`, () => {
    const pair = new CodecPair();
    expect(() => pair.encoder.encode(value)).toThrow(expect.objectContaining({ name: 'DataCloneError' }));
    expect(pair.take()).toBe(NOTHING);
    expect(pair.carry('next')).toBe('next');
  });
}

test('a getter that throws stops the send with its own error', () => {
  const pair = new CodecPair();
  const value = {
    get broken(): never {
      throw new RangeError('of the getter');
    },
  };
  expect(() => pair.encoder.encode(value)).toThrow(new RangeError('of the getter'));
  expect(pair.take()).toBe(NOTHING);
});

for (const size of [16, 100_000]) {
  test(`${size} bytes that the sender changes after the send arrive unchanged`, () => {
    const pair = new CodecPair();
    const payload = new Uint8Array(size).fill(7);
    expect(pair.encoder.encode(payload)).toBe(true);
    payload.fill(9);
    let received: unknown = NOTHING;
    while (received === NOTHING) {
      received = pair.take();
      pair.encoder.continueLarge();
    }
    deepStrictEqual(received, new Uint8Array(size).fill(7));
  });

  test(`${size} bytes that were received stay unchanged when the ring goes on`, () => {
    const pair = new CodecPair();
    const received = pair.carry(new Uint8Array(size).fill(7));
    for (let count = 0; count < 200; count++) pair.carry(new Uint8Array(100).fill(9));
    deepStrictEqual(received, new Uint8Array(size).fill(7));
  });
}

test('a character up to U+00FF takes one byte, any other two', () => {
  for (const [text, lengthBytes] of [
    ['ÿ'.repeat(10), 10],
    ['ÿ'.repeat(400), 400],
    [`${'ÿ'.repeat(399)}€`, 800],
  ] as const) {
    const pair = new CodecPair();
    pair.encoder.encode(text);
    pair.consumer.next();
    expect(pair.consumer.payloadBytes).toBe(lengthBytes);
  }
});

test('bytes in shared memory arrive as a copy', () => {
  const shared = new Uint8Array(new SharedArrayBuffer(4)).fill(3);
  const received = new CodecPair().carry(shared) as Uint8Array;
  shared.fill(4);
  expect(received.buffer).toBeInstanceOf(ArrayBuffer);
  expect([...received]).toEqual([3, 3, 3, 3]);
});
