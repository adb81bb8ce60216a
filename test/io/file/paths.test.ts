import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { names } from '../../cli/digest-tree.js';
import { loopKinds } from '../../support/loops.js';
import { usePlace } from '../operation-loops.js';

const methods = 'isFile isDirectory isSymbolicLink isFIFO isCharacterDevice isBlockDevice isSocket'.split(
  ' ',
);
const numbers = 'dev mode nlink uid gid rdev blksize ino size blocks mtimeMs ctimeMs birthtimeMs'.split(' ');
const dates = ['mtime', 'ctime', 'birthtime'];

/** All that Node's stats tell, as far as looking does not change it. */
function fieldsOf(stats: object): Record<string, unknown> {
  const of = stats as Record<string, unknown>;
  const fields = [...numbers, ...dates].map((name) => [name, of[name]]);
  const kinds = methods.map((name) => [name, (of[name] as () => boolean).call(stats)]);
  return Object.fromEntries([...fields, ...kinds]);
}

for (const kind of Object.keys(loopKinds)) {
  describe(`on a loop of kind ${kind}`, () => {
    const place = usePlace(kind);

    test('stat tells of every kind of file what Node tells', async () => {
      const { loop, at } = place();
      fs.writeFileSync(at('file'), 'contents');
      fs.symlinkSync('file', at('link'));
      place().makeFifo('fifo');
      for (const one of [
        at('file'),
        at('link'),
        at('fifo'),
        place().folder,
        '/dev/null',
        '/proc/self/maps',
      ]) {
        expect(fieldsOf(await loop.stat(one))).toEqual(fieldsOf(fs.statSync(one)));
        expect(fieldsOf(await loop.lstat(one))).toEqual(fieldsOf(fs.lstatSync(one)));
        const bigints = await loop.stat(one, { bigint: true });
        const expected = fs.statSync(one, { bigint: true });
        expect(fieldsOf(bigints)).toEqual(fieldsOf(expected));
        expect([bigints.mtimeNs, bigints.ctimeNs, bigints.birthtimeNs]).toEqual([
          expected.mtimeNs,
          expected.ctimeNs,
          expected.birthtimeNs,
        ]);
      }
    });

    test('an open file tells the same', async () => {
      fs.writeFileSync(place().at('file'), 'contents');
      const file = await place().loop.open(place().at('file'));
      expect(fieldsOf(await file.stat())).toEqual(fieldsOf(fs.fstatSync(file.fd)));
      expect(fieldsOf(await file.stat({ bigint: true }))).toEqual(
        fieldsOf(fs.fstatSync(file.fd, { bigint: true })),
      );
      await file.close();
    });

    test('opens names of every kind, as texts, bytes and URLs', async () => {
      const { loop, folder } = place();
      for (const name of [...names, 'x'.repeat(255)]) {
        const bytes = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name)]);
        fs.writeFileSync(bytes, 'contents');
        expect(await loop.readFile(bytes, 'utf8')).toBe('contents');
        if (typeof name !== 'string') continue;
        expect(await loop.readFile(path.join(folder, name), 'utf8')).toBe('contents');
        expect(await loop.readFile(pathToFileURL(path.join(folder, name)), 'utf8')).toBe('contents');
      }
    });

    test('opens paths up to the longest that there are', async () => {
      const { loop, folder } = place();
      const longest = `${folder}/${'./'.repeat(2000)}`.slice(0, 4094 - 'name'.length).replace(/[^/]*$/, '');
      await loop.writeFile(`${longest}name`, 'far');
      expect(await loop.readFile(`${longest}name`, 'utf8')).toBe('far');
      await expect(loop.readFile(`${longest}${'./'.repeat(50)}name`)).rejects.toMatchObject({
        code: 'ENAMETOOLONG',
      });
    });

    test('renames, links and removes', async () => {
      const { loop, at } = place();
      await loop.writeFile(at('one'), 'contents');
      await loop.rename(at('one'), at('two'));
      await loop.link(at('two'), at('three'));
      await loop.symlink('three', at('four'));
      expect((await loop.stat(at('four'))).nlink).toBe(2);
      expect(fs.readlinkSync(at('four'))).toBe('three');
      await loop.unlink(at('two'));
      expect(await loop.readFile(at('four'), 'utf8')).toBe('contents');
      expect(fs.readdirSync(place().folder).sort()).toEqual(['four', 'three']);
    });

    test('makes directories with their permissions, with those above them if asked to, and removes them', async () => {
      const { loop, at } = place();
      expect(await loop.mkdir(at('d'), { mode: 0o700 })).toBeUndefined();
      expect(fs.statSync(at('d')).mode & 0o777).toBe(0o700);
      expect(await loop.mkdir(at('d/e/f/g'), { recursive: true })).toBe(at('d/e'));
      expect(await loop.mkdir(at('d/e/f/g'), { recursive: true })).toBeUndefined();
      await loop.rmdir(at('d/e/f/g'));
      expect(fs.readdirSync(at('d/e/f'))).toEqual([]);
    });

    test('a path with NUL is refused with the code of Node', async () => {
      const { loop } = place();
      for (const bad of ['a\0b', Buffer.from('a\0b')]) {
        const failures = [
          loop.open(bad),
          loop.readFile(bad),
          loop.stat(bad),
          loop.rename('x', bad),
          loop.mkdir(bad),
        ];
        for (const failure of failures) {
          await expect(failure).rejects.toMatchObject({ name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' });
        }
      }
    });

    test('what is no path is refused with the code of Node', async () => {
      const { loop } = place();
      for (const bad of [undefined, null, 3, {}, ['a']] as never[]) {
        await expect(loop.open(bad)).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
      }
    });
  });
}
