import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, type TestContext, test } from 'vitest';
import { programOrSkip, runProgram } from '../support/programs.js';
import { fixturePath } from '../support/project.js';
import { ringKinds } from './operation-loops.js';

/** An ordinary user, whom the kernel counts threads for. */
const asUser = ['--reuid=65534', '--clear-groups'];
/** Longer than the kernel tries to start a worker (three times, 5 to 15 ms apart), and shorter than the operation is tried. */
const SHORTAGE_MS = 100;
/** On a busy machine the shortage may last until the last try. */
const ATTEMPTS = 5;

interface Started {
  readonly child: ChildProcess;
  readonly lines: Interface;
  /** Sets how many threads the process's user may have for it to start one. */
  limitThreads(count: number): Promise<unknown>;
}

async function startAsUser(context: TestContext, options: object, what: string): Promise<Started> {
  if (process.getuid?.() !== 0) context.skip('only root can become another user');
  const setpriv = programOrSkip(context, 'setpriv', 'util-linux');
  const prlimit = programOrSkip(context, 'prlimit', 'util-linux');
  const node = [process.execPath, fixturePath('begin-when-told'), JSON.stringify(options), what];
  const child = spawn(setpriv, [...asUser, ...node], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface(child.stdout);
  expect(await once(lines, 'line')).toEqual(['ready']);
  const limitThreads = (count: number): Promise<unknown> =>
    runProgram(setpriv, [...asUser, prlimit, '--pid', `${child.pid}`, `--nproc=${count}:`]);
  return { child, lines, limitThreads };
}

for (const [name, what] of Object.entries({ 'an operation': 'stat', 'a read of a whole file': 'read' })) {
  for (const [kind, options] of Object.entries(ringKinds)) {
    test(`${name} that the kernel finds no worker for is tried again (${kind})`, async (context) => {
      let told: unknown;
      for (let attempt = 0; attempt < ATTEMPTS && told !== 'done'; attempt++) {
        const { child, lines, limitThreads } = await startAsUser(context, options, what);
        await limitThreads(1);
        const outcome = once(lines, 'line');
        child.stdin?.write('go\n');
        await sleep(SHORTAGE_MS);
        await limitThreads(10_000);
        [told] = await outcome;
      }
      expect(told).toBe('done');
    });

    test(`${name} that the kernel never finds a worker for fails (${kind})`, async (context) => {
      const { child, lines, limitThreads } = await startAsUser(context, options, what);
      await limitThreads(1);
      const outcome = once(lines, 'line');
      child.stdin?.write('go\n');
      expect(await outcome).toEqual(['ECANCELED']);
    });
  }
}
