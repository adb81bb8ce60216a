import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { contents } from '../../cli/digest-tree.js';
import { loopKinds } from '../../support/loops.js';
import { usePlace } from '../operation-loops.js';

for (const kind of Object.keys(loopKinds)) {
  describe(`on a loop of kind ${kind}`, () => {
    const place = usePlace(kind);
    const isPortable = kind === 'portable';

    test('what cannot be had says so', async ({ skip }) => {
      if (!isPortable) skip('only backend portable lacks it');
      const { loop, at } = place();
      const bound = loop.open(at('x'), 'r', 0, { resolve: ['beneath'] });
      for (const missing of [loop.poll(0), loop.waitid('all', 0), bound]) {
        await expect(missing).rejects.toMatchObject({
          code: 'ERR_WAKELINE_UNAVAILABLE',
          message: expect.stringContaining('native code'),
        });
      }
    });

    test('splice moves a file through a pipe', async () => {
      const { loop, at } = place();
      fs.writeFileSync(at('from'), contents(5000));
      const [from, to] = [await loop.open(at('from')), await loop.open(at('to'), 'w')];
      place().makeFifo('pipe');
      const pipe = fs.openSync(at('pipe'), fs.constants.O_RDWR);
      let moved = 0;
      for (;;) {
        const bytes = await loop.splice(from.fd, pipe, 2000, { fromPosition: moved });
        if (bytes === 0) break;
        let left = bytes;
        while (left > 0) {
          left -= await loop.splice(pipe, to.fd, left, { toPosition: moved + bytes - left });
        }
        moved += bytes;
      }
      expect(fs.readFileSync(at('to')).equals(contents(5000))).toBe(true);
      fs.closeSync(pipe);
    });

    test('splice without a pipe is refused', async () => {
      const { loop, at } = place();
      fs.writeFileSync(at('from'), contents(5000));
      const [from, to] = [await loop.open(at('from')), await loop.open(at('to'), 'w')];
      await expect(loop.splice(from.fd, to.fd, 100)).rejects.toMatchObject({
        code: 'EINVAL',
        syscall: 'splice',
      });
      await expect(loop.splice(2 ** 20, to.fd, 100)).rejects.toMatchObject({
        code: 'EBADF',
        syscall: 'splice',
      });
    });

    test('advice about what takes none is refused', async () => {
      const { loop } = place();
      const fifo = place().makeFifo('fifo');
      const fd = fs.openSync(fifo.path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
      await expect(loop.fadvise(fd, 'random')).rejects.toMatchObject({ code: 'ESPIPE', syscall: 'fadvise' });
      fs.closeSync(fd);
      await expect(loop.fadvise(2 ** 20, 'random')).rejects.toMatchObject({
        code: 'EBADF',
        syscall: 'fadvise',
      });
      const aborted = loop.fadvise(0, 'normal', { signal: AbortSignal.abort() });
      await expect(aborted).rejects.toMatchObject({ code: 'ABORT_ERR' });
    });

    test('advice is taken', async () => {
      const { loop, at } = place();
      fs.writeFileSync(at('file'), contents(5000));
      const file = await loop.open(at('file'));
      for (const advice of ['sequential', 'random', 'willNeed', 'dontNeed', 'normal', 'noReuse'] as const) {
        expect(await loop.fadvise(file.fd, advice, { length: 4096 })).toBeUndefined();
      }
      await expect(loop.fadvise(file.fd, 'never' as never)).rejects.toMatchObject({
        code: 'ERR_OUT_OF_RANGE',
      });
    });

    test('a path that is bound to a directory does not lead out of it', async ({ skip }) => {
      if (isPortable) skip('openat2 needs native code');
      const { loop, at } = place();
      fs.mkdirSync(at('inside'));
      fs.writeFileSync(at('outside'), 'secret');
      fs.symlinkSync('../outside', at('inside/link'));
      const inside = await loop.open(at('inside'), fs.constants.O_RDONLY | fs.constants.O_DIRECTORY);
      const bound = { at: inside, resolve: ['beneath'] } as const;
      for (const path of ['../outside', 'link', at('outside')]) {
        await expect(loop.open(path, 'r', 0, bound)).rejects.toMatchObject({
          code: 'EXDEV',
          syscall: 'open',
          path,
        });
      }
      const file = await loop.open('new', 'w', 0o600, bound);
      await file.write(Buffer.from('contents'));
      expect(fs.readFileSync(at('inside/new'), 'utf8')).toBe('contents');
      await expect(loop.open('new', 'wx', 0o600, bound)).rejects.toMatchObject({
        code: 'EEXIST',
        path: 'new',
      });
      await expect(loop.open('none', 'r', 0, bound)).rejects.toMatchObject({ code: 'ENOENT', path: 'none' });
      const again = await loop.open('new', 'w+', 0o600, bound);
      expect((await again.stat()).size).toBe(0);
      await expect(loop.open('link', 'r', 0, { at: inside, resolve: ['noSymlinks'] })).rejects.toMatchObject({
        code: 'ELOOP',
      });
      await expect(loop.open('x', 'r', 0, { resolve: ['sideways' as never] })).rejects.toMatchObject({
        code: 'ERR_OUT_OF_RANGE',
      });
    });

    test('a bound path to a FIFO waits for the other end, and the thread does not', async ({ skip }) => {
      if (isPortable) skip('openat2 needs native code');
      const { loop, at, folder } = place();
      place().makeFifo('fifo').closeWriter();
      const bound = { at: await loop.open(folder), resolve: ['beneath'] } as const;
      const opening = loop.open('fifo', 'r', 0, bound);
      await loop.sleep(5);
      const writer = fs.openSync(at('fifo'), fs.constants.O_WRONLY);
      await (await opening).close();
      fs.closeSync(writer);
    });

    test('a path is relative to an open directory', async () => {
      const { loop, at, folder } = place();
      fs.writeFileSync(at('file'), 'contents');
      const directory = await loop.open(folder);
      for (const path of ['file', Buffer.from('file'), at('file')]) {
        const file = await loop.open(path, 'r', 0, { at: directory });
        expect((await file.stat()).size).toBe(8);
      }
      const missing = loop.open('none', 'r', 0, { at: directory });
      await expect(missing).rejects.toMatchObject({ code: 'ENOENT', syscall: 'open', path: 'none' });
    });
  });
}
