import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Channel, EventLoop } from 'wakeline';
import { startEcho } from '../support/echo.js';
import { loopKinds } from '../support/loops.js';

for (const [name, options] of Object.entries(loopKinds)) {
  describe(`a channel (${name})`, () => {
    let loop: EventLoop;
    beforeEach(() => {
      loop = EventLoop.attach(options);
    });
    afterEach(() => loop.close());

    test('carries values of every kind, in order', async () => {
      const { sender, receiver } = startEcho(loop, options);
      const values = [
        0,
        -0,
        1.5,
        'text',
        'ümläut',
        '…',
        true,
        null,
        undefined,
        new Uint8Array([1, 2]),
        { a: [new Date(0)] },
      ];
      for (const value of values) sender.send(value);
      const back: unknown[] = [];
      while (back.length < values.length) back.push(await receiver.receive());
      expect(back).toStrictEqual(values);
      sender.close();
    });

    test('can be prepared to send, before the other end is there and after', async () => {
      const channel = new Channel<number>();
      loop.prepareToSend(channel.sender);
      const receiver = loop.receiver(channel.receiver);
      loop.prepareToSend(channel.sender);
      loop.sender(channel.sender).send(7);
      expect(await receiver.receive()).toBe(7);
      expect(() => loop.prepareToSend(channel.receiver as never)).toThrow(TypeError);
    });

    test('wakes the other end once for a batch that is put and then flushed', async () => {
      const { sender, receiver } = startEcho(loop, options);
      const values = [1, 'two', { three: 3 }, undefined];
      for (const value of values) expect(sender.put(value)).toBe(true);
      sender.flush();
      const back: unknown[] = [];
      while (back.length < values.length) back.push(await receiver.receive());
      expect(back).toStrictEqual(values);
      sender.close();
    });

    test('refuses what does not fit, and takes it after ready', async () => {
      const { sender, receiver } = startEcho(loop, options, 1024);
      let refused = 0;
      const received = (async () => {
        for (let i = 0; i < 3000; i++) expect(await receiver.receive()).toBe(i);
      })();
      for (let i = 0; i < 3000; i++) {
        while (!sender.send(i)) {
          refused++;
          await sender.ready();
        }
      }
      await received;
      expect(refused).toBeGreaterThan(0);
      sender.close();
    });

    test('carries a value many times its size, between small ones', async () => {
      const { sender, receiver } = startEcho(loop, options, 4096);
      const large = { text: 'x'.repeat(100_000), bytes: Buffer.alloc(200_000, 7) };
      for (const value of [1, large, 2]) await sender.sendWhenReady(value);
      expect(await receiver.receive()).toBe(1);
      const { text, bytes } = (await receiver.receive()) as typeof large;
      expect(text === large.text && large.bytes.equals(bytes)).toBe(true);
      expect(await receiver.receive()).toBe(2);
      sender.close();
    });

    test('is an async iterable that ends when the sender closes', async () => {
      const { sender, receiver } = startEcho(loop, options);
      for (let i = 0; i < 1000; i++) await sender.sendWhenReady(i);
      sender.close();
      let next = 0;
      for await (const value of receiver) expect(value).toBe(next++);
      expect(next).toBe(1000);
      expect(receiver.isClosed).toBe(true);
    });

    test('whose iteration is left early closes the other end', async () => {
      const channel = new Channel<number>();
      const sender = loop.sender(channel.sender);
      sender.send(1);
      for await (const value of loop.receiver(channel.receiver)) {
        expect(value).toBe(1);
        break;
      }
      expect(sender.isClosed).toBe(true);
      expect(() => sender.send(2)).toThrow(expect.objectContaining({ code: 'ERR_WAKELINE_CHANNEL_CLOSED' }));
    });

    test('hands values to a callback, each once', async () => {
      const channel = new Channel<number>();
      const seen: number[] = [];
      const receiver = loop.receiver(channel.receiver, (value) => seen.push(value));
      const sender = loop.sender(channel.sender);
      for (let i = 0; i < 2000; i++) await sender.sendWhenReady(i);
      sender.close();
      await new Promise<void>((resolve) => receiver.onClose(resolve));
      expect(seen).toEqual(Array.from({ length: 2000 }, (_, i) => i));
    });

    test('closes when the thread at the other end is terminated', async () => {
      const { worker, sender, receiver } = startEcho(loop, options);
      sender.send('once');
      expect(await receiver.receive()).toBe('once');
      const closed = new Promise<void>((resolve) => receiver.onClose(resolve));
      const rejected = expect(receiver.receive()).rejects.toMatchObject({
        code: 'ERR_WAKELINE_CHANNEL_CLOSED',
      });
      await Promise.all([worker.terminate(), closed, rejected]);
      while (!sender.isClosed) await sleep(1);
      await expect(sender.ready()).rejects.toMatchObject({ code: 'ERR_WAKELINE_CHANNEL_CLOSED' });
    });

    test('rejects a ready that waits when the thread at the other end is terminated', async () => {
      const { worker, sender } = startEcho(loop, options, 256);
      // Nobody reads on the way back: both rings fill up.
      for (let sent = 0; sent < 100; ) {
        if (sender.send('a text of which three fill the ring')) sent++;
        else if (sent > 8) break;
        else await sleep(1);
      }
      let isReady = false;
      const waiting = sender.ready().then(() => {
        isReady = true;
      });
      const rejected = expect(waiting).rejects.toMatchObject({ code: 'ERR_WAKELINE_CHANNEL_CLOSED' });
      await sleep(20);
      expect(isReady).toBe(false);
      await worker.terminate();
      await rejected;
    });

    test('has one holder for each end', () => {
      const channel = new Channel();
      loop.sender(channel.sender);
      expect(() => loop.sender(channel.sender)).toThrow(
        expect.objectContaining({ code: 'ERR_WAKELINE_CHANNEL_IN_USE' }),
      );
      expect(() => loop.receiver(channel.sender as never)).toThrow(
        /'handle' must be the receiver of a Channel/,
      );
    });

    test('goes on after a callback has thrown', async () => {
      const channel = new Channel<number>();
      const seen: number[] = [];
      const errors: unknown[] = [];
      const listeners = process.listeners('uncaughtException');
      process.removeAllListeners('uncaughtException');
      process.on('uncaughtException', (error) => errors.push(error));
      loop.receiver(channel.receiver, (value) => {
        seen.push(value);
        if (value % 2 === 1) throw new Error(`odd ${value}`);
      });
      const sender = loop.sender(channel.sender);
      for (let i = 0; i < 6; i++) sender.send(i);
      while (seen.length < 6) await sleep(1);
      process.removeAllListeners('uncaughtException');
      for (const listener of listeners) process.on('uncaughtException', listener);
      expect(seen).toEqual([0, 1, 2, 3, 4, 5]);
      expect(errors.map((error) => (error as Error).message)).toEqual(['odd 1', 'odd 3', 'odd 5']);
    });
  });
}
