import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { compilerOrSkip } from '../support/compiler.js';
import { loopKinds } from '../support/loops.js';
import { fixturePath, projectFolder } from '../support/project.js';

for (const [kind, options] of Object.entries(loopKinds)) {
  test(`files, sockets and timers work while a signal comes every 100 µs (${kind})`, (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'wakeline-storm-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const storm = join(folder, 'signal-storm');
    const source = join(projectFolder, 'test', 'fixtures', 'signal-storm.c');
    execFileSync(compilerOrSkip(context), ['-O2', '-o', storm, source]);
    const command = ['100', process.execPath, fixturePath('work-in-a-storm'), JSON.stringify(options)];
    const run = spawnSync(storm, command, { encoding: 'utf8', timeout: 120_000 });
    expect({ status: run.status, stdout: run.stdout }, run.stderr).toEqual({
      status: 0,
      stdout: JSON.stringify({ right: 1200, isStorm: true }),
    });
  });
}
