import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { projectFolder } from '../support/project.js';
import { drive, openRing, Results, timespec } from '../support/ring-driver.js';
import { openSlot } from '../support/slots.js';

const ENOENT = -2;
const ECANCELED = -125;
const MORE = 2;

test('a slot is used again, with a new generation', (context) => {
  const { ring, operations } = openRing(context, { entries: 8 });
  const userData: [number, number][] = [];
  const slots: number[] = [];
  for (let count = 0; count < 3; count++) {
    const at = ring.pending * 16;
    slots.push(operations.nop(new Results()));
    const entry = ring.entries.subarray(at + count * 16);
    userData.push([entry[8], entry[9]]);
    drive(ring, operations);
  }
  expect(slots).toEqual([slots[0], slots[0], slots[0]]);
  expect(userData.map(([slot]) => slot)).toEqual(slots);
  expect(userData.map(([, generation]) => generation)).toEqual([0, 1, 2]);
});

test('operations in flight at the same time have different slots', (context) => {
  const { ring, operations } = openRing(context, { entries: 8 });
  const slots = new Set<number>();
  for (let count = 0; count < 1000; count++) slots.add(operations.nop(new Results()));
  expect(slots.size).toBe(1000);
  expect(operations.active).toBe(1000);
  drive(ring, operations);
  expect(operations.active).toBe(0);
});

test('a completion of an earlier generation is refused', (context) => {
  const { ring, operations } = openRing(context, { entries: 8 });
  const slot = operations.nop(new Results());
  drive(ring, operations);
  operations.nop(new Results());
  expect(() => operations.complete(slot, 0, 0, 0)).toThrow(/not in flight \(slot \d+, generation 0\)/);
  drive(ring, operations);
});

test('a cancelled operation completes with ECANCELED', (context) => {
  const { native, ring, operations } = openRing(context);
  const { eventFd, close } = openSlot(native);
  onTestFinished(close);
  const poll = new Results();
  const cancel = new Results();
  const slot = operations.pollReadable(poll, eventFd, false);
  ring.flush();
  operations.cancel(cancel, slot);
  drive(ring, operations);
  expect(poll.results).toEqual([ECANCELED]);
  expect(cancel.results).toEqual([0]);
});

test('cancelling what has completed finds nothing', (context) => {
  const { ring, operations } = openRing(context);
  const slot = operations.nop(new Results());
  drive(ring, operations);
  const cancel = new Results();
  operations.cancel(cancel, slot);
  drive(ring, operations);
  expect(cancel.results).toEqual([ENOENT]);
});

test('cancelAll ends everything that is in flight', (context) => {
  const { native, ring, operations } = openRing(context);
  const { eventFd, close } = openSlot(native);
  onTestFinished(close);
  const time = timespec(0);
  time[0] = 60;
  const pending = new Results();
  operations.pollReadable(pending, eventFd, false);
  operations.pollReadable(pending, eventFd, true);
  operations.timeout(pending, time, native.memory.address(time));
  ring.flush();
  const cancels = new Results();
  operations.cancelAll(cancels);
  drive(ring, operations);
  expect(pending.results).toEqual([ECANCELED, ECANCELED, ECANCELED]);
  expect(cancels.results).toEqual([0, 0, 0]);
});

test('a multishot poll completes for each signal, and keeps its slot until the last', (context) => {
  const { native, ring, operations } = openRing(context);
  const target = openSlot(native);
  onTestFinished(target.close);
  const poll = new Results();
  const slot = operations.pollReadable(poll, target.eventFd, true);
  ring.flush();
  for (let count = 1; count <= 3; count++) {
    native.system.kernelWake(target.slot);
    drive(ring, operations, () => poll.results.length === count);
  }
  expect(poll.flags.map((flags) => flags & MORE)).toEqual([MORE, MORE, MORE]);
  expect(operations.active).toBe(1);
  operations.cancel(new Results(), slot);
  drive(ring, operations);
  expect(poll.results).toEqual([1, 1, 1, ECANCELED]);
  expect(poll.flags.at(-1)! & MORE).toBe(0);
});

test('a file is opened, read at a position and closed through the ring', (context) => {
  const { native, ring, operations } = openRing(context);
  const path = join(projectFolder, 'package.json');
  const pathBytes = Buffer.from(`${path}\0`);
  const opened = new Results();
  operations.openAt(opened, pathBytes, native.memory.address(pathBytes), 0, 0);
  drive(ring, operations);
  const fd = opened.results[0];
  expect(fd).toBeGreaterThan(2);
  const buffer = Buffer.from(new ArrayBuffer(20));
  const read = new Results();
  operations.read(read, buffer, fd, native.memory.address(buffer), buffer.length, 7);
  drive(ring, operations);
  expect(read.results).toEqual([20]);
  expect(buffer.equals(readFileSync(path).subarray(7, 27))).toBe(true);
  const closed = new Results();
  operations.close(closed, fd);
  drive(ring, operations);
  expect(closed.results).toEqual([0]);
});

test("position −1 reads on from the file's own position", (context) => {
  const { native, ring, operations } = openRing(context);
  const pathBytes = Buffer.from(`${join(projectFolder, 'package.json')}\0`);
  const opened = new Results();
  operations.openAt(opened, pathBytes, native.memory.address(pathBytes), 0, 0);
  drive(ring, operations);
  const [fd] = opened.results;
  const buffer = Buffer.from(new ArrayBuffer(10));
  let text = '';
  for (let count = 0; count < 2; count++) {
    operations.read(new Results(), buffer, fd, native.memory.address(buffer), buffer.length, -1);
    drive(ring, operations);
    text += buffer.toString();
  }
  operations.close(new Results(), fd);
  drive(ring, operations);
  expect(text).toBe(readFileSync(join(projectFolder, 'package.json'), 'utf8').slice(0, 20));
});

test('a position beyond 4 GiB reaches the kernel', (context) => {
  const { ring, operations } = openRing(context, { entries: 8 });
  operations.read(new Results(), undefined, -1, 0, 0, 5 * 2 ** 32 + 9);
  expect([...ring.entries.subarray(2, 4)]).toEqual([9, 5]);
  drive(ring, operations);
});
