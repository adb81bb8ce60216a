import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, type TestContext, test } from 'vitest';
import { CpuFeature, WaitDescriptor, WaitEnd } from 'wakeline/ffi';
import { nativeOrSkip } from '../support/native.js';
import { fixturePath } from '../support/project.js';
import { TestWait, type WaitName } from '../support/test-wait.js';

const SOON_NS = 100_000;
const LONG_NS = 10e9;

/** A wait is only called where CPUID announces its instruction. */
function openWait(context: TestContext, name: WaitName, indices: readonly number[]): TestWait {
  const native = nativeOrSkip(context);
  const { features } = native.cpu;
  if ((features & CpuFeature[name]) === 0) context.skip(`the CPU does not announce ${name}`);
  if ((features & CpuFeature.invariantTsc) === 0) context.skip('the time-stamp counter is not invariant');
  return new TestWait(native, name, indices);
}

for (const name of ['pause', 'umwait', 'mwaitx', 'wfe'] as const) {
  for (let bit = 0; bit < WaitDescriptor.maxWords; bit++) {
    test(`${name} sees word ${bit} of four, and says which`, (context) => {
      const indices = [0, 1, 2, 3];
      const wait = openWait(context, name, indices);
      expect(wait.run(SOON_NS)).toBe(WaitEnd.deadline);
      expect(wait.changed).toBe(0);
      wait.words[indices[bit]] = 5;
      expect(wait.run(LONG_NS)).toBe(WaitEnd.changed);
      expect(wait.changed).toBe(1 << bit);
    });
  }

  test(`${name} sees several changed words at once`, (context) => {
    const wait = openWait(context, name, [0, 1, 2]);
    wait.words.set([1, 0, 1]);
    expect(wait.run(LONG_NS)).toBe(WaitEnd.changed);
    expect(wait.changed).toBe(0b101);
  });

  test(`${name} waits for a difference from the expected value, not from 0`, (context) => {
    const wait = openWait(context, name, [0]);
    wait.words[0] = -7;
    wait.descriptor[WaitDescriptor.expected] = -7;
    expect(wait.run(SOON_NS)).toBe(WaitEnd.deadline);
    wait.words[0] = 0;
    expect(wait.run(LONG_NS)).toBe(WaitEnd.changed);
  });

  test(`${name} looks only at the bits of the mask`, (context) => {
    const wait = openWait(context, name, [0, 1]);
    wait.descriptor[WaitDescriptor.mask + 1] = 0b110;
    wait.words[1] = 0b1001;
    expect(wait.run(SOON_NS)).toBe(WaitEnd.deadline);
    wait.words[1] = 0b1011;
    expect(wait.run(LONG_NS)).toBe(WaitEnd.changed);
    expect(wait.changed).toBe(0b10);
  });

  test(`${name} sees a word in another line than the first`, (context) => {
    const wait = openWait(context, name, [0, 200]);
    wait.words[200] = 1;
    expect(wait.run(LONG_NS)).toBe(WaitEnd.changed);
    expect(wait.changed).toBe(0b10);
  });

  test(`${name} does not end before its deadline`, (context) => {
    const wait = openWait(context, name, [0, 1]);
    for (const milliseconds of [0.1, 1, 10]) {
      const begin = process.hrtime.bigint();
      expect(wait.run(milliseconds * 1e6)).toBe(WaitEnd.deadline);
      const tookMs = Number(process.hrtime.bigint() - begin) / 1e6;
      // The rate of the time-stamp counter was measured, to a part in a thousand.
      expect(tookMs).toBeGreaterThanOrEqual(milliseconds * 0.998);
    }
  });

  test(`${name} without time looks once and ends`, (context) => {
    const wait = openWait(context, name, [0]);
    expect(wait.run(0)).toBe(WaitEnd.deadline);
    wait.words[0] = 1;
    expect(wait.run(0)).toBe(WaitEnd.changed);
  });

  test(`${name} counts the wait instructions that it executed`, (context) => {
    const wait = openWait(context, name, [0]);
    const waits = (): number => wait.descriptor[WaitDescriptor.waits];
    let before = 0;
    for (let round = 0; round < 2; round++) {
      // On a busy machine the time may be over before the first of them.
      for (let attempt = 0; attempt < 100 && waits() === before; attempt++) wait.run(SOON_NS);
      expect(waits()).toBeGreaterThan(before);
      before = waits();
    }
  });

  for (const index of [1, 200]) {
    test(`${name} is ended by another thread's store (word ${index})`, async (context) => {
      const wait = openWait(context, name, [0, index]);
      const data = { words: wait.words, index, value: 9, afterMs: 20 };
      const worker = new Worker(fixturePath('store-word'), { workerData: data });
      const ended = once(worker, 'exit');
      await once(worker, 'online');
      expect(wait.run(LONG_NS)).toBe(WaitEnd.changed);
      expect(wait.changed).toBe(0b10);
      await ended;
    });
  }
}
