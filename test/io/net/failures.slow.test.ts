import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Native } from 'wakeline/ffi';
import { loopKinds } from '../../support/loops.js';
import { nativeOrSkip } from '../../support/native.js';
import { usePlace } from '../operation-loops.js';
import { connectFromNode, connectPair, pattern, readAll } from './pairs.js';

const HOST = '127.0.0.1';

/**
 * A listening socket whose backlog is full, so that the kernel lets further attempts wait.
 * @returns its port
 */
function listenWithoutAccepting({ sockets, system, memory }: Native): number {
  const address = Buffer.from(new ArrayBuffer(20));
  address.writeUInt16LE(2, 0);
  address.set([127, 0, 0, 1], 4);
  address.writeUInt32LE(16, 16);
  const at = memory.address(address);
  const fd = sockets.socket(2, 1, 0);
  onTestFinished(() => void system.close(fd));
  expect([sockets.bind(fd, at, 16), sockets.listen(fd, 0)]).toEqual([0, 0]);
  expect(sockets.localAddress(fd, at, at + 16)).toBe(0);
  const port = address.readUInt16BE(2);
  for (let i = 0; i < 4; i++) {
    const filler = net.connect({ port, host: HOST }).on('error', () => {});
    onTestFinished(() => void filler.destroy());
  }
  return port;
}

