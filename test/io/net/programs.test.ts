import http from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loopKinds } from '../../support/loops.js';
import { programOrSkip, runProgram } from '../../support/programs.js';
import { usePlace } from '../operation-loops.js';
import { pattern, portOf, readAll } from './pairs.js';
import { serveRedisPings } from './resp-server.js';

const HOST = '127.0.0.1';

for (const kind of Object.keys(loopKinds)) {
  describe(`on a loop of kind ${kind}`, () => {
    const place = usePlace(kind);

    test('answers curl', async (context) => {
      const curl = programOrSkip(context, 'curl', 'curl');
      const listener = await place().loop.listen({ port: 0, host: HOST });
      const answered = runProgram(curl, ['-sS', `http://${HOST}:${portOf(listener)}/`]);
      const socket = await listener.accept();
      for await (const chunk of socket!) {
        if (!chunk.includes('\r\n\r\n')) continue;
        await socket!.end('HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello');
      }
      expect(await answered).toBe('hello');
    });

    test("takes curl's upload through Node's HTTP server", async (context) => {
      const curl = programOrSkip(context, 'curl', 'curl');
      const server = http.createServer((request, response) => {
        let received = 0;
        request.on('data', (chunk) => {
          received += chunk.length;
        });
        request.on('end', () => response.end(`${received}`));
      });
      onTestFinished(() => void server.close());
      const path = place().at('socket');
      await place().loop.listen({ path }, (socket) => void server.emit('connection', socket.toNodeStream()));
      const body = pattern(1_000_000).toString('latin1');
      const upload = ['-sS', '--unix-socket', path, '--data-binary', '@-', 'http://localhost/'];
      expect(Number(await runProgram(curl, upload, body))).toBe(Buffer.byteLength(body));
    });

    test('exchanges lines with nc', async (context) => {
      const nc = programOrSkip(context, 'nc', 'netcat-openbsd');
      const listener = await place().loop.listen({ port: 0, host: HOST }, async (socket) => {
        await socket.end(String(await readAll(socket)).toUpperCase());
      });
      expect(await runProgram(nc, ['-N', HOST, `${portOf(listener)}`], 'a line\n')).toBe('A LINE\n');
    });

    test('answers redis-cli', async (context) => {
      const cli = programOrSkip(context, 'redis-cli', 'redis-tools');
      const port = `${portOf(await serveRedisPings(place().loop))}`;
      expect(await runProgram(cli, ['-p', port, 'ping'])).toBe('PONG\n');
      expect(await runProgram(cli, ['-p', port, 'ping', 'an echo'])).toBe('an echo\n');
      expect(await runProgram(cli, ['-p', port, 'nonsense'])).toContain('ERR unknown command');
    });

    for (const [atOnce, connections] of [
      [1, 50],
      [16, 20],
    ]) {
      test(`serves redis-benchmark, ${atOnce} requests at once on each of ${connections} connections`, async (context) => {
        const benchmark = programOrSkip(context, 'redis-benchmark', 'redis-tools');
        const port = `${portOf(await serveRedisPings(place().loop))}`;
        const load = ['-n', '4000', '-c', `${connections}`, '-P', `${atOnce}`, '-t', 'ping', '--csv'];
        const report = await runProgram(benchmark, ['-p', port, ...load]);
        expect(report).toMatch(/"PING_INLINE","\d/);
        expect(report).toMatch(/"PING_MBULK","\d/);
      });
    }
  });
}
