import {
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { constants as osConstants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { RingUnavailableError, UringError } from 'wakeline/ring';
import { drive, openRing, Results } from '../support/ring-driver.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wakeline-errors-'));
  writeFileSync(join(folder, 'file'), 'content');
  mkdirSync(join(folder, 'folder'));
  symlinkSync(join(folder, 'loop'), join(folder, 'loop'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const { O_CREAT, O_EXCL, O_RDONLY, O_WRONLY, O_DIRECTORY } = constants;
const failures: [string, string, number][] = [
  ['ENOENT', 'missing', O_RDONLY],
  ['ENOTDIR', 'file/below', O_RDONLY],
  ['EISDIR', 'folder', O_WRONLY],
  ['EEXIST', 'file', O_WRONLY | O_CREAT | O_EXCL],
  ['ELOOP', 'loop', O_RDONLY],
  ['ENOTDIR', 'file', O_RDONLY | O_DIRECTORY],
  ['ENAMETOOLONG', 'n'.repeat(300), O_RDONLY],
];

function failureOf(run: () => unknown): NodeJS.ErrnoException {
  try {
    run();
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
  throw new Error('it did not fail');
}

for (const [code, name, flags] of failures) {
  test(`an operation that fails with ${code} (${name.slice(0, 10)}) gives the error that fs gives`, (context) => {
    const { native, ring, operations } = openRing(context);
    const path = join(folder, name);
    const expected = failureOf(() => openSync(path, flags));
    const results = new Results();
    const pathBytes = Buffer.from(Buffer.from(`${path}\0`));
    operations.openAt(results, pathBytes, native.memory.address(pathBytes), flags, 0o600);
    drive(ring, operations);
    const { message, code: sameCode, errno, syscall } = expected;
    const error = new UringError(results.results[0], 'open', path);
    expect(error).toMatchObject({ message, code: sameCode, errno, syscall, path });
    expect(error.code).toBe(code);
  });
}

test('every errno that Node knows has its name and description', async () => {
  const { getSystemErrorMap } = await import('node:util');
  for (const errno of Object.values(osConstants.errno)) {
    const known = getSystemErrorMap().get(-errno);
    if (known === undefined) continue;
    const error = new UringError(-errno, 'read');
    expect(error.message).toBe(`${known[0]}: ${known[1]}, read`);
    expect(error.code).toBe(known[0]);
  }
});

test('an errno that Node does not know is named all the same', () => {
  expect(new UringError(-62, 'io_uring_enter')).toMatchObject({ code: 'ETIME', errno: -62 });
  expect(new UringError(-4000, 'io_uring_enter')).toMatchObject({ code: 'E4000', errno: -4000 });
});

test('an error without a path has none', () => {
  expect('path' in new UringError(-9, 'read')).toBe(false);
});

test('an error is an Error, by name and class', () => {
  const error = new RingUnavailableError(-1, 'io_uring_setup');
  expect(error).toBeInstanceOf(UringError);
  expect(error).toBeInstanceOf(Error);
  expect(error.stack).toContain('uring-error.test');
});

for (const memory of ['shared', 'mapped'] as const) {
  test(`a ring in ${memory} memory that is closed refuses with EBADF, and whatever is called touches neither memory nor file`, (context) => {
    const { ring, operations } = openRing(context, { memory });
    const { fd } = ring;
    ring.close();
    const taken = openSync('/dev/null', 'r');
    onTestFinished(() => closeSync(taken));
    expect(taken).toBe(fd);
    operations.nop(new Results());
    expect(() => ring.flush()).toThrow(
      expect.objectContaining({ name: 'UringError', code: 'EBADF', syscall: 'io_uring_enter' }),
    );
    expect([ring.hasWork(), ring.reap(operations, 10)]).toEqual([false, 0]);
  });
}

test('an error of a call with two paths names both, as Node does', () => {
  const [from, to] = [join(folder, 'missing'), join(folder, 'other')];
  const expected = failureOf(() => renameSync(from, to)) as NodeJS.ErrnoException & { dest?: string };
  const { code, errno, syscall, path, dest, message } = expected;
  expect(new UringError(errno!, 'rename', from, to)).toMatchObject({
    code,
    errno,
    syscall,
    path,
    dest,
    message,
  });
});
