import http from 'node:http';
import net from 'node:net';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loopKinds } from '../../support/loops.js';
import { usePlace } from '../operation-loops.js';
import { connectFromNode, connectPair, pattern, portOf } from './pairs.js';

const HOST = '127.0.0.1';

for (const kind of Object.keys(loopKinds)) {
  describe(`on a loop of kind ${kind}`, () => {
    const place = usePlace(kind);

    test('pipes through zlib from one socket to the other', async () => {
      const { client, server } = await connectPair(place().loop);
      const sent = 'all that is to be packed\n'.repeat(50_000);
      const received = text(server.toNodeStream().pipe(createGunzip()));
      await pipeline([sent], createGzip(), client.toNodeStream());
      expect(await received).toBe(sent);
    });

    test("serves HTTP by Node's server to Node's client", async () => {
      const { loop } = place();
      const server = http.createServer((request, response) => {
        request.pipe(response.writeHead(200, { 'x-path': request.url }));
      });
      onTestFinished(() => void server.close());
      const listener = await loop.listen({ port: 0, host: HOST }, (socket) => {
        server.emit('connection', socket.toNodeStream());
      });
      const url = `http://${HOST}:${portOf(listener)}/echo`;
      const body = pattern(300_000);
      for (let i = 0; i < 3; i++) {
        const response = await fetch(url, { method: 'POST', body });
        expect(response.headers.get('x-path')).toBe('/echo');
        expect(Buffer.from(await response.arrayBuffer()).equals(body)).toBe(true);
      }
    });

    test("asks Node's HTTP server, as the connection of Node's client", async () => {
      const server = http.createServer((request, response) => response.end(`you asked for ${request.url}`));
      server.listen(0, HOST);
      await new Promise((resolve) => server.once('listening', resolve));
      onTestFinished(() => void server.close());
      const { port } = server.address() as net.AddressInfo;
      const socket = await place().loop.connect({ port, host: HOST });
      const answer = await new Promise<http.IncomingMessage>((resolve, reject) => {
        http
          .get({ path: '/this', host: HOST, createConnection: () => socket.toNodeStream() }, resolve)
          .on('error', reject);
      });
      expect(await text(answer)).toBe('you asked for /this');
    });

    test("echoes to Node's socket what it sends", async () => {
      const { server, peer } = await connectFromNode(place().loop);
      const stream = server.toNodeStream();
      const echoed = pipeline(stream, stream);
      const sent = pattern(2_000_000);
      peer.end(sent);
      const parts: Buffer[] = [];
      for await (const part of peer) parts.push(part);
      await echoed;
      expect(Buffer.concat(parts).equals(sent)).toBe(true);
    });

    test("talks to Node's server", async () => {
      const server = net.createServer((socket) => socket.end(`hello, port ${socket.remotePort}`));
      server.listen(0, HOST);
      await new Promise((resolve) => server.once('listening', resolve));
      onTestFinished(() => void server.close());
      const socket = await place().loop.connect({
        port: (server.address() as net.AddressInfo).port,
        host: HOST,
      });
      const { port } = socket.localAddress as net.AddressInfo;
      expect(await text(socket.toNodeStream())).toBe(`hello, port ${port}`);
    });

    test('a stream that is destroyed closes the socket', async () => {
      const { client, server } = await connectPair(place().loop);
      const stream = client.toNodeStream();
      stream.on('error', () => {});
      stream.destroy(new Error('no more'));
      await expect.poll(() => client.isClosed).toBe(true);
      expect(await server.read(Buffer.alloc(1)).catch((error) => error.code)).toBeOneOf([0, 'ECONNRESET']);
    });

    test('a reset connection is an error of the stream', async () => {
      const { server, peer } = await connectFromNode(place().loop);
      const failed = expect(text(server.toNodeStream())).rejects.toMatchObject({ code: 'ECONNRESET' });
      peer.write('x');
      setTimeout(() => peer.resetAndDestroy(), 20);
      await failed;
    });
  });
}
