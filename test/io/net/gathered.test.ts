import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { loopKinds } from '../../support/loops.js';
import { usePlace } from '../operation-loops.js';
import { connectFromNode, connectPair, pattern, readAll } from './pairs.js';

/** Longer than what is copied: each such write is a piece of its own. */
const PIECE_BYTES = 20_000;

for (const kind of Object.keys(loopKinds)) {
  describe(`writes of one turn, on a loop of kind ${kind}`, () => {
    const place = usePlace(kind);

    test('go out by one submission', async ({ skip }) => {
      const { loop } = place();
      if (loop.ring === undefined) skip('there is no ring, so node:net sends');
      const { server, peer } = await connectFromNode(loop);
      const sent = pattern(10 * PIECE_BYTES);
      const before = loop.stats().counters.submissions;
      for (let start = 0; start < sent.length; start += PIECE_BYTES)
        server.enqueue(sent.subarray(start, start + PIECE_BYTES));
      const received: Buffer[] = [];
      peer.on('data', (chunk) => received.push(chunk));
      await server.end();
      await once(peer, 'end');
      expect(Buffer.concat(received).equals(sent)).toBe(true);
      // The loop itself may watch something anew meanwhile; ten sends would be ten.
      expect(loop.stats().counters.submissions - before).toBeLessThan(5);
    });

    test('keep their order when there are more than one send takes', async () => {
      const { client, server } = await connectPair(place().loop);
      const sent = pattern(100 * PIECE_BYTES);
      for (let start = 0; start < sent.length; start += PIECE_BYTES)
        client.enqueue(sent.subarray(start, start + PIECE_BYTES));
      const [received] = await Promise.all([readAll(server), client.end()]);
      expect(received.equals(sent)).toBe(true);
    });

    test('keep their order when the other end reads late, and others come meanwhile', async () => {
      const { client, server } = await connectPair(place().loop);
      const sent = pattern(12_000_000);
      const sizes = [30_000, 7, 16_384, 65_536, 24, 100_000, 500, 16_385];
      let start = 0;
      const write = (untilBytes: number): void => {
        for (let i = 0; start < untilBytes; i++) {
          const end = Math.min(start + sizes[i % sizes.length], sent.length);
          client.enqueue(sent.subarray(start, end));
          start = end;
        }
      };
      write(6_000_000);
      const received = readAll(server);
      for (let i = 1; i <= 6; i++) {
        await new Promise(setImmediate);
        write(6_000_000 + i * 1_000_000);
      }
      await client.end();
      expect((await received).equals(sent)).toBe(true);
    });

    test('reject all at once when the connection breaks', async () => {
      const { server, peer } = await connectFromNode(place().loop);
      const bytes = pattern(1_000_000);
      const writes = Array.from({ length: 20 }, () => server.write(bytes));
      peer.resetAndDestroy();
      const results = await Promise.allSettled(writes);
      const last = results.at(-1)!;
      expect(last.status).toBe('rejected');
      expect((last as PromiseRejectedResult).reason.code).toMatch(/^(EPIPE|ECONNRESET)$/);
    });
  });
}
