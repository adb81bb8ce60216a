import { describe, expect, test } from 'vitest';
import { loopKinds } from '../support/loops.js';
import { connectPair, portOf } from './net/pairs.js';
import { usePlace } from './operation-loops.js';

for (const kind of Object.keys(loopKinds)) {
  describe(`on a loop of kind ${kind}`, () => {
    const place = usePlace(kind);

    test('a file and what writes to it are closed at the end of their scope', async () => {
      const { loop, at } = place();
      const file = await loop.open(at('file'), 'w');
      const writable = file.writable();
      const written = writable.write('contents');
      await writable[Symbol.asyncDispose]();
      await written;
      await file[Symbol.asyncDispose]();
      await expect(file.read(Buffer.alloc(1))).rejects.toMatchObject({ code: 'EBADF' });
      expect(await loop.readFile(at('file'), 'utf8')).toBe('contents');
    });

    test('a socket, a listener and a datagram socket are closed at the end of their scope', async () => {
      const { loop } = place();
      const { client, server, listener } = await connectPair(loop);
      await client.write('last words');
      await client[Symbol.asyncDispose]();
      expect(client.isClosed).toBe(true);
      const heard: string[] = [];
      for await (const chunk of server) heard.push(String(chunk));
      expect(heard.join('')).toBe('last words');
      const port = portOf(listener);
      await listener[Symbol.asyncDispose]();
      await expect(loop.connect({ port, host: '127.0.0.1' })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
      const datagrams = await loop.bind({ port: 0, host: '127.0.0.1' });
      const waiting = expect(datagrams.recv()).rejects.toMatchObject({ code: 'ERR_WAKELINE_SOCKET_CLOSED' });
      await datagrams[Symbol.asyncDispose]();
      await waiting;
    });
  });
}
