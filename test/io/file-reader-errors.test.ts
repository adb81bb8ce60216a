import { describe, expect, test } from 'vitest';
import { loopKinds } from '../support/loops.js';
import { read, useReaders } from './read-file.js';

for (const kind of Object.keys(loopKinds)) {
  describe(`on a loop of kind ${kind}`, () => {
    const createReader = useReaders(kind);

    for (const [what, file, code, syscall] of [
      ['a missing file', '/nowhere/at all', 'ENOENT', 'open'],
      ['a directory', '/', 'EISDIR', 'read'],
      ['a path through a file', '/proc/version/below', 'ENOTDIR', 'open'],
      ['a path that is too long', `/${'x/'.repeat(4000)}`, 'ENAMETOOLONG', 'open'],
    ]) {
      test(`tells path and code of ${what}`, async () => {
        const error = { name: 'UringError', code, syscall, path: file, errno: expect.any(Number) };
        await expect(read(createReader(), file)).rejects.toMatchObject(error);
      });
    }

    test('goes on after an error', async () => {
      const reader = createReader({ files: 1 });
      await expect(read(reader, '/nowhere')).rejects.toThrow('ENOENT');
      expect(String(await read(reader, '/proc/version'))).toMatch(/^Linux/);
    });

    test('refuses more files than it has places', async () => {
      const reader = createReader({ files: 1 });
      const first = read(reader, '/proc/version');
      expect(reader.hasRoom).toBe(false);
      await expect(read(reader, '/proc/version')).rejects.toThrow('all 1 places for files are taken');
      await first;
      expect(reader.hasRoom).toBe(true);
    });

    test('refuses a path that contains NUL', async () => {
      await expect(read(createReader(), '/etc\0/passwd')).rejects.toThrow('the path contains NUL');
    });
  });
}
