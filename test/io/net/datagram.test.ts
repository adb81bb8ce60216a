import dgram from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loopKinds } from '../../support/loops.js';
import { usePlace } from '../operation-loops.js';
import { pattern } from './pairs.js';

const HOST = '127.0.0.1';

for (const kind of Object.keys(loopKinds)) {
  describe(`on a loop of kind ${kind}`, () => {
    const place = usePlace(kind);

    test('carries datagrams both ways, with the address of their sender', async () => {
      const { loop } = place();
      const [one, two] = [await loop.bind({ host: HOST }), await loop.bind({ host: HOST })];
      expect(await one.send('question', two.address)).toBe(8);
      const question = await two.recv();
      expect(String(question.data)).toBe('question');
      expect(question.from).toEqual(one.address);
      await two.send(Buffer.from('answer'), question.from);
      expect(String((await one.recv()).data)).toBe('answer');
    });

    test('carries datagrams of every size up to the largest', async () => {
      const { loop } = place();
      const [one, two] = [await loop.bind({ host: HOST }), await loop.bind({ host: HOST })];
      for (const size of [0, 1, 64, 1500, 9000, 65_507]) {
        const sent = pattern(size);
        const [{ data }] = await Promise.all([two.recv(), one.send(sent, two.address)]);
        expect(data.equals(sent)).toBe(true);
      }
    });

    test('carries datagrams over IPv6', async () => {
      const { loop } = place();
      const [one, two] = [await loop.bind({ host: '::1' }), await loop.bind({ host: '::1' })];
      await one.send('six', two.address);
      const { data, from } = await two.recv();
      expect([String(data), from]).toEqual(['six', one.address]);
    });

    test("exchanges datagrams with Node's own sockets", async () => {
      const socket = await place().loop.bind({ host: HOST });
      const peer = dgram.createSocket('udp4').bind(0, HOST);
      onTestFinished(() => void peer.close());
      await once(peer, 'listening');
      peer.send('from Node', socket.address.port, HOST);
      const { data, from } = await socket.recv();
      expect([String(data), from.port]).toEqual(['from Node', peer.address().port]);
      const [[reply]] = await Promise.all([once(peer, 'message'), socket.send('to Node', from)]);
      expect(String(reply)).toBe('to Node');
    });

    test('hands out datagrams in order, by iteration', async () => {
      const { loop } = place();
      const [one, two] = [await loop.bind({ host: HOST }), await loop.bind({ host: HOST })];
      const sending = (async () => {
        await sleep(5);
        for (let i = 0; i < 100; i++) await one.send(`${i}`, two.address);
      })();
      let next = 0;
      for await (const { data } of two) {
        expect(String(data)).toBe(`${next}`);
        if (++next === 100) break;
      }
      await sending;
      expect(two.isClosed).toBe(false);
    });

    test('refuses a datagram that is too large', async () => {
      const { loop } = place();
      const socket = await loop.bind({ host: HOST });
      const sent = socket.send(Buffer.alloc(65_508), { address: HOST, port: 9 });
      await expect(sent).rejects.toMatchObject({ name: 'UringError', code: 'EMSGSIZE', syscall: 'send' });
    });

    test('tells when the port is in use', async () => {
      const { loop } = place();
      const socket = await loop.bind({ host: HOST });
      await expect(loop.bind({ host: HOST, port: socket.address.port })).rejects.toMatchObject({
        name: 'UringError',
        code: 'EADDRINUSE',
        syscall: 'bind',
      });
    });

    test('a signal ends the waiting, and the next datagram still comes', async () => {
      const { loop } = place();
      const [one, two] = [await loop.bind({ host: HOST }), await loop.bind({ host: HOST })];
      await expect(two.recv({ signal: AbortSignal.timeout(20) })).rejects.toMatchObject({
        name: 'AbortError',
      });
      const next = two.recv();
      await one.send('late', two.address);
      expect(String((await next).data)).toBe('late');
    });

    test('closing ends the waiting and the iteration', async () => {
      const socket = await place().loop.bind({ host: HOST });
      const closed = expect(socket.recv()).rejects.toMatchObject({ code: 'ERR_WAKELINE_SOCKET_CLOSED' });
      await socket.close();
      await closed;
      for await (const datagram of socket) expect(datagram).toBeUndefined();
      await expect(socket.send('x', { address: HOST, port: 9 })).rejects.toMatchObject({
        code: 'ERR_WAKELINE_SOCKET_CLOSED',
      });
    });

    test('refuses what is no address', async () => {
      const socket = await place().loop.bind({ host: HOST });
      await expect(socket.send('x', { address: 'nowhere', port: 9 })).rejects.toThrow('nowhere');
      await expect(socket.send('x', { address: HOST, port: 0 })).rejects.toThrow("'port'");
    });
  });
}
