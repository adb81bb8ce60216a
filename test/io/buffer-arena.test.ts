import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { contents } from '../cli/digest-tree.js';
import { loopKinds } from '../support/loops.js';
import { usePlace } from './operation-loops.js';

for (const kind of Object.keys(loopKinds)) {
  describe(`on a loop of kind ${kind}`, () => {
    const place = usePlace(kind);

    test('lends blocks that no two borrowers share, more than the kernel knows of too', async () => {
      const { loop, at } = place();
      fs.writeFileSync(at('file'), contents(100 * 4096));
      const file = await loop.open(at('file'));
      const lent = Array.from({ length: 100 }, () => loop.lendBuffer());
      expect(loop.buffersLent).toBe(100);
      const reads = lent.map(({ bytes }, index) =>
        file.read(bytes, { length: 4096, position: index * 4096 }),
      );
      expect(await Promise.all(reads)).toEqual(lent.map(() => 4096));
      const read = Buffer.concat(lent.map(({ bytes }) => bytes.subarray(0, 4096)));
      expect(read.equals(contents(100 * 4096))).toBe(true);
      for (const one of lent) {
        one.release();
        one.release();
      }
      expect(loop.buffersLent).toBe(0);
      await file.close();
    });

    test('a lent block can be written from, and read into past the page cache', async ({ skip }) => {
      const { loop, at } = place();
      const lent = loop.lendBuffer();
      contents(65_536).copy(lent.bytes);
      const { O_CREAT, O_DIRECT, O_RDWR } = fs.constants;
      const file = await loop.open(at('file'), O_RDWR | O_CREAT | O_DIRECT).catch((error) => error);
      if (file.code === 'EINVAL') skip('this file system has no O_DIRECT');
      expect(await file.write(lent.bytes, { length: 65_536, position: 0 })).toBe(65_536);
      lent.bytes.fill(0);
      expect(await file.read(lent.bytes, { length: 65_536, position: 0 })).toBe(65_536);
      expect(lent.bytes.subarray(0, 65_536).equals(contents(65_536))).toBe(true);
      await file.close();
      lent.release();
    });

    test('operations give back what they borrow, however they end', async () => {
      const { loop, at } = place();
      fs.writeFileSync(at('file'), contents(1_000_000));
      const signal = AbortSignal.abort();
      await Promise.allSettled([
        loop.readFile(at('file')),
        loop.readFile(place().folder),
        loop.readFile(at('file'), { signal }),
        loop.copyFile(at('file'), at('copy')),
        loop.copyFile(at('file'), '/dev/full'),
      ]);
      const file = await loop.open(at('file'));
      for await (const _ of file.readable()) {
        expect(loop.buffersLent).toBeGreaterThan(0);
        break;
      }
      expect(loop.buffersLent).toBe(0);
      await file.close();
    });
  });
}
