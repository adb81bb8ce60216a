import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ringKinds, usePlace } from './operation-loops.js';

for (const kind of Object.keys(ringKinds)) {
  describe(`on a loop of kind ${kind}`, () => {
    const place = usePlace(kind);

    test('any operation of the kernel’s can be submitted, by name or by number', async () => {
      const ring = place().loop.ring!;
      expect(await ring.submit('NOP', {})).toBe(0);
      fs.writeFileSync(place().at('file'), 'contents');
      const path = Buffer.from(`${place().at('file')}\0`);
      const fd = await ring.submit('OPENAT', { fd: -100, address: path });
      const buffer = Buffer.alloc(8);
      expect(await ring.submit(22, { fd, address: buffer, length: 8, offset: 2 })).toBe(6);
      expect(buffer.toString('latin1')).toBe('ntents\0\0');
      expect(await ring.submit('CLOSE', { fd })).toBe(0);
    });

    test('its failures are UringErrors that name the opcode, or whatever the caller says', async () => {
      const ring = place().loop.ring!;
      const bad = { fd: 99_999, address: Buffer.alloc(1), length: 1 };
      await expect(ring.submit('READ', bad)).rejects.toMatchObject({
        name: 'UringError',
        code: 'EBADF',
        syscall: 'io_uring READ',
      });
      await expect(ring.submit('READ', bad, { syscall: 'peek' })).rejects.toMatchObject({ syscall: 'peek' });
    });

    test('an opcode that the kernel lacks is ENOSYS, and one that is none a TypeError', async () => {
      const ring = place().loop.ring!;
      expect(ring.has('NOP')).toBe(true);
      expect(ring.has(255)).toBe(false);
      await expect(ring.submit(255, {})).rejects.toMatchObject({ code: 'ENOSYS' });
      await expect(ring.submit('LEVITATE' as never, {})).rejects.toMatchObject({
        code: 'ERR_INVALID_ARG_TYPE',
      });
    });

    test('what waits can be aborted, and ends with the loop', async () => {
      const { loop } = place();
      const fifo = place().makeFifo('fifo');
      const fd = fs.openSync(fifo.path, fs.constants.O_RDONLY);
      const signal = AbortSignal.timeout(5);
      const poll = { fd, operationFlags: 1 };
      await expect(loop.ring!.submit('POLL_ADD', poll, { signal })).rejects.toMatchObject({
        code: 'ABORT_ERR',
      });
      const last = expect(loop.ring!.submit('POLL_ADD', poll)).rejects.toMatchObject({
        code: 'ERR_WAKELINE_CLOSED',
      });
      await loop.close();
      await last;
      fs.closeSync(fd);
    });

    test('entries that would speak for others are refused', async () => {
      await expect(place().loop.ring!.submit('NOP', { flags: 1 << 2 })).rejects.toMatchObject({
        code: 'ERR_OUT_OF_RANGE',
      });
    });
  });
}
