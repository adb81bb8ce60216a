import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { constants } from 'node:os';
import { describe, expect, onTestFinished, test } from 'vitest';
import { native } from 'wakeline/ffi';
import { runRestricted } from '../../support/restricted.js';
import { nativeKinds, usePlace } from '../operation-loops.js';

/** Starts a shell that runs a script once `go` is called. */
function startShell(script: string, detached = false): { child: ChildProcess; pid: number; go: () => void } {
  const stdio = ['pipe', 'ignore', 'ignore'] as ['pipe', 'ignore', 'ignore'];
  const child = spawn('sh', ['-c', `read line; ${script}`], { stdio, detached });
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, pid: child.pid!, go: () => void child.stdin!.end('go\n') };
}

const openFds = (): number => fs.readdirSync('/proc/self/fd').length;

for (const kind of Object.keys(nativeKinds)) {
  describe(`on a loop of kind ${kind}`, () => {
    const place = usePlace(kind);
    /** Lets the loop arm what was asked for. */
    const armed = (): Promise<void> => place().loop.sleep(2);
    // A ring that waits by itself may be slower than Node, which reaps its children.
    const isAhead = kind === 'epoll' || kind === 'uring without WAITID';

    test('waitid tells how a child ended, and leaves it to Node', async () => {
      const cases: [string, object][] = [
        ['exit 7', { state: 'exited', status: 7 }],
        ['kill -9 $$', { state: 'killed', status: 9 }],
      ];
      for (const [script, expected] of cases) {
        const { child, pid, go } = startShell(script);
        const ended = once(child, 'exit');
        const state = place().loop.waitid('pid', pid, { leave: true });
        await armed();
        go();
        const found = await state.catch((error) => error);
        if (isAhead || found.code !== 'ECHILD') expect(found).toMatchObject({ pid, ...expected });
        await ended;
      }
      await expect(place().loop.waitid('pid', 2 ** 22 + 1)).rejects.toMatchObject({
        code: 'ECHILD',
        syscall: 'waitid',
      });
    });

    test('a child can be named by an fd of its process, which may be closed meanwhile', async ({ skip }) => {
      const { child, pid, go } = startShell('exit 5');
      const ended = once(child, 'exit');
      const { descriptors, system } = native() as Exclude<ReturnType<typeof native>, string>;
      const fd = descriptors.openProcess(pid);
      if (fd < 0) skip(`pidfd_open is refused (${fd})`);
      const state = place().loop.waitid('pidfd', fd, { leave: true });
      await armed();
      go();
      const found = await state.catch((error) => error);
      if (isAhead || found.code !== 'ECHILD')
        expect(found).toMatchObject({ pid, state: 'exited', status: 5 });
      await ended;
      system.close(fd);
      await expect(place().loop.waitid('pidfd', fd)).rejects.toMatchObject({ code: 'EBADF' });
    });

    test('stops and going on are told, each once', async () => {
      const { loop } = place();
      const { child, pid, go } = startShell('exit 0');
      const { SIGSTOP, SIGCONT } = constants.signals;
      for (let round = 0; round < 3; round++) {
        const stop = loop.waitid('pid', pid, { exited: false, stopped: true });
        await armed();
        process.kill(pid, SIGSTOP);
        expect(await stop).toMatchObject({ pid, state: 'stopped', status: SIGSTOP });
        const going = loop.waitid('pid', pid, { exited: false, continued: true });
        process.kill(pid, SIGCONT);
        expect(await going).toMatchObject({ pid, state: 'continued', status: SIGCONT });
      }
      const ended = once(child, 'exit');
      go();
      await ended;
    });

    test('a child of a group is told of', async () => {
      const [group, other] = [startShell('exit 3', true), startShell('exit 4')];
      const ended = Promise.all([once(group.child, 'exit'), once(other.child, 'exit')]);
      const state = place().loop.waitid('group', group.pid, { leave: true });
      await armed();
      other.go();
      await once(other.child, 'exit');
      group.go();
      // Node hears of the same signal, and may be the first.
      const found = await state.catch((error) => error);
      if (found.code !== 'ECHILD') expect(found).toMatchObject({ pid: group.pid, status: 3 });
      await ended;
    });

    test('two that wait for one child are both told when it is left, else one of them', async () => {
      const { loop } = place();
      const { child, pid, go } = startShell('exit 6');
      const options = { exited: false, stopped: true, leave: true };
      const both = [loop.waitid('pid', pid, options), loop.waitid('pid', pid, options)];
      await armed();
      process.kill(pid, 'SIGSTOP');
      expect(await Promise.all(both)).toMatchObject([{ state: 'stopped' }, { state: 'stopped' }]);
      process.kill(pid, 'SIGCONT');
      const ended = once(child, 'exit');
      go();
      await ended;
    });

    test('an abort and the end of the loop end the waits, and leave nothing behind', async () => {
      const { loop } = place();
      const { child, pid, go } = startShell('exit 0');
      await loop.sleep(1);
      const before = openFds();
      const controller = new AbortController();
      const { signal } = controller;
      const aborted = [loop.waitid('pid', pid, { signal }), loop.waitid('all', 0, { signal })];
      const outcomes = aborted.map((wait) => wait.catch((error) => error.code));
      await armed();
      controller.abort();
      expect(await Promise.all(outcomes)).toEqual(['ABORT_ERR', 'ABORT_ERR']);
      // The set that the waits were in stays open.
      expect(openFds()).toBeLessThanOrEqual(before + 1);
      const closed = [loop.waitid('pid', pid), loop.waitid('all', 0)].map((wait) =>
        wait.catch((error) => error.code),
      );
      await armed();
      await loop.close();
      expect(await Promise.all(closed)).toEqual(['ERR_WAKELINE_CLOSED', 'ERR_WAKELINE_CLOSED']);
      const ended = once(child, 'exit');
      go();
      expect(await ended).toEqual([0, null]);
    });

    test('what is not a wait is refused', async () => {
      const { loop, folder } = place();
      await expect(loop.waitid('pid', 1, { exited: false })).rejects.toMatchObject({ code: 'EINVAL' });
      await expect(loop.waitid('pid', 0)).rejects.toMatchObject({ code: 'EINVAL' });
      const fd = fs.openSync(folder, 'r');
      await expect(loop.waitid('pidfd', fd)).rejects.toMatchObject({ code: 'EBADF' });
      fs.closeSync(fd);
    });
  });
}

for (const options of [{ backend: 'epoll' }, { backend: 'uring', withoutOpcodes: ['WAITID'] }]) {
  test(`where the kernel gives no fd of a process, children are waited for all the same (${options.backend})`, (context) => {
    const run = runRestricted(context, 'pidfd', 'wait-for-children', [JSON.stringify(options)]);
    expect(run, run.stderr).toMatchObject({ status: 0 });
    expect(JSON.parse(run.stdout)).toEqual({ pidfd: 'EPERM', children: 20, told: 20 });
  });
}
