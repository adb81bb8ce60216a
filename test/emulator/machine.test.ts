import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { readKernelImage } from './kernel-image.js';
import { type BootEnd, boot } from './machine.js';

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
  limitS: number,
): Promise<BootEnd & { lines: string[] }> {
  const bochs = join(folder, 'stand-in');
  writeFileSync(bochs, `#!/bin/sh\n${script}\n`);
  chmodSync(bochs, 0o755);
  const lines: string[] = [];
  const machine = { bochs, folder, model: 'sapphire_rapids', cpus: 1, archives: [], limitS } as const;
  return { ...(await boot(machine, (line) => lines.push(line))), lines };
}

const isRunning = (id: number): boolean => {
  try {
    // A zombie that its parent has not yet waited for runs no more.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${id}/status`, 'utf8'));
  } catch {
    return false;
  }
};

test('a boot that outlives its limit is ended, and what the guest has said by then is there', async () => {
  const folder = temporaryFolder();
  const script = 'echo $$ >id; echo "a kernel speaks" >>serial.log; exec sleep 600';
  const { isLate, lines } = await bootScript(folder, script, 0.5);
  expect({ isLate, lines }).toEqual({ isLate: true, lines: ['a kernel speaks'] });
  const id = Number(readFileSync(join(folder, 'id'), 'utf8'));
  while (isRunning(id)) await sleep(1);
});

test('an emulator that ends early is no late one, and its last words are told', async () => {
  const end = await bootScript(temporaryFolder(), 'echo "no BIOS"; exit 1', 60);
  expect(end).toEqual({ isLate: false, lastWords: 'no BIOS', lines: [] });
});

test('an emulator that cannot be started is an error that names it', async () => {
  const folder = temporaryFolder();
  const bochs = join(folder, 'missing');
  const machine = { bochs, folder, model: 'sapphire_rapids', cpus: 1, archives: [], limitS: 60 } as const;
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
