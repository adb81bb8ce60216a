import { describe, expect, test } from 'vitest';
import type { Socket } from 'wakeline';
import { loopKinds } from '../../support/loops.js';
import { programOrSkip, runProgram } from '../../support/programs.js';
import { usePlace } from '../operation-loops.js';
import { portOf, readAll } from './pairs.js';

const HOST = '127.0.0.1';

for (const kind of Object.keys(loopKinds)) {
  describe(`on a loop of kind ${kind}`, () => {
    const place = usePlace(kind);

    test('accepts many connections, by iteration', async () => {
      const { loop } = place();
      const listener = await loop.listen({ port: 0, host: HOST });
      const clients = Promise.all(
        Array.from({ length: 100 }, async (_, index) => {
          const socket = await loop.connect({ port: portOf(listener), host: HOST });
          await socket.end(`${index}`);
          return String(await readAll(socket));
        }),
      );
      let accepted = 0;
      for await (const socket of listener) {
        void readAll(socket).then((bytes) => socket.end(`got ${bytes}`));
        if (++accepted === 100) break;
      }
      expect((await clients).sort()).toEqual(Array.from({ length: 100 }, (_, i) => `got ${i}`).sort());
      expect(listener.isClosed).toBe(true);
    });

    test('accepts connections by callback', async () => {
      const { loop } = place();
      const sockets: Socket[] = [];
      const listener = await loop.listen({ port: 0, host: HOST }, (socket) => {
        sockets.push(socket);
        void socket.end('hello');
      });
      const client = await loop.connect({ port: portOf(listener), host: HOST });
      expect(String(await readAll(client))).toBe('hello');
      expect(sockets).toHaveLength(1);
    });

    test('refuses connections once it is closed', async () => {
      const { loop } = place();
      const listener = await loop.listen({ port: 0, host: HOST });
      const port = portOf(listener);
      await listener.close();
      expect(await listener.accept()).toBeUndefined();
      await expect(loop.connect({ port, host: HOST })).rejects.toMatchObject({
        name: 'UringError',
        code: 'ECONNREFUSED',
        syscall: 'connect',
        address: HOST,
        port,
      });
    });

    test('tells when the port is in use', async () => {
      const { loop } = place();
      const listener = await loop.listen({ port: 0, host: HOST });
      await expect(loop.listen({ port: portOf(listener), host: HOST })).rejects.toMatchObject({
        name: 'UringError',
        code: 'EADDRINUSE',
        syscall: 'listen',
        address: HOST,
        port: portOf(listener),
      });
    });

    test('tells the path of a Unix socket that is not there', async () => {
      const path = place().at('nobody');
      await expect(place().loop.connect({ path })).rejects.toMatchObject({
        name: 'UringError',
        code: 'ENOENT',
        syscall: 'connect',
        path,
      });
    });

    test('lets as many connections wait as it was told', async (context) => {
      const ss = programOrSkip(context, 'ss', 'iproute2');
      const listener = await place().loop.listen({ port: 0, host: HOST, backlog: 7 });
      const line = await runProgram(ss, ['-ltnH', 'sport', '=', `:${portOf(listener)}`]);
      // A listening socket's second column is what waits, its third how many may.
      expect(line.split(/ +/).slice(0, 3)).toEqual(['LISTEN', '0', '7']);
    });

    test('shares a port between listeners', async (context) => {
      const { loop } = place();
      const hasReusePort = kind !== 'portable' || Number(process.versions.node.split('.')[0]) >= 24;
      if (!hasReusePort)
        context.skip('Node shares ports from version 24 on, and this loop has no native code');
      let accepted = 0;
      const accept = (socket: Socket): void => {
        accepted++;
        void socket.end();
      };
      const first = await loop.listen({ port: 0, host: HOST, reusePort: true }, accept);
      const second = await loop.listen({ port: portOf(first), host: HOST, reusePort: true }, accept);
      for (let i = 0; i < 20; i++) await readAll(await loop.connect({ port: portOf(second), host: HOST }));
      expect(accepted).toBe(20);
    });

    test('a signal closes a listener', async () => {
      const { loop } = place();
      const controller = new AbortController();
      const listener = await loop.listen({ port: 0, host: HOST, signal: controller.signal });
      const accepted = listener.accept();
      controller.abort();
      expect(await accepted).toBeUndefined();
      expect(listener.isClosed).toBe(true);
    });

    test('a signal ends the waiting for a connection, and the next one is still accepted', async () => {
      const { loop } = place();
      const listener = await loop.listen({ port: 0, host: HOST });
      const controller = new AbortController();
      const accepted = listener.accept({ signal: controller.signal });
      controller.abort();
      await expect(accepted).rejects.toMatchObject({ name: 'AbortError', code: 'ABORT_ERR' });
      const client = await loop.connect({ port: portOf(listener), host: HOST });
      const server = await listener.accept();
      expect(server!.remoteAddress).toEqual(client.localAddress);
    });

    test.each([
      [{}, TypeError, 'port'],
      [{ port: 1, path: '/x' }, TypeError, 'port'],
      [{ port: 65_536 }, RangeError, 'port'],
      [{ port: 1.5 }, TypeError, 'port'],
      [{ port: 0, backlog: 0 }, RangeError, 'backlog'],
      [{ port: 0, host: 1 }, TypeError, 'host'],
      [{ port: 0, reusePort: 'yes' }, TypeError, 'reusePort'],
      [{ port: 0, idleTimeoutMs: -1 }, RangeError, 'idleTimeoutMs'],
      [{ port: 0, unknown: 1 }, TypeError, 'unknown'],
      [{ path: `/${'x'.repeat(200)}` }, RangeError, 'path'],
    ])('refuses the options %j', async (options, kindOfError, name) => {
      const refused = place().loop.listen(options as never);
      await expect(refused).rejects.toThrow(kindOfError);
      await expect(refused).rejects.toThrow(name);
    });
  });
}
