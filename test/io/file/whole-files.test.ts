import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { contents } from '../../cli/digest-tree.js';
import { loopKinds } from '../../support/loops.js';
import { usePlace } from '../operation-loops.js';

const sizes = [0, 1, 4095, 65_535, 65_536, 65_537, 200_000, 1_048_576, 3_000_001];

/** Opens a FIFO's writing end, which the kernel refuses until a reader is opening it or has opened it. */
async function writerOfReader(fifo: string): Promise<number> {
  for (;;) {
    try {
      return fs.openSync(fifo, fs.constants.O_WRONLY | fs.constants.O_NONBLOCK);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENXIO') throw error;
    }
    await sleep(1);
  }
}

for (const kind of Object.keys(loopKinds)) {
  describe(`on a loop of kind ${kind}`, () => {
    const place = usePlace(kind);

    test('reads and writes files of every size, all at once', async () => {
      const { loop, at } = place();
      await Promise.all(
        sizes.map(async (size) => {
          await loop.writeFile(at(`${size}`), contents(size));
          expect(fs.readFileSync(at(`${size}`)).equals(contents(size))).toBe(true);
          expect((await loop.readFile(at(`${size}`))).equals(contents(size))).toBe(true);
        }),
      );
    });

    test('contents are the reader’s own: reading another file does not change them', async () => {
      const { loop, at } = place();
      await loop.writeFile(at('one'), 'one');
      await loop.writeFile(at('two'), 'two');
      const one = await loop.readFile(at('one'));
      await loop.readFile(at('two'));
      expect(String(one)).toBe('one');
    });

    test('reads files that do not tell their size', async () => {
      for (const path of ['/proc/self/status', '/proc/kallsyms', '/proc/cpuinfo']) {
        const [ours, nodes] = [await place().loop.readFile(path), fs.readFileSync(path)];
        expect(Math.abs(ours.length - nodes.length)).toBeLessThan(200);
        expect(ours.subarray(0, 20)).toEqual(nodes.subarray(0, 20));
      }
    });

    test('reads a FIFO until its writer closes it', async () => {
      const { loop, at } = place();
      place().makeFifo('fifo').closeWriter();
      const read = loop.readFile(at('fifo'), 'utf8');
      const writer = await writerOfReader(at('fifo'));
      fs.writeSync(writer, 'from ');
      await loop.stat(at('fifo'));
      fs.writeSync(writer, 'the other end');
      fs.closeSync(writer);
      expect(await read).toBe('from the other end');
    });

    test('texts go through encodings', async () => {
      const { loop, at } = place();
      await loop.writeFile(at('text'), 'grüße 日本語', { encoding: 'utf16le' });
      expect(await loop.readFile(at('text'), 'utf16le')).toBe('grüße 日本語');
      expect(await loop.readFile(at('text'), { encoding: 'hex' })).toBe(
        Buffer.from('grüße 日本語', 'utf16le').toString('hex'),
      );
      await expect(loop.readFile(at('text'), 'klingon' as never)).rejects.toMatchObject({
        code: 'ERR_INVALID_ARG_TYPE',
      });
    });

    test('writeFile takes flag and mode', async () => {
      const { loop, at } = place();
      await loop.writeFile(at('log'), 'one ', { mode: 0o600 });
      await loop.writeFile(at('log'), 'two', { flag: 'a', flush: true });
      expect(fs.readFileSync(at('log'), 'utf8')).toBe('one two');
      expect(fs.statSync(at('log')).mode & 0o777).toBe(0o600);
    });

    test('an atomic write shows its readers the old contents or the new ones', async () => {
      const { loop, at } = place();
      const [old, next] = [contents(100_000), contents(100_001)];
      await loop.writeFile(at('file'), old);
      let isDone = false;
      const writes = (async () => {
        for (let round = 0; round < 20; round++) {
          await loop.writeFile(at('file'), round % 2 === 0 ? next : old, { atomic: true });
        }
        isDone = true;
      })();
      while (!isDone) {
        const seen = await loop.readFile(at('file'));
        expect(seen.equals(old) || seen.equals(next)).toBe(true);
      }
      await writes;
      expect(fs.readdirSync(place().folder)).toEqual(['file']);
    });

    test('an atomic write that fails leaves the old contents and nothing beside them', async () => {
      const { loop, at } = place();
      fs.mkdirSync(at('folder'));
      await expect(loop.writeFile(at('folder'), 'x', { atomic: true })).rejects.toMatchObject({
        code: 'EISDIR',
        syscall: 'rename',
      });
      expect(fs.readdirSync(place().folder)).toEqual(['folder']);
    });

    test('copies contents and permissions of files of every size', async () => {
      const { loop, at } = place();
      for (const size of sizes) {
        fs.writeFileSync(at('from'), contents(size));
        fs.chmodSync(at('from'), 0o750);
        await loop.copyFile(at('from'), at(`to ${size}`));
        expect(fs.readFileSync(at(`to ${size}`)).equals(contents(size))).toBe(true);
        expect(fs.statSync(at(`to ${size}`)).mode & 0o777).toBe(0o750);
      }
    });

    test('copies what does not tell its size, and over what is longer', async () => {
      const { loop, at } = place();
      fs.writeFileSync(at('to'), contents(2_000_000));
      await loop.copyFile('/proc/version', at('to'));
      expect(fs.readFileSync(at('to'), 'utf8')).toBe(fs.readFileSync('/proc/version', 'utf8'));
      await expect(loop.copyFile('/proc/version', at('to'), { exclusive: true })).rejects.toMatchObject({
        code: 'EEXIST',
      });
    });

    test('copies many large files at once, amid more operations than the queue holds', async () => {
      const { loop, at } = place();
      const whole = contents(3_000_001);
      fs.writeFileSync(at('from'), whole);
      const others: Promise<unknown>[] = [];
      const copies = Array.from({ length: 6 }, async (_, index) => {
        for (let i = 0; i < 100; i++) others.push(loop.stat(at('from')));
        await loop.copyFile(at('from'), at(`to ${index}`));
      });
      await Promise.all(copies);
      await Promise.all(others);
      for (let index = 0; index < copies.length; index++)
        expect(fs.readFileSync(at(`to ${index}`)).equals(whole)).toBe(true);
    });

    test('copies holes, and a file over one of the same size', async () => {
      const { loop, at } = place();
      fs.writeFileSync(at('sparse'), 'begin');
      fs.truncateSync(at('sparse'), 6_000_000);
      fs.writeFileSync(at('to'), contents(6_000_000));
      await loop.copyFile(at('sparse'), at('to'));
      expect(fs.readFileSync(at('to')).equals(fs.readFileSync(at('sparse')))).toBe(true);
    });

    test('a copy of what grows and shrinks meanwhile is as long as the source was at some time', async () => {
      const { loop, at } = place();
      const [short, long] = [1_500_000, 6_000_000];
      const whole = contents(long);
      fs.writeFileSync(at('from'), whole);
      for (let round = 0; round < 6; round++) {
        const copy = loop.copyFile(at('from'), at('to'));
        for (let step = 0; step < 4; step++) {
          await loop.stat(at('from'));
          fs.truncateSync(at('from'), step % 2 === 0 ? short + round : long - round);
        }
        await copy;
        const copied = fs.readFileSync(at('to'));
        expect(copied.length >= short && copied.length <= long).toBe(true);
        expect(copied.subarray(0, short).equals(whole.subarray(0, short))).toBe(true);
        fs.writeFileSync(at('from'), whole);
      }
    });

    test('a copy that is aborted leaves no part of it', async () => {
      const { loop, at } = place();
      fs.writeFileSync(at('from'), contents(8_000_000));
      let outcome: unknown = 'copied';
      // Other threads copy, and may be faster than the two looks, which are made by others yet: then there was nothing to abort.
      for (let attempt = 0; attempt < 50 && outcome === 'copied'; attempt++) {
        fs.rmSync(at('to'), { force: true });
        const controller = new AbortController();
        const copy = loop.copyFile(at('from'), at('to'), { signal: controller.signal });
        const settled = copy.then(
          () => 'copied',
          (error) => error,
        );
        await loop.stat(at('from'));
        await loop.stat(at('from'));
        controller.abort();
        outcome = await settled;
      }
      expect(outcome).toMatchObject({ code: 'ABORT_ERR' });
      expect(fs.readdirSync(place().folder)).toEqual(['from']);
    });

    test('a file that is copied onto itself, under whatever name, stays as it is', async () => {
      const { loop, at } = place();
      fs.writeFileSync(at('file'), contents(1000));
      fs.linkSync(at('file'), at('link'));
      fs.symlinkSync('file', at('symlink'));
      for (const to of ['file', 'link', 'symlink']) await loop.copyFile(at('file'), at(to));
      expect(fs.readFileSync(at('file')).equals(contents(1000))).toBe(true);
    });

    test('a copy that fails leaves no part of it, but a device where it was', async () => {
      const { loop, at } = place();
      for (const size of [300_000, 3_000_000]) {
        fs.writeFileSync(at('file'), contents(size));
        await expect(loop.copyFile(at('file'), '/dev/full')).rejects.toMatchObject({ code: 'ENOSPC' });
      }
      expect(fs.statSync('/dev/full').isCharacterDevice()).toBe(true);
      await expect(loop.copyFile(place().folder, at('copy'))).rejects.toMatchObject({ code: 'EISDIR' });
      expect(fs.readdirSync(place().folder)).toEqual(['file']);
    });

    test('leaves no file open, whatever fails', async () => {
      const { loop, at } = place();
      const before = fs.readdirSync('/proc/self/fd').length;
      fs.writeFileSync(at('file'), contents(100_000));
      fs.writeFileSync(at('large'), contents(2_000_000));
      const aborted = AbortSignal.abort();
      for (let round = 0; round < 10; round++) {
        await loop.readFile(at('file'));
        const outcomes = await Promise.allSettled([
          loop.readFile(place().folder),
          loop.readFile(at('file'), { signal: aborted }),
          loop.writeFile(at('file'), 'x', { flag: 'wx' }),
          loop.copyFile(at('file'), place().folder),
          loop.copyFile(place().folder, at('copy')),
          loop.copyFile(at('large'), '/dev/full'),
        ]);
        expect(outcomes.map(({ status }) => status)).toEqual(Array(6).fill('rejected'));
      }
      await expect.poll(() => fs.readdirSync('/proc/self/fd').length).toBe(before);
    });
  });
}
