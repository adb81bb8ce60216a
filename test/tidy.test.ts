import { expect, type TestContext, test } from 'vitest';
import { projectFolder } from './support/project.js';
import { type SourceFile, sourceFiles, trackedPaths } from './support/repository.js';
import { functionsOf, importsOf, projectPathOf, undocumentedExports } from './support/source-scan.js';

// The repository itself: each rule lists what breaks it, as path and line.

const LONGEST_FILE_LINES = 300;
const LONGEST_C_FILE_LINES = 400;
const LONGEST_FUNCTION_LINES = 70;

/** From the ground up: each imports only from itself and those before it. */
const layers = [
  'ffi/',
  'lib/stats/',
  'lib/ring/',
  'lib/wake/',
  'lib/queue/',
  'lib/scheduler/',
  'lib/loop/',
  'lib/io/',
  'lib/pool/',
  'lib/index.ts',
  'lib/cli/',
  'workers/',
];

const topLevel = [
  ...['package.json', 'tsconfig.json', 'README.md', 'CHANGELOG.md', 'LICENSE'],
  ...['lib', 'workers', 'ffi', 'test', 'bench', 'examples', 'docs'],
];

const files = sourceFiles();

function assertCheckout(context: TestContext): void {
  if (files.length === 0) context.skip('not a git checkout');
}

const layerOf = (path: string): number => layers.findIndex((layer) => path.startsWith(layer));

/** Lines of the given files that match, as `path:line: text`. */
function matches(pattern: RegExp, among: readonly SourceFile[] = files): string[] {
  return among.flatMap((file) =>
    file.lines.flatMap((line, index) => (pattern.test(line) ? [`${file.at(index)}: ${line.trim()}`] : [])),
  );
}

test('each folder imports only from those below it', (context) => {
  assertCheckout(context);
  const wrong = files.flatMap((file) => {
    const own = layerOf(file.path);
    if (own < 0) return [];
    return importsOf(file)
      .map((module) => projectPathOf(file, module))
      .filter((path) => path !== undefined && (layerOf(path) < 0 || layerOf(path) > own))
      .map((path) => `${file.path} imports ${path}`);
  });
  expect(wrong).toEqual([]);
});

test('every folder of lib has its place in the order', (context) => {
  assertCheckout(context);
  const homeless = files.filter((file) => file.isIn('lib', 'ffi', 'workers') && layerOf(file.path) < 0);
  expect(homeless.map((file) => file.path)).toEqual([]);
});

test('only ffi imports koffi', (context) => {
  assertCheckout(context);
  const users = files.filter((file) => importsOf(file).includes('koffi')).map((file) => file.path);
  expect(users).toEqual(['ffi/koffi.ts']);
});

test('no file is longer than a reader can hold', (context) => {
  assertCheckout(context);
  const long = files
    .map((file) => ({ path: file.path, lines: file.lines.length - 1, isC: file.isC }))
    .filter(({ lines, isC }) => lines > (isC ? LONGEST_C_FILE_LINES : LONGEST_FILE_LINES));
  expect(long).toEqual([]);
});

test('no function is longer than a page', (context) => {
  assertCheckout(context);
  const found = files.map((file) => ({ file, functions: functionsOf(file) }));
  expect(found.flatMap(({ functions }) => functions).length).toBeGreaterThan(300);
  const long = found.flatMap(({ file, functions }) =>
    functions
      .filter(({ lengthLines }) => lengthLines > LONGEST_FUNCTION_LINES)
      .map(({ start, lengthLines }) => `${file.at(start)}: ${lengthLines} lines`),
  );
  expect(long).toEqual([]);
});

test('every export has a doc comment', (context) => {
  assertCheckout(context);
  const bare = files
    .filter((file) => file.isIn('ffi', 'lib') && file.isTypeScript && !file.isIndex)
    .flatMap((file) => undocumentedExports(file).map((index) => `${file.at(index)}: ${file.lines[index]}`));
  expect(bare).toEqual([]);
});

test('layouts of memory are only in descriptors', (context) => {
  assertCheckout(context);
  const others = files.filter(
    (file) =>
      file.isIn('ffi', 'lib', 'workers') && file.isTypeScript && !file.path.endsWith('-descriptor.ts'),
  );
  // A table of offsets ends with a length; an offset in an index is a bare number above those of a pair of words.
  const tables = matches(/^\s*(lengthBytes|headerBytes|argumentBytes): (\d|0x)/, others);
  const indices = matches(/\w\[\w+ \+ ([3-9]|\d\d+|0x\w+)\]/, others);
  expect([...tables, ...indices]).toEqual([]);
});

test('the top level holds nothing but what it is meant to', () => {
  const names = new Set(trackedPaths().map((path) => path.split('/')[0]));
  expect([...names].filter((name) => !name.startsWith('.') && !topLevel.includes(name))).toEqual([]);
});

test('file names are in kebab-case', (context) => {
  assertCheckout(context);
  const names = files.map((file) => file.path);
  expect(
    names.filter((name) => !/^[a-z0-9/-]+(\.(slow|test|config|d))*\.(ts|mjs|js|c|h)$/.test(name)),
  ).toEqual([]);
});

test('nothing is left to do later', (context) => {
  assertCheckout(context);
  const words = ['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X'];
  expect(matches(new RegExp(`\\b(${words.join('|')})\\b`))).toEqual([]);
});

test('no test is switched off, and none is skipped without a reason', (context) => {
  assertCheckout(context);
  const tests = files.filter((file) => file.isIn('test'));
  const off = matches(/\b(test|it|describe)\.(only|skip|todo|fails|skipIf|runIf)\b/, tests);
  const silent = matches(/\.skip\(\)/, tests);
  // The two patterns above are in this file, written as patterns.
  const isPattern = (line: string): boolean => line.startsWith('test/tidy.test.ts');
  expect([...off, ...silent].filter((line) => !isPattern(line))).toEqual([]);
});

test('no test replaces what it tests', (context) => {
  assertCheckout(context);
  const replaced = new RegExp(
    `\\bvi\\.(${['mock', 'fn', 'spyOn', 'stubGlobal', 'useFakeTimers'].join('|')})\\b`,
  );
  const tests = files.filter((file) => file.isIn('test') && file.path !== 'test/tidy.test.ts');
  expect(matches(replaced, tests)).toEqual([]);
});

test('no module that tests import sets hooks when it is loaded', (context) => {
  assertCheckout(context);
  // Files that share a process load it once: the hooks would be those of the first file alone.
  const modules = files.filter((file) => file.isIn('test') && !file.path.endsWith('.test.ts'));
  const setUp = 'test/support/shared-process.ts';
  const hooks = matches(/^(before|after)(Each|All)\(/, modules);
  expect(hooks.filter((line) => !line.startsWith(setUp))).toEqual([]);
});

test('no file names the folder that the project happens to be in', (context) => {
  assertCheckout(context);
  const named = files.filter((file) => file.text.includes(`${projectFolder}/`)).map((file) => file.path);
  expect(named).toEqual([]);
});
