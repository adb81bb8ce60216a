import { createHash } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { WorkerPool } from 'wakeline';
import { SeededRandom } from '../support/random.js';
import { poolFile } from './run-process.js';

const MIB = 1 << 20;

function openPool(threads = 1): WorkerPool {
  const pool = new WorkerPool({
    filename: poolFile('payload-tasks'),
    minThreads: threads,
    maxThreads: threads,
  });
  onTestFinished(() => pool.destroy());
  return pool;
}

function randomBytes(length: number, seed: number): Uint8Array {
  const random = new SeededRandom(seed);
  const words = new Uint32Array(Math.ceil(length / 4)).map(() => random.below(2 ** 32));
  return new Uint8Array(words.buffer, 0, length);
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

test.for([1, 5, 33, 100])('%i MiB make the round trip', async (size) => {
  const bytes = randomBytes(size * MIB + 3, size);
  const back = (await openPool().run(bytes)) as Uint8Array;
  expect(back.length).toBe(bytes.length);
  expect(sha256(back)).toBe(sha256(bytes));
});

test('every size around the powers of two makes the round trip', async () => {
  const pool = openPool(2);
  const sizes = Array.from({ length: 21 }, (_, power) => [2 ** power - 1, 2 ** power, 2 ** power + 1]).flat();
  const backs = await Promise.all(
    sizes.map((size) => pool.run(randomBytes(size, size)) as Promise<Uint8Array>),
  );
  expect(backs.map(sha256)).toEqual(sizes.map((size) => sha256(randomBytes(size, size))));
});

test('many large tasks at once arrive whole, each with its own result', async () => {
  const pool = openPool(2);
  const payloads = Array.from({ length: 24 }, (_, seed) => randomBytes(2 * MIB + seed, seed));
  const digests = await Promise.all(payloads.map((bytes) => pool.run(bytes, { name: 'digest' })));
  expect(digests).toEqual(payloads.map(sha256));
});

test('many large results at once arrive whole', async () => {
  const pool = openPool(2);
  const sizes = Array.from({ length: 24 }, (_, index) => 2 * MIB + index);
  const results = (await Promise.all(sizes.map((size) => pool.run(size, { name: 'make' })))) as Uint8Array[];
  expect(results.map((bytes) => bytes.length)).toEqual(sizes);
  expect(results.every((bytes) => bytes.every((byte) => byte === (bytes.length & 255)))).toBe(true);
});

test('small tasks go on beside a large one', async () => {
  const pool = openPool(2);
  const large = pool.run(randomBytes(64 * MIB, 1), { name: 'digest' });
  const small = await Promise.all(Array.from({ length: 1000 }, (_, value) => pool.run(value)));
  expect(small).toEqual(Array.from({ length: 1000 }, (_, value) => value));
  expect(await large).toMatch(/^[0-9a-f]{64}$/);
});

test('long text and large structures make the round trip', async () => {
  const text = '日本語 🙂 text '.repeat(300_000);
  const structure = Array.from({ length: 50_000 }, (_, id) => ({
    id,
    name: `entry ${id}`,
    tags: new Set([id]),
  }));
  const pool = openPool();
  expect((await pool.run(text)) === text).toBe(true);
  expect(await pool.run(structure)).toEqual(structure);
});

test('a buffer that is moved is not copied, and is gone here', async () => {
  const pool = openPool();
  const buffer = randomBytes(32 * MIB, 7).buffer as ArrayBuffer;
  const expected = sha256(new Uint8Array(buffer));
  expect(await pool.run(new Uint8Array(buffer), { name: 'digest', transferList: [buffer] })).toBe(expected);
  expect(buffer.byteLength).toBe(0);
});
