import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { contents, sizes, temporaryDirectory } from '../cli/digest-tree.js';
import { loopKinds } from '../support/loops.js';
import { read, useReaders } from './read-file.js';

const PIECE_BYTES = 262_144;

let root: string;
let file: string;
beforeEach(() => {
  root = temporaryDirectory();
  file = path.join(root, 'file');
});
afterEach(() => {
  fs.rmSync(root, { recursive: true });
});

for (const kind of Object.keys(loopKinds)) {
  describe(`on a loop of kind ${kind}`, () => {
    const createReader = useReaders(kind);

    test('reads files of every size, all at once', async () => {
      const reader = createReader({ files: sizes.length });
      const reads = sizes.map(async (size) => {
        const ofSize = path.join(root, String(size));
        fs.writeFileSync(ofSize, contents(size));
        expect(Buffer.concat(await read(reader, ofSize)).equals(contents(size))).toBe(true);
      });
      await Promise.all(reads);
    });

    test('hands out a file shorter than four pieces whole', async () => {
      const size = 4 * PIECE_BYTES - 1;
      fs.writeFileSync(file, contents(size));
      expect((await read(createReader(), file)).map((piece) => piece.length)).toEqual([size]);
    });

    test('hands out an empty file as one empty piece', async () => {
      fs.writeFileSync(file, '');
      expect(await read(createReader(), file)).toEqual([Buffer.alloc(0)]);
    });

    test('reads a file of /proc to its end', async () => {
      const pieces = await read(createReader({ pieceBytes: 4096 }), '/proc/kallsyms');
      expect(Buffer.concat(pieces).equals(fs.readFileSync('/proc/kallsyms'))).toBe(true);
    });

    test('reads through one place again and again', async () => {
      const reader = createReader({ files: 1 });
      for (const size of [...sizes, ...sizes]) {
        fs.writeFileSync(file, contents(size));
        expect(Buffer.concat(await read(reader, file)).equals(contents(size))).toBe(true);
      }
    });

    test('leaves no file open', async () => {
      const reader = createReader({ files: 4 });
      fs.writeFileSync(file, contents(9 * PIECE_BYTES));
      for (let round = 0; round < 10; round++) {
        await read(reader, file);
        await expect(read(reader, root)).rejects.toThrow('EISDIR');
      }
      await expect.poll(() => openFiles().filter((name) => name.startsWith(root))).toEqual([]);
    });
  });
}

function openFiles(): string[] {
  return fs.readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return fs.readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      // The one that listed them.
      return [];
    }
  });
}
