import fs from 'node:fs';
import { expect, test } from 'vitest';
import { EventLoop, type EventLoopOptions } from 'wakeline';
import { contents } from '../../cli/digest-tree.js';
import { canary, usePlace } from '../operation-loops.js';

type OpcodeName = NonNullable<EventLoopOptions['withoutOpcodes']>[number];

/** What came after Linux 5.6, or is left out of some kernels; then what nothing of a file goes through the ring without. */
const optional: OpcodeName[] = [
  'FTRUNCATE',
  'UNLINKAT',
  'MKDIRAT',
  'RENAMEAT',
  'LINKAT',
  'SYMLINKAT',
  'SPLICE',
  'FADVISE',
  'WAITID',
];
const place = usePlace('portable');

for (const [what, withoutOpcodes] of [
  ['newer opcodes', optional],
  ['STATX', ['STATX']],
] as [string, OpcodeName[]][]) {
  test(`on a kernel without ${what}, node:fs does that part of the work`, async () => {
    await place().loop.close();
    const loop = EventLoop.attach({ backend: 'uring', withoutOpcodes });
    const { at } = place();
    await loop.writeFile(at('one'), contents(300_000));
    await loop.rename(at('one'), at('two'));
    await loop.link(at('two'), at('three'));
    await loop.symlink('three', at('four'));
    await loop.unlink(at('two'));
    await loop.mkdir(at('d/e'), { recursive: true });
    await loop.rmdir(at('d/e'));
    await loop.copyFile(at('four'), at('five'));
    const file = await loop.open(at('five'), 'r+');
    await file.truncate(200_000);
    await loop.fadvise(file.fd, 'willNeed');
    expect((await file.stat()).size).toBe(200_000);
    const fifo = place().makeFifo('fifo');
    const pipe = fs.openSync(fifo.path, fs.constants.O_RDWR);
    expect(await loop.splice(file.fd, pipe, 4096, { fromPosition: 100 })).toBe(4096);
    const buffer = canary(4096);
    fs.readSync(pipe, buffer);
    expect(buffer.equals(contents(300_000).subarray(100, 4196))).toBe(true);
    fs.closeSync(pipe);
    await file.close();
    expect((await loop.readFile(at('five'))).equals(contents(300_000).subarray(0, 200_000))).toBe(true);
    await expect(loop.unlink(at('two'))).rejects.toMatchObject({
      name: 'UringError',
      code: 'ENOENT',
      syscall: 'unlink',
      path: at('two'),
    });
    await expect(loop.waitid('pid', 2 ** 22 + 1)).rejects.toMatchObject({ code: 'ECHILD' });
    expect(loop.ring!.has('RENAMEAT')).toBe(what === 'STATX');
    await loop.close();
  });
}
