import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { PollEvent } from 'wakeline';
import { nativeKinds, usePlace } from '../operation-loops.js';

const { readable, writable, priority, error, hangUp, invalid, readHangUp } = PollEvent;
/** Open fds, but for the sets that fds are waited for in. */
const openFds = (): number =>
  fs.readdirSync('/proc/self/fd').filter((name) => !isAt(name, 'anon_inode:[eventpoll]')).length;

const fdOf = (socket: net.Socket): number => (socket as unknown as { _handle: { fd: number } })._handle.fd;

/** Both ends of a TCP connection that nobody reads from, and the fd of one of them. */
async function connection(): Promise<{ fd: number; far: net.Socket }> {
  const server = net.createServer({ allowHalfOpen: true, pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  const far = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true }).on('error', () => {});
  const [near] = (await once(server, 'connection')) as [net.Socket];
  onTestFinished(() => {
    for (const socket of [near.on('error', () => {}), far]) socket.destroy();
    server.close();
  });
  return { fd: fdOf(near), far };
}

for (const kind of Object.keys(nativeKinds)) {
  describe(`on a loop of kind ${kind}`, () => {
    const place = usePlace(kind);
    /** Lets the loop arm what was asked for. */
    const armed = (): Promise<void> => place().loop.sleep(2);
    const reader = (name: string): number =>
      fs.openSync(place().at(name), fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);

    test('poll waits until something can be read, and tells what holds', async () => {
      const fifo = place().makeFifo('fifo');
      const fd = reader('fifo');
      let isReadable = false;
      const poll = place()
        .loop.poll(fd)
        .finally(() => {
          isReadable = true;
        });
      await place().loop.sleep(5);
      expect(isReadable).toBe(false);
      fifo.write('x');
      expect(await poll).toBe(readable);
      // What was not read still holds.
      expect(await place().loop.poll(fd)).toBe(readable);
      fifo.closeWriter();
      expect(await place().loop.poll(fd, 0)).toBe(hangUp);
      fs.closeSync(fd);
      await expect(place().loop.poll(fd)).rejects.toMatchObject({ code: 'EBADF', syscall: 'poll' });
    });

    test('what is always ready is so at once, and no other event of it can be waited for', async () => {
      const { loop, at, folder } = place();
      fs.writeFileSync(at('file'), 'contents');
      for (const path of [at('file'), folder, '/dev/null']) {
        const fd = fs.openSync(path, 'r');
        expect(await loop.poll(fd)).toBe(readable);
        expect(await loop.poll(fd, readable | writable | priority)).toBe(readable | writable);
        for (const events of [0, priority, readHangUp, error, hangUp, invalid])
          await expect(loop.poll(fd, events)).rejects.toMatchObject({ code: 'EINVAL', syscall: 'poll' });
        fs.closeSync(fd);
      }
      const O_PATH = 0o10000000;
      const fd = fs.openSync(folder, O_PATH);
      await expect(loop.poll(fd)).rejects.toMatchObject({ code: 'EBADF', syscall: 'poll' });
      fs.closeSync(fd);
    });

    test('a half-closed connection is told of, also to who did not ask', async () => {
      const { loop } = place();
      const { fd, far } = await connection();
      expect(await loop.poll(fd, writable)).toBe(writable);
      const polls = [0, readable, priority, readHangUp].map((events) => loop.poll(fd, events));
      await armed();
      far.end();
      expect(await Promise.all(polls)).toEqual([readHangUp, readable | readHangUp, readHangUp, readHangUp]);
      const all = readable | writable | readHangUp;
      expect(await loop.poll(fd, readable | writable)).toBe(all);
    });

    test('a reset connection is told of as an error', async () => {
      const { loop } = place();
      const { fd, far } = await connection();
      const poll = loop.poll(fd, 0);
      await armed();
      far.resetAndDestroy();
      // Which of them the kernel sets first is its own affair.
      expect((await poll) & ~readHangUp & ~hangUp).toBe(error);
    });

    test('out-of-band data is priority, and only that', async ({ skip }) => {
      const server = net.createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
      onTestFinished(() => void server.close());
      await once(server, 'listening');
      const script = `use Socket; socket(my $s, PF_INET, SOCK_STREAM, 0);
        connect($s, sockaddr_in($ARGV[0], inet_aton("127.0.0.1"))) or die; <STDIN>; send($s, "!", MSG_OOB); <STDIN>;`;
      const { port } = server.address() as net.AddressInfo;
      const perl = spawn('perl', ['-e', script, `${port}`], { stdio: ['pipe', 'ignore', 'inherit'] });
      const found = await Promise.race([once(perl, 'error'), once(server, 'connection')]);
      if (found[0] instanceof Error) skip(`no perl: ${found[0].message}`);
      const socket = found[0] as net.Socket;
      const polls = [priority, readable | priority].map((events) => place().loop.poll(fdOf(socket), events));
      await armed();
      perl.stdin.write('go\n');
      expect(await Promise.all(polls)).toEqual([priority, priority]);
      socket.destroy();
      perl.stdin.end('\n');
    });

    test('a writer whose readers are gone gets an error', async () => {
      const { loop, at } = place();
      execFileSync('mkfifo', [at('pipe')]);
      const [input, output] = [reader('pipe'), fs.openSync(at('pipe'), 'w')];
      const poll = loop.poll(output, 0);
      await armed();
      fs.closeSync(input);
      expect(await poll).toBe(error);
      fs.closeSync(output);
    });

    test('one fd may be waited for many times at once, each with its own events', async () => {
      const { loop } = place();
      const { fd, far } = await connection();
      const before = openFds();
      const asked = [readable, readable | error, readable | priority, readable | writable];
      const polls = Array.from({ length: 200 }, (_, at) => loop.poll(fd, asked[at % asked.length]));
      await armed();
      far.write('x');
      // The last of each four was told at once that it could write.
      const expected = asked.map((events) => (events & writable ? writable : readable));
      const found = await Promise.all(polls);
      expect(found).toEqual(found.map((_, at) => expected[at % asked.length]));
      expect(openFds()).toBe(before);
    });

    test('a poll goes on although its fd is closed, and the number used for another file', async () => {
      const { loop } = place();
      const [first, second] = [place().makeFifo('first'), place().makeFifo('second')];
      const fd = reader('first');
      const poll = loop.poll(fd);
      await armed();
      fs.closeSync(fd);
      const other = reader('second');
      expect(other).toBe(fd);
      second.write('x');
      expect(await loop.poll(other)).toBe(readable);
      await expect(Promise.race([poll, loop.sleep(5).then(() => 'none')])).resolves.toBe('none');
      first.write('x');
      expect(await poll).toBe(readable);
      fs.closeSync(other);
    });

    test('an abort ends one poll, and leaves nothing behind', async () => {
      const { loop } = place();
      const fifo = place().makeFifo('fifo');
      const fd = reader('fifo');
      const before = openFds();
      const controller = new AbortController();
      const aborted = loop.poll(fd, readable, { signal: controller.signal });
      const late = loop.poll(fd, readable, { signal: AbortSignal.abort() });
      const other = loop.poll(fd);
      await expect(late).rejects.toMatchObject({ code: 'ABORT_ERR' });
      await armed();
      controller.abort(new Error('enough'));
      await expect(aborted).rejects.toMatchObject({ code: 'ABORT_ERR', cause: { message: 'enough' } });
      fifo.write('x');
      expect(await other).toBe(readable);
      expect(openFds()).toBe(before);
      fs.closeSync(fd);
    });

    test('the end of the loop ends every poll', async () => {
      const { loop } = place();
      place().makeFifo('fifo');
      const fd = reader('fifo');
      const polls = Array.from({ length: 100 }, () => loop.poll(fd).catch((reason) => reason.code));
      await armed();
      await loop.close();
      expect(new Set(await Promise.all(polls))).toEqual(new Set(['ERR_WAKELINE_CLOSED']));
      await expect(loop.poll(fd)).rejects.toMatchObject({ code: 'ERR_WAKELINE_CLOSED' });
      const copies = fs.readdirSync('/proc/self/fd').filter((name) => isAt(name, place().at('fifo')));
      // The test's own two.
      expect(copies.length).toBe(2);
      fs.closeSync(fd);
    });

    test('thousands of polls are told, each once', async () => {
      const { loop } = place();
      const fifos = ['a', 'b', 'c'].map((name) => ({ fifo: place().makeFifo(name), fd: reader(name) }));
      let told = 0;
      for (let round = 0; round < 10; round++) {
        const polls = Array.from({ length: 300 }, (_, at) => loop.poll(fifos[at % 3].fd).then(() => told++));
        await armed();
        for (const { fifo } of fifos) fifo.write('x');
        await Promise.all(polls);
        for (const { fd } of fifos) fs.readSync(fd, Buffer.alloc(1));
      }
      expect(told).toBe(3000);
      for (const { fd } of fifos) fs.closeSync(fd);
    });
  });
}

/** Whether an fd of this process is that file. */
function isAt(fd: string, path: string): boolean {
  try {
    return fs.readlinkSync(`/proc/self/fd/${fd}`) === path;
  } catch {
    return false;
  }
}
