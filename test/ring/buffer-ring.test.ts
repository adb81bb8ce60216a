import fs from 'node:fs';
import { expect, onTestFinished, type TestContext, test } from 'vitest';
import {
  BufferRing,
  type BufferRingOptions,
  CqeFlag,
  Opcode,
  shiftedSqeFlags,
  UringError,
} from 'wakeline/ring';
import { drive, openRing, Results, type TestRing } from '../support/ring-driver.js';

const ENOBUFS = -105;
const small: BufferRingOptions = { group: 7, buffers: 4, bufferBytes: 64 };

function openBuffers(context: TestContext, options: BufferRingOptions): TestRing & { buffers: BufferRing } {
  const own = openRing(context);
  try {
    return { ...own, buffers: new BufferRing(own.native, own.ring, options) };
  } catch (error) {
    if (error instanceof UringError && error.code === 'EINVAL')
      context.skip('the kernel has no rings of buffers');
    throw error;
  }
}

function openFile(text: string): number {
  const path = `/tmp/wakeline-buffers-${process.pid}`;
  fs.writeFileSync(path, text);
  const fd = fs.openSync(path, 'r');
  fs.unlinkSync(path);
  onTestFinished(() => fs.closeSync(fd));
  return fd;
}

/** Reads from a file into a buffer of the kernel's choice. */
function readSelecting(
  { operations, ring, buffers }: TestRing & { buffers: BufferRing },
  fd: number,
  at: number,
) {
  const results = new Results();
  const opcode = Opcode.READ | shiftedSqeFlags.bufferSelect;
  operations.start(results, buffers, opcode, fd, at, 0, 0, 0, buffers.group);
  drive(ring, operations);
  return { result: results.results[0], flags: results.flags[0] };
}

test('the kernel chooses a buffer, fills it and names it', (context) => {
  const own = openBuffers(context, small);
  const { result, flags } = readSelecting(own, openFile('contents'), 0);
  expect(result).toBe(8);
  expect(flags & CqeFlag.BUFFER).not.toBe(0);
  const id = own.buffers.take(flags);
  expect(own.buffers.views[id].toString('latin1', 0, result)).toBe('contents');
  expect(own.buffers.taken).toBe(1);
});

test('without a free buffer an operation fails with ENOBUFS, until one is given back', (context) => {
  const own = openBuffers(context, small);
  const fd = openFile('x'.repeat(1000));
  const taken = Array.from({ length: 4 }, () => own.buffers.take(readSelecting(own, fd, 0).flags));
  expect(new Set(taken).size).toBe(4);
  expect(readSelecting(own, fd, 0).result).toBe(ENOBUFS);
  own.buffers.giveBack(taken[2]);
  const { result, flags } = readSelecting(own, fd, 0);
  expect(result).toBe(64);
  expect(own.buffers.take(flags)).toBe(taken[2]);
});

test('buffers go round and round, past the end of the 16-bit tail', (context) => {
  const own = openBuffers(context, { group: 1, buffers: 8, bufferBytes: 16 });
  const fd = openFile('0123456789abcdef'.repeat(4));
  const seen = new Set<number>();
  for (let round = 0; round < 70_000; round++) {
    const { result, flags } = readSelecting(own, fd, round % 48);
    const id = own.buffers.take(flags);
    seen.add(id);
    if (result !== 16 || own.buffers.views[id][0] !== '0123456789abcdef'.charCodeAt(round % 16)) {
      throw new Error(`round ${round}: ${result} bytes in buffer ${id}: ${own.buffers.views[id]}`);
    }
    own.buffers.giveBack(id);
  }
  expect(seen.size).toBe(8);
  expect(own.buffers.taken).toBe(0);
});

test('two rings of buffers serve one ring, each its group', (context) => {
  const own = openBuffers(context, small);
  const other = new BufferRing(own.native, own.ring, { group: 8, buffers: 2, bufferBytes: 4 });
  const fd = openFile('contents');
  expect(readSelecting(own, fd, 0).result).toBe(8);
  expect(readSelecting({ ...own, buffers: other }, fd, 0).result).toBe(4);
});

test('a group that is taken is refused, and free again after close', (context) => {
  const own = openBuffers(context, small);
  expect(() => new BufferRing(own.native, own.ring, small)).toThrow('EEXIST');
  own.buffers.close();
  const again = new BufferRing(own.native, own.ring, small);
  expect(readSelecting({ ...own, buffers: again }, openFile('contents'), 0).result).toBe(8);
});
