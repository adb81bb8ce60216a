import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loopKinds } from '../../support/loops.js';
import { RandomFiles } from '../../support/random-files.js';
import { usePlace } from '../operation-loops.js';

const SEED = 20_190_917;
const LANES = 25;

for (const kind of Object.keys(loopKinds)) {
  describe(`on a loop of kind ${kind}`, () => {
    const place = usePlace(kind);
    const operations = kind.startsWith('uring') ? 100_000 : 10_000;

    test(`${operations} random operations, some of which fail or are aborted, leave nothing behind`, async () => {
      const { loop, at } = place();
      await loop.stat('/');
      const before = fs.readdirSync('/proc/self/fd').length;
      const lanes = Array.from({ length: LANES }, (_, lane) =>
        new RandomFiles(loop, at(`${lane}`), SEED + lane).run(operations / LANES),
      );
      const results = await Promise.all(lanes);
      const sum = (name: 'succeeded' | 'failed' | 'aborted'): number =>
        results.reduce((total, result) => total + result[name], 0);
      expect(sum('succeeded') + sum('failed') + sum('aborted')).toBe(operations);
      for (const name of ['succeeded', 'failed', 'aborted'] as const) {
        expect(sum(name)).toBeGreaterThan(operations / 100);
      }
      // Files that were only read are closed behind the promise.
      await expect.poll(() => fs.readdirSync('/proc/self/fd').length).toBe(before);
      expect(loop.buffersLent).toBe(0);
      // The loop's own watches, which are no operations of the user's.
      await expect.poll(() => loop.ring?.operations.active ?? 0).toBeLessThanOrEqual(2);
    });
  });
}