for (const kind of Object.keys(loopKinds)) {
  describe(`on a loop of kind ${kind}`, () => {
    const place = usePlace(kind);

    test('a reset connection fails a pending read as Node does', async () => {
      const { server, peer } = await connectFromNode(place().loop);
      const read = server.read(Buffer.alloc(8));
      await sleep(10);
      peer.resetAndDestroy();
      await expect(read).rejects.toMatchObject({ name: 'UringError', code: 'ECONNRESET', syscall: 'read' });
      await expect(server.read(Buffer.alloc(8))).rejects.toMatchObject({ code: 'ECONNRESET' });
      await expect(server.write('x')).rejects.toMatchObject({ code: 'ECONNRESET' });
      expect(server.isClosed).toBe(true);
    });

    test('a reset connection fails pending writes, and tells handlers why', async () => {
      const { server, peer } = await connectFromNode(place().loop);
      const closed = new Promise<Error | undefined>((resolve) => {
        server.handle({ onData() {}, onClose: (_socket, error) => resolve(error) });
      });
      // A peer that does not read: the write cannot end before the reset.
      const written = server.write(Buffer.alloc(20_000_000));
      const failure = expect(written).rejects.toMatchObject({
        name: 'UringError',
        code: expect.stringMatching(/^(ECONNRESET|EPIPE)$/),
      });
      await sleep(30);
      peer.resetAndDestroy();
      await failure;
      expect(await closed).toMatchObject({ code: expect.stringMatching(/^(ECONNRESET|EPIPE)$/) });
    });

    test('a peer that never reads makes the writer wait', async () => {
      const { server, peer } = await connectFromNode(place().loop, { writeHighWaterBytes: 100_000 });
      peer.pause();
      const chunk = pattern(65_536);
      let enqueued = 0;
      while (server.enqueue(chunk) || server.pendingBytes < 4_000_000) {
        enqueued += chunk.length;
        if (server.pendingBytes > 0) await sleep(1);
        if (enqueued > 100_000_000) throw new Error('the kernel takes all that nobody reads');
      }
      let isDrained = false;
      const drained = server.drained().then(() => {
        isDrained = true;
      });
      await sleep(50);
      expect(isDrained).toBe(false);
      peer.resume();
      await drained;
      expect(server.pendingBytes).toBeLessThan(100_000);
    });

    test('a slow reader makes the other end wait, and nothing is lost', async () => {
      const { client, server } = await connectPair(place().loop, { readHighWaterBytes: 32_768 });
      const sent = pattern(6_000_000);
      const written = client.end(sent);
      const parts: Buffer[] = [];
      const target = Buffer.alloc(200_000);
      for (let length = await server.read(target); length > 0; length = await server.read(target)) {
        parts.push(Buffer.from(target.subarray(0, length)));
        if (parts.length % 8 === 0) await sleep(1);
      }
      await written;
      expect(Buffer.concat(parts).equals(sent)).toBe(true);
    });

    test('closing a socket ends its pending read', async () => {
      const { server } = await connectPair(place().loop);
      const read = server.read(Buffer.alloc(8));
      const failure = expect(read).rejects.toMatchObject({ code: 'ERR_WAKELINE_SOCKET_CLOSED' });
      await sleep(5);
      await server.close();
      await failure;
      await expect(server.write('x')).rejects.toMatchObject({ code: 'ERR_WAKELINE_SOCKET_CLOSED' });
      expect(server.enqueue('x')).toBe(false);
    });

    test('destroying a socket fails what is pending with the given error', async () => {
      const { client, server } = await connectPair(place().loop);
      const next = server.chunks().next();
      const write = server.write(Buffer.alloc(20_000_000));
      const failures = Promise.allSettled([next, write]);
      await sleep(5);
      server.destroy(new Error('because'));
      for (const result of await failures) {
        expect(result).toMatchObject({ status: 'rejected', reason: { message: 'because' } });
      }
      expect(client.isClosed).toBe(false);
    });

    test('a signal ends a pending read, and nothing is lost', async () => {
      const { client, server } = await connectPair(place().loop);
      const controller = new AbortController();
      const read = server.read(Buffer.alloc(8), { signal: controller.signal });
      const failure = expect(read).rejects.toMatchObject({ name: 'AbortError', code: 'ABORT_ERR' });
      await sleep(5);
      controller.abort('enough');
      await failure;
      await client.end('later');
      expect(String(await readAll(server))).toBe('later');
    });

    test('a signal ends an iteration that waits', async () => {
      const { server } = await connectPair(place().loop);
      const chunks = server.chunks({ signal: AbortSignal.timeout(20) });
      await expect(chunks.next()).rejects.toMatchObject({ name: 'AbortError' });
      expect(await chunks.next()).toEqual({ done: true, value: undefined });
    });

    test('a signal that ends a write ends the connection', async () => {
      const { server } = await connectPair(place().loop);
      const write = server.write(Buffer.alloc(20_000_000), { signal: AbortSignal.timeout(20) });
      await expect(write).rejects.toMatchObject({ name: 'AbortError' });
      expect(server.isClosed).toBe(true);
    });

    test('two reads at once are refused', async () => {
      const { client, server } = await connectPair(place().loop);
      const first = server.read(Buffer.alloc(8));
      await expect(server.read(Buffer.alloc(8))).rejects.toMatchObject({ code: 'ERR_WAKELINE_SOCKET_BUSY' });
      await client.write('x');
      expect(await first).toBe(1);
    });

    test('nothing can be written after end', async () => {
      const { client } = await connectPair(place().loop);
      await client.end();
      expect(() => client.enqueue('x')).toThrow('after end()');
      await expect(client.write('x')).rejects.toMatchObject({ code: 'ERR_WAKELINE_SOCKET_ENDED' });
    });

    test('an idle socket fails after its time-out, a busy one does not', async () => {
      const { client, server } = await connectPair(place().loop, {}, { idleTimeoutMs: 600 });
      const read = client.read(Buffer.alloc(8));
      // For longer than the time-out.
      for (let i = 0; i < 11; i++) {
        await sleep(60);
        expect(client.isClosed).toBe(false);
        await server.write('x');
        if (i < 10) await client.write('y');
      }
      expect(await read).toBeGreaterThan(0);
      const last = readAll(client);
      await expect(last).rejects.toMatchObject({ code: 'ERR_WAKELINE_SOCKET_TIMEOUT' });
    });

    test('connect gives up after its time-out', async (context) => {
      const port = listenWithoutAccepting(nativeOrSkip(context));
      const attempt = place().loop.connect({ port, host: HOST, timeoutMs: 60 });
      await expect(attempt).rejects.toMatchObject({
        name: 'UringError',
        code: 'ETIMEDOUT',
        syscall: 'connect',
        address: HOST,
        port,
      });
    });

    test('a signal ends a connection attempt', async (context) => {
      const port = listenWithoutAccepting(nativeOrSkip(context));
      const signal = AbortSignal.timeout(30);
      const attempt = place().loop.connect({ port, host: HOST, signal });
      await expect(attempt).rejects.toMatchObject({ name: 'AbortError', code: 'ABORT_ERR' });
    });

    test('tells that a name does not exist', async () => {
      const attempt = place().loop.connect({ port: 80, host: 'name.invalid' });
      await expect(attempt).rejects.toMatchObject({ code: expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/) });
    });

    test('closing the loop closes its sockets and settles every promise', async () => {
      const { loop } = place();
      const { client, server, listener } = await connectPair(loop);
      const accepted = listener.accept();
      const read = client.read(Buffer.alloc(8));
      const write = client.write(Buffer.alloc(30_000_000));
      const settled = Promise.allSettled([accepted, read, write]);
      await sleep(10);
      await loop.close();
      const [one, two, three] = await settled;
      expect(one).toEqual({ status: 'fulfilled', value: undefined });
      expect(two).toMatchObject({ status: 'rejected', reason: { code: 'ERR_WAKELINE_SOCKET_CLOSED' } });
      expect(three).toMatchObject({ status: 'rejected', reason: { code: 'ERR_WAKELINE_SOCKET_CLOSED' } });
      expect([client.isClosed, server.isClosed, listener.isClosed]).toEqual([true, true, true]);
      await expect(loop.connect({ port: 1 })).rejects.toMatchObject({ code: 'ERR_WAKELINE_CLOSED' });
    });
  });
}
