import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { nativeOrSkip } from '../support/native.js';

function kernelPageBytes(): number {
  return 1024 * Number(/^KernelPageSize:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/smaps', 'utf8'))![1]);
}

test('discarded memory loses the pages that lie within it, and nothing beside them', (context) => {
  const { memory } = nativeOrSkip(context);
  const pageBytes = kernelPageBytes();
  // Not zeros, so that a page which was given back shows.
  const bytes = new Uint8Array(new SharedArrayBuffer(4 * pageBytes)).fill(1);
  const discarded = bytes.subarray(1, -1);
  memory.discardZeros(discarded);
  const address = memory.address(discarded);
  const begin = (pageBytes - (address % pageBytes)) % pageBytes;
  const end = discarded.length - ((address + discarded.length) % pageBytes);
  expect(discarded.subarray(begin, end)).toEqual(new Uint8Array(end - begin));
  expect([...bytes.subarray(0, 1 + begin), ...bytes.subarray(1 + end)].every((byte) => byte === 1)).toBe(
    true,
  );
  expect(end - begin).toBeGreaterThanOrEqual(2 * pageBytes);
});

test('memory of less than a page is discarded without a word', (context) => {
  const { memory } = nativeOrSkip(context);
  const bytes = new Uint8Array(new SharedArrayBuffer(256)).fill(1);
  memory.discardZeros(bytes);
  expect(bytes.every((byte) => byte === 1)).toBe(true);
});
