import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { nodeBinary, nodeMajors } from '../support/node-versions.js';
import { runPoolFile } from './run-process.js';

for (const major of nodeMajors) {
  test(`a pool runs tasks, TypeScript too where Node does, on Node ${major}`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wakeline-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const binary = nodeBinary(major);
    const found = await runPoolFile<Record<string, unknown>>('versions-process', {
      binary,
      arguments: [folder],
    });
    expect(found).toMatchObject({
      values: [2, 4, 6],
      crash: 'the cause',
      timeOut: 'TimeoutError',
      stream: [8, 10, 12],
    });
    expect(found.hasTypes).toBe(major >= 22);
    expect(found.typed).toEqual(found.hasTypes ? ['typed', 7] : 'ERR_UNKNOWN_FILE_EXTENSION');
  });

  test(`pools that end while their threads start leave the process whole, on Node ${major}`, async () => {
    // It was Node 20 that aborted, for one of about 300 pools of two threads.
    const rounds = major === 20 ? 300 : 60;
    const binary = nodeBinary(major);
    const limitMs = 220_000;
    const module = 'wakeline/piscina';
    const done = await runPoolFile('early-end-process', {
      binary,
      arguments: [module, String(rounds)],
      limitMs,
    });
    expect(done).toBe(rounds);
  });
}
