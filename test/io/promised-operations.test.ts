import fs from 'node:fs';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { canary, isIntact, ringKinds, usePlace } from './operation-loops.js';

for (const kind of Object.keys(ringKinds)) {
  describe(`on a loop of kind ${kind}`, () => {
    const place = usePlace(kind);

    test('an operation that is aborted rejects with the reason as its cause, and writes to no memory afterwards', async () => {
      const fifo = place().makeFifo('fifo');
      const file = await place().loop.open(fifo.path, 'r');
      const controller = new AbortController();
      const buffer = canary(4096);
      const read = file.read(buffer, { signal: controller.signal });
      await sleep(5);
      controller.abort('enough');
      await expect(read).rejects.toMatchObject({ name: 'AbortError', code: 'ABORT_ERR', cause: 'enough' });
      fifo.write('too late');
      await sleep(5);
      expect(isIntact(buffer)).toBe(true);
      await file.close();
    });

    test('an operation whose signal has aborted before does not start', async () => {
      const { submissions } = place().loop.stats().counters;
      const open = place().loop.open(place().folder, 'r', 0, { signal: AbortSignal.abort() });
      await expect(open).rejects.toMatchObject({ code: 'ABORT_ERR' });
      expect(place().loop.ring!.operations.active).toBeLessThanOrEqual(2);
      expect(place().loop.stats().counters.submissions).toBe(submissions);
    });

    test('an operation that has completed is no longer tied to its signal', async () => {
      const controller = new AbortController();
      fs.writeFileSync(place().at('file'), 'contents');
      const file = await place().loop.open(place().at('file'), 'r', 0, { signal: controller.signal });
      const buffer = Buffer.alloc(8);
      expect(await file.read(buffer, { signal: controller.signal })).toBe(8);
      controller.abort();
      expect(await file.read(buffer, { position: 0 })).toBe(8);
      expect(String(buffer)).toBe('contents');
      await file.close();
    });

    test('a loop that closes rejects what is in flight, and nothing writes to its memory afterwards', async () => {
      const fifo = place().makeFifo('fifo');
      const file = await place().loop.open(fifo.path, 'r');
      const buffers = Array.from({ length: 100 }, () => canary(4096));
      const reads = buffers.map((buffer) => file.read(buffer));
      await sleep(5);
      const outcomes = Promise.allSettled(reads);
      await place().loop.close();
      for (const outcome of await outcomes) {
        expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'ERR_WAKELINE_CLOSED' } });
      }
      fifo.write('too late');
      await sleep(5);
      expect(buffers.every(isIntact)).toBe(true);
    });

    test('a loop that is closed starts nothing', async () => {
      const { loop, folder } = place();
      await loop.close();
      await expect(loop.open(folder)).rejects.toMatchObject({ code: 'ERR_WAKELINE_CLOSED' });
    });

    test('a thousand operations that wait, far more than the queue holds, all complete', async () => {
      const fifo = place().makeFifo('fifo');
      const file = await place().loop.open(fifo.path, 'r');
      const buffers = Array.from({ length: 1000 }, () => canary(1));
      const reads = buffers.map((buffer) => file.read(buffer));
      await turn();
      fifo.write('x'.repeat(1000));
      expect(await Promise.all(reads)).toEqual(buffers.map(() => 1));
      expect(Buffer.concat(buffers).toString()).toBe('x'.repeat(1000));
      await file.close();
    });

    test('what is aborted and started again a thousand times leaves nothing in flight', async () => {
      const fifo = place().makeFifo('fifo');
      const file = await place().loop.open(fifo.path, 'r');
      const buffer = canary(16);
      for (let round = 0; round < 1000; round++) {
        const controller = new AbortController();
        const read = file.read(buffer, { signal: controller.signal });
        if (round % 3 === 0) await turn();
        controller.abort();
        await expect(read).rejects.toMatchObject({ code: 'ABORT_ERR' });
      }
      await file.close();
      expect(place().loop.ring!.operations.active).toBeLessThanOrEqual(2);
      expect(isIntact(buffer)).toBe(true);
    });
  });
}
