import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Ring, RingUnavailableError, SetupFlag, type SetupFlagName, setUpLadder } from 'wakeline/ring';
import { projectFolder } from '../support/project.js';
import { drive, openRing, openRung, Results, timespec } from '../support/ring-driver.js';
import { openSlot } from '../support/slots.js';

const ETIME = -62;
const allFlags = Object.keys(SetupFlag) as SetupFlagName[];

for (const rung of setUpLadder) {
  for (const memory of ['shared', 'mapped'] as const) {
    const name = `a ring in ${memory} memory with ${rung.length === 0 ? 'no flags' : rung.join(', ')}`;

    test(`${name} completes every nop once`, (context) => {
      const { ring, operations } = openRung(context, rung, memory, 32);
      const results = new Results();
      for (let count = 0; count < 100; count++) operations.nop(results);
      drive(ring, operations);
      expect(results.results).toEqual(new Array(100).fill(0));
    });

    test(`${name} completes a timeout with ETIME`, (context) => {
      const { native, ring, operations } = openRung(context, rung, memory, 32);
      const results = new Results();
      const time = timespec(5);
      operations.timeout(results, time, native.memory.address(time));
      drive(ring, operations);
      expect(results.results).toEqual([ETIME]);
    });

    test(`${name} reads a file`, (context) => {
      const { native, ring, operations } = openRung(context, rung, memory, 32);
      const path = join(projectFolder, 'package.json');
      const expected = readFileSync(path);
      const fd = openSync(path, 'r');
      onTestFinished(() => closeSync(fd));
      const buffer = Buffer.from(new ArrayBuffer(expected.length + 100));
      const results = new Results();
      operations.read(results, buffer, fd, native.memory.address(buffer), buffer.length, 0);
      drive(ring, operations);
      expect(results.results).toEqual([expected.length]);
      expect(buffer.subarray(0, expected.length).equals(expected)).toBe(true);
    });

    test(`${name} completes a poll when the fd becomes readable, not before`, (context) => {
      const { native, ring, operations } = openRung(context, rung, memory, 32);
      const { slot, eventFd, close } = openSlot(native);
      onTestFinished(close);
      const results = new Results();
      operations.pollReadable(results, eventFd, false);
      ring.flush();
      expect(ring.reap(operations, 8)).toBe(0);
      native.system.kernelWake(slot);
      drive(ring, operations);
      expect(results.results).toEqual([1]);
    });
  }
}

test('a ring never uses a set-up flag that it was told not to use', (context) => {
  for (const flag of allFlags.filter((name) => name !== 'CQSIZE')) {
    expect(openRing(context, { entries: 8, without: [flag] }).ring.flags).not.toContain(flag);
  }
});

test('a ring without CQSIZE gets the completion queue that the kernel chooses', (context) => {
  const sized = openRing(context, { entries: 8 }).ring;
  const unsized = openRing(context, { entries: 8, without: ['CQSIZE'] }).ring;
  expect(sized.memory.words[sized.layout.cqRingEntries / 4]).toBe(32);
  expect(unsized.memory.words[unsized.layout.cqRingEntries / 4]).toBe(16);
});

test('shared memory cannot be had without NO_MMAP', (context) => {
  const { native } = openRing(context);
  expect(() => new Ring(native, { memory: 'shared', without: ['NO_MMAP'] })).toThrow(RingUnavailableError);
});
