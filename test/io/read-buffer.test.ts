import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loopKinds } from '../support/loops.js';
import { nativeOrSkip } from '../support/native.js';
import { usePlace } from './operation-loops.js';

const PAGE_BYTES = 4096;
/** A target that is so little behind its source, within their pages, is copied to at a third of the speed. */
const SLOW_BYTES = 32;
/** More than a malloc ever takes from its heap: the memory has pages of its own, and begins 16 bytes into the first. */
const LARGE_BYTES = 40 << 20;

for (const kind of Object.keys(loopKinds)) {
  describe(`on a loop of kind ${kind}`, () => {
    const place = usePlace(kind);

    test('large memory that files are read into does not begin just behind a page’s beginning', async (context) => {
      const { memory } = nativeOrSkip(context);
      const { loop, at } = place();
      fs.writeFileSync(at('file'), '');
      fs.truncateSync(at('file'), LARGE_BYTES);
      const whole = await loop.readFile(at('file'));
      await using file = await loop.open(at('file'));
      const read = [whole];
      for await (const chunk of file.readable({ chunkBytes: LARGE_BYTES })) read.push(chunk);
      expect(read.map(({ length }) => length)).toEqual([LARGE_BYTES, LARGE_BYTES]);
      for (const bytes of read) {
        expect(memory.address(bytes) % PAGE_BYTES).toBeGreaterThanOrEqual(SLOW_BYTES);
      }
    });
  });
}
