import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loopKinds } from '../../support/loops.js';
import { fixturePath } from '../../support/project.js';

const FDS = 60;
const CLIENTS = 80;

/** Starts the fixture with few fds; lines of its output come one by one. */
function startServer(kind: string): { child: ChildProcess; line: () => Promise<string> } {
  const command = `ulimit -n ${FDS}; exec "$0" "$@"`;
  const given = [process.execPath, fixturePath('few-files'), JSON.stringify(loopKinds[kind])];
  const child = spawn('sh', ['-c', command, ...given], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill());
  const lines = createInterface(child.stdout!)[Symbol.asyncIterator]();
  return { child, line: async () => (await lines.next()).value as string };
}

/** Connects, and tells whether the greeting came. */
function connectTo(port: number): { socket: net.Socket; isGreeted: () => boolean } {
  const socket = net.connect(port, '127.0.0.1').on('error', () => {});
  let greeted = false;
  socket.once('data', () => {
    greeted = true;
  });
  onTestFinished(() => void socket.destroy());
  return { socket, isGreeted: () => greeted };
}

for (const kind of Object.keys(loopKinds)) {
  describe(`on a loop of kind ${kind}`, () => {
    test('a server that runs out of fds goes on when it has some again', async () => {
      const { line } = startServer(kind);
      const port = Number(await line());
      const clients = Array.from({ length: CLIENTS }, () => connectTo(port));
      const greeted = () => clients.filter(({ isGreeted }) => isGreeted());
      await expect.poll(() => greeted().length, { timeout: 5000 }).toBeGreaterThan(10);
      await sleep(50);
      expect(greeted().length).toBeLessThan(FDS);
      for (const { socket } of clients) socket.end();
      await Promise.all(clients.map(({ socket }) => socket.destroyed || once(socket, 'close')));
      const late = connectTo(port);
      await expect.poll(late.isGreeted, { timeout: 5000 }).toBe(true);
    });
  });
}

for (const kind of Object.keys(loopKinds).filter((name) => name.startsWith('uring'))) {
  test(`connections beyond the fds wait, and none is lost, on a loop of kind ${kind}`, async () => {
    const { child, line } = startServer(kind);
    const port = Number(await line());
    const clients = Array.from({ length: CLIENTS }, () => connectTo(port));
    await expect.poll(() => clients.some(({ isGreeted }) => isGreeted())).toBe(true);
    // Each that was greeted makes room for one that waits.
    const timer = setInterval(() => {
      for (const { socket, isGreeted } of clients) if (isGreeted()) socket.end();
    }, 20);
    onTestFinished(() => clearInterval(timer));
    await expect.poll(() => clients.every(({ isGreeted }) => isGreeted()), { timeout: 8000 }).toBe(true);
    child.kill('SIGUSR2');
    const { errors, codes } = JSON.parse(await line()) as { errors: number; codes: string[] };
    expect(errors).toBeGreaterThan(0);
    expect(codes).toEqual(['EMFILE']);
  });
}
