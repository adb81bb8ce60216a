import { expect, test } from 'vitest';
import { io } from './read-file.js';

test('a name goes there and back', () => {
  for (const name of ['plain', 'grün', '日本語 🚀']) expect(io.displayPath(io.bytePathOf(name))).toBe(name);
});

test('names that are no UTF-8 keep their bytes', () => {
  const bytes = Buffer.from([0x61, 0xff, 0xc3, 0x62]);
  expect(io.bytesOf(io.bytePathOfBytes(bytes))).toEqual(bytes);
});

test('bytes that are no UTF-8 show as replacement characters', () => {
  expect(io.displayPath(io.bytePathOfBytes(Buffer.from([0x61, 0xff, 0x62])))).toBe('a\ufffdb');
});
