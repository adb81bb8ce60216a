import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { contents } from '../../cli/digest-tree.js';
import { loopKinds } from '../../support/loops.js';
import { expectSame } from '../../support/same.js';
import { canary, isIntact, usePlace } from '../operation-loops.js';

for (const kind of Object.keys(loopKinds)) {
  describe(`on a loop of kind ${kind}`, () => {
    const place = usePlace(kind);

    test('reads at a position, into a part of a buffer, and nothing beside it', async () => {
      fs.writeFileSync(place().at('file'), contents(10_000));
      const file = await place().loop.open(place().at('file'));
      const buffer = canary(300);
      expect(await file.read(buffer, { offset: 100, length: 100, position: 5000 })).toBe(100);
      expect(buffer.subarray(100, 200)).toEqual(contents(10_000).subarray(5000, 5100));
      expect(isIntact(buffer.subarray(0, 100)) && isIntact(buffer.subarray(200))).toBe(true);
      await file.close();
    });

    test('reads on from its own position, up to the end of the file', async () => {
      fs.writeFileSync(place().at('file'), contents(10_000));
      const file = await place().loop.open(place().at('file'));
      const buffer = Buffer.alloc(6000);
      expect(await file.read(buffer)).toBe(6000);
      expectSame(buffer, contents(10_000).subarray(0, 6000));
      expect(await file.read(buffer)).toBe(4000);
      expectSame(buffer.subarray(0, 4000), contents(10_000).subarray(6000));
      expect(await file.read(buffer)).toBe(0);
      await file.close();
    });

    test('reads behind the end of the file are empty', async () => {
      fs.writeFileSync(place().at('file'), 'short');
      const file = await place().loop.open(place().at('file'));
      expect(await file.read(Buffer.alloc(8), { position: 5 })).toBe(0);
      expect(await file.read(Buffer.alloc(8), { position: 2 ** 40 })).toBe(0);
      expect(await file.read(Buffer.alloc(0))).toBe(0);
      await file.close();
    });

    test('writes at a position, beyond 4 GiB too', async () => {
      const file = await place().loop.open(place().at('sparse'), 'w+');
      const position = 5 * 2 ** 32 + 7;
      expect(await file.write(Buffer.from('far away'), { position })).toBe(8);
      expect(await file.write(Buffer.from('-near-'), { position: 3n, offset: 1, length: 4 })).toBe(4);
      const buffer = Buffer.alloc(8);
      expect(await file.read(buffer, { position })).toBe(8);
      expect(String(buffer)).toBe('far away');
      expect(await file.read(buffer, { position: 0 })).toBe(8);
      expect(String(buffer)).toBe('\0\0\0near\0');
      expect((await file.stat()).size).toBe(position + 8);
      await file.close();
    });

    test('appends where the file was opened for it', async () => {
      fs.writeFileSync(place().at('log'), 'one ');
      const file = await place().loop.open(place().at('log'), 'a');
      await file.write(Buffer.from('two '));
      await file.write(Buffer.from('three'));
      await file.close();
      expect(fs.readFileSync(place().at('log'), 'utf8')).toBe('one two three');
    });

    test('reads into typed arrays of every kind, on the heap or off it', async () => {
      fs.writeFileSync(place().at('file'), contents(64));
      const file = await place().loop.open(place().at('file'));
      const views = [
        new Uint8Array(16),
        new Float64Array(4),
        new DataView(new ArrayBuffer(32), 8, 16),
        new Uint8Array(new SharedArrayBuffer(16)),
        Buffer.allocUnsafe(16),
      ];
      for (const view of views) {
        expect(await file.read(view, { position: 16 })).toBe(view.byteLength);
        const bytes = Buffer.from(view.buffer, view.byteOffset, view.byteLength);
        expect(bytes).toEqual(contents(64).subarray(16, 16 + view.byteLength));
      }
      await file.close();
    });

    test('reads and writes several buffers in one go, empty ones among them', async () => {
      const file = await place().loop.open(place().at('file'), 'w+');
      const parts = [contents(10), Buffer.alloc(0), contents(70_000), contents(3)];
      expect(await file.writev(parts, { position: 5 })).toBe(70_013);
      const into = [Buffer.alloc(10), Buffer.alloc(70_000), Buffer.alloc(0), Buffer.alloc(100)];
      expect(await file.readv(into, { position: 5 })).toBe(70_013);
      expectSame(Buffer.concat(into).subarray(0, 70_013), Buffer.concat(parts));
      await file.close();
    });

    test('writes more buffers than the kernel takes at once', async () => {
      const file = await place().loop.open(place().at('file'), 'w+');
      const parts = Array.from({ length: 2500 }, (_, index) => Buffer.from(`${index};`));
      await file.writev(parts);
      await file.close();
      expectSame(fs.readFileSync(place().at('file')), Buffer.concat(parts));
    });

    test('cuts off, fills up and allocates', async () => {
      fs.writeFileSync(place().at('file'), 'contents');
      const file = await place().loop.open(place().at('file'), 'r+');
      await file.truncate(4);
      expect(fs.readFileSync(place().at('file'), 'utf8')).toBe('cont');
      await file.truncate(6);
      expect(fs.readFileSync(place().at('file'), 'utf8')).toBe('cont\0\0');
      await file.allocate(8192, 8192);
      const stats = await file.stat();
      expect(stats.size).toBe(16_384);
      expect(stats.blocks).toBeGreaterThanOrEqual(16);
      await file.truncate();
      expect(fs.readFileSync(place().at('file'), 'utf8')).toBe('');
      await file.sync();
      await file.datasync();
      await file.close();
    });

    test('a thousand reads at random positions, 64 at once, each find their own bytes', async () => {
      const whole = contents(1_000_000);
      fs.writeFileSync(place().at('file'), whole);
      const file = await place().loop.open(place().at('file'));
      let left = 1000;
      const reader = async (seed: number): Promise<void> => {
        const buffer = Buffer.alloc(4096);
        while (left-- > 0) {
          const position = (left * 7919 + seed * 104_729) % 999_000;
          const bytes = await file.read(buffer, { position });
          expect(buffer.subarray(0, bytes).equals(whole.subarray(position, position + 4096))).toBe(true);
        }
      };
      await Promise.all(Array.from({ length: 64 }, (_, seed) => reader(seed)));
      await file.close();
    });

    test('close waits for what is in flight', async () => {
      fs.writeFileSync(place().at('file'), contents(100_000));
      const file = await place().loop.open(place().at('file'));
      const buffer = Buffer.alloc(100_000);
      const read = file.read(buffer, { position: 0 });
      await Promise.all([file.close(), file.close()]);
      expect(await read).toBe(100_000);
      await expect(file.read(buffer)).rejects.toMatchObject({ code: 'EBADF', syscall: 'read' });
      await expect(file.stat()).rejects.toMatchObject({ code: 'EBADF', syscall: 'fstat' });
    });

    test('the loop that closes settles what waits, and closes the file when nobody is at work on it any more', async () => {
      const fifo = place().makeFifo('fifo');
      const file = await place().loop.open(fifo.path);
      const { fd } = file;
      const buffer = canary(100);
      const read = expect(file.read(buffer)).rejects.toMatchObject({ code: 'ERR_WAKELINE_CLOSED' });
      await place().loop.sleep(5);
      await place().loop.close();
      await read;
      // Without a ring, a thread of libuv's is in that read until the pipe ends.
      fifo.closeWriter();
      await expect.poll(() => fs.existsSync(`/proc/self/fd/${fd}`)).toBe(false);
      expect(isIntact(buffer)).toBe(true);
    });

    test('the loop that closes closes its files', async () => {
      fs.writeFileSync(place().at('file'), 'contents');
      const file = await place().loop.open(place().at('file'));
      const { fd } = file;
      expect(fs.fstatSync(fd).size).toBe(8);
      await place().loop.close();
      expect(() => fs.fstatSync(fd)).toThrow('EBADF');
      await expect(file.read(Buffer.alloc(1))).rejects.toMatchObject({ code: 'ERR_WAKELINE_CLOSED' });
      await file.close();
    });
  });
}
