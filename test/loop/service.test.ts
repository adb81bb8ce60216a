import { AsyncLocalStorage } from 'node:async_hooks';
import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EventLoop } from 'wakeline';
import { startEcho } from '../support/echo.js';
import { loopKinds } from '../support/loops.js';
import { fixturePath } from '../support/project.js';

for (const [name, options] of Object.entries(loopKinds)) {
  describe(`on a thread with a loop attached (${name})`, () => {
    let loop: EventLoop;
    beforeEach(() => {
      loop = EventLoop.attach({ ...options, idle: 'power' });
    });
    afterEach(() => loop.close());

    test('an HTTP server answers, also right after it was opened', async () => {
      const server = createServer((_, response) => response.end('answer'));
      server.listen(0);
      await once(server, 'listening');
      for (let i = 0; i < 5; i++) {
        const { port } = server.address() as AddressInfo;
        const [response] = await once(request({ port, agent: false }).end(), 'response');
        expect(await response.setEncoding('utf8').toArray()).toEqual(['answer']);
      }
      server.close();
      await once(server, 'close');
    });

    test('timers come, in order, and not before their time', async () => {
      const dueInOrder: { readonly from: number; readonly to: number }[] = [];
      const late = [7, 3, 1, 15].map(async (ms) => {
        // Of each by itself: on an occupied machine they do not start in the same millisecond.
        const from = performance.now() + ms;
        const timer = sleep(ms);
        const to = performance.now() + ms;
        await timer;
        // setTimeout itself may come up to a millisecond early by the monotonic clock.
        expect(performance.now()).toBeGreaterThan(from - 1);
        dueInOrder.push({ from, to });
      });
      await Promise.all(late);
      for (let i = 1; i < dueInOrder.length; i++)
        expect(dueInOrder[i].to).toBeGreaterThan(dueInOrder[i - 1].from - 1);
    });

    test('nextTicks, microtasks and immediates keep their order', async () => {
      const order: string[] = [];
      setImmediate(() => order.push('immediate'));
      process.nextTick(() => order.push('tick'));
      Promise.resolve().then(() => order.push('microtask'));
      await sleep(50);
      expect(order).toHaveLength(3);
      expect(order.at(-1)).toBe('immediate');
    });

    test('a child process runs, and its output and end arrive', async () => {
      const child = fork(fixturePath('say-hello'), { silent: true });
      const [[message], [text], [code]] = await Promise.all([
        once(child, 'message'),
        once(child.stdout!.setEncoding('utf8'), 'data'),
        once(child, 'exit'),
      ]);
      expect({ message, text, code }).toEqual({ message: 'hello', text: 'hello\n', code: 3 });
      expect(execFileSync('echo', ['sync'], { encoding: 'utf8' })).toBe('sync\n');
    });

    test('messages arrive after a new socket has gone into libuv’s epoll set', async () => {
      const { sender, receiver } = startEcho(loop, options);
      const server = createServer().listen(0);
      for (let i = 0; i < 20; i++) {
        const another = createServer().listen(0);
        sender.send(i);
        // No timer and no socket event: only the message itself can end the wait.
        expect(await receiver.receive()).toBe(i);
        another.close();
      }
      server.close();
      sender.close();
    });

    test('a timer that is started after a wait counts from then', async () => {
      const { sender, receiver } = startEcho(loop, options);
      sender.send('warm up');
      await receiver.receive();
      // Nothing but the message ends this wait, and libuv's clock stands still meanwhile.
      setTimeout(() => sender.send('late'), 60);
      await receiver.receive();
      const begin = performance.now();
      await sleep(30);
      expect(performance.now() - begin).toBeGreaterThanOrEqual(29);
      sender.close();
    });

    test('timers and sockets get their turn while messages come without end', async () => {
      const { sender, receiver } = startEcho(loop, options);
      let isStreaming = true;
      const stream = (async () => {
        while (isStreaming) {
          sender.send(1);
          await receiver.receive();
        }
      })();
      const server = createServer((_, response) => response.end('answer'));
      server.listen(0);
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const [response] = await once(request({ port, agent: false }).end(), 'response');
      expect(await response.setEncoding('utf8').toArray()).toEqual(['answer']);
      for (let i = 0; i < 5; i++) await sleep(2);
      isStreaming = false;
      await stream;
      sender.close();
      server.close();
    });

    test('an AsyncLocalStorage is kept across a receive', async () => {
      const { sender, receiver } = startEcho(loop, options);
      const storage = new AsyncLocalStorage<string>();
      await storage.run('kept', async () => {
        sender.send(1);
        await receiver.receive();
        expect(storage.getStore()).toBe('kept');
      });
      sender.close();
    });
  });
}
