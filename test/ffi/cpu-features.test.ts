import { readFileSync } from 'node:fs';
import { expect, type TestContext, test } from 'vitest';
import { CpuFeature } from 'wakeline/ffi';
import { nativeOrSkip } from '../support/native.js';

/** The flags that the kernel prints for the first CPU. */
function cpuFlags(context: TestContext): Set<string> {
  if (process.arch !== 'x64') context.skip(`/proc/cpuinfo has no such flags on ${process.arch}`);
  const line = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'));
  if (line === null) context.skip('/proc/cpuinfo prints no flags here');
  return new Set(line![1].trim().split(' '));
}

test('umwait is announced exactly where the kernel sees WAITPKG', (context) => {
  const { features } = nativeOrSkip(context).cpu;
  expect((features & CpuFeature.umwait) !== 0).toBe(cpuFlags(context).has('waitpkg'));
});

test('mwaitx is announced exactly where the kernel sees MONITORX', (context) => {
  const { features } = nativeOrSkip(context).cpu;
  expect((features & CpuFeature.mwaitx) !== 0).toBe(cpuFlags(context).has('mwaitx'));
});

test('the time-stamp counter is invariant exactly where the kernel says that it is constant and never stops', (context) => {
  const { features } = nativeOrSkip(context).cpu;
  const flags = cpuFlags(context);
  const isInvariant = flags.has('constant_tsc') && flags.has('nonstop_tsc');
  expect((features & CpuFeature.invariantTsc) !== 0).toBe(isInvariant);
});

test('a spin with the pause hint is possible on every CPU', (context) => {
  expect(nativeOrSkip(context).cpu.features & CpuFeature.pause).not.toBe(0);
});

/** Short, so that one of many is left alone. */
const WAIT_MS = 4;
const MOST_WAITS = 1000;

test("the time-stamp counter's rate is within one per cent of what the clock shows", (context) => {
  const { cpu, memory } = nativeOrSkip(context);
  const rate = cpu.ticksPerSecond();
  expect(cpu.ticksPerSecond()).toBe(rate);
  if (process.arch === 'x64') expect(rate).toBeGreaterThan(1e8);
  // A wait is told in nanoseconds and counted in ticks: how long it takes by another clock shows the rate. A busy
  // machine only ever makes it longer, so the shortest of several counts.
  const descriptor = new Int32Array(new ArrayBuffer(96));
  const address = memory.address(descriptor);
  let shortestMs = Number.POSITIVE_INFINITY;
  const rest = new Int32Array(new SharedArrayBuffer(4));
  for (let attempt = 0; attempt < MOST_WAITS && shortestMs > WAIT_MS * 1.005; attempt++) {
    // A thread that has slept is not the next one to lose its CPU.
    Atomics.wait(rest, 0, 0, 1);
    const begin = process.hrtime.bigint();
    cpu.pause(address, WAIT_MS * 1e6);
    shortestMs = Math.min(shortestMs, Number(process.hrtime.bigint() - begin) / 1e6);
  }
  expect(Math.abs(shortestMs / WAIT_MS - 1)).toBeLessThan(0.01);
});
