import { expect, test } from 'vitest';
import { onceAKernel, slowFiles, together } from './guest-tests.js';
import { readOptions } from './options.js';
import type { Group } from './plan.js';
import { planBoots, spread } from './planned-boots.js';

const plan = (given: string, jobs: number) => planBoots(readOptions(given.split(' '))!, jobs);
const filesOf = (groups: readonly Group[]): string[] => groups.flat().sort();

test('several machines at a time share the whole suite of a kernel: each file is in one of them', () => {
  const [whole] = plan('--all --kernel 6.1 --cpus 2', 1);
  const parts = plan('--all --kernel 6.1 --cpus 2', 3);
  expect(parts).toHaveLength(3);
  expect(filesOf(parts.flatMap(({ groups }) => groups))).toEqual(filesOf(whole.groups));
  for (const { groups } of parts) expect(groups.length).toBeGreaterThan(0);
});

test('machines that two kernels occupy are not divided further', () => {
  const kernels = plan('--all --cpus 2', 2).map(({ kernel }) => kernel);
  expect(kernels).toEqual(['6.1', '6.12']);
});

test('boots have different labels', () => {
  const labels = plan('--all', 4).map(({ label }) => label);
  expect(labels).toContain('6.12, 2 CPUs, sapphire_rapids, part 2 of 2');
  expect(new Set(labels).size).toBe(labels.length);
});

test('what takes longest goes to the machine that has the least to do', () => {
  const [slow] = Object.keys(slowFiles);
  const quick = ['test/a.test.ts', 'test/b.test.ts', 'test/c.test.ts'].map((file) => [file]);
  expect(spread([...quick, [slow]], 2)).toEqual([[[slow]], quick]);
});

test('there are no more boots than groups', () => {
  expect(spread([['test/a.test.ts']], 8)).toEqual([[['test/a.test.ts']]]);
});

test('files that are named run in one boot', () => {
  const file = 'test/loop/channel.test.ts';
  expect(plan(`--all --kernel 6.1 --cpus 2 ${file}`, 8).map(({ groups }) => groups)).toEqual([[[file]]]);
});

test('of the boots of a kernel, one runs what need run only once, and the rest of the list runs in each', () => {
  const boots = plan('--kernel 6.1', 2);
  expect(boots.map(({ cpus }) => cpus)).toEqual([2, 1]);
  const [whole, rest] = boots.map(({ groups }) => filesOf(groups));
  expect(whole).toEqual([...together].sort());
  expect(rest).toEqual(whole.filter((file) => !onceAKernel.includes(file)));
  expect(filesOf(plan('--kernel 6.1 --cpus 1', 2)[0].groups)).toEqual(whole);
});
