import { createSecretKey, webcrypto } from 'node:crypto';
import { BlockList, SocketAddress } from 'node:net';
import { createHistogram } from 'node:perf_hooks';
import { inspect, types } from 'node:util';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { compare } from './compare.js';
import { outcomeOf } from './recorder.js';
import type { Pool, Scenario, Wrong } from './subject.js';

/** A value in words that tell all that arrived. */
function describe(value: unknown): string {
  const text = inspect(value, { depth: 8, maxArrayLength: 20, maxStringLength: 100, showHidden: false });
  // A stack names the package's files.
  return value instanceof Error ? `${value.constructor.name} ${value.name}: ${value.message}` : text;
}

const holes: unknown[] = [1, 2, 3];
delete holes[1];
const cycle: Record<string, unknown> = { name: 'cycle' };
cycle.self = cycle;
const shared = { once: true };

class Point {
  readonly #hidden = 3;
  x = 1;
  y = 2;
  get sum(): number {
    return this.x + this.y + this.#hidden;
  }
}

/** Every kind of value that a MessagePort carries, and some that it refuses. */
const values: Readonly<Record<string, Readonly<Record<string, () => unknown>>>> = {
  primitives: {
    undefined: () => undefined,
    null: () => null,
    booleans: () => [true, false],
    numbers: () => [0, -0, 1.5, -1, 2 ** 31, 2 ** 53, Number.NaN, Infinity, -Infinity, 5e-324],
    minusZero: () => -0,
    nan: () => Number.NaN,
    bigints: () => [0n, -5n, 2n ** 70n],
    bigint: () => 12345678901234567890n,
    text: () => 'text',
    latin: () => 'Grüße',
    wide: () => '日本語 🙂 \u0000',
    lone: () => '\ud800 lone',
    long: () => 'x'.repeat(200_000),
    empty: () => '',
    symbol: () => Symbol('refused'),
    function: () => () => 1,
  },
  objects: {
    plain: () => ({ id: 1, name: 'a', values: [1, 2, 3], nested: { deep: { er: null } } }),
    empty: () => ({}),
    undefinedField: () => ({ a: undefined }),
    integerKeys: () => ({ 2: 'b', 1: 'a', c: 'c' }),
    array: () => [1, 'two', null, undefined, [3]],
    holes: () => holes,
    arrayWithProperty: () => Object.assign([1], { extra: 2 }),
    cycle: () => cycle,
    twice: () => [shared, shared],
    instance: () => new Point(),
    withoutPrototype: () => Object.assign(Object.create(null), { a: 1 }),
    accessor: () => ({
      get a() {
        return 1;
      },
    }),
    throwingAccessor: () => ({
      get a() {
        throw new RangeError('from the accessor');
      },
    }),
    method: () => ({ method() {} }),
    symbolKey: () => ({ [Symbol.iterator]: 1, a: 1 }),
    proxy: () => new Proxy({ a: 1 }, {}),
    promise: () => Promise.resolve(1),
    weakMap: () => new WeakMap(),
    generator: () => [].values(),
  },
  builtins: {
    date: () => new Date(5),
    invalidDate: () => new Date(Number.NaN),
    regExp: () => /a+b/giu,
    map: () => new Map<unknown, unknown>([[{ a: 1 }, new Set([1])]]),
    set: () => new Set([1, 'a', { b: 1 }]),
    boxed: () => [Object(1), Object('a'), Object(true), Object(1n)],
    error: () => new TypeError('as a value'),
    domException: () => new DOMException('as a value', 'DataError'),
    url: () => new URL('https://example.org/'),
    blob: () => new Blob(['text']),
    histogram: () => createHistogram(),
    blockList: () => new BlockList(),
    socketAddress: () => new SocketAddress({ address: '127.0.0.1', port: 5 }),
    secretKey: () => createSecretKey(Buffer.from('0123456789abcdef')),
    module: () =>
      new (globalThis as Wrong).WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)),
    abortSignal: () => new AbortController().signal,
    eventTarget: () => new EventTarget(),
  },
  bytes: {
    buffer: () => Buffer.from('bytes'),
    uint8: () => Uint8Array.of(1, 2, 3),
    clamped: () => Uint8ClampedArray.of(1, 300),
    int8: () => Int8Array.of(-1),
    uint16: () => Uint16Array.of(65_535),
    int32: () => Int32Array.of(-5),
    float32: () => Float32Array.of(1.5),
    float64: () => Float64Array.of(Math.PI),
    bigInt64: () => BigInt64Array.of(-5n),
    dataView: () => new DataView(new ArrayBuffer(8), 2, 4),
    part: () => new Uint8Array(new ArrayBuffer(32), 8, 4).fill(7),
    arrayBuffer: () => Uint8Array.of(1, 2).buffer,
    empty: () => new Uint8Array(0),
    twoViews: () => {
      const buffer = new ArrayBuffer(8);
      return [new Uint8Array(buffer), new Uint32Array(buffer)];
    },
    resizable: () => new (ArrayBuffer as Wrong)(4, { maxByteLength: 8 }),
    detached: () => {
      const buffer = new ArrayBuffer(8);
      structuredClone(buffer, { transfer: [buffer] });
      return buffer;
    },
    megabyte: () => new Uint8Array(1 << 20).fill(9),
  },
};

