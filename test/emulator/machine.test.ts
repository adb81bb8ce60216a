import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { readKernelImage } from './kernel-image.js';
import { type BootEnd, type BootLimits, boot } from './machine.js';

// How a boot ends that never comes to the guest's report. The emulator is a shell script that stands in for it.

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'wakeline-machine-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Boots with a script in the emulator's place. */
async function bootScript(
  folder: string,
  script: string,
  limits: BootLimits,
): Promise<BootEnd & { lines: string[] }> {
  const bochs = join(folder, 'stand-in');
  writeFileSync(bochs, `#!/bin/sh\n${script}\n`);
  chmodSync(bochs, 0o755);
  const lines: string[] = [];
  const machine = { bochs, folder, model: 'sapphire_rapids', cpus: 1, archives: [], limits } as const;
  return { ...(await boot(machine, (line) => lines.push(line))), lines };
}

/** The letter that the kernel has for a process's state; none when it is gone. */
function stateOf(id: number): string | undefined {
  try {
    return /^State:\s+(\w)/m.exec(readFileSync(`/proc/${id}/status`, 'utf8'))![1];
  } catch {
    return undefined;
  }
}

/** A zombie that its parent has not yet waited for runs no more. */
const isRunning = (id: number): boolean => !['Z', undefined].includes(stateOf(id));

const isStopped = (folder: string): boolean =>
  existsSync(join(folder, 'id')) && stateOf(Number(readFileSync(join(folder, 'id'), 'utf8'))) === 'T';

/** Longer than any of these scripts takes. */
const ample: BootLimits = { cpuS: 60, realS: 60 };

/** Waits until the script that wrote its process id there runs no more. */
async function assertEnded(folder: string): Promise<void> {
  const id = Number(readFileSync(join(folder, 'id'), 'utf8'));
  while (isRunning(id)) await sleep(1);
}

test('a boot that has used up its CPU time is ended, and what the guest has said by then is there', async () => {
  const folder = temporaryFolder();
  const script = 'echo $$ >id; echo "a kernel speaks" >>serial.log; while :; do :; done';
  const { late, lines } = await bootScript(folder, script, { ...ample, cpuS: 0.5 });
  expect({ late, lines }).toEqual({ late: 'cpuS', lines: ['a kernel speaks'] });
  await assertEnded(folder);
});

test('a boot that uses no CPU time is ended when its real time is over', async () => {
  const folder = temporaryFolder();
  const { late } = await bootScript(folder, 'echo $$ >id; exec sleep 600', { ...ample, realS: 2 });
  expect(late).toBe('realS');
  await assertEnded(folder);
});

test('a boot that is stopped for longer than its CPU time goes on where it was', async () => {
  const folder = temporaryFolder();
  const script = 'echo $$ >id; kill -STOP $$; echo "a kernel speaks" >>serial.log';
  const end = bootScript(folder, script, { ...ample, cpuS: 0.5 });
  while (!isStopped(folder)) await sleep(1);
  await sleep(1000);
  process.kill(Number(readFileSync(join(folder, 'id'), 'utf8')), 'SIGCONT');
  expect(await end).toMatchObject({ late: undefined, lastWords: '', lines: ['a kernel speaks'] });
});

test('an emulator that ends early is no late one, and its last words are told', async () => {
  const end = await bootScript(temporaryFolder(), 'echo "no BIOS"; exit 1', ample);
  expect(end).toMatchObject({ late: undefined, lastWords: 'no BIOS', lines: [] });
});

test('an emulator that cannot be started is an error that names it', async () => {
  const folder = temporaryFolder();
  const bochs = join(folder, 'missing');
  const machine = { bochs, folder, model: 'sapphire_rapids', cpus: 1, archives: [], limits: ample } as const;
  await expect(boot(machine, () => {})).rejects.toThrow(
    `the emulator cannot be started: spawn ${bochs} ENOENT`,
  );
});

test('a kernel that is damaged in the cache is an error that says what to remove', () => {
  const folder = temporaryFolder();
  for (const content of [Buffer.alloc(0), Buffer.alloc(100_000)]) {
    const path = join(folder, 'vmlinuz-6.1');
    writeFileSync(path, content);
    const message = `${path} is no kernel that can be booted`;
    expect(() => readKernelImage(path)).toThrow(message);
    expect(() => readKernelImage(path)).toThrow(`remove ${folder}`);
  }
});
