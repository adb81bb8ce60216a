import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { describeUmwaitControl } from 'wakeline/scheduler';

/** A folder like the kernel's, with these files. */
function controlFolder(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'wakeline-umwait-control-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

const cases: [string, Record<string, string>, RegExp][] = [
  [
    "the kernel's defaults",
    { max_time: '100000\n', enable_c02: '1\n' },
    /^at most 100000 ticks a wait, C0\.2 allowed$/,
  ],
  ['no limit', { max_time: '0\n', enable_c02: '1\n' }, /^no limit a wait, C0\.2 allowed$/],
  ['C0.2 forbidden', { max_time: '500\n', enable_c02: '0\n' }, /^at most 500 ticks a wait, C0\.1 only$/],
  ['no max_time', { enable_c02: '1\n' }, /limit is unknown.*\(ENOENT\)/],
  ['no enable_c02', { max_time: '0\n' }, /limit is unknown.*\(ENOENT\)/],
  ['no number in it', { max_time: 'much\n', enable_c02: '1\n' }, /limit is unknown.*'much' is no number/],
];

for (const [what, files, text] of cases) {
  test(`what the kernel allows of UMWAIT is told in words: ${what}`, () => {
    expect(describeUmwaitControl(controlFolder(files))).toMatch(text);
  });
}

test('a folder that is missing is told too', () => {
  expect(describeUmwaitControl('/nonexistent/umwait_control')).toMatch(
    /umwait_control cannot be read \(ENOENT\)/,
  );
});