/** What comes back of each value, or how it is refused. */
const roundTrips =
  (kinds: Readonly<Record<string, () => unknown>>): Scenario =>
  async ({ pool }) => {
    const made = pool({ minThreads: 1, maxThreads: 1 });
    const seen: Record<string, unknown> = {};
    for (const [name, make] of Object.entries(kinds))
      seen[name] = await outcomeOf(() => made.run(make()).then(describe));
    return { seen, completed: made.completed };
  };

async function sharedMemory(pool: Pool): Promise<unknown> {
  const view = new Int32Array(new SharedArrayBuffer(16));
  const count = await pool.run(view, { name: 'addInPlace' });
  const answered = (await pool.run({ view }, { name: 'default' })).view as Int32Array;
  Atomics.store(answered, 3, 9);
  return { count, numbers: [...view], isShared: types.isSharedArrayBuffer(answered.buffer) };
}

compare({
  ...Object.fromEntries(
    Object.entries(values).map(([kind, kinds]) => [`${kind} make the round trip alike`, roundTrips(kinds)]),
  ),
  'memory that is shared stays shared': ({ pool }) => sharedMemory(pool({ minThreads: 1, maxThreads: 1 })),
  'a key that can encrypt arrives as one': async ({ pool }) => {
    const { subtle } = webcrypto;
    const key = await subtle.generateKey({ name: 'AES-GCM', length: 128 }, true, ['encrypt', 'decrypt']);
    const back = await pool({ minThreads: 1, maxThreads: 1 }).run(key);
    const [one, two] = await Promise.all([subtle.exportKey('raw', key), subtle.exportKey('raw', back)]);
    return { type: back.type, isEqual: Buffer.compare(Buffer.from(one), Buffer.from(two)) === 0 };
  },
  'ports, buffers and streams are transferred': async ({ pool }) => {
    const made = pool({ minThreads: 1, maxThreads: 1 });
    const { port1, port2 } = new MessageChannel();
    const buffer = new ArrayBuffer(64);
    const answer = await made.run({ port2, buffer }, { name: 'sayThrough', transferList: [port2, buffer] });
    const received = receiveMessageOnPort(port1)?.message;
    port1.close();
    const stream = new ReadableStream({
      start(controller) {
        controller.enqueue('a chunk');
        controller.close();
      },
    });
    const chunks = await made.run(stream, { name: 'readStream', transferList: [stream as Wrong] });
    return { answer, received, bytesLeft: buffer.byteLength, chunks, isLocked: stream.locked };
  },
  'a port that is not transferred is refused': async ({ pool }) => {
    const made = pool({ minThreads: 1, maxThreads: 1 });
    const { port1, port2 } = new MessageChannel();
    const refused = await outcomeOf(() => made.run({ port2 }));
    port1.close();
    return { refused, completed: made.completed, next: await made.run('next') };
  },
  'a transfer list that cannot be sent rejects and spoils nothing': async ({ pool }) => {
    const made = pool({ minThreads: 1, maxThreads: 1 });
    const buffer = new ArrayBuffer(8);
    const first = await outcomeOf(() => made.run(buffer, { transferList: [buffer] }).then(describe));
    const again = await outcomeOf(() => made.run(buffer, { transferList: [buffer] }).then(describe));
    return {
      first,
      again,
      completed: made.completed,
      threads: made.threads.length,
      next: await made.run('next'),
    };
  },
  'the transfer list given is left as it was': async ({ pool, Piscina }) => {
    const made = pool({ minThreads: 1, maxThreads: 1 });
    const [one, two] = [new ArrayBuffer(8), new ArrayBuffer(16)];
    const transferList = [one];
    const back = await made.run(Piscina.move(two), { transferList });
    return { left: transferList.length, bytes: [one.byteLength, two.byteLength], back: describe(back) };
  },
  'an error of the task itself rejects and leaves the thread': async ({ pool }) => {
    const made = pool({ minThreads: 1, maxThreads: 1 });
    const before = await made.run(null, { name: 'where' });
    const refused = await outcomeOf(() => made.run({ f: () => {} }));
    return { refused, isSameThread: (await made.run(null, { name: 'where' })) === before };
  },
});
