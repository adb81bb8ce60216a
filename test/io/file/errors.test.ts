import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { EventLoop } from 'wakeline';
import { loopKinds } from '../../support/loops.js';
import { usePlace } from '../operation-loops.js';

type At = (name: string) => string;

/** Each fails on a loop as it does in Node: the same code, errno, syscall, paths and message. */
const failures: [string, (loop: EventLoop, at: At) => Promise<unknown>, (at: At) => Promise<unknown>][] = [
  ['open what is not there', (loop, at) => loop.open(at('missing')), (at) => fs.promises.open(at('missing'))],
  ['open below a file', (loop, at) => loop.open(at('file/x')), (at) => fs.promises.open(at('file/x'))],
  [
    'open a folder to write',
    (loop, at) => loop.open(at('folder'), 'w'),
    (at) => fs.promises.open(at('folder'), 'w'),
  ],
  [
    'open a file that must be new',
    (loop, at) => loop.open(at('file'), 'wx'),
    (at) => fs.promises.open(at('file'), 'wx'),
  ],
  ['open a link to itself', (loop, at) => loop.open(at('loop')), (at) => fs.promises.open(at('loop'))],
  ['open an empty path', (loop) => loop.open(''), () => fs.promises.open('')],
  [
    'open a name too long',
    (loop, at) => loop.open(at('n'.repeat(300))),
    (at) => fs.promises.open(at('n'.repeat(300))),
  ],
  ['read a folder', (loop, at) => loop.readFile(at('folder')), (at) => fs.promises.readFile(at('folder'))],
  [
    'read a file that is not there',
    (loop, at) => loop.readFile(at('missing')),
    (at) => fs.promises.readFile(at('missing')),
  ],
  [
    'write into a folder that is not there',
    (loop, at) => loop.writeFile(at('no/x'), ''),
    (at) => fs.promises.writeFile(at('no/x'), ''),
  ],
  ['stat what is not there', (loop, at) => loop.stat(at('missing')), (at) => fs.promises.stat(at('missing'))],
  [
    'lstat what is not there',
    (loop, at) => loop.lstat(at('missing')),
    (at) => fs.promises.lstat(at('missing')),
  ],
  [
    'rename what is not there',
    (loop, at) => loop.rename(at('missing'), at('x')),
    (at) => fs.promises.rename(at('missing'), at('x')),
  ],
  [
    'rename a folder to a file',
    (loop, at) => loop.rename(at('folder'), at('file')),
    (at) => fs.promises.rename(at('folder'), at('file')),
  ],
  [
    'unlink what is not there',
    (loop, at) => loop.unlink(at('missing')),
    (at) => fs.promises.unlink(at('missing')),
  ],
  ['unlink a folder', (loop, at) => loop.unlink(at('folder')), (at) => fs.promises.unlink(at('folder'))],
  [
    'make a folder that is there',
    (loop, at) => loop.mkdir(at('folder')),
    (at) => fs.promises.mkdir(at('folder')),
  ],
  [
    'make a folder where a file is',
    (loop, at) => loop.mkdir(at('file'), { recursive: true }),
    (at) => fs.promises.mkdir(at('file'), { recursive: true }),
  ],
  [
    'make a folder below nothing',
    (loop, at) => loop.mkdir(at('no/x')),
    (at) => fs.promises.mkdir(at('no/x')),
  ],
  [
    'remove a folder with something in it',
    (loop, at) => loop.rmdir(at('full')),
    (at) => fs.promises.rmdir(at('full')),
  ],
  ['remove a file as a folder', (loop, at) => loop.rmdir(at('file')), (at) => fs.promises.rmdir(at('file'))],
  [
    'link to a name that is taken',
    (loop, at) => loop.link(at('file'), at('folder')),
    (at) => fs.promises.link(at('file'), at('folder')),
  ],
  [
    'symlink under a name that is taken',
    (loop, at) => loop.symlink('x', at('file')),
    (at) => fs.promises.symlink('x', at('file')),
  ],
];

const openFailures: [
  string,
  string,
  (file: Awaited<ReturnType<EventLoop['open']>>) => Promise<unknown>,
  (handle: fs.promises.FileHandle) => Promise<unknown>,
][] = [
  [
    'write what was opened to read',
    'r',
    (file) => file.write(Buffer.from('x')),
    (handle) => handle.write(Buffer.from('x')),
  ],
  [
    'read what was opened to write',
    'a',
    (file) => file.read(Buffer.alloc(1)),
    (handle) => handle.read(Buffer.alloc(1), 0, 1),
  ],
  ['cut off what was opened to read', 'r', (file) => file.truncate(1), (handle) => handle.truncate(1)],
];

async function failureOf(promise: Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    await promise;
  } catch (error) {
    const { code, errno, syscall, path, dest, message } = error as NodeJS.ErrnoException & { dest?: string };
    return { code, errno, syscall, path, dest, message };
  }
  throw new Error('it did not fail');
}

for (const kind of Object.keys(loopKinds)) {
  describe(`on a loop of kind ${kind}`, () => {
    const place = usePlace(kind);

    const prepare = (): void => {
      const { at } = place();
      fs.writeFileSync(at('file'), 'contents');
      fs.mkdirSync(at('folder'));
      fs.mkdirSync(at('full/of/folders'), { recursive: true });
      fs.symlinkSync(at('loop'), at('loop'));
    };

    for (const [what, ours, nodes] of failures) {
      test(`to ${what} fails as in Node`, async () => {
        prepare();
        const { loop, at } = place();
        expect(await failureOf(ours(loop, at))).toEqual(await failureOf(nodes(at)));
      });
    }

    for (const [what, flags, ours, nodes] of openFailures) {
      test(`to ${what} fails as in Node`, async () => {
        prepare();
        const file = await place().loop.open(place().at('file'), flags as 'r');
        const handle = await fs.promises.open(place().at('file'), flags);
        expect(await failureOf(ours(file))).toEqual(await failureOf(nodes(handle)));
        await file.close();
        await handle.close();
      });
    }

    test('an error is a UringError, and a failed open leaves nothing open', async () => {
      const before = fs.readdirSync('/proc/self/fd').length;
      const error = await place()
        .loop.open('/missing')
        .catch((reason) => reason);
      expect(error).toMatchObject({ name: 'UringError' });
      expect(fs.readdirSync('/proc/self/fd').length).toBe(before);
    });

    test('parts of a buffer that it does not have are refused by name', async () => {
      prepare();
      const file = await place().loop.open(place().at('file'), 'r+');
      const buffer = Buffer.alloc(10);
      const wrong = [
        { offset: 11 },
        { offset: -1 },
        { offset: 5, length: 6 },
        { length: 1.5 },
        { position: -2 },
      ];
      for (const options of wrong) {
        const error = { name: 'RangeError', code: 'ERR_OUT_OF_RANGE' };
        await expect(file.read(buffer, options)).rejects.toMatchObject(error);
        await expect(file.write(buffer, options)).rejects.toMatchObject(error);
      }
      for (const options of [{ offset: '1' }, { position: 'x' }] as never[]) {
        await expect(file.read(buffer, options)).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
      }
      await expect(file.read('text' as never)).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
      await expect(file.readv([1] as never)).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
      await file.close();
    });

    test('a full device fails as in Node', async () => {
      const file = await place().loop.open('/dev/full', 'w');
      await expect(file.write(Buffer.from('x'))).rejects.toMatchObject({ code: 'ENOSPC', syscall: 'write' });
      await expect(file.writev([Buffer.from('x')])).rejects.toMatchObject({
        code: 'ENOSPC',
        syscall: 'write',
      });
      await file.close();
    });
  });
}
