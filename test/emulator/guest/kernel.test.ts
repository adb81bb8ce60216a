import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import { expect, onTestFinished, test } from 'vitest';
import { EventLoop } from 'wakeline';
import { CpuFeature } from 'wakeline/ffi';
import { Ring } from 'wakeline/ring';
import { nativeOrThrow } from '../../support/native.js';
import { openRing } from '../../support/ring-driver.js';

// What is known of each kernel that boots here, and of the emulated CPU: if the runtime chose anything else, the other
// tests would show something else than they say.

/** By `release()`, up to the second dot. */
const expected: Readonly<Record<string, object>> = {
  '6.1': {
    layout: { cqTail: 192, sqFlags: 276 },
    // Avi Kivity's word, behind a tail that has a line of its own.
    wakeWord: { wakeWord: 196, flagsInLine: false },
    memory: 'mapped',
    flags: ['SINGLE_ISSUER', 'DEFER_TASKRUN', 'TASKRUN_FLAG', 'SUBMIT_ALL', 'CLAMP'],
  },
  '6.12': {
    layout: { cqTail: 12, sqFlags: 36, sqRingMask: 16 },
    // The word behind the tail is taken: a word of the padding.
    wakeWord: { wakeWord: 48, flagsInLine: true },
    memory: 'shared',
    flags: ['SINGLE_ISSUER', 'DEFER_TASKRUN', 'TASKRUN_FLAG', 'NO_SQARRAY', 'SUBMIT_ALL', 'CLAMP', 'NO_MMAP'],
  },
};

const version = release().split('.').slice(0, 2).join('.');
const cpuFlags = /^flags\s*: (.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))![1].split(' ');

test('the layout probe picks tail + 4 on Linux 6.1 and a padding word on 6.12', (context) => {
  const { ring } = openRing(context);
  const { layout, wakeWord, flags, memory } = ring;
  expect({ layout, wakeWord, flags, memory: memory.kind }).toMatchObject(expected[version]);
});

test('a ring in shared memory is refused by Linux 6.1 with EINVAL, and had on 6.12', () => {
  const open = (): Ring => new Ring(nativeOrThrow(), { memory: 'shared' });
  if (version === '6.1') expect(open).toThrow(expect.objectContaining({ code: 'EINVAL' }));
  else open().close();
});

test('the CPU announces its wait instruction, and a loop takes it', async () => {
  const { features } = nativeOrThrow().cpu;
  const isIntel = cpuFlags.includes('waitpkg');
  expect(features & CpuFeature.umwait).toBe(isIntel ? CpuFeature.umwait : 0);
  expect(features & CpuFeature.mwaitx).toBe(cpuFlags.includes('mwaitx') ? CpuFeature.mwaitx : 0);
  const loop = EventLoop.attach();
  onTestFinished(() => loop.close());
  expect(loop.waiter).toBe(isIntel ? 'umwait' : 'mwaitx');
  expect(loop.reason).toMatch(
    isIntel ? /the CPU has WAITPKG \(at most 100000 ticks a wait, C0.2 allowed\)$/ : /the CPU has MONITORX$/,
  );
});
