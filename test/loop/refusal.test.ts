import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { projectFolder } from '../support/project.js';

const built = pathToFileURL(join(projectFolder, 'dist', 'lib', 'loop', 'refusal.js')).href;
const { describeRefusal }: typeof import('../../lib/loop/refusal.js') = await import(built);

/** A file like `/proc/sys/kernel/io_uring_disabled`. */
function sysctl(value: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'wakeline-sysctl-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'io_uring_disabled');
  writeFileSync(path, `${value}\n`);
  return path;
}

test('a refusal names the switch of the administrator that forbids io_uring', () => {
  expect(describeRefusal('EPERM', sysctl('2'))).toMatch(/kernel\.io_uring_disabled is 2$/);
  expect(describeRefusal('EPERM', sysctl('1'))).toMatch(/io_uring_disabled is 1, .*kernel\.io_uring_group/);
});

test('a refusal that the switch does not explain, or for which there is none, is put down to a filter', () => {
  expect(describeRefusal('EPERM', sysctl('0'))).toMatch(/seccomp filter/);
  expect(describeRefusal('EPERM', '/nonexistent/io_uring_disabled')).toMatch(/seccomp filter/);
});

test('the other refusals do not depend on the switch', () => {
  expect(describeRefusal('ENOSYS', sysctl('2'))).toMatch(/unknown to this kernel/);
  expect(describeRefusal('ENOMEM', sysctl('2'))).toMatch(/RLIMIT_MEMLOCK/);
  expect(describeRefusal('EINVAL', sysctl('2'))).toMatch(/too old/);
  expect(describeRefusal('EMFILE', sysctl('2'))).toBe('refused');
});
