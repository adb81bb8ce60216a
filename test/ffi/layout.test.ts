import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, type TestContext, test } from 'vitest';
import {
  CpuFeature,
  EnterDescriptor,
  HookDescriptor,
  NapDescriptor,
  ReadyDescriptor,
  WaitDescriptor,
  WaitEnd,
} from 'wakeline/ffi';
import { Hold, LoopState, Registry, Slot } from 'wakeline/wake';
import { compilerOrSkip } from '../support/compiler.js';
import { projectFolder } from '../support/project.js';

let layout: Record<string, number> | undefined;

/** What the C compiler makes of the structs, by name of struct and field. */
function layoutInC(context: TestContext): Record<string, number> {
  layout ??= printLayout(compilerOrSkip(context));
  return layout;
}

/** Compiles and runs print-layout.c. */
function printLayout(compiler: string): Record<string, number> {
  const folder = mkdtempSync(join(tmpdir(), 'wakeline-layout-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const program = join(folder, 'print-layout');
  // libuv's and Node-API's functions are only there inside node: what calls them is dropped before it is missed.
  const flags = ['-std=c11', '-w', '-O1', '-ffunction-sections', '-Wl,--gc-sections', '-o', program];
  execFileSync(compiler, [...flags, join(projectFolder, 'test', 'ffi', 'print-layout.c')]);
  const lines = execFileSync(program, { encoding: 'utf8' }).trim().split('\n');
  return Object.fromEntries(lines.map((line) => [line.split(' ')[0], Number(line.split(' ')[1])])) as Record<
    string,
    number
  >;
}

/** Offsets of one struct's fields in bytes, from a descriptor in words, under the names that C uses. */
function inBytes(struct: string, words: Readonly<Record<string, number>>): Record<string, number> {
  const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(
    Object.entries(words).map(([name, word]) => [`${struct}.${snake(name)}`, word * 4]),
  );
}

function enumNamed(name: string, values: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [`${name}.${key}`, value]));
}

test('the descriptor of the registry equals the C struct', (context) => {
  const { deaths, canFence, slots, slotWords, lengthBytes, slotCount } = Registry;
  const inC = layoutInC(context);
  expect(inC).toMatchObject({
    ...inBytes('wl_registry', { deaths, canFence, slots }),
    wl_slot: slotWords * 4,
    wl_registry: lengthBytes,
  });
  expect(slotCount).toBe((lengthBytes - slots * 4) / (slotWords * 4));
});

test('the descriptor of a slot equals the C struct', (context) => {
  expect(layoutInC(context)).toMatchObject(inBytes('wl_slot', Slot));
});

test("the states of a loop, and of its hold on libuv's, have the numbers that C gives them", (context) => {
  expect(layoutInC(context)).toMatchObject({
    ...enumNamed('states', LoopState),
    ...enumNamed('holds', Hold),
  });
});

test('the descriptor of a wait equals the C struct', (context) => {
  const { maxWords, lengthBytes, ...fields } = WaitDescriptor;
  expect(layoutInC(context)).toMatchObject({
    ...inBytes('wl_wait', fields),
    'words.max': maxWords,
    wl_wait: lengthBytes,
  });
});

test("the ends of a wait and the CPU's features have the numbers that C gives them", (context) => {
  expect(layoutInC(context)).toMatchObject({
    ...enumNamed('ends', WaitEnd),
    ...enumNamed('features', CpuFeature),
  });
});

test('the descriptor of a hook equals the C struct', (context) => {
  const { mappings, lengthBytes, ...fields } = HookDescriptor;
  expect(layoutInC(context)).toMatchObject({
    ...inBytes('wl_ring', fields),
    'wl_hook.ring': 0,
    wl_ring: lengthBytes,
  });
  expect(HookDescriptor.mappedBytes - HookDescriptor.mapped).toBe(mappings * 2);
});

test('the descriptor of a nap equals the C struct', (context) => {
  const { lengthBytes, sleptMs, longestMs, wokenMs, ...fields } = NapDescriptor;
  expect(layoutInC(context)).toMatchObject({
    ...inBytes('wl_nap', fields),
    'wl_nap.slept_ms': sleptMs * Float64Array.BYTES_PER_ELEMENT,
    'wl_nap.longest_ms': longestMs * Float64Array.BYTES_PER_ELEMENT,
    'wl_nap.woken_ms': wokenMs * Float64Array.BYTES_PER_ELEMENT,
    wl_nap: lengthBytes,
  });
});

test('the descriptor of a call of io_uring_enter equals the C struct', (context) => {
  const { lengthBytes, ...fields } = EnterDescriptor;
  expect(layoutInC(context)).toMatchObject({ ...inBytes('wl_enter', fields), wl_enter: lengthBytes });
});

test('the descriptor of a ready fd equals the C struct', (context) => {
  const { words, ...fields } = ReadyDescriptor;
  expect(layoutInC(context)).toMatchObject({ ...inBytes('wl_ready', fields), wl_ready: words * 4 });
});
