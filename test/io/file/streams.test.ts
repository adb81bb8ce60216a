import fs from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import zlib from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { contents } from '../../cli/digest-tree.js';
import { loopKinds } from '../../support/loops.js';
import { usePlace } from '../operation-loops.js';

const CHUNK_BYTES = 10_000;
const sizes = [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 12 * CHUNK_BYTES, 12 * CHUNK_BYTES + 1];

for (const kind of Object.keys(loopKinds)) {
  describe(`on a loop of kind ${kind}`, () => {
    const place = usePlace(kind);

    for (const options of [{}, { reuse: false }, { ahead: 0 }, { ahead: 64 }]) {
      test(`gives the chunks of files of every size in order (${JSON.stringify(options)})`, async () => {
        for (const size of sizes) {
          fs.writeFileSync(place().at('file'), contents(size));
          const file = await place().loop.open(place().at('file'));
          const chunks: Buffer[] = [];
          for await (const chunk of file.readable({ chunkBytes: CHUNK_BYTES, ...options })) {
            chunks.push(Buffer.from(chunk));
          }
          expect(Buffer.concat(chunks).equals(contents(size))).toBe(true);
          expect(chunks.slice(0, -1).every(({ length }) => length === CHUNK_BYTES)).toBe(true);
          await file.close();
        }
      });
    }

    test('chunks are the consumer’s for good, if it says so', async () => {
      const size = 20 * CHUNK_BYTES;
      fs.writeFileSync(place().at('file'), contents(size));
      const file = await place().loop.open(place().at('file'));
      const chunks: Buffer[] = [];
      const options = { chunkBytes: CHUNK_BYTES, reuse: false };
      for await (const chunk of file.readable(options)) chunks.push(chunk);
      expect(Buffer.concat(chunks).equals(contents(size))).toBe(true);
      await file.close();
    });

    test('reads a part of a file', async () => {
      fs.writeFileSync(place().at('file'), contents(100_000));
      const file = await place().loop.open(place().at('file'));
      const chunks: Buffer[] = [];
      const part = { position: 12_345, length: 54_321, chunkBytes: 1000, reuse: false };
      for await (const chunk of file.readable(part)) chunks.push(chunk);
      expect(Buffer.concat(chunks).equals(contents(100_000).subarray(12_345, 66_666))).toBe(true);
      await file.close();
    });

    test('a consumer may leave early', async () => {
      fs.writeFileSync(place().at('file'), contents(100 * CHUNK_BYTES));
      const file = await place().loop.open(place().at('file'));
      for await (const chunk of file.readable({ chunkBytes: CHUNK_BYTES, ahead: 8 })) {
        expect(chunk.length).toBe(CHUNK_BYTES);
        break;
      }
      await file.close();
    });

    test('a file that grows or shrinks meanwhile is read without a gap', async () => {
      const whole = contents(100 * CHUNK_BYTES);
      for (const change of ['grow', 'shrink']) {
        fs.writeFileSync(place().at('file'), whole.subarray(0, 50 * CHUNK_BYTES));
        const file = await place().loop.open(place().at('file'));
        const chunks: Buffer[] = [];
        for await (const chunk of file.readable({ chunkBytes: CHUNK_BYTES, ahead: 4, reuse: false })) {
          chunks.push(chunk);
          if (chunks.length === 25 && change === 'grow') {
            fs.appendFileSync(place().at('file'), whole.subarray(50 * CHUNK_BYTES));
          }
          if (chunks.length === 25 && change === 'shrink') fs.truncateSync(place().at('file'), 123_456);
        }
        const read = Buffer.concat(chunks);
        expect(read.equals(whole.subarray(0, read.length))).toBe(true);
        if (change === 'grow') expect(read.length).toBe(whole.length);
        else expect(read.length).toBeLessThanOrEqual(31 * CHUNK_BYTES);
        await file.close();
      }
    });

    test('reads a pipe as it comes, until its writer closes it', async () => {
      const fifo = place().makeFifo('fifo');
      const file = await place().loop.open(fifo.path);
      const chunks: string[] = [];
      fifo.write('one');
      for await (const chunk of file.readable()) {
        chunks.push(String(chunk));
        if (chunks.length === 1) fifo.write('two');
        else fifo.closeWriter();
      }
      expect(chunks).toEqual(['one', 'two']);
      await file.close();
    });

    test('a readable that is aborted fails, and lets go of the file', async () => {
      fs.writeFileSync(place().at('file'), contents(100 * CHUNK_BYTES));
      const file = await place().loop.open(place().at('file'));
      const controller = new AbortController();
      const read = async (): Promise<void> => {
        for await (const _ of file.readable({ chunkBytes: CHUNK_BYTES, signal: controller.signal })) {
          controller.abort();
          await sleep(1);
        }
      };
      await expect(read()).rejects.toMatchObject({ code: 'ABORT_ERR' });
      await file.close();
    });

    test('writes pieces in order, those that wait together', async () => {
      const file = await place().loop.open(place().at('file'), 'w');
      const writable = file.writable();
      const pieces = Array.from({ length: 3000 }, (_, index) => `piece ${index};`);
      const writes = pieces.map((piece) => writable.write(piece));
      expect(writable.pendingBytes).toBe(pieces.join('').length);
      await Promise.all(writes);
      expect(writable.pendingBytes).toBe(0);
      await writable.end();
      await file.close();
      expect(fs.readFileSync(place().at('file'), 'utf8')).toBe(pieces.join(''));
    });

    test('a writable that has failed fails for good', async () => {
      const file = await place().loop.open('/dev/full', 'w');
      const writable = file.writable({ position: 0 });
      const [first, second] = [writable.write('one'), writable.write('two')];
      await expect(first).rejects.toMatchObject({ code: 'ENOSPC' });
      await expect(second).rejects.toMatchObject({ code: 'ENOSPC' });
      await expect(writable.write('three')).rejects.toMatchObject({ code: 'ENOSPC' });
      await expect(writable.end()).rejects.toMatchObject({ code: 'ENOSPC' });
      await file.close();
    });

    test('Node’s pipeline and zlib work with it', async () => {
      const whole = Buffer.concat(Array(30).fill(contents(40_000)));
      fs.writeFileSync(place().at('file'), whole);
      const { loop, at } = place();
      const before = fs.readdirSync('/proc/self/fd').length;
      const [from, to] = [await loop.open(at('file')), await loop.open(at('file.gz'), 'w')];
      await pipeline(from.toNodeStream(), zlib.createGzip({ level: 1 }), to.toNodeStream());
      expect(zlib.gunzipSync(fs.readFileSync(at('file.gz'))).equals(whole)).toBe(true);
      await expect.poll(() => fs.readdirSync('/proc/self/fd').length).toBe(before);
    });

    test('a stream that is destroyed ends the read that waits, and closes the file', async () => {
      const fifo = place().makeFifo('fifo');
      const file = await place().loop.open(fifo.path);
      const stream = file.toNodeStream();
      stream.resume();
      await sleep(5);
      // Without a ring, a thread of libuv's is in that read and cannot be called back.
      if (place().loop.backend !== 'uring') fifo.closeWriter();
      await new Promise((resolve) => {
        stream
          .once('close', resolve)
          .on('error', () => {})
          .destroy();
      });
      await expect(file.stat()).rejects.toMatchObject({ code: 'EBADF' });
    });

    test('a stream reports what fails', async () => {
      const file = await place().loop.open('/dev/full', 'w');
      const stream = file.toNodeStream();
      stream.write('x');
      const error = await new Promise((resolve) => void stream.once('error', resolve));
      expect(error).toMatchObject({ code: 'ENOSPC', syscall: 'write' });
    });
  });
}
