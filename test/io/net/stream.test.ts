import { describe, expect, test } from 'vitest';
import type { InternetAddress } from 'wakeline';
import { loopKinds } from '../../support/loops.js';
import { programOrSkip, runProgram } from '../../support/programs.js';
import { usePlace } from '../operation-loops.js';
import { connectPair, pattern, portOf, readAll } from './pairs.js';

for (const kind of Object.keys(loopKinds)) {
  describe(`on a loop of kind ${kind}`, () => {
    const place = usePlace(kind);

    test('carries bytes both ways over TCP', async () => {
      const { client, server } = await connectPair(place().loop);
      await client.write('ping');
      const target = Buffer.alloc(16);
      expect(await server.read(target)).toBe(4);
      expect(target.toString('latin1', 0, 4)).toBe('ping');
      await server.write(Buffer.from('pong'));
      expect(await client.read(target)).toBe(4);
      expect(target.toString('latin1', 0, 4)).toBe('pong');
    });

    test('carries bytes over a Unix socket', async () => {
      const { loop, at } = place();
      const listener = await loop.listen({ path: at('socket') });
      const [server, client] = await Promise.all([listener.accept(), loop.connect({ path: at('socket') })]);
      await Promise.all([client.end('over the file system'), server!.end('and back')]);
      expect(String(await readAll(server!))).toBe('over the file system');
      expect(String(await readAll(client))).toBe('and back');
    });

    test('carries bytes over an abstract Unix socket', async () => {
      const { loop } = place();
      const path = `\0wakeline-test-${process.pid}`;
      const listener = await loop.listen({ path });
      const [server, client] = await Promise.all([listener.accept(), loop.connect({ path })]);
      await client.end('without a file');
      expect(String(await readAll(server!))).toBe('without a file');
    });

    test('carries bytes over IPv6', async () => {
      const { loop } = place();
      const listener = await loop.listen({ port: 0, host: '::1' });
      const [server, client] = await Promise.all([
        listener.accept(),
        loop.connect({ port: portOf(listener), host: '::1' }),
      ]);
      await client.end('six');
      expect(String(await readAll(server!))).toBe('six');
      expect(client.remoteAddress).toEqual(listener.address);
      expect(listener.address).toMatchObject({ address: '::1', family: 'IPv6' });
    });

    test('looks a name up, and connects to it', async () => {
      const { loop } = place();
      const listener = await loop.listen({ port: 0 });
      const [server, client] = await Promise.all([
        listener.accept(),
        loop.connect({ port: portOf(listener), host: 'localhost' }),
      ]);
      await client.end('by name');
      expect(String(await readAll(server!))).toBe('by name');
    });

    test('tells both ends the addresses of each other', async () => {
      const { client, server, listener } = await connectPair(place().loop);
      expect(client.remoteAddress).toEqual(listener.address);
      expect(server.localAddress).toEqual(listener.address);
      expect(server.remoteAddress).toEqual(client.localAddress);
      expect(server.remoteAddress).toMatchObject({ address: '127.0.0.1', family: 'IPv4' });
    });

    test('carries many megabytes unchanged', async () => {
      const { client, server } = await connectPair(place().loop);
      const sent = pattern(8 * 1024 * 1024);
      const received = readAll(server);
      await client.end(sent);
      expect((await received).equals(sent)).toBe(true);
    });

    test('receives in bundles when much comes at once, and not before', async ({ skip }) => {
      const { loop } = place();
      if (!loop.ring?.has('PIPE')) skip('bundles are used on a ring of Linux 6.16 and later');
      const { sqes } = loop.ring!.setUp.memory;
      // Entries keep what they held last: RECV (27), with the bundles' bit of ioprio (1 << 4).
      const hasBundles = () =>
        sqes.some((word, at) => at % 16 === 0 && (word & 0xff) === 27 && (word >>> 20) & 1);
      const { client, server } = await connectPair(loop);
      const received = readAll(server);
      await client.write('little');
      await client.write('by little');
      expect(hasBundles()).toBe(false);
      // More than all buffers of the loop hold.
      const sent = pattern(12_000_000);
      await client.end(sent);
      expect((await received).subarray(15).equals(sent)).toBe(true);
      expect(hasBundles()).toBe(true);
    });

    test('sends writes of every size in order', async () => {
      const { client, server } = await connectPair(place().loop);
      const sizes = [1, 2, 23, 24, 25, 4096, 8191, 8192, 8193, 16_384, 16_385, 100_000, 3, 0, 70_000];
      const sent = pattern(sizes.reduce((sum, size) => sum + size, 0));
      const received = readAll(server);
      let start = 0;
      const writes = sizes.map((size) => {
        start += size;
        return client.write(sent.subarray(start - size, start));
      });
      await Promise.all([...writes, client.end()]);
      expect((await received).equals(sent)).toBe(true);
    });

    test('sends large writes unchanged without copying them, and tells when their memory is free', async () => {
      const { client, server } = await connectPair(place().loop, {}, { zeroCopyBytes: 20_000 });
      const sizes = [20_000, 16_384, 500_000, 10, 19_999, 100_000];
      const received = readAll(server);
      const sent = sizes.map((size) => pattern(size));
      const expected = Buffer.concat(sent);
      const writes = sent.map((bytes) => client.write(bytes).then(() => bytes.fill(0)));
      await Promise.all([...writes, client.end()]);
      expect((await received).equals(expected)).toBe(true);
    });

    test('sends strings as UTF-8, short and long', async () => {
      const { client, server } = await connectPair(place().loop);
      const texts = ['grün', '', '日本語 🚀', 'ß'.repeat(5000), 'x'.repeat(20_000)];
      for (const text of texts) client.enqueue(text);
      await client.end();
      expect(String(await readAll(server))).toBe(texts.join(''));
    });

    test('gives what was read to whoever reads next', async () => {
      const { client, server } = await connectPair(place().loop);
      await client.end('abcdefgh');
      const target = Buffer.alloc(3);
      expect(await server.read(target)).toBe(3);
      expect(String(target)).toBe('abc');
      expect(String(await readAll(server))).toBe('defgh');
    });

    test('goes on reading after a loop that was left early', async () => {
      const { client, server } = await connectPair(place().loop);
      await client.write('first');
      for await (const chunk of server) {
        expect(String(chunk)).toBe('first');
        break;
      }
      await client.end('second');
      expect(String(await readAll(server))).toBe('second');
    });

    test('reads 0 bytes at the end, again and again', async () => {
      const { client, server } = await connectPair(place().loop);
      await client.end();
      expect(await server.read(Buffer.alloc(8))).toBe(0);
      expect(await server.read(Buffer.alloc(8))).toBe(0);
      expect(await readAll(server)).toHaveLength(0);
    });

    test('still receives after end, and closes when both ends have ended', async () => {
      const { client, server } = await connectPair(place().loop);
      await client.end('question');
      expect(String(await readAll(server))).toBe('question');
      expect(server.isClosed).toBe(false);
      await server.end('answer');
      expect(String(await readAll(client))).toBe('answer');
      await expect.poll(() => [client.isClosed, server.isClosed]).toEqual([true, true]);
    });

    test('closes after what is pending was sent', async () => {
      const { client, server } = await connectPair(place().loop);
      const sent = pattern(3_000_000);
      const received = readAll(server);
      client.enqueue(sent);
      await client.close();
      expect((await received).equals(sent)).toBe(true);
    });

    test('calls handlers for data, end and close', async () => {
      const { client, server } = await connectPair(place().loop);
      const calls: string[] = [];
      server.handle({
        onData(socket, bytes, lengthBytes) {
          calls.push(bytes.toString('latin1', 0, lengthBytes));
          socket.enqueue(`${lengthBytes} bytes`);
        },
        onEnd(socket) {
          calls.push('end');
          void socket.end('!');
        },
        onClose(socket, error) {
          calls.push(`closed ${socket === server} ${error}`);
        },
      });
      await client.write('hello');
      expect(await client.read(Buffer.alloc(99))).toBe(7);
      await client.end();
      expect(String(await readAll(client))).toBe('!');
      await expect.poll(() => calls).toEqual(['hello', 'end', 'closed true undefined']);
    });

    test('echoes from the lent memory itself, whatever the size of the chunks', async () => {
      const { client, server } = await connectPair(place().loop);
      server.handle({
        onData: (socket, bytes, lengthBytes) => void socket.enqueue(bytes.subarray(0, lengthBytes)),
      });
      const sent = pattern(3_000_000);
      const received = readAll(client);
      await client.end(sent);
      expect((await received).equals(sent)).toBe(true);
    });

    test('ends by itself when the handlers have no onEnd', async () => {
      const { client, server } = await connectPair(place().loop);
      server.handle({ onData() {} });
      await client.end('x');
      expect(await readAll(client)).toHaveLength(0);
      await expect.poll(() => server.isClosed).toBe(true);
    });

    test('keeps data back while handlers are paused', async () => {
      const { client, server } = await connectPair(place().loop);
      let received = '';
      server.handle({
        onData(_socket, bytes, lengthBytes) {
          received += bytes.toString('latin1', 0, lengthBytes);
        },
      });
      await client.write('a');
      await expect.poll(() => received).toBe('a');
      server.pause();
      await client.write('b');
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(received).toBe('a');
      server.resume();
      await expect.poll(() => received).toBe('ab');
    });

    test('sets TCP options on an open socket', async (context) => {
      const ss = programOrSkip(context, 'ss', 'iproute2');
      const { client } = await connectPair(place().loop, { keepAliveMs: 30_000 });
      const { port } = client.localAddress as InternetAddress;
      const look = () => runProgram(ss, ['-tnoH', 'sport', '=', `:${port}`]);
      expect(await look()).toContain('timer:(keepalive,');
      client.setKeepAlive(0);
      expect(await look()).not.toContain('keepalive');
      client.setKeepAlive(60_000);
      expect(await look()).toMatch(/timer:\(keepalive,(1min|5\dsec)/);
      expect(client.setNoDelay(false).setNoDelay()).toBe(client);
    });
  });
}
